"""The benchmark clinic: as large as it was asked for, and possible."""

from __future__ import annotations

import pytest
from django.db.models import Count, F, Q

from booking.models import Appointment, WorkingHours
from services import content
from services.models import Article, Practitioner, Room
from tests.demo import LOS_ANGELES, MIDNIGHT, seed

Status = Appointment.Status
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]  # the day before DAY


@pytest.fixture(scope="module")
def large(once):
    once(lambda: seed("--size=large", "--past=2000", "--unclosed=0.25"))


def test_the_large_clinic_has_its_share_of_unclosed_and_of_coming_visits(large):
    past = Appointment.objects.filter(starts_at__lt=MIDNIGHT)
    ahead = Appointment.objects.filter(starts_at__gte=MIDNIGHT)
    assert (Practitioner.objects.count(), Room.objects.count(), past.count()) == (20, 20, 2000)
    assert Article.objects.published().count() == len(content.articles())
    assert past.filter(status=Status.BOOKED).count() == pytest.approx(500, rel=0.15)
    assert set(ahead.values_list("status", flat=True)) == {Status.BOOKED}
    assert ahead.count() == pytest.approx(0.6 * 20 * 8 * 77, rel=0.1)  # 77 working days, a few of them away
    rows = Appointment.objects.annotate(rows=Count("busy_times"))
    assert set(rows.filter(status=Status.BOOKED).values_list("rows", flat=True)) == {3}
    assert set(rows.exclude(status=Status.BOOKED).values_list("rows", flat=True)) == {0}


def test_the_large_clinic_lies_inside_working_hours_and_outside_time_off(large):
    for weekday, begins, ends in set(local_hours()):
        assert WorkingHours.objects.filter(weekday=weekday, starts__lte=begins, ends__gte=ends).count() == 20
    away = Q(practitioner__time_off__starts_at__lt=F("ends_at"), practitioner__time_off__ends_at__gt=F("starts_at"))
    assert not Appointment.objects.filter(away).exists()


def local_hours():
    """Weekday, start and end of each visit, buffers included, by the clock on the wall."""
    for appointment in Appointment.objects.all():
        begins = (appointment.starts_at - appointment.buffer_before).astimezone(LOS_ANGELES)
        ends = (appointment.ends_at + appointment.buffer_after).astimezone(LOS_ANGELES)
        yield begins.weekday(), begins.time(), ends.time()
