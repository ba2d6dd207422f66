"""A visitor, the front desk and everybody else, all at the same moment."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import appointments, availability, consultations
from booking.models import Appointment, BusyTime, ConsultationRequest, Message, Proposal, Visit
from tests.concurrency.races import CLIENTS, at_once, connections, deadlocks, overlaps, tally
from tests.factory import NOW, TEN, make_clinic, make_details, make_request

pytestmark = pytest.mark.django_db(transaction=True)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ROUNDS = 5


@pytest.fixture(autouse=True)
def many_connections(transactional_db):
    before = deadlocks()
    with connections(CLIENTS):
        yield
    assert deadlocks() == before
    ProcrastinateJob.objects.all().delete()


def slots_of(clinic, *starts):
    return [availability.find_slot(clinic.option, starts_at=start, now=NOW)[0] for start in starts]


def proposing(request, clinic, *starts):
    slots = slots_of(clinic, *starts)
    return partial(consultations.propose, request, slots, NOW + 2 * DAY, option=clinic.option, by=None, now=NOW)


def booking(clinic, number, *, starts_at, now=NOW):
    asked = {"details": make_details(), "form_token": f"form-{number}-{starts_at}", "now": now}
    return partial(appointments.book, clinic.option, starts_at=starts_at, **asked)


def test_two_proposals_of_one_request_accepted_at_once_are_one_visit():
    clinic = make_clinic(practitioners=2, rooms=2)
    for round_number in range(ROUNDS):
        request = make_request()
        first, second = proposing(request, clinic, TEN + round_number * DAY, TEN + 3 * HOUR + round_number * DAY)()
        answers = at_once(*[partial(consultations.accept, one, now=NOW) for one in (first, second) * 5])
        found = tally(answers)
        assert found["Visit"] == 5  # the one that won, as often as it was pressed
        assert set(found) <= {"Visit", "RequestClosed", "HoldExpired"}
        assert len({visit.pk for visit in answers if isinstance(visit, Visit)}) == 1
        request.refresh_from_db()
        assert request.status == "scheduled"
    assert Appointment.objects.count() == Visit.objects.count() == ROUNDS
    assert BusyTime.objects.filter(expires_at__isnull=False).count() == 0
    assert Message.objects.filter(reason__startswith="confirmation/").count() == ROUNDS
    assert overlaps() == 0


def test_proposal_is_its_visitors_against_everyone_who_wants_the_time():
    clinic = make_clinic()
    for round_number in range(ROUNDS):
        start = TEN + round_number * DAY
        [proposal] = proposing(make_request(), clinic, start)()
        others = [booking(clinic, number, starts_at=start) for number in range(20)]
        mine, *rest = at_once(partial(consultations.accept, proposal, now=NOW), *others)
        assert isinstance(mine, Visit)
        assert tally(rest) == {"SlotTaken": 20}
    assert overlaps() == 0


def test_expired_proposal_goes_to_one_of_those_who_want_it():
    clinic = make_clinic()
    for round_number in range(ROUNDS):
        start = TEN + (3 + round_number) * DAY
        [proposal] = proposing(make_request(), clinic, start)()
        late = NOW + 2 * DAY
        mine, *rest = at_once(
            partial(consultations.accept, proposal, now=late),
            *[booking(clinic, number, starts_at=start, now=late) for number in range(20)],
        )
        assert tally([mine]) == {"HoldExpired": 1}
        assert tally(rest) == {"Visit": 1, "SlotTaken": 19}
    assert overlaps() == 0


def test_proposing_and_booking_one_time_has_one_winner():
    clinic = make_clinic()
    for round_number in range(ROUNDS):
        start = TEN + round_number * DAY
        acts = [proposing(make_request(), clinic, start, start + 2 * HOUR) for _ in range(5)]
        acts += [booking(clinic, number, starts_at=start) for number in range(10)]
        found = tally(at_once(*acts))
        assert found["list"] + found["Visit"] == 1
        assert found["SlotTaken"] == 14
    assert overlaps() == 0
    assert Proposal.objects.count() % 2 == 0  # all of a request's times or none


def test_two_staff_and_the_visitor_act_at_once_and_one_is_heard():
    clinic = make_clinic(practitioners=2, rooms=2)
    for round_number in range(ROUNDS):
        request, start = make_request(), TEN + round_number * DAY
        [slot] = slots_of(clinic, start)
        answers = at_once(
            partial(consultations.answer, request, text="Yes.", by=None, now=NOW),
            partial(consultations.decline, request, text="No.", by=None, now=NOW),
            partial(consultations.convert, request, slot, option=clinic.option, by=None, now=NOW),
            proposing(request, clinic, start + 2 * HOUR),
        )
        refused = tally(answers)
        assert refused["RequestChanged"] + refused["RequestClosed"] == 3
        request.refresh_from_db()
        assert request.sequence == 1
    assert overlaps() == 0


def test_one_form_sent_twenty_times_at_once_is_one_request():
    make_clinic()
    asked = consultations.Asked(
        kind="video", first_name="Ada", last_name="Brook", email="ada@example.org", message="Would it suit me?"
    )
    act = partial(consultations.submit, asked, form_token="t" * 32, address="home", now=NOW)
    assert len({request.pk for request in at_once(*[act] * 20)}) == 1
    assert Message.objects.count() == 2


def test_a_burst_from_one_address_is_five_requests():
    make_clinic()

    def sending(number):
        asked = consultations.Asked(
            kind="video", first_name="Ada", last_name=str(number), email="ada@example.org", message="Buy this."
        )
        return partial(consultations.submit, asked, form_token=f"{number}".ljust(32, "x"), address="home", now=NOW)

    found = tally(at_once(*[sending(number) for number in range(30)]))
    assert found == {"ConsultationRequest": 5, "TooManyRequests": 25}
    assert ConsultationRequest.objects.count() == 5
