"""Two at the front desk at the same moment, and the client as a third: one wins, the others learn what happened."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.contrib.auth.models import User
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import appointments, outbox
from booking.appointments import Author, seen_of
from booking.clients import comfort
from booking.errors import AppointmentChanged
from booking.models import Appointment, BusyTime, Change, Client, Message
from tests.concurrency.races import at_once, connections, deadlocks, overlaps, tally
from tests.factory import NOW, TEN, make_appointment, make_client, make_clinic, make_details

pytestmark = pytest.mark.django_db(transaction=True)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONG_BEFORE = NOW - 5 * DAY
ROUNDS = 5


@pytest.fixture(autouse=True)
def many_connections(transactional_db):
    before = deadlocks()
    with connections(20):
        yield
    assert deadlocks() == before
    ProcrastinateJob.objects.all().delete()


@pytest.fixture
def house(transactional_db):
    return make_clinic(practitioners=2, rooms=2)


def desk(name, visit=None):
    """Somebody of the staff who has the visit before their eyes as it is now."""
    user, _ = User.objects.get_or_create(username=name.lower(), defaults={"first_name": name, "is_staff": True})
    return Author(user=user, seen=None if visit is None else seen_of(visit))


def moving(visit, **given):
    return partial(appointments.move, visit, now=LONG_BEFORE, **given)


def is_whole(visit):
    """Its busy time is exactly where it says it is."""
    visit.refresh_from_db()
    rows = BusyTime.objects.filter(appointment=visit)
    assert sorted(filter(None, rows.values_list("practitioner", flat=True))) == [visit.practitioner_id]
    assert {row.during.lower for row in rows} == {visit.starts_at}
    return rows.count() == 3


def test_a_letter_sent_twice_at_once_is_one_mail(house):
    for number in range(ROUNDS):
        visit = make_appointment(house, starts_at=TEN + number * DAY)
        at_once(*[partial(outbox.write_letter, visit, "Please come early.", now=NOW)] * 4)
        assert Message.objects.filter(appointment=visit, reason__startswith="letter/").count() == 1


def test_two_write_the_same_comfort_card_and_one_is_asked_to_look_again(transactional_db):
    card = {"pressure": "firm", "talk": "", "warmth": "", "scent": "", "areas_to_avoid": []}
    for _ in range(ROUNDS):
        noor = make_client()
        acts = [
            partial(comfort.save, noor, {**card, "scent": scent}, seen=comfort.edition(noor), by=desk(name).user)
            for name, scent in (("Ana", "Cedar"), ("Rosa", "None"))
        ]
        assert tally(at_once(*acts)) == {"NoneType": 1, "ComfortChanged": 1}


def test_two_receptionists_move_the_same_visit_and_one_wins(house):
    for number in range(ROUNDS):
        visit = make_appointment(house, now=LONG_BEFORE, starts_at=TEN + number * DAY)
        names = {"Ana": 2, "Ben": 4}
        answers = at_once(
            *[
                moving(visit, starts_at=visit.starts_at + hours * HOUR, author=desk(name, visit))
                for name, hours in names.items()
            ]
        )
        assert tally(answers) == {"Appointment": 1, "AppointmentChanged": 1}
        [moved] = [answer for answer in answers if isinstance(answer, Appointment)]
        [refused] = [answer for answer in answers if isinstance(answer, AppointmentChanged)]
        change = Change.objects.filter(appointment=visit, kind="moved").get()
        assert refused.message.startswith(f"{change.by_name} moved this visit on ")
        assert moved.starts_at == visit.starts_at + names[change.by_name] * HOUR
        assert is_whole(visit) and visit.starts_at == moved.starts_at
        assert visit.sequence == 1
        told = Message.objects.filter(appointment=visit, reason__endswith="/client")
        assert [message.reason.split("/")[2] for message in told] == ["1"]
    assert overlaps() == 0


@pytest.mark.parametrize("other", ["cancel", "change_room", "arrive", "confirm"])
def test_whatever_two_do_at_once_the_second_is_told_of_the_first(house, other):
    visit = make_appointment(house, now=LONG_BEFORE)
    given = {"room": house.rooms[1]} if other == "change_room" else {}
    answers = at_once(
        moving(visit, starts_at=TEN + 2 * HOUR, author=desk("Ana", visit)),
        partial(getattr(appointments, other), visit, now=LONG_BEFORE, author=desk("Ben", visit), **given),
    )
    assert tally(answers) == {"Appointment": 1, "AppointmentChanged": 1}
    assert Change.objects.filter(appointment=visit).count() == 2
    visit.refresh_from_db()
    assert visit.is_cancelled or is_whole(visit) or visit.room == house.rooms[1]


def test_a_client_cancels_while_the_desk_moves_and_nothing_is_left_of_one_half(house):
    for number in range(ROUNDS):
        visit = make_appointment(house, now=LONG_BEFORE, starts_at=TEN + number * DAY)
        answers = at_once(
            moving(visit, starts_at=visit.starts_at + 2 * HOUR, author=desk("Ana", visit)),
            partial(appointments.cancel, visit, now=LONG_BEFORE),
        )
        visit.refresh_from_db()
        assert visit.is_cancelled  # before or after the move, which is refused or undone by it
        assert not BusyTime.objects.filter(appointment=visit).exists()
        kinds = list(Change.objects.filter(appointment=visit).values_list("kind", flat=True))
        refused = tally(answers)["AppointmentChanged"]
        assert kinds == (["cancelled", "booked"] if refused else ["cancelled", "moved", "booked"])


def test_two_with_a_reason_each_want_the_same_place_and_one_gets_it(house):
    for number in range(ROUNDS):
        late = TEN + number * DAY + 9 * HOUR
        answers = at_once(
            *[
                partial(
                    appointments.book,
                    house.option,
                    starts_at=late,
                    practitioner=house.practitioner,
                    details=make_details(),
                    form_token=f"late-{number}-{name}",
                    now=NOW,
                    author=desk(name),
                    override="After work",
                )
                for name in ("Ana", "Ben")
            ]
        )
        assert tally(answers) == {"Visit": 1, "SlotTaken": 1}
    assert overlaps() == 0


def test_as_many_visits_as_rooms_are_moved_against_the_rules_into_them(house):
    """Two people, two rooms, and a third visit of one of them wants in."""
    mara, yuki = house.practitioners
    visits = [
        make_appointment(house, practitioner=one, starts_at=TEN + hours * HOUR, now=LONG_BEFORE)
        for one, hours in ((mara, 0), (yuki, 0), (mara, 2))
    ]
    answers = at_once(
        *[
            moving(visit, starts_at=TEN + 9 * HOUR, practitioner=visit.practitioner, author=desk(name), override="Late")
            for name, visit in zip(("Ana", "Ben", "Cleo"), visits, strict=True)
        ]
    )
    assert tally(answers) == {"Appointment": 2, "SlotTaken": 1}
    assert overlaps() == 0
    assert all(is_whole(visit) for visit in visits)


def test_two_rooms_change_hands_without_waiting_for_each_other(house):
    """Each wants the other's room: neither is free, both are told, and nobody deadlocks."""
    mara, yuki = house.practitioners
    first, second = (make_appointment(house, practitioner=one, now=LONG_BEFORE) for one in (mara, yuki))
    for _ in range(ROUNDS):
        answers = at_once(
            partial(appointments.change_room, first, room=second.room, now=NOW, author=desk("Ana")),
            partial(appointments.change_room, second, room=first.room, now=NOW, author=desk("Ben")),
        )
        assert tally(answers) == {"SlotTaken": 2}
    assert is_whole(first) and is_whole(second)


