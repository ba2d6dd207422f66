"""What is offered on days when the clock changes, over many days, nearest to a time, and of a single start."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from booking import availability
from tests.factory import (
    MONDAY,
    NOW,
    TEN,
    make_appointment,
    make_clinic,
    make_option,
    make_time_off,
)
from tests.offers import DAY, HOUR, LOS_ANGELES, MINUTE, at, hourly, set_hours, shown, slots, starts

pytestmark = pytest.mark.django_db


# Days when the clock changes


SPRING, AUTUMN = date(2027, 3, 14), date(2027, 11, 7)  # 02:00 becomes 03:00; 02:00 becomes 01:00


def night_clinic():
    clinic = make_clinic(slot_step=30 * MINUTE, minutes=30)
    set_hours(clinic, ("00:30", "04:00"))
    return clinic


def test_hour_that_does_not_exist_is_not_offered_and_a_visit_may_span_it():
    clinic, now = night_clinic(), at("12:00", SPRING - 2 * DAY)
    assert starts(clinic, day=SPRING, now=now) == ["00:30", "01:00", "01:30", "03:00", "03:30"]
    hour = make_option(clinic.service)
    assert starts(clinic, day=SPRING, now=now, option=hour) == ["00:30", "01:00", "01:30", "03:00"]


def test_hour_that_exists_twice_is_offered_once_an_instant():
    clinic = night_clinic()
    found = slots(clinic, day=AUTUMN, now=at("12:00", AUTUMN - 2 * DAY))
    assert shown(found) == ["00:30", "01:00", "01:30", "01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]
    instants = [slot.starts_at for slot in found]
    assert {after - before for before, after in pairwise(instants)} == {30 * MINUTE}


def test_shift_keeps_its_wall_time_across_a_change_of_the_clock():
    clinic = hourly()
    now = at("12:00", AUTUMN - 3 * DAY)
    found = slots(clinic, day=AUTUMN - DAY, last_day=AUTUMN + DAY, now=now)
    assert shown(found)[::8] == ["09:00"] * 3
    assert [slot.starts_at.hour for slot in found[::8]] == [16, 17, 17]


# Days, the nearest, and one start


def test_days_with_openings_are_local_days():
    clinic = hourly()
    clinic.location.timezone = "Pacific/Auckland"  # Monday 09:00 there is still Sunday in UTC
    clinic.location.save()
    asked = {"first_day": MONDAY, "last_day": MONDAY + 2 * DAY, "now": NOW - 5 * DAY}
    make_time_off(location=clinic.location, starts_at=at("00:00"), ends_at=at("00:00", MONDAY + DAY))
    # From Monday 21:00 to Tuesday 21:00 by Auckland's clock
    assert availability.days_with_openings(clinic.option, **asked) == [MONDAY, MONDAY + 2 * DAY]


def test_days_without_openings_are_left_out():
    clinic = hourly()
    set_hours(clinic, ("09:00", "10:00"), weekdays=[0, 2])
    make_appointment(clinic, starts_at=at("09:00"))
    asked = {"first_day": MONDAY, "last_day": MONDAY + 6 * DAY, "now": NOW}
    assert availability.days_with_openings(clinic.option, **asked) == [MONDAY + 2 * DAY]


def test_range_whose_days_are_in_the_wrong_order_is_empty():
    clinic = hourly()
    asked = {"first_day": MONDAY, "last_day": MONDAY - DAY, "now": NOW, "location": clinic.location}
    assert availability.open_slots(clinic.option, **asked) == []
    assert availability.days_with_openings(clinic.option, **asked) == []


def test_nearest_slots_are_the_closest_starts_in_their_order():
    clinic = hourly(practitioners=2, rooms=2)
    for practitioner in clinic.practitioners:
        make_appointment(clinic, starts_at=at("12:00"), practitioner=practitioner)
    found = availability.nearest_slots(clinic.option, to=at("12:00"), now=NOW)
    assert shown(found) == ["10:00", "11:00", "13:00"]
    assert {slot.practitioner for slot in found} == {clinic.practitioner}
    assert shown(availability.nearest_slots(clinic.option, to=at("12:00"), now=NOW, count=1)) == ["11:00"]


def test_nearest_slots_look_to_other_days_and_stay_within_two_weeks():
    clinic = hourly()
    closed = make_time_off(location=clinic.location, starts_at=at("00:00"), ends_at=at("00:00") + 2 * DAY)
    found = availability.nearest_slots(clinic.option, to=at("12:00", MONDAY + DAY), now=at("08:00"))
    assert {slot.starts_at.astimezone(LOS_ANGELES).date() for slot in found} == {MONDAY + 2 * DAY}
    closed.ends_at += 20 * DAY
    closed.save()
    assert availability.nearest_slots(clinic.option, to=at("12:00", MONDAY + DAY), now=at("08:00")) == []


def test_nearest_slots_of_an_instant_that_cannot_be_are_those_at_the_end():
    clinic = hourly(booking_horizon=3 * DAY)
    past = availability.nearest_slots(clinic.option, to=datetime(1990, 1, 1, tzinfo=UTC), now=at("18:00"))
    assert [slot.starts_at for slot in past] == [at(wall, MONDAY + DAY) for wall in ("09:00", "10:00", "11:00")]
    future = availability.nearest_slots(clinic.option, to=datetime(2190, 1, 1, tzinfo=UTC), now=at("12:00"))
    assert future[-1].starts_at == at("12:00", MONDAY + 3 * DAY)


def test_find_slot_gives_one_slot_for_each_practitioner_who_could_take_it():
    clinic = hourly(practitioners=2, rooms=2)
    found = availability.find_slot(clinic.option, starts_at=TEN, now=NOW)
    assert [slot.practitioner for slot in found] == clinic.practitioners
    assert {slot.starts_at for slot in found} == {TEN}
    one = availability.find_slot(clinic.option, starts_at=TEN, practitioners=clinic.practitioners[1:], now=NOW)
    assert [slot.practitioner for slot in one] == clinic.practitioners[1:]


@pytest.mark.parametrize("starts_at", [TEN + MINUTE, TEN + timedelta(seconds=1), TEN - 5 * HOUR, NOW - DAY])
def test_find_slot_gives_nothing_for_a_start_that_is_not_offered(starts_at):
    assert availability.find_slot(hourly().option, starts_at=starts_at, now=NOW) == []


def test_start_that_others_took_is_taken_and_one_never_offered_is_not():
    clinic = hourly()
    make_appointment(clinic, starts_at=TEN)
    assert availability.is_taken(clinic.option, starts_at=TEN, now=NOW)
    for never in (TEN + 2 * HOUR, TEN + 10 * HOUR, NOW - DAY, NOW + 200 * DAY):
        assert not availability.is_taken(clinic.option, starts_at=never, now=NOW)
