"""The front desk books: for whom they know or have just met, by the rules or with a reason against them."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from booking import appointments, availability
from booking.appointments import Author
from booking.errors import (
    ClientBusy,
    FormReused,
    NoLongerHere,
    NotOffered,
    NotPossible,
    SlotNotOffered,
    SlotTaken,
)
from booking.models import Appointment, BusyTime, Change, Client, Message, TimeOff, Visit
from services.models import Practitioner, Room
from tests.factory import (
    DESK,
    NOW,
    TEN,
    make_appointment,
    make_article,
    make_client,
    make_clinic,
    make_details,
    make_practitioner,
    make_room,
    make_time_off,
    make_working_hours,
    numbers,
)
from tests.offers import at

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Source = Visit.Source


@pytest.fixture
def ana(db):
    return Author(user=User.objects.create(username="ana", first_name="Ana", last_name="Ruiz", is_staff=True))


def book(clinic, **given):
    """Booked by the desk at ten, for somebody new unless a client is given."""
    if "client" not in given and "details" not in given:
        given["details"] = make_details()
    asked = {
        "starts_at": TEN,
        "practitioner": clinic.practitioner,
        "form_token": f"desk-{next(numbers)}",
        "now": NOW,
        "author": DESK,
    }
    return appointments.book(given.pop("option", clinic.option), **asked | given).appointments.get()


class TestDeletedMeanwhile:
    def test_a_practitioner(self, clinic):
        someone, away = clinic.practitioner, make_practitioner(clinic.service)
        make_working_hours(away, clinic.location)
        Practitioner.objects.filter(pk=away.pk).delete()
        with pytest.raises(SlotNotOffered):
            book(clinic, practitioner=away)
        with pytest.raises(NotOffered, match="no longer works here"):
            book(clinic, practitioner=away, override="They asked")
        assert book(clinic).practitioner == someone

    @pytest.mark.parametrize("is_any", [False, True])
    def test_a_practitioner_between_the_look_and_the_lock(self, clinic, monkeypatch, is_any):
        other = make_practitioner(clinic.service)
        make_working_hours(other, clinic.location)
        look = availability.find_slot

        def find_slot(*args, **given):
            found = look(*args, **given)
            Practitioner.objects.filter(pk=clinic.practitioner.pk).delete()
            return found

        monkeypatch.setattr(availability, "find_slot", find_slot)
        if is_any:
            assert book(clinic, practitioner=None).practitioner == other
        else:
            with pytest.raises(SlotNotOffered):
                book(clinic)

    @pytest.mark.parametrize("override", ["", "They asked"])
    def test_a_client(self, clinic, override):
        gone = make_client()
        Client.objects.filter(pk=gone.pk).delete()
        with pytest.raises(NoLongerHere, match="This client was deleted"):
            book(clinic, client=gone, override=override)
        assert not Appointment.objects.exists()

    def test_a_room(self, clinic):
        visit, gone = book(clinic), make_room(clinic.location)
        Room.objects.filter(pk=gone.pk).delete()
        with pytest.raises(NotOffered, match="was deleted"):
            appointments.change_room(visit, room=gone, now=NOW, author=DESK)


class TestByTheRules:
    def test_the_visit_says_how_it_was_booked_and_the_change_by_whom(self, clinic, ana):
        article = make_article()
        booked = book(clinic, author=ana, source=Source.PHONE, article=article)
        change = Change.objects.get()
        assert (booked.visit.source, booked.visit.article) == (Source.PHONE, article)
        assert (change.appointment, change.kind, change.at) == (booked, "booked", NOW)
        assert (change.by, change.by_name, change.is_told) == (ana.user, "Ana Ruiz", True)
        assert change.before == {}
        assert change.after["practitioner"] == clinic.practitioner.pk
        assert change.after["starts_at"] == TEN.isoformat()

    def test_a_client_s_own_booking_is_a_change_by_nobody_of_the_staff(self, clinic):
        booked = make_appointment(clinic)
        change = Change.objects.get()
        assert (change.appointment, change.kind, change.by, change.by_name) == (booked, "booked", None, "")
        assert booked.visit.source == Source.WEBSITE

    def test_a_hold_leaves_no_change(self, clinic):
        appointments.hold(clinic.option, starts_at=TEN, owner="me", address="here", now=NOW)
        assert not Change.objects.exists()

    def test_a_known_client_brings_their_comfort_card(self, clinic):
        client = make_client(pressure="firm", areas_to_avoid=["neck"])
        booked = book(clinic, client=client)
        assert (booked.client, booked.pressure, booked.areas_to_avoid) == (client, "firm", ["neck"])
        assert Client.objects.count() == 1

    def test_what_is_said_today_counts_for_this_visit_alone(self, clinic):
        client = make_client(pressure="firm")
        said = make_details(pressure="light", note="A sore wrist")
        booked = book(clinic, client=client, details=said)
        client.refresh_from_db()
        assert (booked.client, booked.pressure, booked.note) == (client, "light", "A sore wrist")
        assert client.pressure == "firm"

    @pytest.mark.parametrize(
        ("now", "starts_at"),
        [(TEN - MINUTE, TEN), (TEN + 20 * MINUTE, TEN), (TEN - 120 * DAY, TEN), (NOW, TEN + 7 * MINUTE)],
        ids=["within the lead time", "earlier today", "beyond the horizon", "off the grid"],
    )
    def test_rules_for_people_who_book_alone_do_not_bind_staff(self, clinic, now, starts_at):
        asked = {"starts_at": starts_at, "details": make_details(), "form_token": "alone", "now": now}
        with pytest.raises((SlotNotOffered, SlotTaken)):
            appointments.book(clinic.option, **asked)
        assert book(clinic, now=now, starts_at=starts_at).starts_at == starts_at

    def test_yesterday_and_the_day_after_two_years_need_a_reason(self, clinic):
        for starts_at in (TEN - 2 * DAY, TEN + 800 * DAY):
            with pytest.raises(SlotNotOffered):
                book(clinic, starts_at=starts_at)
        assert book(clinic, starts_at=TEN - 2 * DAY, override="Came in unannounced").starts_at == TEN - 2 * DAY

    def test_staff_book_what_only_staff_may(self):
        clinic = make_clinic(booking_mode="staff_only")
        assert book(clinic).status == "booked"

    def test_nobody_books_what_was_retired(self, clinic):
        clinic.option.is_active = False
        clinic.option.save()
        with pytest.raises(NotOffered):
            book(clinic)

    def test_anyone_may_be_somebody_who_takes_no_new_clients(self, clinic):
        clinic.practitioner.accepts_new_clients = False
        clinic.practitioner.save()
        asked = {"starts_at": TEN, "location": clinic.location, "now": NOW}
        assert availability.find_slot(clinic.option, **asked) == []
        assert book(clinic, practitioner=None).practitioner == clinic.practitioner

    @pytest.mark.parametrize("wall", ["08:45", "16:30", "16:01"])
    def test_hours_bind_staff_who_give_no_reason(self, clinic, wall):
        for override in ("", "   "):
            with pytest.raises(SlotNotOffered):
                book(clinic, starts_at=at(wall), override=override)
        assert not Appointment.objects.exists()

    def test_seconds_are_no_time_of_a_clock(self, clinic):
        with pytest.raises(SlotNotOffered):
            book(clinic, starts_at=TEN + timedelta(seconds=1))
        with pytest.raises(SlotNotOffered):
            book(clinic, starts_at=TEN + timedelta(seconds=1), override="I insist")


class TestTheRoom:
    def test_staff_choose_among_the_rooms_that_suit(self):
        clinic = make_clinic(rooms=3)
        assert book(clinic, room=clinic.rooms[2]).room == clinic.rooms[2]

    def test_a_room_that_is_taken_or_does_not_suit_is_said_to_be(self):
        clinic = make_clinic(rooms=2, practitioners=2)
        book(clinic, room=clinic.rooms[1])
        unsuited = make_room(clinic.location)
        for room in (clinic.rooms[1], unsuited):
            with pytest.raises(SlotNotOffered, match=room.name):
                book(clinic, practitioner=clinic.practitioners[1], room=room)


class TestAgainstTheRules:
    def test_the_reason_is_kept_on_the_visit_and_in_its_history(self, clinic):
        booked = book(clinic, starts_at=at("07:30"), override="  A regular before work ")
        assert booked.override_reason == "A regular before work"
        assert Change.objects.get().reason == "A regular before work"
        assert BusyTime.objects.filter(appointment=booked).count() == 3

    def test_time_off_and_a_closure_can_be_overridden(self, clinic):
        make_time_off(practitioner=clinic.practitioner, starts_at=TEN, ends_at=TEN + HOUR)
        make_time_off(location=clinic.location, starts_at=TEN, ends_at=TEN + HOUR)
        with pytest.raises(SlotNotOffered):
            book(clinic)
        assert book(clinic, override="Mara agreed").starts_at == TEN

    def test_no_reason_puts_a_practitioner_in_two_places(self):
        clinic = make_clinic(rooms=2)
        book(clinic)
        with pytest.raises(SlotTaken, match="another visit at that time"):
            book(clinic, starts_at=TEN + 30 * MINUTE, override="They can do both")

    def test_no_reason_puts_a_client_in_two_places(self):
        clinic = make_clinic(rooms=2, practitioners=2)
        client = make_client()
        book(clinic, client=client)
        with pytest.raises(ClientBusy, match="The client has another visit"):
            book(clinic, client=client, practitioner=clinic.practitioners[1], override="Both hands")

    def test_no_reason_fills_a_room_twice(self):
        clinic = make_clinic(rooms=1, practitioners=2)
        book(clinic)
        second = clinic.practitioners[1]
        for room in (None, clinic.rooms[0]):
            with pytest.raises(SlotTaken):
                book(clinic, practitioner=second, room=room, override="They share")

    def test_the_room_is_the_one_named_else_one_that_suits_else_any_that_is_free(self):
        clinic = make_clinic(rooms=2, practitioners=4)
        other = make_room(clinic.location, position=0)
        named = book(clinic, room=other, override="The sink")
        suiting = [book(clinic, practitioner=one, override="As usual") for one in clinic.practitioners[1:3]]
        assert named.room == other
        assert [one.room for one in suiting] == clinic.rooms
        with pytest.raises(SlotTaken, match="No room is free"):
            book(clinic, practitioner=clinic.practitioners[3], override="Squeeze in")
        spare = make_room(clinic.location)
        assert book(clinic, practitioner=clinic.practitioners[3], override="Squeeze in").room == spare

    def test_a_room_out_of_use_is_taken_only_by_name(self, clinic):
        TimeOff.objects.create(room=clinic.rooms[0], starts_at=TEN - HOUR, ends_at=TEN + HOUR)
        with pytest.raises(SlotTaken):
            book(clinic, override="Please")
        assert book(clinic, room=clinic.rooms[0], override="The painter comes later").room == clinic.rooms[0]

    def test_what_needs_no_room_takes_none(self):
        clinic = make_clinic(mode="video", rooms=0)
        assert book(clinic, starts_at=at("20:00"), override="After dinner").room is None

    def test_an_expired_hold_is_swept_and_an_open_one_stays(self, clinic):
        held = appointments.hold(clinic.option, starts_at=TEN, owner="me", address="here", now=NOW)
        with pytest.raises(SlotTaken):
            book(clinic, override="Now", now=NOW + 5 * MINUTE)
        book(clinic, override="Now", now=NOW + 10 * MINUTE)
        assert not Appointment.objects.filter(pk=held.pk).exists()

    def test_a_rule_is_set_aside_for_one_person_by_name(self, clinic):
        with pytest.raises(NotPossible):
            book(clinic, practitioner=None, override="Anyone")

    def test_who_has_left_is_not_booked_for_any_reason(self, clinic):
        clinic.practitioner.is_active = False
        clinic.practitioner.save()
        with pytest.raises(NotOffered):
            book(clinic, override="Come back")


class TestForWhom:
    def test_without_an_address_nothing_is_mailed_to_them(self, clinic):
        booked = book(clinic, details=make_details(email=""))
        assert booked.client.email == ""
        assert [message.to for message in Message.objects.all()] == [[clinic.practitioner.email]]
        assert not Change.objects.get().is_told

    def test_two_of_one_name_without_an_address_stay_two(self):
        clinic = make_clinic(rooms=2, practitioners=2)
        nameless = make_details(first_name="Jo", last_name="Lee", email="")
        booked = [book(clinic, details=nameless, practitioner=one) for one in clinic.practitioners]
        assert booked[0].client != booked[1].client
        assert Client.objects.filter(first_name="Jo").count() == 2

    @pytest.mark.parametrize("is_chosen", [True, False])
    def test_who_was_merged_lives_on_in_the_survivor(self, clinic, is_chosen):
        survivor = make_client()
        between = make_client(merged_into=survivor)
        merged = make_client(first_name="Noor", last_name="Old", email="old@example.org", merged_into=between)
        typed = make_details(first_name="NOOR", last_name="old", email="Old@example.org")
        who = {"client": merged} if is_chosen else {"details": typed}
        booked = book(clinic, **who)
        assert booked.client == booked.visit.client == survivor
        assert BusyTime.objects.get(client__isnull=False).client == survivor
        assert Message.objects.get(reason__startswith="confirmation/").to == [survivor.email]

    def test_somebody_is_needed(self, clinic):
        with pytest.raises(TypeError):
            appointments.book(clinic.option, starts_at=TEN, form_token="nobody", now=NOW, author=DESK)

    def test_the_same_form_is_one_visit_and_another_client_needs_another_form(self, clinic):
        client, other = make_client(), make_client()
        first, again = (book(clinic, client=client, form_token="one") for _ in range(2))
        assert first == again
        assert Change.objects.count() == 1
        with pytest.raises(FormReused):
            book(clinic, client=other, form_token="one")


class TestAgain:
    def test_the_same_for_the_same_client_and_as_comfortable(self, clinic):
        first = book(clinic, details=make_details(pressure="light", areas_to_avoid=["feet"], note="Only this time"))
        again = appointments.book_again(
            first, starts_at=TEN + 7 * DAY, form_token="again", now=NOW, author=DESK
        ).appointments.get()
        assert (again.client, again.option, again.practitioner) == (first.client, first.option, first.practitioner)
        assert (again.pressure, again.areas_to_avoid, again.note) == ("light", ["feet"], "")
        assert again.visit.source == Source.DESK
        assert again.visit != first.visit

    def test_by_another_and_against_the_rules(self):
        clinic = make_clinic(practitioners=2)
        asked = {"form_token": "again", "now": NOW, "author": DESK, "practitioner": clinic.practitioners[1]}
        first = book(clinic)
        with pytest.raises(SlotNotOffered):
            appointments.book_again(first, starts_at=at("06:00"), **asked)
        visit = appointments.book_again(first, starts_at=at("06:00"), override="A flight", **asked)
        assert visit.appointments.get().practitioner == clinic.practitioners[1]

    def test_a_hold_is_nobody_s_to_be_repeated(self, clinic):
        held = appointments.hold(clinic.option, starts_at=TEN, owner="me", address="here", now=NOW)
        with pytest.raises(NotPossible):
            appointments.book_again(held, starts_at=TEN + DAY, form_token="again", now=NOW, author=DESK)


def test_a_booking_takes_as_many_queries_whoever_makes_it(clinic, ana, django_assert_max_num_queries):
    client = make_client()
    with django_assert_max_num_queries(30):
        book(clinic, client=client, author=ana)
    with django_assert_max_num_queries(30):
        book(clinic, client=client, starts_at=at("18:00"), author=ana, override="Late")
