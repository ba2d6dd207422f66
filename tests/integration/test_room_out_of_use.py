"""A room out of use, as the engine and the booking see it."""

from datetime import timedelta

import pytest

from booking import appointments, availability
from booking.errors import SlotNotOffered
from tests.factory import MONDAY, NOW, TEN, make_appointment, make_clinic, make_details, make_time_off

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


def starts(clinic, **more):
    return availability.open_slots(clinic.option, first_day=MONDAY, last_day=MONDAY, now=NOW, **more)


def out(room, *, since=TEN, hours=1):
    return make_time_off(room=room, starts_at=since, ends_at=since + hours * HOUR)


def book_held(clinic):
    return appointments.book(
        clinic.option, starts_at=TEN, details=make_details(), form_token="form", owner="browser", now=NOW
    )


def test_no_visit_is_offered_in_a_room_that_is_out_of_use():
    clinic = make_clinic(rooms=2)
    out(clinic.rooms[0])
    at_ten = [slot for slot in starts(clinic) if slot.starts_at == TEN]
    assert [slot.room for slot in at_ten] == [clinic.rooms[1]]


def test_a_start_is_not_offered_when_the_only_room_is_out_of_use():
    clinic = make_clinic()
    out(clinic.rooms[0])
    offered = [slot.starts_at for slot in starts(clinic)]
    assert TEN - HOUR in offered
    assert TEN + HOUR in offered
    assert not [start for start in offered if TEN - HOUR < start < TEN + HOUR]


def test_buffers_keep_away_from_a_room_that_is_out_of_use():
    clinic = make_clinic(buffer_before=timedelta(minutes=10), buffer_after=timedelta(minutes=15))
    out(clinic.rooms[0])
    offered = [slot.starts_at for slot in starts(clinic)]
    assert TEN - HOUR not in offered  # its turnover would reach into it
    assert TEN + HOUR not in offered
    assert TEN + HOUR + timedelta(minutes=10) in offered


def test_a_room_out_of_use_elsewhere_changes_nothing():
    clinic, another = make_clinic(), make_clinic()
    before = starts(clinic)
    out(another.rooms[0])
    assert starts(clinic) == before


def test_a_day_with_its_only_room_out_of_use_has_no_openings():
    clinic = make_clinic()
    out(clinic.rooms[0], since=TEN - 12 * HOUR, hours=36)
    asked = {"location": clinic.location, "first_day": MONDAY, "last_day": MONDAY + timedelta(days=1), "now": NOW}
    assert availability.days_with_openings(clinic.option, **asked) == [MONDAY + timedelta(days=1)]
    assert availability.days_with_openings(clinic.option, **asked, is_calendar_empty=True) == [
        MONDAY + timedelta(days=1)
    ]


def test_calls_need_no_room_and_ignore_it():
    clinic = make_clinic(mode="video", rooms=1)
    before = starts(clinic)
    out(clinic.rooms[0])
    assert starts(clinic) == before


def test_a_hold_is_booked_into_another_room_when_its_own_went_out_of_use():
    clinic = make_clinic(rooms=2)
    held = appointments.hold(clinic.option, starts_at=TEN, owner="browser", address="here", now=NOW)
    assert held.room == clinic.rooms[0]
    out(held.room)
    booked = book_held(clinic).appointments.get()
    assert booked.room == clinic.rooms[1]


def test_a_hold_is_lost_when_the_only_room_went_out_of_use():
    clinic = make_clinic()
    appointments.hold(clinic.option, starts_at=TEN, owner="browser", address="here", now=NOW)
    out(clinic.rooms[0])
    with pytest.raises(SlotNotOffered):
        book_held(clinic)


def test_what_is_booked_stays_booked_when_its_room_goes_out_of_use():
    clinic = make_clinic()
    booked = make_appointment(clinic)
    out(clinic.rooms[0])
    booked.refresh_from_db()
    assert (booked.status, booked.room) == ("booked", clinic.rooms[0])
