"""Any sequence of holding, booking, moving and cancelling, through the public functions, beside a plain model.

After every step: what is offered can be booked, nobody is in two places, busy time is what the appointments say,
and the database holds what the model says and no more. A refused step changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Q
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

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
from booking.models import Appointment, BusyTime, Change, Client, Message, TimeOff, Visit
from services.models import Room, ServiceOption
from tests import factory
from tests.properties.worlds import Span, examples, instant, midnight_utc, minute_of, undone

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DAYS = [
    ("America/Los_Angeles", date(2027, 6, 7)),
    ("America/Los_Angeles", date(2027, 3, 14)),
    ("Europe/London", date(2027, 10, 31)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),
    ("Asia/Kathmandu", date(2027, 4, 4)),
]
ADDRESSES = {"alice": "home", "bob": "home", "carol": "home", "dan": "office"}
PEOPLE = [
    factory.Details(first_name=name, last_name="Haddad", email="haddad@example.org") for name in ("Noor", "Sami", "Lea")
]
BOOKED = ("booked", "arrived")
STRANGER = factory.Details(first_name="Ines", last_name="Stranger", email="stranger@example.org")
WAITS = [1, 2, 3, 4, 9, 10, 11, 30, 120, 600]

owners = st.sampled_from(["alice", *ADDRESSES])
people = st.sampled_from(PEOPLE)
kinds = st.sampled_from([0, 1, 1, 2])  # massage, acupuncture, video call


@dataclass
class Entry:
    """What the model knows of one appointment."""

    pk: int
    option: int
    starts_at: datetime
    ends_at: datetime
    practitioner: int
    room: int | None
    span: Span
    status: str = "pending"
    client: int | None = None
    person: str | None = None
    owner: str = ""
    hold_expires_at: datetime | None = None
    is_extended: bool = False
    booked_at: datetime | None = None
    sequence: int = 0

    def is_open_hold(self, now: datetime) -> bool:
        return self.status == "pending" and self.hold_expires_at > now

    def facts(self) -> tuple:
        return (
            self.pk, self.status, self.starts_at, self.ends_at, self.practitioner, self.room, self.client,
            self.hold_expires_at, self.booked_at, self.sequence,
        )  # fmt: skip


FACTS = (
    "pk", "status", "starts_at", "ends_at", "practitioner_id", "room_id", "client_id", "hold_expires_at", "booked_at",
    "sequence",
)  # fmt: skip


class FrontDesk(RuleBasedStateMachine):
    """A small clinic with little time, so that everyone wants the same."""

    def __init__(self):
        super().__init__()
        self.before = transaction.savepoint()
        self.entries: dict[int, Entry] = {}
        self.forms = self.steps = 0

    def teardown(self):
        transaction.savepoint_rollback(self.before)

    @initialize(zoned_day=st.sampled_from(DAYS), rooms=st.integers(1, 2), seconds=st.sampled_from([0, 0, 59.999999]))
    def open_the_clinic(self, zoned_day, rooms, seconds):
        zone, self.day = zoned_day
        self.location = factory.make_location(timezone=zone)
        rooms = [factory.make_room(self.location, position=place) for place in range(rooms)]
        rules = {
            "lead_time": HOUR,
            "booking_horizon": 3 * DAY,
            "cancellation_notice": 4 * HOUR,
            "slot_step": 30 * MINUTE,
        }
        massage = factory.make_service(rooms=rooms, buffer_after=15 * MINUTE, **rules)
        acupuncture = factory.make_service(rooms=rooms, buffer_before=5 * MINUTE, **rules)
        call = factory.make_service(mode="video", **rules)
        self.options = [
            factory.make_option(massage, minutes=60),
            factory.make_option(acupuncture, unattended_from=15 * MINUTE, unattended_until=45 * MINUTE),
            factory.make_option(call, minutes=30),
        ]
        mara, yuki = (
            factory.make_practitioner(massage, acupuncture, call),
            factory.make_practitioner(massage, acupuncture),
        )
        for practitioner in (mara, yuki):
            factory.make_working_hours(practitioner, self.location, starts=time(0, 30), ends=time(3, 30))
            factory.make_working_hours(practitioner, self.location, starts=time(9), ends=time(11))
        self.practitioners = [mara, yuki]
        self.now = instant(midnight_utc(self.day) - 12 * 60) + timedelta(seconds=seconds)

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

    # What is always so

    @invariant()
    def what_is_offered_can_be_booked(self):
        self.steps += 1
        kind = self.steps % 3
        slots = self.slots(kind) if self.steps % 2 else []
        if not slots:
            return
        slot = slots[self.steps * 31 % len(slots)]
        with undone():
            visit = appointments.book(
                self.option(kind),
                starts_at=slot.starts_at,
                practitioner=slot.practitioner,
                details=STRANGER,
                form_token="probe",
                now=self.now,
            )
            booked = visit.appointments.get()
            assert (booked.starts_at, booked.ends_at, booked.room) == (slot.starts_at, slot.ends_at, slot.room)

    @invariant()
    def nobody_is_in_two_places(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT a.id, b.id FROM booking_busytime a JOIN booking_busytime b"
                " ON a.id < b.id AND a.during && b.during AND (a.practitioner_id = b.practitioner_id"
                " OR a.room_id = b.room_id OR a.client_id = b.client_id)"
            )
            assert cursor.fetchall() == []

    @invariant()
    def the_database_holds_what_the_model_says(self):
        self.forget_what_was_swept()
        stored = {row[0]: row for row in Appointment.objects.values_list(*FACTS)}
        assert stored == {pk: entry.facts() for pk, entry in self.entries.items()}
        assert set(Visit.objects.values_list("appointments", flat=True)) == set(stored)

    @invariant()
    def busy_time_is_what_the_appointments_hold(self):
        self.forget_what_was_swept()
        expected = set()
        for one in self.entries.values():
            if one.status not in ("pending", *BOOKED):
                continue
            start = minute_of(one.starts_at)
            rows = [(one.practitioner, None, None, part) for part in one.span.attended(start)]
            rows += [(None, one.room, None, one.span.whole(start))] if one.room else []
            rows += [(None, None, one.client, range(start, start + one.span.duration))] if one.client else []
            expected |= {(one.pk, *row, one.hold_expires_at) for row in rows}
        columns = ("appointment", "practitioner", "room", "client", "during", "expires_at")
        found = [
            (*row[:4], range(minute_of(row[4].lower), minute_of(row[4].upper)), row[5])
            for row in BusyTime.objects.values_list(*columns)
        ]
        assert len(found) == len(set(found))
        assert set(found) == expected

    @invariant()
    def what_was_promised_is_stored(self):
        for row in Appointment.objects.all():
            phase = row.unattended_from and tuple(
                length // MINUTE for length in (row.unattended_from, row.unattended_until)
            )
            lengths = (length // MINUTE for length in (row.duration, row.buffer_before, row.buffer_after))
            assert Span(*lengths, phase) == self.entries[row.pk].span

    # The model

    def option(self, kind: int) -> ServiceOption:
        return ServiceOption.objects.select_related("service").get(pk=self.options[kind].pk)

    def slots(self, kind: int, ignoring: Iterable[int] = (), days_around: int = 0) -> list[availability.Slot]:
        days = {"first_day": self.day - days_around * DAY, "last_day": self.day + DAY + days_around * DAY}
        return availability.open_slots(self.option(kind), now=self.now, ignoring=list(ignoring), **days)

    def pick(self, data, kind: int, ignoring: Iterable[int]) -> availability.Slot | None:
        slots = self.slots(kind, ignoring)
        return data.draw(st.sampled_from(slots[:6] + slots[-2:])) if slots else None

    def choose(self, data, entries: Iterable[Entry]) -> Entry:
        return self.entries[data.draw(st.sampled_from(sorted(entry.pk for entry in entries)))]

    def row(self, entry: Entry) -> Appointment:
        return Appointment.objects.get(pk=entry.pk)

    def open_holds(self) -> list[Entry]:
        return [entry for entry in self.entries.values() if entry.is_open_hold(self.now)]

    def holds(self) -> list[Entry]:
        return [entry for entry in self.entries.values() if entry.status == "pending"]

    def stale_holds(self) -> list[Entry]:
        return [entry for entry in self.holds() if not entry.is_open_hold(self.now)]

    def holds_of(self, owner: str) -> list[Entry]:
        return [entry for entry in self.open_holds() if entry.owner == owner]

    def promised(self) -> list[Entry]:
        return [entry for entry in self.entries.values() if entry.status != "pending"]

    def booked(self) -> list[Entry]:
        return [entry for entry in self.entries.values() if entry.status in BOOKED]

    def held(self, slot, kind: int, owner: str, is_named: bool) -> Entry | None:
        for entry in reversed(self.holds_of(owner)):
            is_this = (entry.option, entry.starts_at) == (self.options[kind].pk, slot.starts_at)
            if is_this and (not is_named or entry.practitioner == slot.practitioner.pk):
                return entry
        return None

    def is_worked(self, entry: Entry) -> bool:
        """Hours never change here, so time off alone can come over a hold."""
        whole = entry.span.whole(minute_of(entry.starts_at))
        whose = Q(practitioner=entry.practitioner) | Q(location=self.location)
        if entry.room is not None:
            whose |= Q(room=entry.room)
        away = TimeOff.objects.filter(whose)
        return not any(minute_of(off.starts_at) < whole.stop and whole.start < minute_of(off.ends_at) for off in away)

    def is_busy(self, person, starts_at: datetime, ends_at: datetime, but: Entry | None = None) -> bool:
        name = getattr(person, "first_name", person)
        return any(
            entry.person == name and entry is not but and entry.starts_at < ends_at and starts_at < entry.ends_at
            for entry in self.booked()
        )

    def let_go_in_the_way(self, owner: str, slot, kind: int) -> None:
        whole = span_of(self.option(kind)).whole(minute_of(slot.starts_at))
        mine = [(entry, entry.span.whole(minute_of(entry.starts_at))) for entry in self.holds_of(owner)]
        self.forget(entry for entry, held in mine if max(whole.start, held.start) < min(whole.stop, held.stop))

    def form(self, slot, kind: int, person, owner: str, is_named: bool) -> Callable[[], Visit]:
        self.forms += 1
        token, option, now = f"form-{self.forms}", self.option(kind), self.now
        practitioner = slot.practitioner if is_named else None
        return lambda: appointments.book(
            option,
            starts_at=slot.starts_at,
            practitioner=practitioner,
            details=person,
            form_token=token,
            owner=owner,
            now=now,
        )

    def remember(self, row: Appointment, slot, is_named: bool) -> Entry:
        """A new entry, told by what was asked for; of the row only what the module was free to choose."""
        row = Appointment.objects.select_related("option__service").get(pk=row.pk)
        option = row.option
        if is_named:
            assert row.practitioner_id == slot.practitioner.pk
        entry = Entry(
            pk=row.pk,
            option=option.pk,
            starts_at=slot.starts_at,
            ends_at=slot.starts_at + option.duration,
            practitioner=row.practitioner_id,
            room=row.room_id,
            span=span_of(option),
        )
        self.entries[row.pk] = entry
        return entry

    def forget(self, entries: Iterable[Entry]) -> None:
        for entry in list(entries):
            self.entries.pop(entry.pk, None)

    def forget_what_was_swept(self) -> None:
        """An expired hold may go at any time, and nothing else may."""
        stored = set(Appointment.objects.values_list("pk", flat=True))
        self.forget(entry for entry in self.stale_holds() if entry.pk not in stored)

    def refused(self, act: Callable[[], object], *errors: type[BookingError]) -> None:
        written = self.written()
        with pytest.raises(errors):
            act()
        assert self.written() == written
        event(f"refused: {' or '.join(error.__name__ for error in errors)}")

    def written(self) -> list[list[tuple]]:
        return [
            list(model.objects.order_by("pk").values_list())
            for model in (Visit, Appointment, BusyTime, Client, Message, Change)
        ]


def span_of(option: ServiceOption) -> Span:
    service, phase = option.service, option.unattended
    lengths = (length // MINUTE for length in (option.duration, service.buffer_before, service.buffer_after))
    return Span(*lengths, phase and tuple(edge // MINUTE for edge in phase))


@pytest.mark.slow
@pytest.mark.django_db
def test_any_sequence_of_steps_keeps_every_promise():
    run_state_machine_as_test(FrontDesk, settings=examples(40, long=1_000))


# What the machine has found, as examples


def acupuncture_changed_after(act):
    """A clinic of one, whose option of 60 minutes becomes one of 40 after `act`."""
    clinic = factory.make_clinic(cancellation_notice=timedelta(0))
    clinic.option.unattended_from, clinic.option.unattended_until = 20 * MINUTE, 50 * MINUTE
    clinic.option.save()
    made = act(clinic)
    clinic.option.duration = 40 * MINUTE
    clinic.option.unattended_from, clinic.option.unattended_until = 10 * MINUTE, 30 * MINUTE
    clinic.option.save()
    return clinic, made


@pytest.mark.django_db
def test_move_takes_the_length_and_phase_the_option_has_now():
    _, booked = acupuncture_changed_after(factory.make_appointment)
    moved = appointments.move(booked, starts_at=factory.TEN + 2 * HOUR, now=factory.NOW)
    assert (moved.duration, moved.unattended_from, moved.unattended_until) == (40 * MINUTE, 10 * MINUTE, 30 * MINUTE)


@pytest.mark.django_db
def test_booking_what_is_held_takes_the_client_for_as_long_as_it_was_held():
    asked = {"starts_at": factory.TEN, "owner": "alice", "now": factory.NOW}
    clinic, held = acupuncture_changed_after(lambda clinic: appointments.hold(clinic.option, address="home", **asked))
    visit = appointments.book(clinic.option, details=factory.make_details(), form_token="form", **asked)
    assert visit == held.visit
    during = BusyTime.objects.get(client__isnull=False).during
    assert (during.lower, during.upper) == (held.starts_at, held.ends_at)


@pytest.mark.django_db
def test_hold_that_expired_and_was_swept_cannot_be_extended():
    clinic, later = factory.make_clinic(), factory.NOW + 10 * MINUTE
    held = appointments.hold(clinic.option, starts_at=factory.TEN, owner="alice", address="home", now=factory.NOW)
    factory.make_appointment(clinic, now=later)
    with pytest.raises(HoldExpired):
        appointments.extend(held, now=later)
