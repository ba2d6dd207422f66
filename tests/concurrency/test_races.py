"""Many clients at the same moment, through the write module. First the proof that the harness sees a race."""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.db import OperationalError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import appointments, availability
from booking.appointments import claims
from booking.models import Appointment, BusyTime, Client, Message, Visit
from tests.concurrency.races import (
    CLIENTS,
    at_once,
    connections,
    deadlocks,
    overlaps,
    tally,
    without_constraints,
)
from tests.factory import MONDAY, NOW, TEN, make_appointment, make_client, make_clinic, make_details

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LONG_BEFORE = NOW - 5 * DAY
ROUNDS = 2


@pytest.fixture(autouse=True)
def many_connections(transactional_db):
    """Enough connections for every thread, and no deadlock but a meant one by the time they are closed."""
    before, meant = deadlocks(), []
    with connections(CLIENTS):
        yield meant
    assert deadlocks() == before + len(meant)
    ProcrastinateJob.objects.all().delete()


def booking(clinic, number=0, *, starts_at=TEN, now=NOW, form_token=None, **given):
    """An act for `at_once`: one client's booking, its details made beforehand."""
    return partial(
        appointments.book,
        clinic.option,
        starts_at=starts_at,
        details=given.pop("details", None) or make_details(),
        form_token=form_token or f"form-{number}-{starts_at}",
        now=now,
        **given,
    )


def holding(clinic, number, *, starts_at=TEN, now=NOW, owner=None):
    return partial(
        appointments.hold,
        clinic.option,
        starts_at=starts_at,
        owner=owner or f"browser-{number}",
        address=f"address-{number}",
        now=now,
    )


def moving(appointment, *, starts_at, now=LONG_BEFORE, **given):
    return partial(appointments.move, appointment, starts_at=starts_at, now=now, **given)


def open_starts(clinic, *, now=NOW):
    slots = availability.open_slots(clinic.option, first_day=MONDAY, last_day=MONDAY, now=now)
    return {slot.starts_at for slot in slots}


class TestTheHarness:
    """A race that could not be lost would prove nothing."""

    def test_without_lock_and_constraint_it_finds_double_bookings(self, monkeypatch):
        clinic = make_clinic()
        monkeypatch.setattr(claims, "lock", lambda practitioner, room: None)
        with without_constraints():
            answers = at_once(*[booking(clinic, number) for number in range(CLIENTS)])
            assert tally(answers)["Visit"] > 1
            assert overlaps() > 0
            BusyTime.objects.all().delete()

    def test_a_deadlock_is_raised_and_counted(self, many_connections):
        one, other = make_client(), make_client()

        def lock_in_turn(*clients):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL deadlock_timeout = '100ms'")
                for client in clients:
                    Client.objects.select_for_update().get(pk=client.pk)
                    time.sleep(0.1)

        with pytest.raises(OperationalError, match="deadlock detected"):
            at_once(partial(lock_in_turn, one, other), partial(lock_in_turn, other, one))
        many_connections.append("this one")


def test_the_constraint_alone_suffices(monkeypatch):
    clinic = make_clinic()
    monkeypatch.setattr(claims, "lock", lambda practitioner, room: None)
    answers = at_once(*[booking(clinic, number) for number in range(CLIENTS)])
    assert tally(answers) == {"Visit": 1, "SlotTaken": CLIENTS - 1}
    assert overlaps() == 0


def test_the_locks_alone_suffice():
    clinic = make_clinic()
    with without_constraints():
        answers = at_once(*[booking(clinic, number) for number in range(CLIENTS)])
        assert tally(answers) == {"Visit": 1, "SlotTaken": CLIENTS - 1}
        assert overlaps() == 0
        BusyTime.objects.all().delete()


def test_fifty_clients_on_one_slot_are_one_visit_and_forty_nine_refusals():
    clinic = make_clinic()
    for round_number in range(ROUNDS):
        starts_at = TEN + round_number * HOUR
        answers = at_once(*[booking(clinic, number, starts_at=starts_at) for number in range(CLIENTS)])
        assert tally(answers) == {"Visit": 1, "SlotTaken": CLIENTS - 1}
    assert Visit.objects.count() == Appointment.objects.count() == ROUNDS
    assert BusyTime.objects.count() == ROUNDS * 3
    assert Message.objects.count() == ProcrastinateJob.objects.count() == ROUNDS * 2


