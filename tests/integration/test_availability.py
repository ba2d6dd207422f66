"""The rules of what is offered, one example each. `tests/properties/test_engine.py` covers their combinations."""

from datetime import time, timedelta

import pytest

from booking import appointments, availability
from tests.factory import (
    MONDAY,
    NOW,
    TEN,
    make_appointment,
    make_clinic,
    make_location,
    make_option,
    make_practitioner,
    make_room,
    make_service,
    make_time_off,
    make_working_hours,
)
from tests.offers import DAY, HOUR, LOS_ANGELES, MINUTE, at, hourly, set_hours, shown, slots, starts

pytestmark = pytest.mark.django_db

# How many queries


def grow_to(clinic, practitioners):
    while len(clinic.practitioners) < practitioners:
        added = make_practitioner(clinic.service, position=len(clinic.practitioners))
        make_working_hours(added, clinic.location)
        clinic.rooms.append(make_room(clinic.location))
        clinic.service.rooms.add(clinic.rooms[-1])
        clinic.practitioners.append(added)


@pytest.mark.parametrize("days", [1, 60])
@pytest.mark.parametrize("practitioners", [1, 8])
def test_open_slots_take_as_many_queries_for_many_days_and_people_as_for_one(
    days, practitioners, django_assert_num_queries
):
    clinic = hourly()
    grow_to(clinic, practitioners)
    option = type(clinic.option).objects.select_related("service").get()
    asked = {"first_day": MONDAY, "last_day": MONDAY + (days - 1) * DAY, "now": NOW}
    with django_assert_num_queries(4):
        assert len(availability.open_slots(option, **asked)) == 8 * days * practitioners
    with django_assert_num_queries(2):
        named = {"practitioners": clinic.practitioners, "location": clinic.location}
        assert len(availability.open_slots(option, **asked, **named)) == 8 * days * practitioners
    with django_assert_num_queries(1):
        assert len(availability.days_with_openings(option, **asked, location=clinic.location)) == days


def test_open_slots_take_as_many_queries_in_a_full_calendar(django_assert_num_queries):
    clinic = hourly(practitioners=2, rooms=2)
    option = type(clinic.option).objects.select_related("service").get()
    for wall in ("09:00", "10:00", "11:00"):
        make_appointment(clinic, starts_at=at(wall))
        make_appointment(clinic, starts_at=at(wall))
    with django_assert_num_queries(4):
        assert starts(clinic, option=option)[0] == "12:00"


# The grid, buffers and neighbours


def test_starts_stand_on_the_wall_clock_grid_and_the_visit_ends_with_the_shift():
    clinic = make_clinic(slot_step=30 * MINUTE)
    set_hours(clinic, ("09:00", "11:00"))
    assert starts(clinic) == ["09:00", "09:30", "10:00"]


def test_first_moment_of_a_shift_is_offered_off_the_grid():
    clinic = hourly()
    set_hours(clinic, ("09:10", "12:00"))
    assert starts(clinic) == ["09:10", "10:00", "11:00"]


def test_start_right_after_a_visit_is_offered_off_the_grid():
    clinic = hourly(minutes=45)
    make_appointment(clinic, starts_at=at("10:00"))
    assert starts(clinic)[:4] == ["09:00", "10:45", "11:00", "12:00"]


def test_buffers_of_neighbours_add_up():
    clinic = make_clinic(buffer_before=10 * MINUTE, buffer_after=20 * MINUTE, slot_step=5 * MINUTE)
    make_appointment(clinic, starts_at=at("12:00"))
    free_from_ten = [start for start in starts(clinic) if "10:00" <= start < "15:00"]
    assert free_from_ten[:3] == ["10:00", "10:05", "10:10"]  # to 11:10; 11:30 with its buffer; the next has 11:50
    assert free_from_ten[free_from_ten.index("10:30") + 1] == "13:30"


def test_buffers_lie_inside_working_hours():
    clinic = make_clinic(buffer_before=10 * MINUTE, buffer_after=20 * MINUTE)
    set_hours(clinic, ("09:00", "11:00"))
    assert starts(clinic) == ["09:10", "09:15", "09:30"]


