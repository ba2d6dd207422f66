"""A clinic of two with turnover between visits, a clock that stands at NOW, and an owner at the desk."""

import pytest

from tests.factory import NOW, make_clinic
from tests.integration.diary.asking import BUFFERS


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The clock of the views; tests set it to the moment they are about."""
    moment = {"now": NOW}
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment["now"])
    return moment


@pytest.fixture
def clinic(db):
    return make_clinic(practitioners=2, rooms=2, **BUFFERS)


@pytest.fixture
def desk(admin_client):
    return admin_client