def test_fifty_browsers_hold_one_slot_and_one_gets_it():
    clinic = make_clinic()
    for round_number in range(ROUNDS):
        starts_at = TEN + round_number * HOUR
        answers = at_once(
            *[holding(clinic, f"{round_number}-{number}", starts_at=starts_at) for number in range(CLIENTS)]
        )
        assert tally(answers) == {"Appointment": 1, "SlotTaken": CLIENTS - 1}
    assert BusyTime.objects.count() == ROUNDS * 2


def test_overlapping_starts_never_overlap_and_nobody_is_refused_a_time_still_free():
    for day in range(ROUNDS):
        clinic = make_clinic()
        starts = [TEN + 15 * MINUTE * (number % 12) for number in range(CLIENTS)]
        answers = at_once(*[booking(clinic, f"{day}-{number}", starts_at=start) for number, start in enumerate(starts)])
        assert set(tally(answers)) == {"Visit", "SlotTaken"}
        assert overlaps() == 0
        assert not open_starts(clinic) & set(starts)


def test_one_form_sent_twenty_times_at_once_is_one_visit_and_twenty_equal_answers():
    for number, held in enumerate((False, True)):
        clinic = make_clinic()
        owner = f"browser-{number}"
        if held:
            holding(clinic, number)()
        act = booking(clinic, form_token=f"same-{number}", details=make_details(), owner=owner)
        answers = at_once(*[act] * 20)
        assert tally(answers) == {"Visit": 20}
        assert len({visit.pk for visit in answers}) == 1
    assert Visit.objects.count() == Appointment.objects.count() == 2
    assert Message.objects.count() == 4


def test_two_visits_moved_to_one_slot_one_arrives():
    clinic = make_clinic()
    for week in range(5):
        target = TEN + 4 * HOUR + week * DAY
        pair = [
            make_appointment(clinic, starts_at=TEN + hours * HOUR + week * DAY, now=LONG_BEFORE) for hours in (0, 2)
        ]
        answers = at_once(*[moving(one, starts_at=target) for one in pair])
        assert tally(answers) == {"Appointment": 1, "SlotTaken": 1}
        assert sorted(Appointment.objects.filter(pk__in=[one.pk for one in pair]).values_list("sequence")) == [
            (0,),
            (1,),
        ]
    assert BusyTime.objects.count() == 5 * 2 * 3
    assert overlaps() == 0


def test_visits_moved_against_each_other_and_cancelled_meanwhile_never_deadlock():
    clinic = make_clinic(practitioners=2, rooms=2)
    mara, ines = clinic.practitioners
    for day in range(5):
        ten, noon = TEN + day * DAY, TEN + 2 * HOUR + day * DAY
        one = make_appointment(clinic, starts_at=ten, practitioner=mara, now=LONG_BEFORE)
        two = make_appointment(clinic, starts_at=noon, practitioner=ines, now=LONG_BEFORE)
        at_once(
            moving(one, starts_at=noon, practitioner=ines),
            moving(two, starts_at=ten, practitioner=mara),
            moving(one, starts_at=noon, practitioner=mara),
            moving(two, starts_at=ten, practitioner=ines),
            partial(appointments.cancel, one, now=LONG_BEFORE),
            partial(appointments.cancel, one, now=LONG_BEFORE),
            booking(clinic, f"{day}-a", starts_at=ten, now=LONG_BEFORE),
            booking(clinic, f"{day}-b", starts_at=noon, now=LONG_BEFORE),
        )
        one.refresh_from_db()
        assert one.is_cancelled
        assert not one.busy_times.exists()
        assert overlaps() == 0
    held = BusyTime.objects.values("appointment").distinct().count()
    assert held == Appointment.objects.filter(status="booked").count()