def test_visits_with_one_turnover_stand_back_to_back_with_it():
    clinic = hourly(buffer_after=15 * MINUTE)
    make_appointment(clinic, starts_at=at("10:00"))
    assert starts(clinic)[:2] == ["11:15", "12:00"]


def test_best_fit_is_a_start_that_leaves_no_gap_beside_it():
    clinic = make_clinic(slot_step=30 * MINUTE)
    set_hours(clinic, ("09:00", "12:00"))
    assert [slot.is_best_fit for slot in slots(clinic)] == [True, False, False, False, True]


# Hours, time off and closures


def test_break_between_two_shifts_is_kept_free():
    clinic = hourly()
    set_hours(clinic, ("09:00", "12:00"), ("13:00", "15:00"))
    assert starts(clinic) == ["09:00", "10:00", "11:00", "13:00", "14:00"]


def test_shifts_that_touch_are_one():
    clinic = make_clinic(slot_step=30 * MINUTE)
    set_hours(clinic, ("09:00", "10:00"), ("10:00", "11:00"))
    assert starts(clinic) == ["09:00", "09:30", "10:00"]


def test_hours_apply_on_their_weekday_and_their_days_alone():
    clinic = hourly()
    set_hours(clinic, ("09:00", "10:00"), weekdays=[0])
    set_hours_from = {"valid_from": MONDAY + 7 * DAY, "valid_through": MONDAY + 8 * DAY}
    make_working_hours(clinic.practitioner, clinic.location, starts=time(14), ends=time(15), **set_hours_from)
    found = slots(clinic, last_day=MONDAY + 14 * DAY)
    assert [(slot.starts_at.astimezone(LOS_ANGELES).date() - MONDAY).days for slot in found] == [0, 7, 7, 8, 14]
    assert shown(found) == ["09:00", "09:00", "14:00", "14:00", "09:00"]


def test_time_off_takes_one_practitioners_time_and_leaves_the_others():
    clinic = hourly(practitioners=2, rooms=2)
    make_time_off(practitioner=clinic.practitioner, starts_at=at("09:30"), ends_at=at("15:00"))
    mine = starts(clinic, practitioners=[clinic.practitioner])
    assert mine == ["15:00", "16:00"]
    assert starts(clinic, practitioners=[clinic.practitioners[1]])[0] == "09:00"


def test_closure_takes_everyones_time_at_that_location_alone():
    clinic = hourly(practitioners=2, rooms=2)
    elsewhere = make_location()
    clinic.service.rooms.add(make_room(elsewhere))
    traveller = make_practitioner(clinic.service)
    make_working_hours(traveller, elsewhere)
    make_time_off(location=clinic.location, starts_at=at("00:00"), ends_at=at("00:00", MONDAY + DAY))
    assert {slot.practitioner for slot in slots(clinic)} == {traveller}
    assert starts(clinic, day=MONDAY + DAY, location=clinic.location)[0] == "09:00"


def test_time_off_that_began_days_ago_still_counts():
    clinic = hourly()
    make_time_off(practitioner=clinic.practitioner, starts_at=at("09:00") - 30 * DAY, ends_at=at("15:00"))
    assert starts(clinic) == ["15:00", "16:00"]


# Unattended phases


def needles(clinic):
    """Acupuncture given by the clinic's practitioner: needles in from minute 15 to 45 of an hour."""
    service = make_service(rooms=clinic.rooms, slot_step=15 * MINUTE)
    clinic.practitioner.services.add(service)
    return make_option(service, unattended_from=15 * MINUTE, unattended_until=45 * MINUTE)


def test_another_visit_fits_into_an_unattended_phase_in_another_room():
    clinic = make_clinic(rooms=2, minutes=30)
    set_hours(clinic, ("10:00", "11:00"))
    make_appointment(clinic, option=needles(clinic), starts_at=at("10:00"))
    ((found),) = slots(clinic)
    assert (shown([found]), found.room) == (["10:15"], clinic.rooms[1])


def test_room_stays_taken_during_an_unattended_phase():
    clinic = make_clinic(rooms=1, minutes=30)
    set_hours(clinic, ("10:00", "11:00"))
    make_appointment(clinic, option=needles(clinic), starts_at=at("10:00"))
    assert slots(clinic) == []


