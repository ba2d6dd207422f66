"""Booking, holding, moving and cancelling through the write module."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import appointments, availability
from booking.errors import (
    ClientBusy,
    FormReused,
    HoldLimit,
    NotOffered,
    NotPossible,
    SlotNotOffered,
    SlotTaken,
    TooLate,
)
from booking.models import Appointment, BusyTime, Client, Message, Visit
from tests.factory import (
    MONDAY,
    NOW,
    TEN,
    make_appointment,
    make_clinic,
    make_details,
    make_option,
    make_service,
    make_time_off,
)

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def starts(clinic, **asked):
    found = availability.open_slots(clinic.option, first_day=MONDAY, last_day=MONDAY, now=NOW, **asked)
    return [slot.starts_at for slot in found]


def hold(clinic, *, starts_at=TEN, owner="alice", address="home", now=NOW, option=None):
    return appointments.hold(option or clinic.option, starts_at=starts_at, owner=owner, address=address, now=now)


def test_book_takes_practitioner_room_and_client_and_stores_what_was_promised(clinic):
    appointment = make_appointment(clinic)
    assert appointment.status == Appointment.Status.BOOKED
    assert (appointment.price, appointment.ends_at) == (clinic.option.price, TEN + timedelta(hours=1))
    assert BusyTime.objects.filter(appointment=appointment).count() == 3
    assert TEN not in starts(clinic)
    assert "Change or cancel free until Sunday 22 November, 10:00 am" in appointment.policy_text


def test_book_refuses_a_slot_taken_since_it_was_shown(clinic):
    make_appointment(clinic)
    with pytest.raises(SlotTaken):
        make_appointment(clinic)
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize("minutes", [-8 * 60, 7, 10 * 60, 200 * 24 * 60])
def test_book_refuses_a_time_that_was_never_offered(clinic, minutes):
    with pytest.raises(SlotNotOffered):
        make_appointment(clinic, starts_at=TEN + minutes * MINUTE)
    assert not Visit.objects.exists()


def test_any_practitioner_goes_to_the_least_loaded_and_then_to_the_next():
    clinic = make_clinic(practitioners=2, rooms=2)
    first = make_appointment(clinic, starts_at=TEN + timedelta(hours=2))
    second = make_appointment(clinic)
    third = make_appointment(clinic)
    assert second.practitioner != first.practitioner
    assert third.practitioner == first.practitioner
    with pytest.raises(SlotTaken):
        make_appointment(clinic)


def test_same_form_twice_is_one_booking_and_a_changed_form_is_refused(clinic):
    details = make_details()
    asked = {"starts_at": TEN, "form_token": "same", "now": NOW}
    first = appointments.book(clinic.option, details=details, **asked)
    assert appointments.book(clinic.option, details=details, **asked) == first
    with pytest.raises(FormReused):
        appointments.book(clinic.option, details=make_details(), **asked)
    assert Visit.objects.count() == 1


def test_client_cannot_be_in_two_places():
    clinic = make_clinic(practitioners=2, rooms=2)
    details = make_details()
    make_appointment(clinic, details=details)
    with pytest.raises(ClientBusy):
        make_appointment(clinic, details=details)
    assert Client.objects.count() == 1


def test_mails_are_queued_with_the_booking_and_not_without_it(clinic):
    make_appointment(clinic)
    assert {message.reason.split("/")[0] for message in Message.objects.all()} == {"confirmation", "new"}
    assert ProcrastinateJob.objects.filter(task_name__endswith="send_message").count() == 2
    with pytest.raises(SlotTaken):
        make_appointment(clinic)
    assert Message.objects.count() == 2


def test_hold_hides_the_time_from_others_and_not_from_its_owner(clinic):
    held = hold(clinic)
    assert TEN not in starts(clinic)
    assert TEN in starts(clinic, ignoring=[held.pk])
    with pytest.raises(SlotTaken):
        hold(clinic, owner="bob", address="office")


def test_hold_is_free_again_the_moment_it_expires(clinic):
    hold(clinic)
    later = NOW + timedelta(minutes=10)
    found = availability.open_slots(clinic.option, first_day=MONDAY, last_day=MONDAY, now=later)
    assert TEN in [slot.starts_at for slot in found]
    assert make_appointment(clinic, now=later).status == "booked"
    assert Visit.objects.count() == 1


def test_choosing_again_lets_the_earlier_hold_go(clinic):
    hold(clinic)
    hold(clinic, starts_at=TEN + 15 * MINUTE)
    assert Appointment.objects.get().starts_at == TEN + 15 * MINUTE


def test_two_holds_a_person_and_the_oldest_makes_room_for_a_third():
    clinic = make_clinic(practitioners=3, rooms=3)
    options = [clinic.option]
    for _ in range(2):
        service = make_service(rooms=clinic.rooms)
        for practitioner in clinic.practitioners:
            practitioner.services.add(service)
        options.append(make_option(service))
    for number, option in enumerate(options):
        hold(clinic, option=option, starts_at=TEN + number * timedelta(hours=1))
    assert set(Appointment.objects.values_list("option", flat=True)) == {option.pk for option in options[1:]}


def test_third_hold_from_one_address_without_its_cookie_is_refused():
    clinic = make_clinic(practitioners=3, rooms=3)
    hold(clinic, owner="one")
    hold(clinic, owner="two")
    with pytest.raises(HoldLimit):
        hold(clinic, owner="three")
    assert Appointment.objects.count() == 2


def test_hold_is_extended_once(clinic):
    held = appointments.extend(hold(clinic), now=NOW + 9 * MINUTE)
    assert held.hold_expires_at == NOW + 20 * MINUTE
    assert set(BusyTime.objects.values_list("expires_at", flat=True)) == {NOW + 20 * MINUTE}
    with pytest.raises(NotPossible):
        appointments.extend(held, now=NOW + 10 * MINUTE)


def test_booking_from_a_hold_keeps_its_row_and_adds_the_client(clinic):
    held = hold(clinic)
    visit = appointments.book(
        clinic.option,
        starts_at=TEN,
        details=make_details(),
        form_token="t",
        owner="alice",
        now=NOW + 9 * MINUTE,
    )
    assert visit == held.visit
    assert set(BusyTime.objects.values_list("expires_at", flat=True)) == {None}
    assert BusyTime.objects.filter(client__isnull=False).count() == 1


def test_booking_from_an_expired_hold_takes_the_time_if_it_is_still_free(clinic):
    hold(clinic)
    visit = appointments.book(
        clinic.option,
        starts_at=TEN,
        details=make_details(),
        form_token="t",
        owner="alice",
        now=NOW + 11 * MINUTE,
    )
    assert visit.appointments.get().status == "booked"


def test_undo_leaves_no_mail_and_frees_the_time(clinic):
    appointment = make_appointment(clinic)
    appointments.undo(appointment, now=NOW + 2 * MINUTE)
    assert not Message.objects.exists()
    assert TEN in starts(clinic)
    with pytest.raises(NotPossible):
        appointments.undo(appointment, now=NOW + 2 * MINUTE)


def test_undo_is_refused_once_the_mails_are_due(clinic):
    appointment = make_appointment(clinic)
    with pytest.raises(TooLate):
        appointments.undo(appointment, now=NOW + 4 * MINUTE)


def test_cancel_frees_the_time_and_tells_those_who_have_heard(clinic):
    appointment = make_appointment(clinic)
    Message.objects.update(status="sent", sent_at=NOW)
    appointments.cancel(appointment, now=NOW + timedelta(hours=1))
    assert not BusyTime.objects.exists()
    assert set(Message.objects.filter(status="queued").values_list("reason", flat=True)) == {
        f"cancelled/{appointment.pk}/1/client",
        f"cancelled/{appointment.pk}/1/practitioner",
    }


def test_move_keeps_the_price_and_may_overlap_the_old_time(clinic):
    appointment = make_appointment(clinic, now=NOW - timedelta(days=5))
    clinic.option.price = 999
    clinic.option.save()
    moved = appointments.move(appointment, starts_at=TEN + 30 * MINUTE, now=NOW - timedelta(days=4))
    assert (moved.starts_at, moved.price, moved.sequence) == (TEN + 30 * MINUTE, 105, 1)
    assert BusyTime.objects.count() == 3


def test_move_is_refused_after_the_deadline(clinic):
    appointment = make_appointment(clinic)
    with pytest.raises(TooLate):
        appointments.move(appointment, starts_at=TEN + timedelta(hours=3), now=NOW)


def test_time_that_is_no_longer_needed_is_free_again(clinic):
    appointment = make_appointment(clinic)
    appointments.arrive(appointment, now=TEN)
    assert BusyTime.objects.count() == 3
    appointments.fulfil(appointment, now=TEN + 50 * MINUTE)
    assert not BusyTime.objects.exists()
    with pytest.raises(NotPossible):
        appointments.mark_noshow(appointment, now=TEN + 50 * MINUTE)


def book_what_alice_holds(clinic, **given):
    asked = {"starts_at": TEN, "details": make_details(), "form_token": "t", "owner": "alice", "now": NOW + MINUTE}
    return appointments.book(clinic.option, **asked | given)


@pytest.mark.parametrize("minutes", [(0, 60), (30, 45), (-60, 5), (59, 120)])
@pytest.mark.parametrize("whose", ["practitioner", "location"])
def test_hold_is_not_booked_once_time_off_or_a_closure_has_come_over_it(clinic, whose, minutes):
    hold(clinic)
    begins, ends = (TEN + minute * MINUTE for minute in minutes)
    make_time_off(starts_at=begins, ends_at=ends, **{whose: getattr(clinic, whose)})
    with pytest.raises(SlotNotOffered):
        book_what_alice_holds(clinic)
    assert not Appointment.objects.promised().exists()


@pytest.mark.parametrize("minutes", [(-60, 0), (60, 120)])
def test_hold_is_booked_beside_time_off_that_only_touches_it(clinic, minutes):
    held = hold(clinic)
    begins, ends = (TEN + minute * MINUTE for minute in minutes)
    make_time_off(starts_at=begins, ends_at=ends, practitioner=clinic.practitioner)
    assert book_what_alice_holds(clinic) == held.visit


def test_hold_at_the_edge_of_the_lead_time_is_booked_minutes_later():
    clinic = make_clinic(lead_time=timedelta(hours=2))
    held = hold(clinic, now=TEN - timedelta(hours=2))
    assert book_what_alice_holds(clinic, now=TEN - timedelta(hours=2) + 9 * MINUTE) == held.visit


def test_hold_for_anyone_goes_to_who_is_still_at_work():
    clinic = make_clinic(practitioners=2, rooms=2)
    held = hold(clinic)
    make_time_off(starts_at=TEN, ends_at=TEN + 60 * MINUTE, practitioner=held.practitioner)
    assert book_what_alice_holds(clinic).appointments.get().practitioner != held.practitioner


def retire(clinic, what):
    target, changes = {
        "option": (clinic.option, {"is_active": False}),
        "service": (clinic.service, {"is_active": False}),
        "on request": (clinic.service, {"booking_mode": "on_request"}),
        "staff only": (clinic.service, {"booking_mode": "staff_only"}),
        "location": (clinic.location, {"is_active": False}),
    }[what]
    type(target).objects.filter(pk=target.pk).update(**changes)


@pytest.mark.parametrize("what", ["option", "service", "on request", "staff only", "location"])
def test_what_is_not_offered_online_is_neither_held_nor_booked_however_it_is_asked_for(clinic, what):
    retire(clinic, what)
    asked = {"starts_at": TEN, "location": clinic.location, "now": NOW}
    with pytest.raises(NotOffered):
        appointments.hold(clinic.option, owner="alice", address="home", **asked)
    with pytest.raises(NotOffered):
        appointments.book(clinic.option, details=make_details(), form_token="t", **asked)
    assert not Visit.objects.exists()


@pytest.mark.parametrize("what", ["option", "service", "on request", "staff only", "location"])
def test_hold_of_what_is_offered_no_more_is_not_booked(clinic, what):
    hold(clinic)
    retire(clinic, what)
    with pytest.raises(NotOffered):
        book_what_alice_holds(clinic, location=clinic.location)
    assert not Appointment.objects.promised().exists()


def test_hold_without_an_owner_lets_nobody_elses_go(clinic):
    hold(clinic, owner="", address="")
    hold(clinic, owner="", starts_at=TEN + 60 * MINUTE, address="home")
    assert Appointment.objects.count() == 2
