"""Any sequence of holding, booking, moving and cancelling, through the public functions, beside a plain model.

After every step: what is offered can be booked, nobody is in two places, busy time is what the appointments say,
and the database holds what the model says and no more. A refused step changes nothing.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from booking import appointments, availability, localtime
from booking.errors import (
    BookingError,
    ClientBusy,
    HoldExpired,
    HoldLimit,
    NotPossible,
    SlotNotOffered,
    SlotTaken,
    TooLate,
)
from booking.models import Appointment, Message, TimeOff
from services.models import Room, ServiceOption
from tests import factory
from tests.properties.model import BOOKED, HOUR, MINUTE, Entry
from tests.properties.promises import Promises
from tests.properties.worlds import examples, instant, midnight_utc

ADDRESSES = {"alice": "home", "bob": "home", "carol": "home", "dan": "office"}
PEOPLE = [
    factory.Details(first_name=name, last_name="Haddad", email="haddad@example.org") for name in ("Noor", "Sami", "Lea")
]
WAITS = [1, 2, 3, 4, 9, 10, 11, 30, 120, 600]

owners = st.sampled_from(["alice", *ADDRESSES])
people = st.sampled_from(PEOPLE)
kinds = st.sampled_from([0, 1, 1, 2])  # massage, acupuncture, video call


class FrontDesk(Promises):
    """What clients do, and what happens around them."""

    # Holding

    @rule(data=st.data(), kind=kinds, owner=owners, is_named=st.booleans())
    def hold(self, data, kind, owner, is_named):
        slot = self.pick(data, kind, ignoring=[entry.pk for entry in self.holds_of(owner)])
        if slot is None:
            return
        here = [entry for entry in self.open_holds() if ADDRESSES[entry.owner] == ADDRESSES[owner]]
        others = [entry for entry in here if entry.owner != owner]

        def act():
            return appointments.hold(
                self.option(kind),
                starts_at=slot.starts_at,
                practitioner=slot.practitioner if is_named else None,
                owner=owner,
                address=ADDRESSES[owner],
                now=self.now,
            )

        if len(others) >= 2:
            self.refused(act, HoldLimit)
            return
        held = act()
        kept = [entry for entry in self.holds_of(owner) if entry.option != self.options[kind].pk][-1:]
        self.forget(entry for entry in self.holds_of(owner) if entry not in kept)
        self.let_go_in_the_way(owner, slot, kind)
        entry = self.remember(held, slot, is_named)
        entry.owner, entry.hold_expires_at = owner, self.now + 10 * MINUTE

    @precondition(lambda self: self.holds())
    @rule(data=st.data(), is_extended=st.booleans())
    def extend_or_release(self, data, is_extended):
        entry = self.choose(data, self.holds())
        held = Appointment(pk=entry.pk)  # a page may be older than the row
        if not is_extended:
            appointments.release(held, now=self.now)
            self.forget([entry])
        elif not entry.is_open_hold(self.now):
            self.refused(lambda: appointments.extend(held, now=self.now), HoldExpired)
        elif entry.is_extended:
            self.refused(lambda: appointments.extend(held, now=self.now), NotPossible)
        else:
            appointments.extend(held, now=self.now)
            entry.hold_expires_at, entry.is_extended = entry.hold_expires_at + 10 * MINUTE, True

    # Booking

    @rule(data=st.data(), kind=kinds, person=people, owner=owners | st.just(""), is_named=st.booleans())
    def book(self, data, kind, person, owner, is_named):
        slot = self.pick(data, kind, ignoring=[entry.pk for entry in self.holds_of(owner)])
        if slot is not None:
            self.try_to_book(slot, kind, person, owner, is_named)

    @precondition(lambda self: self.open_holds())
    @rule(data=st.data(), person=people, is_named=st.booleans())
    def book_what_is_held(self, data, person, is_named):
        entry = self.choose(data, self.open_holds())
        kind = [option.pk for option in self.options].index(entry.option)
        slot = availability.Slot(
            entry.starts_at, entry.ends_at, self.row(entry).practitioner, None, self.location, is_best_fit=False
        )
        self.try_to_book(slot, kind, person, entry.owner, is_named)

    def try_to_book(self, slot, kind, person, owner, is_named):
        held = self.held(slot, kind, owner, is_named)
        form = self.form(slot, kind, person, owner, is_named)
        if held is not None and not self.is_worked(held):
            event("held, and nobody works then any more")
            held = None
            open_now = self.slots(kind, [entry.pk for entry in self.holds_of(owner)], days_around=1)
            same = [one for one in open_now if one.starts_at == slot.starts_at]
            same = [one for one in same if not is_named or one.practitioner == slot.practitioner]
            if not same:
                self.refused(form, SlotTaken, SlotNotOffered)
                return
            slot = same[0]._replace(practitioner=slot.practitioner if is_named else same[0].practitioner)
        ends_at = slot.ends_at if held is None else held.ends_at
        if self.is_busy(person, slot.starts_at, ends_at):
            self.refused(form, ClientBusy)
            return
        booked = form().appointments.get()
        if held is None:
            self.let_go_in_the_way(owner, slot, kind)
            entry = self.remember(booked, slot, is_named)
        else:
            event("booked from a hold")
            assert booked.pk == held.pk
            entry = held
        entry.status, entry.hold_expires_at, entry.booked_at = "booked", None, self.now
        entry.person, entry.client, entry.owner = person.first_name, booked.client_id, ""
        assert booked.client.first_name == person.first_name
        written = self.written()
        assert form() == booked.visit  # the same form, sent again
        assert self.written() == written

    @rule(data=st.data(), kind=kinds, person=people, is_hold=st.booleans())
    def ask_for_what_is_not_offered(self, data, kind, person, is_hold):
        offered = {slot.starts_at for slot in self.slots(kind, days_around=1)}
        around = range(midnight_utc(self.day) - 12 * 60, midnight_utc(self.day) + 48 * 60, 5)
        wanted = [minute for minute in around if instant(minute) not in offered]
        starts_at = instant(data.draw(st.sampled_from(wanted))) + timedelta(
            seconds=data.draw(st.sampled_from([0, 0, 1]))
        )
        asked = {"starts_at": starts_at, "now": self.now}

        def act():
            if is_hold:
                return appointments.hold(self.option(kind), owner="eve", address="elsewhere", **asked)
            return appointments.book(self.option(kind), details=person, form_token="never", **asked)

        self.refused(act, SlotTaken, SlotNotOffered)

    # What happens to what is booked

    @precondition(lambda self: self.booked())
    @rule(data=st.data(), is_named=st.booleans(), by_staff=st.booleans())
    def move(self, data, is_named, by_staff):
        entry = self.choose(data, self.booked())
        kind = [option.pk for option in self.options].index(entry.option)
        slot = self.pick(data, kind, ignoring=[entry.pk])
        if slot is None:
            return
        practitioner = slot.practitioner if is_named else None

        def act():
            return appointments.move(
                self.row(entry),
                starts_at=slot.starts_at,
                practitioner=practitioner,
                now=self.now,
                author=factory.DESK if by_staff else appointments.CLIENT,
            )

        if entry.status != "booked" and not by_staff:
            self.refused(act, NotPossible)
        elif not by_staff and self.now > entry.starts_at - 4 * HOUR:
            self.refused(act, TooLate)
        elif self.is_busy(entry.person, slot.starts_at, slot.ends_at, but=entry):
            self.refused(act, ClientBusy)
        else:
            self.note_move(entry, act(), slot, is_named)

    def note_move(self, entry: Entry, row: Appointment, slot, is_named: bool) -> None:
        """What was moved to where it was has not changed; who was here comes again when it is on another day."""
        if row.sequence == entry.sequence:
            assert slot.starts_at == entry.starts_at
            return
        zone = localtime.zone(self.location.timezone)
        is_same_day = localtime.local_day(slot.starts_at, zone) == localtime.local_day(entry.starts_at, zone)
        moved = self.remember(row, slot, is_named)
        moved.status = entry.status if is_same_day else "booked"
        moved.client, moved.person = entry.client, entry.person
        moved.booked_at, moved.sequence = entry.booked_at, entry.sequence + 1

    @precondition(lambda self: self.promised())
    @rule(data=st.data(), step=st.sampled_from(["cancel", "call off", "undo", "arrive", "fulfil", "noshow"]))
    def something_happens(self, data, step):
        entry = self.choose(data, self.promised())
        row, now = self.row(entry), self.now
        act, error, becomes = {
            "cancel": (lambda: appointments.cancel(row, now=now), self.error_of_cancelling(entry), "cancelled"),
            "call off": (
                lambda: appointments.cancel(row, now=now, author=factory.DESK),
                None if entry.status in BOOKED else NotPossible,
                "cancelled",
            ),
            "undo": (lambda: appointments.undo(row, now=now), self.error_of_undoing(entry), "cancelled"),
            "arrive": (
                lambda: appointments.arrive(row, now=now),
                None if entry.status == "booked" else NotPossible,
                "arrived",
            ),
            "fulfil": (
                lambda: appointments.fulfil(row, now=now),
                None if entry.status in BOOKED and now >= entry.starts_at else NotPossible,
                "fulfilled",
            ),
            "noshow": (
                lambda: appointments.mark_noshow(row, now=now),
                None if entry.status == "booked" and now >= entry.starts_at else NotPossible,
                "noshow",
            ),
        }[step]
        if error is not None:
            self.refused(act, error)
            return
        act()
        entry.status, entry.sequence = becomes, entry.sequence + (becomes == "cancelled")
        assert step != "undo" or not Message.objects.filter(appointment=entry.pk).exists()

    def error_of_cancelling(self, entry: Entry) -> type[BookingError] | None:
        if entry.status not in BOOKED:
            return NotPossible
        return None if entry.status == "booked" and self.now < entry.starts_at else TooLate

    def error_of_undoing(self, entry: Entry) -> type[BookingError] | None:
        if entry.status != "booked":
            return NotPossible
        return TooLate if entry.sequence > 0 or self.now > entry.booked_at + 3 * MINUTE else None

    # What happens around them

    @rule(change=st.sampled_from(["time", "time", "next visit", "time off", "length"]), number=st.integers(0, 191))
    def the_world_changes(self, change, number):
        if change == "time":
            self.now += WAITS[number % len(WAITS)] * MINUTE
        elif change == "next visit":
            coming = [entry.starts_at for entry in self.booked() if entry.starts_at > self.now]
            self.now = min(coming, default=self.now)
        elif change == "length":  # what is booked keeps its own, until it is moved
            length = 100 * MINUTE - self.option(1).duration  # 60 or 40
            changed = {"duration": length, "unattended_until": length - 15 * MINUTE}
            ServiceOption.objects.filter(pk=self.options[1].pk).update(**changed)
        else:
            TimeOff.objects.all().delete()  # one at a time, or nobody would work for long
            whose = [{"practitioner": one} for one in self.practitioners] + [{"location": self.location}]
            whose += [{"room": room} for room in Room.objects.order_by("pk")]
            starts_at = instant(midnight_utc(self.day) - 12 * 60 + number * 15)
            factory.make_time_off(starts_at=starts_at, ends_at=starts_at + 2 * HOUR, **whose[number % len(whose)])


@pytest.mark.slow
@pytest.mark.django_db
def test_any_sequence_of_steps_keeps_every_promise():
    run_state_machine_as_test(FrontDesk, settings=examples(10, long=1_000))
