"""A small clinic with little time, beside what a plain model says of it: the ground the state machines stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from booking import appointments, availability
from booking.errors import BookingError
from booking.models import Appointment, BusyTime, Change, Client, Message, TimeOff, Visit
from services.models import ServiceOption
from tests import factory
from tests.properties.worlds import Span, instant, midnight_utc, minute_of

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DAYS = [
    ("America/Los_Angeles", date(2027, 6, 7)),
    ("America/Los_Angeles", date(2027, 3, 14)),
    ("Europe/London", date(2027, 10, 31)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),
    ("Asia/Kathmandu", date(2027, 4, 4)),
]
BOOKED = ("booked", "arrived")


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


class SmallClinic(RuleBasedStateMachine):
    """Everyone wants the same few hours."""

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
