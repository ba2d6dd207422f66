"""What every test relies on: no network but this machine, and a clock that tests pass in."""

import pytest
from django.core.cache import cache
from django.test import TransactionTestCase

from tests import emptying, factory


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


@pytest.fixture(autouse=True, scope="session")
def quick_flush():
    """Ours after a test that commits, in place of Django's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda test: emptying.empty_the_database())
        yield
