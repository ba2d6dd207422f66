"""Taking back what was done last: the visit stands as it stood before, or nothing happens."""

from datetime import timedelta
from decimal import Decimal

import pytest

from booking import appointments
from booking.errors import AppointmentChanged, ClientBusy, NotPossible, SlotTaken
from booking.models import Appointment, BusyTime, Change, TimeOff
from tests.factory import DESK, NOW, TEN, make_appointment, make_client, make_clinic, make_room, numbers
from tests.offers import at

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LATER = {"sequence", "id"}


@pytest.fixture
def house(db):
    return make_clinic(practitioners=2, rooms=2)


@pytest.fixture
def visit(house):
    return make_appointment(house, practitioner=house.practitioner)


def facts(appointment):
    """All that is stored of it, but for how often it changed; and the time it takes."""
    [row] = Appointment.objects.filter(pk=appointment.pk).values()
    busy = BusyTime.objects.filter(appointment=appointment)
    taken = {(str(one.during), one.practitioner_id, one.room_id, one.client_id) for one in busy}
    return {name: value for name, value in row.items() if name not in LATER}, taken, row["sequence"]


def take_back(appointment, *, now=TEN + HOUR, **given):
    change = given.pop("change", None) or Change.objects.filter(appointment=appointment).first()
    return appointments.take_back(change, now=now, author=DESK, **given)


ACTS = {
    "confirm": lambda visit, house: appointments.confirm(visit, now=NOW, author=DESK),
    "arrive": lambda visit, house: appointments.arrive(visit, now=NOW, author=DESK),
    "start": lambda visit, house: appointments.start(visit, now=TEN, author=DESK),
    "fulfil": lambda visit, house: appointments.fulfil(visit, now=TEN, author=DESK),
    "noshow": lambda visit, house: appointments.mark_noshow(visit, fee=Decimal(30), now=TEN, author=DESK),
    "cancel": lambda visit, house: appointments.cancel(
        visit, reason="Ill", fee=Decimal(0), waiver="First time", now=TEN, author=DESK
    ),
    "cancel by the client": lambda visit, house: appointments.cancel(visit, now=NOW),
    "move": lambda visit, house: appointments.move(visit, starts_at=TEN + HOUR, now=NOW, author=DESK),
    "to another": lambda visit, house: appointments.move(
        visit, starts_at=TEN + DAY, practitioner=house.practitioners[1], now=NOW, author=DESK
    ),
    "against the rules": lambda visit, house: appointments.move(
        visit, starts_at=at("19:10"), now=NOW, author=DESK, override="After work"
    ),
    "room": lambda visit, house: appointments.change_room(visit, room=house.rooms[1], now=NOW, author=DESK),
}


@pytest.mark.parametrize("act", ACTS)
def test_every_act_can_be_taken_back_and_leaves_all_as_it_was(visit, house, act):
    appointments.confirm(visit, now=NOW)
    appointments.take_back(Change.objects.first(), now=NOW, author=DESK)
    before, busy, sequence = facts(visit)
    ACTS[act](visit, house)
    assert facts(visit) != (before, busy, sequence)
    take_back(visit)
    after, busy_again, now_sequence = facts(visit)
    assert (after, busy_again) == (before, busy)
    assert now_sequence >= sequence
    change = Change.objects.first()
    assert (change.kind, change.by_name) == ("taken_back", "Ana Ruiz")


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_taken_back_twice(visit, house, act):
    ACTS[act](visit, house)
    change = Change.objects.first()
    take_back(visit, change=change)
    stands = facts(visit)
    with pytest.raises(NotPossible, match="taken back already"):
        take_back(visit, change=change)
    with pytest.raises(NotPossible, match="not taken back"):
        take_back(visit)
    assert facts(visit) == stands


