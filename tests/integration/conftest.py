"""A browser that checks CSRF, a clock that stands still, and rows that a whole file shares."""

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client as Browser

from tests.factory import NOW, make_clinic
from tests.front_desk import sign_in, stopped_clock


@pytest.fixture(scope="module")
def once(django_db_setup, django_db_blocker):
    """Calls what is given to it, at NOW, inside a transaction that is undone after the last test of the file.

    Each test's own transaction lies inside, so it finds what was written and leaves it as it was. In such a file every
    test meets these rows, none commits, and all are marked `django_db`, without which there is no database of tests.
    """
    outer = transaction.atomic()
    outer._from_testcase = True  # as Django marks its own, inside which a durable write may be the outermost

    def call(make):
        cache.clear()
        with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False):
            made = make()
            connection.check_constraints()  # else every test's end would check these rows anew
        return made

    with django_db_blocker.unblock():
        outer.__enter__()
    yield call
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


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