def test_two_visits_with_unattended_phases_interleave():
    clinic = make_clinic(rooms=2)
    option = needles(clinic)
    set_hours(clinic, ("10:00", "12:00"))
    make_appointment(clinic, option=option, starts_at=at("10:00"))
    assert starts(clinic, option=option) == ["10:15", "10:30", "11:00"]


def test_unattended_phase_needs_working_hours_throughout():
    clinic = make_clinic()
    option = needles(clinic)
    set_hours(clinic, ("10:00", "10:20"), ("10:40", "11:00"))
    assert slots(clinic, option=option) == []
    set_hours(clinic, ("10:00", "11:00"))
    assert starts(clinic, option=option) == ["10:00"]


# Rooms


def test_start_with_every_room_taken_is_not_offered():
    clinic = hourly(practitioners=2, rooms=1)
    make_appointment(clinic, starts_at=at("10:00"))
    assert "10:00" not in starts(clinic)
    assert "11:00" in starts(clinic)


def test_rooms_are_filled_by_position():
    clinic = hourly(practitioners=2, rooms=0)
    last, first = (make_room(clinic.location, position=position) for position in (2, 1))
    clinic.service.rooms.set([last, first])
    assert slots(clinic)[0].room == first
    make_appointment(clinic, starts_at=at("09:00"))
    assert [slot.room for slot in slots(clinic)][:2] == [last, first]


def test_inactive_unsuitable_and_other_locations_rooms_are_no_rooms():
    clinic = hourly(rooms=1)
    clinic.rooms[0].is_active = False
    clinic.rooms[0].save()
    make_service(rooms=[make_room(clinic.location)])
    clinic.service.rooms.add(make_room(make_location()))
    assert slots(clinic) == []


def test_room_needs_its_buffers_between_two_practitioners_too():
    clinic = make_clinic(practitioners=2, rooms=1, buffer_before=10 * MINUTE, buffer_after=20 * MINUTE)
    make_appointment(clinic, starts_at=at("12:00"), practitioner=clinic.practitioner)
    found = starts(clinic, practitioners=clinic.practitioners[1:])
    assert [start for start in found if "10:00" <= start < "14:00"] == ["10:00", "10:15", "10:30", "13:30", "13:45"]


def test_visit_never_changes_rooms():
    clinic = make_clinic(practitioners=3, rooms=2, slot_step=30 * MINUTE)
    short = make_option(clinic.service, minutes=30)
    set_hours(clinic, ("10:00", "11:00"))
    early = make_appointment(clinic, option=short, starts_at=at("10:00"), practitioner=clinic.practitioners[1])
    between = make_appointment(clinic, option=short, starts_at=at("10:00"), practitioner=clinic.practitioners[2])
    late = make_appointment(clinic, option=short, starts_at=at("10:30"), practitioner=clinic.practitioners[1])
    appointments.cancel(early, now=NOW)
    assert (between.room, late.room) == (clinic.rooms[1], clinic.rooms[0])  # each half hour has one free room
    assert slots(clinic, practitioners=[clinic.practitioner]) == []
    assert starts(clinic, practitioners=[clinic.practitioner], option=short) == ["10:00", "10:30"]


@pytest.mark.parametrize("mode", ["video", "phone"])
def test_call_needs_no_room(mode):
    clinic = hourly(rooms=0, mode=mode)
    assert [slot.room for slot in slots(clinic)] == [None] * 8


# Notice and horizon


def test_lead_time_is_exact_and_rounds_up_to_the_grid():
    clinic = make_clinic(lead_time=2 * HOUR)
    assert starts(clinic, now=at("08:00"))[0] == "10:00"
    assert starts(clinic, now=at("08:00") + MINUTE)[0] == "10:15"
    assert starts(clinic, now=at("08:00") + timedelta(microseconds=1))[0] == "10:15"