@pytest.mark.parametrize("act", ["arrive", "start"])
def test_on_what_was_here_already_the_earlier_status_returns(visit, act):
    appointments.arrive(visit, now=NOW, author=DESK)
    appointments.start(visit, now=TEN, author=DESK)
    appointments.fulfil(visit, now=TEN + HOUR, author=DESK)
    back = take_back(visit)
    assert back.is_in_session
    assert BusyTime.objects.filter(appointment=visit).count() == 3


def test_a_booking_taken_back_is_cancelled_and_its_time_free(visit):
    back = take_back(visit, now=NOW + MINUTE)
    assert back.is_cancelled and back.cancelled_at == NOW + MINUTE
    assert back.cancellation_reason == "Taken back by the clinic"
    assert not BusyTime.objects.exists()


def test_only_the_youngest_change_can_be_taken_back(visit):
    first = Change.objects.get()
    appointments.arrive(visit, now=NOW, author=DESK)
    with pytest.raises(AppointmentChanged, match="Ana Ruiz noted that the client is here"):
        take_back(visit, change=first)
    visit.refresh_from_db()
    assert visit.status == "arrived"


class TestWhenTheOldTimeHasGone:
    """Somebody else has been given it since."""

    def somebody(self, house, **given):
        asked = {"starts_at": TEN, "form_token": f"other-{next(numbers)}", "now": NOW, "author": DESK}
        given.setdefault("client", make_client())
        return appointments.book(house.option, **asked | given)

    @pytest.mark.parametrize("act", ["cancel", "noshow", "fulfil", "move", "to another"])
    def test_of_the_practitioner_it_stays_as_it_is(self, visit, house, act):
        ACTS[act](visit, house)
        self.somebody(house, practitioner=house.practitioner, starts_at=TEN - 30 * MINUTE, override="Early")
        stands = facts(visit)
        with pytest.raises(SlotTaken, match="given to somebody else"):
            take_back(visit)
        assert facts(visit) == stands

    def test_of_the_room_it_stays_as_it_is(self, visit, house):
        ACTS["room"](visit, house)
        self.somebody(house, practitioner=house.practitioners[1], room=house.rooms[0])
        with pytest.raises(SlotTaken):
            take_back(visit)

    def test_of_the_client_it_stays_as_it_is(self, visit, house):
        ACTS["cancel"](visit, house)
        self.somebody(house, client=visit.client, practitioner=house.practitioners[1], room=house.rooms[1])
        with pytest.raises(ClientBusy, match="The client has another visit"):
            take_back(visit)

    def test_an_expired_hold_is_swept_and_a_rule_does_not_matter(self, visit, house):
        ACTS["move"](visit, house)
        held = appointments.hold(
            house.option, starts_at=TEN, practitioner=house.practitioner, owner="me", address="here", now=NOW
        )
        TimeOff.objects.create(practitioner=house.practitioner, starts_at=TEN, ends_at=TEN + HOUR)
        with pytest.raises(SlotTaken):
            take_back(visit, now=NOW + 9 * MINUTE)
        assert take_back(visit, now=NOW + 11 * MINUTE).starts_at == TEN
        assert not Appointment.objects.filter(pk=held.pk).exists()

    def test_a_room_that_is_no_more_is_not_had_again(self, visit, house):
        spare = make_room(house.location)
        visit = appointments.change_room(visit, room=spare, now=NOW, author=DESK, override="The sink")
        appointments.change_room(visit, room=house.rooms[1], now=NOW, author=DESK)
        spare.delete()
        with pytest.raises(SlotTaken):
            take_back(visit)


def test_what_was_taken_back_can_be_done_again(visit, house):
    for _ in range(2):
        ACTS["move"](visit, house)
        take_back(visit, now=NOW)
    visit.refresh_from_db()
    assert visit.starts_at == TEN
    assert Change.objects.filter(appointment=visit).count() == 5


def test_the_change_names_what_it_took_back(visit, house):
    ACTS["arrive"](visit, house)
    change = Change.objects.first()
    take_back(visit)
    assert Change.objects.first().after == {"status": "booked", "change": change.pk}
