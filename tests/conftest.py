"""What every test relies on: no network but this machine, and a clock that tests pass in."""

import pytest
from django.core.cache import cache

from tests import factory, serving


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