def test_holds_and_bookings_of_one_slot_have_one_winner():
    clinic = make_clinic()
    for round_number in range(ROUNDS):
        starts_at = TEN + round_number * HOUR
        acts = [holding(clinic, f"{round_number}-{number}", starts_at=starts_at) for number in range(25)]
        acts += [booking(clinic, number, starts_at=starts_at) for number in range(25)]
        found = tally(at_once(*acts))
        assert found["SlotTaken"] == CLIENTS - 1
        assert found["Visit"] + found["Appointment"] == 1
    assert overlaps() == 0


def test_a_hold_keeps_its_time_for_its_owner_against_everyone():
    clinic = make_clinic()
    for round_number in range(ROUNDS):
        starts_at = TEN + round_number * HOUR
        held = holding(clinic, round_number, starts_at=starts_at)()
        mine = booking(clinic, "mine", starts_at=starts_at, owner=f"browser-{round_number}")
        others = [booking(clinic, number, starts_at=starts_at) for number in range(CLIENTS - 1)]
        mine_answer, *rest = at_once(mine, *others)
        assert mine_answer == held.visit
        assert tally(rest) == {"SlotTaken": CLIENTS - 1}


def test_choosing_another_time_meanwhile_never_takes_a_booking_back():
    clinic = make_clinic(practitioners=2, rooms=2)
    for round_number in range(10):
        starts_at = TEN + round_number * DAY
        owner = f"browser-{round_number}"
        held = holding(clinic, round_number, starts_at=starts_at)()
        answers = at_once(
            booking(clinic, round_number, starts_at=starts_at, owner=owner),
            holding(clinic, round_number, starts_at=starts_at + 3 * HOUR, owner=owner),
            holding(clinic, round_number, starts_at=starts_at + 30 * MINUTE, owner=owner),
            partial(appointments.release, held, now=NOW),
        )
        visit = answers[0]
        assert tally([visit]) == {"Visit": 1}
        assert visit.appointments.get().status == "booked"
    assert Appointment.objects.filter(status="booked").count() == 10
    assert Message.objects.count() == 20
    assert BusyTime.objects.filter(client__isnull=False).count() == 10


def test_an_expired_hold_is_swept_once_and_taken_once():
    clinic = make_clinic()
    won = Counter()
    for round_number in range(ROUNDS):
        starts_at = TEN + round_number * HOUR
        owner = f"browser-{round_number}"
        held = holding(clinic, round_number, starts_at=starts_at)()
        expired = held.hold_expires_at
        just_before = expired - timedelta(microseconds=1)
        answers = at_once(
            booking(clinic, "owner", starts_at=starts_at, owner=owner, now=just_before),
            holding(clinic, round_number, starts_at=starts_at + 15 * MINUTE, owner=owner, now=just_before),
            partial(appointments.extend, held, now=just_before),
            *[booking(clinic, number, starts_at=starts_at, now=expired) for number in range(15)],
            *[holding(clinic, f"{round_number}-{number}", starts_at=starts_at, now=expired) for number in range(15)],
        )
        won.update(tally(answers))
        assert overlaps() == 0
        assert BusyTime.objects.filter(practitioner=clinic.practitioner, during__contains=starts_at).count() <= 1
        Visit.objects.filter(client=None).delete()
    assert set(won) <= {"Visit", "Appointment", "SlotTaken", "HoldExpired", "NotPossible"}


@pytest.mark.parametrize(("practitioners", "clients"), [(2, 10), (20, 25)])
def test_anyone_free_takes_each_practitioner_once(practitioners, clients):
    clinic = make_clinic(practitioners=practitioners, rooms=practitioners)
    answers = at_once(*[booking(clinic, number) for number in range(clients)])
    assert tally(answers) == {"Visit": practitioners, "SlotTaken": clients - practitioners}
    assert set(Appointment.objects.values_list("practitioner", flat=True)) == {one.pk for one in clinic.practitioners}
    assert Appointment.objects.values("room").distinct().count() == practitioners


def test_one_client_is_never_in_two_places():
    clinic = make_clinic(practitioners=10, rooms=10)
    details = make_details()
    answers = at_once(
        *[booking(clinic, number, practitioner=one, details=details) for number, one in enumerate(clinic.practitioners)]
    )
    assert tally(answers) == {"Visit": 1, "ClientBusy": 9}
    assert Client.objects.count() == Visit.objects.count() == 1
