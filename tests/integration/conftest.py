"""A browser that checks CSRF, and a clock that stands still."""

import pytest
import time_machine
from django.test import Client as Browser

from tests.factory import NOW


@pytest.fixture
def frozen():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def browser():
    return Browser(enforce_csrf_checks=True)
