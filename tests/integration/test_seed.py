"""The command that seeds: the same every time, and around the day and the hour it is given."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError
from django.db import transaction

from booking.models import Appointment, Visit, WorkingHours
from clinic.demo import small
from tests.demo import DAY, MIDNIGHT, seed, visits

Status = Appointment.Status
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]  # the day before DAY


def test_the_same_day_gives_the_same_visits_and_other_links():
    found, links = [], []
    for _ in range(2):
        with transaction.atomic():
            small.make(day=DAY)
            found.append(visits())
            links.append(set(Visit.objects.values_list("link_hash", flat=True)))
            transaction.set_rollback(True)
    assert found[0] == found[1]
    assert len(found[0]) > 200
    assert links[0].isdisjoint(links[1])


@pytest.mark.parametrize("words", [("--past=-1",), ("--unclosed=1.5",)])
def test_seed_refuses_numbers_that_make_no_sense(words: tuple[str, ...]):
    with pytest.raises(CommandError, match="share between 0 and 1"):
        seed(*words)


def test_the_day_itself_is_played_up_to_this_hour():
    noon = datetime(2026, 11, 23, 20, 5, tzinfo=UTC)
    with time_machine.travel(noon, tick=False):
        seed()
    today = Appointment.objects.filter(starts_at__gte=MIDNIGHT, starts_at__lt=MIDNIGHT + timedelta(days=1))
    statuses = set(today.values_list("status", flat=True))
    assert {Status.FULFILLED, Status.ARRIVED, Status.BOOKED} <= statuses
    assert not today.filter(status=Status.FULFILLED, ends_at__gt=noon).exists()
    assert not today.filter(status__in=[Status.FULFILLED, Status.NOSHOW], busy_times__isnull=False).exists()
    assert today.filter(status=Status.ARRIVED, started_at__lte=noon).exists()
    assert not today.filter(starts_at__gt=noon + timedelta(minutes=20), status=Status.ARRIVED).exists()
    assert not today.exclude(status=Status.CANCELLED).filter(changes=None).exists()
    assert today.filter(changes__kind="arrived", changes__before__status="booked").exists()


def test_nobody_tries_an_empty_diary_on_a_sunday():
    seed(day=date(2026, 11, 22))
    assert Appointment.objects.filter(starts_at__date=date(2026, 11, 22)).count() > 3
    assert WorkingHours.objects.filter(weekday=6, valid_through=date(2026, 11, 22)).count() == 6
