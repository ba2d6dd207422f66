"""How a visit goes at the desk: confirmed, here, in session, done, not come, cancelled late; and what that costs."""

from datetime import timedelta
from decimal import Decimal

import pytest

from booking import appointments
from booking.appointments import Author, seen_of
from booking.errors import NotPossible
from booking.models import Appointment, BusyTime, Change, Message
from tests.factory import DESK, NOW, TEN, make_appointment
from tests.integration.test_staff_writes_moves import staff

pytestmark = pytest.mark.django_db

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def visit(clinic):
    return make_appointment(clinic)


def kinds(appointment):
    return list(Change.objects.filter(appointment=appointment).order_by("pk").values_list("kind", flat=True))


def test_a_day_at_the_desk_leaves_its_history(visit):
    appointments.confirm(visit, now=NOW)
    appointments.arrive(visit, now=TEN - 5 * MINUTE, author=DESK)
    started = appointments.start(visit, now=TEN, author=DESK)
    assert (started.status, started.started_at, started.is_in_session) == ("arrived", TEN, True)
    done = appointments.fulfil(visit, now=TEN + 50 * MINUTE, author=DESK)
    assert (done.status, done.started_at, done.confirmed_at) == ("fulfilled", TEN, NOW)
    assert kinds(visit) == ["booked", "confirmed", "arrived", "started", "fulfilled"]
    assert not BusyTime.objects.exists()
    assert Message.objects.count() == 2  # none of this is news to anybody


def test_who_starts_has_come(visit):
    started = appointments.start(visit, now=TEN, author=DESK)
    assert (started.status, started.is_in_session) == ("arrived", True)
    assert kinds(visit) == ["booked", "started"]


def test_a_session_that_began_early_may_end_early(visit):
    appointments.start(visit, now=TEN - 10 * MINUTE, author=DESK)
    assert appointments.fulfil(visit, now=TEN - MINUTE, author=DESK).status == "fulfilled"


def test_confirming_and_starting_twice_is_once(visit):
    for act in (appointments.confirm, appointments.confirm):
        assert act(visit, now=NOW, author=DESK).confirmed_at == NOW
    for act in (appointments.start, appointments.start):
        assert act(visit, now=TEN, author=DESK).started_at == TEN
    assert kinds(visit) == ["booked", "confirmed", "started"]


@pytest.mark.parametrize("step", ["confirm", "arrive", "start", "fulfil", "mark_noshow", "cancel"])
def test_a_button_pressed_twice_acts_once(visit, step):
    author = Author(user=staff("Ana"), seen=seen_of(visit))
    act = getattr(appointments, step)
    first, second = act(visit, now=TEN, author=author), act(visit, now=TEN, author=author)
    assert first.status == second.status
    assert len(kinds(visit)) == 2


@pytest.mark.parametrize("step", ["confirm", "arrive", "start", "fulfil", "mark_noshow", "cancel"])
def test_nothing_happens_to_what_is_cancelled(visit, step):
    appointments.cancel(visit, now=NOW, author=DESK)
    with pytest.raises(NotPossible):
        getattr(appointments, step)(visit, now=TEN, author=DESK)
    assert kinds(visit) == ["booked", "cancelled"]


class TestFees:
    """Half the price, 52.50 of 105, was promised to be charged for a late one."""

    @pytest.fixture(params=["mark_noshow", "cancel"])
    def miss(self, request):
        return lambda visit, **given: getattr(appointments, request.param)(visit, now=TEN, author=DESK, **given)

    def test_it_may_stay_undecided(self, visit, miss):
        assert miss(visit).fee is None

    @pytest.mark.parametrize("fee", ["52.50", "105.00", "20.00"])
    def test_it_is_at_most_the_price(self, visit, miss, fee):
        missed = miss(visit, fee=Decimal(fee))
        assert (missed.fee, missed.fee_waiver) == (Decimal(fee), "")
        assert Change.objects.first().after["fee"] == fee

    @pytest.mark.parametrize("fee", ["105.01", "-0.01"])
    def test_more_than_the_price_or_less_than_nothing_is_refused(self, visit, miss, fee):
        with pytest.raises(NotPossible):
            miss(visit, fee=Decimal(fee))
        visit.refresh_from_db()
        assert visit.status == "booked" and BusyTime.objects.exists()

    def test_letting_it_off_needs_a_reason(self, visit, miss):
        for waiver in ("", "  "):
            with pytest.raises(NotPossible, match="Say why no fee is charged"):
                miss(visit, fee=Decimal(0), waiver=waiver)
        missed = miss(visit, fee=Decimal(0), waiver=" First time ")
        assert (missed.fee, missed.fee_waiver) == (0, "First time")

    def test_where_none_was_promised_none_is_let_off(self, visit, miss):
        Appointment.objects.update(late_fee=0)
        assert miss(visit, fee=Decimal(0)).fee == 0


def test_who_cancels_in_time_owes_nothing(visit):
    Appointment.objects.update(cancellation_notice=timedelta(hours=1))
    with pytest.raises(NotPossible, match="cancelled in time"):
        appointments.cancel(visit, fee=Decimal(20), now=NOW, author=DESK)
    assert appointments.cancel(visit, fee=Decimal(0), now=NOW, author=DESK).fee is None


def test_a_client_s_late_cancelling_is_for_staff_to_decide(visit):
    cancelled = appointments.cancel(visit, reason="Ill", now=TEN - HOUR)
    assert (cancelled.fee, cancelled.cancellation_reason) == (None, "Ill")
    change = Change.objects.first()
    assert (change.kind, change.reason, change.by_name) == ("cancelled", "Ill", "")


def test_undoing_a_fresh_booking_is_written_down_as_taken_back(visit):
    appointments.undo(visit, now=NOW + MINUTE)
    assert kinds(visit) == ["booked", "taken_back"]
