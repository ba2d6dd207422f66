"""What every test relies on: no network but this machine, and a clock that tests pass in."""

import pytest

from tests import factory


@pytest.fixture
def now():
    return factory.NOW


@pytest.fixture
def clinic(db):
    return factory.make_clinic()
