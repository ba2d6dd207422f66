"""What every test relies on: no network but this machine, and a clock that tests pass in."""

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db.models.signals import post_migrate

from booking import roles
from tests import factory, serving


def roles_again(sender, **given):
    """Django's flush after a test that commits empties the table of groups; migrations alone do not bring them back."""
    if sender.label == "booking" and "plan" not in given:
        roles.make(apps)


post_migrate.connect(roles_again)


@pytest.fixture
def now():
    return factory.NOW


@pytest.fixture
def clinic(db):
    return factory.make_clinic()


@pytest.fixture(autouse=True)
def empty_cache():
    """The openings of one test's clinic are not shown in the next one's."""
    cache.clear()


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Hashing slowly is for production; a test signs in hundreds of times."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def no_jobs_left(request):
    """Django's flush after a test that commits leaves the tables of jobs alone; the next test finds them empty."""
    marker = request.node.get_closest_marker("django_db")
    commits = (marker and marker.kwargs.get("transaction")) or "transactional_db" in request.fixturenames
    if not commits:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    serving.forget_jobs()