def test_start_off_the_grid_is_lost_when_the_lead_time_passes_it_by():
    clinic = make_clinic(minutes=40, lead_time=2 * HOUR)
    make_appointment(clinic, starts_at=at("10:00"))
    assert "10:40" in starts(clinic, now=at("08:30"))
    assert starts(clinic, now=at("08:35") + MINUTE)[0] == "10:45"


def test_horizon_is_the_last_start_and_is_itself_allowed():
    clinic = hourly(booking_horizon=DAY)
    now = MONDAY - DAY
    assert starts(clinic, now=at("11:00", now))[-1] == "11:00"
    assert starts(clinic, now=at("11:00", now) - MINUTE)[-1] == "10:00"


def test_start_a_moment_past_the_horizon_is_not_offered():
    clinic = hourly(booking_horizon=DAY)
    now = at("11:00") - DAY - timedelta(microseconds=1)
    assert starts(clinic, now=now)[-1] == "10:00"
    assert availability.find_slot(clinic.option, starts_at=at("11:00"), now=now) == []


def test_nothing_is_offered_in_the_past():
    clinic = hourly(lead_time=timedelta(0))
    assert starts(clinic, now=at("12:30"))[0] == "13:00"
    assert starts(clinic, day=MONDAY - DAY, now=at("12:30")) == []


# Who


def test_practitioner_who_does_not_give_the_service_is_not_offered_even_by_name():
    clinic = hourly()
    other = make_practitioner(make_service(rooms=clinic.rooms))
    make_working_hours(other, clinic.location)
    assert {slot.practitioner for slot in slots(clinic)} == {clinic.practitioner}
    assert slots(clinic, practitioners=[other]) == []


def test_inactive_practitioner_is_not_offered_even_by_name():
    clinic = hourly()
    clinic.practitioner.is_active = False
    clinic.practitioner.save()
    assert slots(clinic) == []
    assert slots(clinic, practitioners=[clinic.practitioner]) == []


def test_practitioner_who_takes_no_new_clients_is_offered_by_name_alone():
    clinic = hourly()
    clinic.practitioner.accepts_new_clients = False
    clinic.practitioner.save()
    assert slots(clinic) == []
    assert len(slots(clinic, practitioners=[clinic.practitioner])) == 8


def test_slots_are_sorted_by_start_and_then_by_the_practitioners_position():
    clinic = hourly(practitioners=0, rooms=3)
    last, first, middle = (make_practitioner(clinic.service, position=position) for position in (2, 0, 1))
    for practitioner in (last, first, middle):
        make_working_hours(practitioner, clinic.location)
    assert [slot.practitioner for slot in slots(clinic)] == [first, middle, last] * 8
    found = slots(clinic, practitioners=[last, first])
    assert [slot.practitioner for slot in found] == [first, last] * 8
    assert [slot.starts_at for slot in found] == sorted(slot.starts_at for slot in found)


def test_practitioner_at_work_elsewhere_is_not_offered_here():
    clinic = hourly()
    elsewhere = make_location(timezone="America/New_York")
    clinic.service.rooms.add(make_room(elsewhere))
    set_hours(clinic, ("09:00", "10:00"))
    hours = {"starts": time(12), "ends": time(13)}  # the same hour: noon in New York is 9:00 in Los Angeles
    make_working_hours(clinic.practitioner, elsewhere, **hours)
    assert shown(slots(clinic)) == ["09:00", "12:00"]
    make_appointment(clinic, starts_at=at("09:00"))
    assert slots(clinic) == []


def test_inactive_location_is_not_offered_unasked():
    clinic = hourly()
    clinic.location.is_active = False
    clinic.location.save()
    assert slots(clinic) == []


# Holds, and appointments that count as absent


def test_hold_counts_until_it_expires_and_not_for_whom_it_is_ignored():
    clinic = hourly()
    held = appointments.hold(clinic.option, starts_at=TEN, owner="alice", address="home", now=NOW)
    assert TEN not in [slot.starts_at for slot in slots(clinic, now=NOW + 10 * MINUTE - timedelta(microseconds=1))]
    assert TEN in [slot.starts_at for slot in slots(clinic, now=NOW + 10 * MINUTE)]
    assert TEN in [slot.starts_at for slot in slots(clinic, ignoring=[held.pk])]