def test_a_time_is_taken_back_or_given_to_another_never_both(house):
    for number in range(ROUNDS):
        starts_at = TEN + number * DAY
        visit = make_appointment(house, practitioner=house.practitioner, starts_at=starts_at, now=LONG_BEFORE)
        appointments.cancel(visit, now=LONG_BEFORE, author=desk("Ana"))
        change = Change.objects.filter(appointment=visit).first()
        answers = at_once(
            partial(appointments.take_back, change, now=LONG_BEFORE, author=desk("Ana")),
            partial(
                appointments.book,
                house.option,
                starts_at=starts_at,
                practitioner=house.practitioner,
                details=make_details(),
                form_token=f"other-{number}",
                now=NOW,
            ),
        )
        assert tally(answers) in ({"Appointment": 1, "SlotTaken": 1}, {"SlotTaken": 1, "Visit": 1})
    assert overlaps() == 0


def test_the_same_change_is_taken_back_once(house):
    visit = make_appointment(house, now=LONG_BEFORE)
    appointments.arrive(visit, now=LONG_BEFORE, author=desk("Ana"))
    change = Change.objects.filter(appointment=visit).first()
    acts = [partial(appointments.take_back, change, now=LONG_BEFORE, author=desk(name)) for name in ("Ana", "Ben")]
    assert tally(at_once(*acts)) == {"Appointment": 1, "NotPossible": 1}
    assert Change.objects.filter(appointment=visit).count() == 3


def test_a_button_pressed_twice_at_once_acts_once(house):
    visit = make_appointment(house, now=LONG_BEFORE)
    ana = desk("Ana", visit)
    answers = at_once(*[partial(appointments.arrive, visit, now=TEN, author=ana)] * 2)
    assert tally(answers) == {"Appointment": 2}
    assert Change.objects.filter(appointment=visit).count() == 2


def test_while_two_clients_are_merged_a_booking_lands_on_who_stays(house):
    """The merge itself is not ours: here it is the one statement that decides."""
    survivor, merged = make_client(), make_client()
    booking = partial(
        appointments.book,
        house.option,
        starts_at=TEN,
        client=merged,
        form_token="merged",
        now=NOW,
        author=desk("Ana"),
    )
    at_once(booking, lambda: Client.objects.filter(pk=merged.pk).update(merged_into=survivor))
    booked = Appointment.objects.get()
    assert booked.client in (survivor, merged)
    assert BusyTime.objects.get(client__isnull=False).client == booked.client
