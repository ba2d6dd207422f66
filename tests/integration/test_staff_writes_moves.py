"""The front desk moves a visit: to another time, person or room, by the rules or with a reason against them."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from booking import appointments
from booking.appointments import Author, seen_of
from booking.errors import (
    AppointmentChanged,
    ClientBusy,
    NotOffered,
    NotPossible,
    SlotNotOffered,
    SlotTaken,
)
from booking.models import BusyTime, Change, Message
from tests.factory import (
    DESK,
    MONDAY,
    NOW,
    TEN,
    make_appointment,
    make_clinic,
    make_location,
    make_room,
    make_time_off,
)
from tests.offers import at

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def house(db):
    """Two people, two rooms."""
    return make_clinic(practitioners=2, rooms=2)


def staff(name):
    return User.objects.create(username=name.lower(), first_name=name, last_name="Ruiz", is_staff=True)


def busy_rooms(appointment):
    return list(BusyTime.objects.filter(appointment=appointment, room__isnull=False).values_list("room", flat=True))


class TestMoving:
    def test_the_change_says_from_where_to_where(self, house):
        mara, yuki = house.practitioners
        visit = make_appointment(house, practitioner=mara)
        moved = appointments.move(visit, starts_at=TEN + HOUR, practitioner=yuki, now=NOW, author=DESK)
        change = Change.objects.first()
        assert (change.kind, change.by_name) == ("moved", "Ana Ruiz")
        assert change.before["starts_at"] == TEN.isoformat()
        assert (change.before["practitioner"], change.after["practitioner"]) == (mara.pk, yuki.pk)
        assert (moved.starts_at, moved.practitioner, moved.sequence) == (TEN + HOUR, yuki, 1)

    def test_a_client_s_own_move_is_written_down_too(self, house):
        visit = make_appointment(house, now=NOW - 5 * DAY)
        appointments.move(visit, starts_at=TEN + HOUR, now=NOW - 5 * DAY)
        assert list(Change.objects.values_list("kind", "by_name")) == [("moved", ""), ("booked", "")]

    def test_it_stays_in_its_room_where_it_can(self, house):
        visit = appointments.change_room(make_appointment(house), room=house.rooms[1], now=NOW, author=DESK)
        moved = appointments.move(visit, starts_at=TEN + 2 * HOUR, now=NOW, author=DESK)
        assert moved.room == house.rooms[1]

    def test_staff_may_choose_the_room(self, house):
        visit = make_appointment(house)
        moved = appointments.move(visit, starts_at=TEN, room=house.rooms[1], now=NOW, author=DESK)
        assert moved.room == house.rooms[1]

    def test_a_move_to_where_it_is_changes_nothing_and_mails_nobody(self, house):
        visit = make_appointment(house, practitioner=house.practitioner)
        before = Change.objects.count(), Message.objects.count()
        same = appointments.move(visit, starts_at=TEN, practitioner=house.practitioner, now=NOW, author=DESK)
        assert (same.sequence, Change.objects.count(), Message.objects.count()) == (0, *before)

    def test_without_a_reason_the_rules_hold(self, house):
        visit = make_appointment(house)
        with pytest.raises(SlotNotOffered):
            appointments.move(visit, starts_at=at("18:00"), now=NOW, author=DESK)

    def test_with_a_reason_it_stays_with_the_same_person_wherever_they_are_free(self, house):
        mara, yuki = house.practitioners
        visit = make_appointment(house, practitioner=yuki)
        moved = appointments.move(visit, starts_at=at("18:00"), now=NOW, author=DESK, override="After work")
        assert (moved.practitioner, moved.override_reason) == (yuki, "After work")
        back = appointments.move(visit, starts_at=TEN, practitioner=mara, now=NOW, author=DESK)
        assert back.override_reason == ""

    def test_no_reason_moves_it_onto_another(self, house):
        mara, yuki = house.practitioners
        visit = make_appointment(house, practitioner=mara)
        make_appointment(house, practitioner=yuki)
        with pytest.raises(SlotTaken):
            appointments.move(visit, starts_at=TEN, practitioner=yuki, now=NOW, author=DESK, override="Swap")
        make_appointment(house, practitioner=yuki, starts_at=TEN + 2 * HOUR, details=None)
        with pytest.raises(SlotTaken):
            appointments.move(
                visit, starts_at=TEN + 90 * MINUTE, practitioner=yuki, now=NOW, author=DESK, override="Swap"
            )
        visit.refresh_from_db()
        assert (visit.starts_at, visit.practitioner) == (TEN, mara)
        assert BusyTime.objects.filter(appointment=visit).count() == 3

    def test_a_reason_lets_it_overlap_where_it_was_itself(self, house):
        visit = make_appointment(house)
        moved = appointments.move(visit, starts_at=TEN + 10 * MINUTE, now=NOW, author=DESK, override="Running late")
        assert moved.starts_at == TEN + 10 * MINUTE

    def test_the_client_is_spoken_of_when_they_are_elsewhere(self, house):
        visit = make_appointment(house)
        later = appointments.book_again(visit, starts_at=TEN + 2 * HOUR, form_token="later", now=NOW, author=DESK)
        with pytest.raises(ClientBusy, match="The client has another visit"):
            appointments.move(
                later.appointments.get(),
                starts_at=TEN,
                practitioner=house.practitioners[1],
                now=NOW,
                author=DESK,
            )

    def test_who_is_here_can_be_seen_by_another_and_comes_again_on_another_day(self, house):
        mara, yuki = house.practitioners
        visit = make_appointment(house, practitioner=mara)
        appointments.arrive(visit, now=TEN, author=DESK)
        with_yuki = appointments.move(visit, starts_at=TEN, practitioner=yuki, now=TEN, author=DESK)
        assert (with_yuki.status, with_yuki.practitioner) == ("arrived", yuki)
        tomorrow = appointments.move(visit, starts_at=TEN + DAY, now=TEN, author=DESK)
        assert tomorrow.status == "booked"

    def test_another_time_is_to_be_confirmed_anew_another_person_is_not(self, house):
        visit = make_appointment(house, practitioner=house.practitioners[0])
        appointments.confirm(visit, now=NOW)
        swapped = appointments.move(visit, starts_at=TEN, practitioner=house.practitioners[1], now=NOW, author=DESK)
        assert swapped.confirmed_at == NOW
        later = appointments.move(visit, starts_at=TEN + HOUR, now=NOW, author=DESK)
        assert later.confirmed_at is None

    @pytest.mark.parametrize("step", ["fulfil", "mark_noshow", "cancel"])
    def test_what_is_over_stays_where_it_was(self, house, step):
        visit = make_appointment(house)
        getattr(appointments, step)(visit, now=TEN, author=DESK)
        with pytest.raises(NotPossible):
            appointments.move(visit, starts_at=TEN + HOUR, now=TEN, author=DESK)


class TestRooms:
    def test_another_room_takes_its_time_and_leaves_the_old_one_free(self, house):
        visit = make_appointment(house)
        changed = appointments.change_room(visit, room=house.rooms[1], now=NOW, author=DESK)
        change = Change.objects.first()
        assert changed.room == house.rooms[1]
        assert busy_rooms(visit) == [house.rooms[1].pk]
        assert (change.kind, change.before, change.after) == (
            "room",
            {"room": house.rooms[0].pk},
            {"room": house.rooms[1].pk},
        )
        assert make_appointment(house, practitioner=house.practitioners[1]).room == house.rooms[0]

    def test_a_taken_room_is_refused_and_everything_stays(self, house):
        visit = make_appointment(house)
        make_appointment(house, practitioner=house.practitioners[1])
        with pytest.raises(SlotTaken, match="is taken at that time"):
            appointments.change_room(visit, room=house.rooms[1], now=NOW, author=DESK, override="Share it")
        assert busy_rooms(visit) == [house.rooms[0].pk]

    def test_a_room_that_does_not_suit_or_is_out_of_use_needs_a_reason(self, house):
        visit, unsuited = make_appointment(house), make_room(house.location)
        make_time_off(room=house.rooms[1], starts_at=TEN - HOUR, ends_at=TEN + 15 * MINUTE)
        for room in (unsuited, house.rooms[1]):
            with pytest.raises(NotOffered):
                appointments.change_room(visit, room=room, now=NOW, author=DESK, override=" ")
            changed = appointments.change_room(visit, room=room, now=NOW, author=DESK, override="It will do")
            assert (changed.room, changed.override_reason) == (room, "It will do")

    def test_a_room_elsewhere_is_no_room_for_it(self, house):
        visit, elsewhere = make_appointment(house), make_room(make_location())
        with pytest.raises(NotOffered):
            appointments.change_room(visit, room=elsewhere, now=NOW, author=DESK, override="A walk")

    def test_an_expired_hold_does_not_keep_the_room(self, house):
        visit = make_appointment(house, practitioner=house.practitioners[0])
        held = appointments.hold(house.option, starts_at=TEN, owner="me", address="here", now=NOW)
        with pytest.raises(SlotTaken):
            appointments.change_room(visit, room=house.rooms[1], now=NOW + 9 * MINUTE, author=DESK)
        assert held.room == house.rooms[1]
        changed = appointments.change_room(visit, room=house.rooms[1], now=NOW + 11 * MINUTE, author=DESK)
        assert changed.room == house.rooms[1]

    def test_the_same_room_changes_nothing(self, house):
        visit = make_appointment(house)
        appointments.change_room(visit, room=house.rooms[0], now=NOW, author=DESK)
        assert Change.objects.count() == 1

    def test_a_call_needs_no_room(self):
        house = make_clinic(mode="video", rooms=0)
        visit, room = make_appointment(house), make_room(house.location)
        with pytest.raises(NotPossible):
            appointments.change_room(visit, room=room, now=NOW, author=DESK, override="A quiet one")

    def test_the_mail_still_to_go_out_names_the_room_it_is_in(self, house):
        visit = make_appointment(house)
        appointments.change_room(visit, room=house.rooms[1], now=NOW, author=DESK)
        message = Message.objects.get(reason__startswith="new/")
        assert house.rooms[1].name in message.text and house.rooms[0].name not in message.text
        assert Message.objects.count() == 2

    def test_a_change_of_room_is_a_change_of_what_is_offered(self, house):
        from booking import fingerprint

        visit = make_appointment(house)
        before = fingerprint.of_times(first_day=MONDAY, last_day=MONDAY, now=NOW)
        appointments.change_room(visit, room=house.rooms[1], now=NOW, author=DESK)
        assert fingerprint.of_times(first_day=MONDAY, last_day=MONDAY, now=NOW) != before


class TestWhatWasSeen:
    """Two people have the same visit open; the second to press learns what the first has done."""

    def test_who_saw_an_older_state_is_told_who_did_what(self, house):
        visit = make_appointment(house)
        seen = seen_of(visit)
        ana, ben = (Author(user=staff(name), seen=seen) for name in ("Ana", "Ben"))
        appointments.move(visit, starts_at=TEN + HOUR, now=NOW + HOUR, author=ana)
        acts = [
            lambda: appointments.move(visit, starts_at=TEN + 2 * HOUR, now=NOW + 2 * HOUR, author=ben),
            lambda: appointments.change_room(visit, room=house.rooms[1], now=NOW, author=ben),
            lambda: appointments.confirm(visit, now=NOW, author=ben),
            lambda: appointments.arrive(visit, now=NOW, author=ben),
            lambda: appointments.start(visit, now=NOW, author=ben),
            lambda: appointments.fulfil(visit, now=TEN + HOUR, author=ben),
            lambda: appointments.mark_noshow(visit, now=TEN + HOUR, author=ben),
            lambda: appointments.cancel(visit, now=NOW, author=ben),
        ]
        written = Change.objects.count(), Message.objects.count()
        for act in acts:
            with pytest.raises(AppointmentChanged) as refused:
                act()
            assert "Ana Ruiz moved this visit on Sunday 22 November, 1:00 pm." in refused.value.message
        visit.refresh_from_db()
        assert (visit.starts_at, visit.status) == (TEN + HOUR, "booked")
        assert (Change.objects.count(), Message.objects.count()) == written

    def test_what_the_client_did_meanwhile_counts_as_well(self, house):
        visit = make_appointment(house, now=NOW - 5 * DAY)
        seen = seen_of(visit)
        appointments.cancel(visit, now=NOW - 4 * DAY)
        with pytest.raises(AppointmentChanged, match="The client cancelled this visit"):
            appointments.confirm(visit, now=NOW, author=Author(user=staff("Ben"), seen=seen))

    def test_who_saw_the_latest_goes_on(self, house):
        visit, ana = make_appointment(house), staff("Ana")
        for starts_at in (TEN + HOUR, TEN + 2 * HOUR):
            author = Author(user=ana, seen=seen_of(visit))
            assert appointments.move(visit, starts_at=starts_at, now=NOW, author=author).starts_at == starts_at

    def test_a_button_pressed_twice_acts_once(self, house):
        visit = make_appointment(house)
        ana = Author(user=staff("Ana"), seen=seen_of(visit))
        first, second = (appointments.move(visit, starts_at=TEN + HOUR, now=NOW, author=ana) for _ in range(2))
        assert (first.starts_at, first.practitioner) == (second.starts_at, second.practitioner)
        assert Change.objects.filter(kind="moved").count() == second.sequence == 1

    def test_the_same_person_moving_it_elsewhere_from_an_old_page_is_told(self, house):
        visit = make_appointment(house)
        ana = Author(user=staff("Ana"), seen=seen_of(visit))
        appointments.move(visit, starts_at=TEN + HOUR, now=NOW, author=ana)
        with pytest.raises(AppointmentChanged):
            appointments.move(visit, starts_at=TEN + 3 * HOUR, now=NOW, author=ana)
        appointments.change_room(visit, room=house.rooms[1], now=NOW, author=DESK)

    def test_seen_of_is_the_youngest_change_or_nothing(self, house):
        held = appointments.hold(house.option, starts_at=TEN, owner="me", address="here", now=NOW)
        assert seen_of(held) == 0
        visit = make_appointment(house)
        assert seen_of(visit) == Change.objects.get().pk
