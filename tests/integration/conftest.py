"""A browser that checks CSRF, and a clock that stands still."""

import pytest
import time_machine
from django.test import Client as Browser

from tests.factory import NOW, make_clinic
from tests.front_desk import sign_in, stopped_clock


@pytest.fixture
def frozen():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def clock(monkeypatch, settings):
    """Sets what time it is, NOW to begin with."""
    return stopped_clock(monkeypatch, settings)


@pytest.fixture
def desk(client, clock, db):
    """The front desk, signed in at NOW."""
    return sign_in(client, role="Front desk")


@pytest.fixture
def browser():
    return Browser(enforce_csrf_checks=True)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """Uploaded files of a test are its own, and gone with it."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def calls(db):
    """A clinic of two people who give fifteen-minute video calls."""
    return make_clinic(mode="video", rooms=0, minutes=15, name="Video consultation", practitioners=2)
