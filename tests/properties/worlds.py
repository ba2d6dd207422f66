"""Small clinics as plain data, and the same in the database.

People, rooms and places of a World are named by their number in it, instants are minutes since 1970, lengths
are minutes. `build` writes it to the database.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import HealthCheck, settings

from booking.models import Appointment, BusyTime, TimeOff, Visit, WorkingHours
from services.models import Location, Practitioner, Room, ServiceOption
from tests import factory

DAY = 24 * 60
ONE_DAY = timedelta(days=1)


def examples(count: int, *, long: int, steps: int = 30, long_steps: int = 50) -> settings:
    """How hard to try; HYPOTHESIS_PROFILE=long tries `long` examples, each of `long_steps` where it has steps."""
    is_long = os.environ.get("HYPOTHESIS_PROFILE") == "long"
    return settings(
        max_examples=long if is_long else count,
        stateful_step_count=long_steps if is_long else steps,
        deadline=None,
        derandomize=False,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )


@contextmanager
def undone() -> Iterator[None]:
    """Take back every row written inside. A bare savepoint: the write module refuses to run in an atomic block."""
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)


class Span(NamedTuple):
    """What a visit takes: minutes, and the unattended phase within them."""

    duration: int
    before: int = 0
    after: int = 0
    phase: tuple[int, int] | None = None

    def whole(self, start: int) -> range:
        return range(start - self.before, start + self.duration + self.after)

    def attended(self, start: int) -> list[range]:
        whole = self.whole(start)
        if self.phase is None:
            return [whole]
        leaves, returns = self.phase
        parts = range(whole.start, start + leaves), range(start + returns, whole.stop)
        return [part for part in parts if part]


class RoomFacts(NamedTuple):
    place: int
    position: int
    is_active: bool
    is_suitable: bool


class Person(NamedTuple):
    position: int
    is_active: bool
    accepts_new_clients: bool
    gives_it: bool


class Shift(NamedTuple):
    person: int
    place: int
    weekday: int
    starts: int
    ends: int
    valid_from: date
    valid_through: date | None

    def is_on(self, day: date) -> bool:
        return day.weekday() == self.weekday and self.valid_from <= day <= (self.valid_through or date.max)


class Away(NamedTuple):
    """Time off of a person, a closure of a place, or a room out of use."""

    person: int | None
    place: int | None
    minutes: range
    room: int | None = None


class Taken(NamedTuple):
    """A visit that is there already; `left` is how long a hold still has, None for a booked one."""

    person: int
    place: int
    room: int | None
    start: int
    span: Span
    left: int | None


@dataclass(frozen=True)
class World:
    zones: tuple[str, ...]
    rooms: tuple[RoomFacts, ...]
    people: tuple[Person, ...]
    shifts: tuple[Shift, ...]
    away: tuple[Away, ...]
    taken: tuple[Taken, ...]
    span: Span
    step: int
    lead: int
    horizon: int
    is_video: bool
    first_day: date
    last_day: date
    now: datetime
    asked_people: tuple[int, ...] | None
    asked_place: int | None
    ignoring: tuple[int, ...]

    @property
    def days(self) -> list[date]:
        return [self.first_day + number * ONE_DAY for number in range((self.last_day - self.first_day).days + 1)]


# The oracle


def length(minutes: int) -> timedelta:
    return timedelta(minutes=minutes)


def instant(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def minute_of(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


@lru_cache(maxsize=50_000)
def on_the_wall(minute: int, zone: str) -> datetime:
    return datetime.fromtimestamp(minute * 60, ZoneInfo(zone))


def midnight_utc(day: date) -> int:
    return minute_of(datetime.combine(day, time(), UTC))


@lru_cache(maxsize=4_000)
def minutes_of_day(zone: str, day: date) -> dict[int, int]:
    """Every minute that passes on that local day, with the minute of the day its wall clock shows."""
    around = range(midnight_utc(day) - 15 * 60, midnight_utc(day) + 39 * 60)
    walls = ((minute, on_the_wall(minute, zone)) for minute in around)
    return {minute: wall.hour * 60 + wall.minute for minute, wall in walls if wall.date() == day}


# The same world in the database


class Rows(NamedTuple):
    option: ServiceOption
    locations: list[Location]
    rooms: list[Room]
    practitioners: list[Practitioner]
    appointments: list[Appointment]


def build(world: World) -> Rows:
    """Write the world's rows; its numbers are the lists' indexes."""
    locations = [factory.make_location(timezone=zone) for zone in world.zones]
    rooms = [
        factory.make_room(locations[facts.place], position=facts.position, is_active=facts.is_active)
        for facts in world.rooms
    ]
    service = factory.make_service(
        rooms=[room for room, facts in zip(rooms, world.rooms, strict=True) if facts.is_suitable],
        mode="video" if world.is_video else "in_clinic",
        buffer_before=length(world.span.before),
        buffer_after=length(world.span.after),
        slot_step=length(world.step),
        lead_time=length(world.lead),
        booking_horizon=length(world.horizon),
    )
    option = factory.make_option(service, minutes=world.span.duration, **_phase(world.span))
    another = factory.make_service(rooms=rooms)
    people = [
        factory.make_practitioner(
            *([service, another] if facts.gives_it else [another]),
            position=facts.position,
            is_active=facts.is_active,
            accepts_new_clients=facts.accepts_new_clients,
        )
        for facts in world.people
    ]
    _build_schedule(world, locations, rooms, people)
    return Rows(option, locations, rooms, people, _build_appointments(world, locations, rooms, people, option))


def _build_schedule(
    world: World, locations: Sequence[Location], rooms: Sequence[Room], people: Sequence[Practitioner]
) -> None:
    WorkingHours.objects.bulk_create(
        WorkingHours(
            practitioner=people[shift.person],
            location=locations[shift.place],
            weekday=shift.weekday,
            starts=time(*divmod(shift.starts, 60)),
            ends=time(*divmod(shift.ends, 60)),
            valid_from=shift.valid_from,
            valid_through=shift.valid_through,
        )
        for shift in world.shifts
    )
    TimeOff.objects.bulk_create(
        TimeOff(
            practitioner=None if away.person is None else people[away.person],
            location=None if away.place is None else locations[away.place],
            room=None if away.room is None else rooms[away.room],
            starts_at=instant(away.minutes.start),
            ends_at=instant(away.minutes.stop),
        )
        for away in world.away
    )


def _build_appointments(
    world: World,
    locations: Sequence[Location],
    rooms: Sequence[Room],
    people: Sequence[Practitioner],
    option: ServiceOption,
) -> list[Appointment]:
    visits = Visit.objects.bulk_create(
        Visit(created_at=world.now, link_nonce=f"{number}", link_hash=f"{number}")
        for number, _ in enumerate(world.taken)
    )
    client = factory.make_client()
    appointments = Appointment.objects.bulk_create(
        Appointment(
            visit=visit,
            client=client if taken.left is None else None,
            option=option,
            practitioner=people[taken.person],
            location=locations[taken.place],
            room=None if taken.room is None else rooms[taken.room],
            starts_at=instant(taken.start),
            ends_at=instant(taken.start + taken.span.duration),
            status="booked" if taken.left is None else "pending",
            hold_expires_at=None if taken.left is None else world.now + length(taken.left),
            price=100,
            cancellation_notice=timedelta(0),
            **_phase(taken.span),
        )
        for visit, taken in zip(visits, world.taken, strict=True)
    )
    BusyTime.objects.bulk_create(
        BusyTime(
            appointment=appointment,
            during=DateTimeTZRange(instant(minutes.start), instant(minutes.stop), "[)"),
            expires_at=appointment.hold_expires_at,
            **whose,
        )
        for appointment, taken in zip(appointments, world.taken, strict=True)
        for whose, minutes in _busy_rows(appointment, taken)
    )
    return appointments


def _busy_rows(appointment: Appointment, taken: Taken) -> Iterator[tuple[dict, range]]:
    for part in taken.span.attended(taken.start):
        yield {"practitioner": appointment.practitioner}, part
    if appointment.room is not None:
        yield {"room": appointment.room}, taken.span.whole(taken.start)


def _phase(span: Span) -> dict[str, timedelta | None]:
    leaves, returns = map(length, span.phase) if span.phase else (None, None)
    return {"unattended_from": leaves, "unattended_until": returns}
