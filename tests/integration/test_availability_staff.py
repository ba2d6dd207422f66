"""What staff are offered: whatever fits, without the rules for people who book alone."""

from datetime import timedelta

import pytest

from booking import availability
from tests.factory import MONDAY, NOW, TEN, make_appointment, make_clinic
from tests.offers import MINUTE, at, slots, starts

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_the_whole_day_is_theirs_however_late_it_is(clinic):
    later = at("16:00")
    assert starts(clinic, now=later) == []
    assert starts(clinic, now=later, for_staff=True)[0] == "09:00"
    assert slots(clinic, now=later, day=MONDAY - DAY, for_staff=True) == []


def test_neither_lead_time_nor_horizon_counts(clinic):
    early = NOW - 200 * DAY
    assert slots(clinic, now=early) == []
    assert len(slots(clinic, now=early, for_staff=True)) == len(slots(clinic))
    assert availability.days_with_openings(
        clinic.option, first_day=MONDAY, last_day=MONDAY, now=early, for_staff=True
    ) == [MONDAY]


def test_who_takes_no_new_clients_is_anyone_to_staff(clinic):
    clinic.practitioner.accepts_new_clients = False
    clinic.practitioner.save()
    assert slots(clinic) == []
    assert {slot.practitioner for slot in slots(clinic, for_staff=True)} == {clinic.practitioner}


def test_any_minute_that_fits_can_be_had_and_no_other(clinic):
    make_appointment(clinic)
    asked = {"now": NOW, "for_staff": True}
    assert availability.find_slot(clinic.option, starts_at=TEN + 67 * MINUTE, **asked)
    assert not availability.find_slot(clinic.option, starts_at=TEN + 59 * MINUTE, **asked)
    assert not availability.find_slot(clinic.option, starts_at=at("16:01"), **asked)
    assert not availability.find_slot(clinic.option, starts_at=TEN + 67 * MINUTE + timedelta(seconds=30), **asked)
    assert not availability.find_slot(clinic.option, starts_at=NOW + 100_000 * DAY, **asked)


def test_one_room_alone_or_preferably():
    clinic = make_clinic(practitioners=2, rooms=3)
    first, second, _ = clinic.rooms
    asked = {"starts_at": TEN, "now": NOW}
    assert {slot.room for slot in availability.find_slot(clinic.option, **asked)} == {first}
    assert {slot.room for slot in availability.find_slot(clinic.option, room=second, **asked)} == {second}
    assert {slot.room for slot in availability.find_slot(clinic.option, prefers=second, **asked)} == {second}
    make_appointment(clinic)
    assert availability.find_slot(clinic.option, room=first, **asked) == []
    assert {slot.room for slot in availability.find_slot(clinic.option, prefers=first, **asked)} == {second}


def test_the_nearest_for_staff_reach_into_this_morning(clinic):
    later = at("16:30")
    near = availability.nearest_slots(clinic.option, to=later, now=later, for_staff=True)
    assert [slot.starts_at for slot in near] == [at("15:30"), at("15:45"), at("16:00")]
    taken = availability.is_taken(clinic.option, starts_at=TEN, now=later, for_staff=True)
    make_appointment(clinic)
    assert (taken, availability.is_taken(clinic.option, starts_at=TEN, now=later, for_staff=True)) == (False, True)
