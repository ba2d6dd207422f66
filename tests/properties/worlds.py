"""Random small clinics, and an oracle that says minute by minute what each should offer.

A World is plain data: people, rooms and places are named by their number in it, instants are minutes since
1970, lengths are minutes. `build` writes it to the database. `Oracle` knows no interval arithmetic and none
of the engine's modules: it holds sets of minutes and asks ZoneInfo what the wall clock shows at every one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from booking.models import Appointment, BusyTime, TimeOff, Visit, WorkingHours
from services.models import Location, Practitioner, Room, ServiceOption
from tests import factory

CHANGING = ("America/Los_Angeles", "Europe/London", "Australia/Lord_Howe", "America/St_Johns")
STEADY = ("Asia/Kolkata", "Asia/Kathmandu")
FIRST, LAST = date(2026, 1, 5), date(2028, 12, 25)
DAY = 24 * 60
ONE_DAY = timedelta(days=1)
Item = TypeVar("Item")


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
    """Time off of a person, or a closure of a place."""

    person: int | None
    place: int | None
    minutes: range


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


class Offer(NamedTuple):
    start: int
    person: int
    place: int
    room: int | None


class Oracle:
    """What this world should offer, told from single minutes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.person_taken: list[set[int]] = [set() for _ in world.people]
        self.room_taken: list[set[int]] = [set() for _ in world.rooms]
        for visit in in_force(world):
            self.person_taken[visit.person].update(*visit.span.attended(visit.start))
            if visit.room is not None:
                self.room_taken[visit.room].update(visit.span.whole(visit.start))
        self.works = {pair: self._works(*pair) for pair in who_and_where(world)}
        self.soonest = [self._soonest(zone) for zone in world.zones]

    @cached_property
    def offers(self) -> set[Offer]:
        return {offer for pair in self.works for offer in self._offers(*pair)}

    @cached_property
    def days(self) -> list[date]:
        return sorted({on_the_wall(one.start, self.world.zones[one.place]).date() for one in self.offers})

    def fits_somewhere(self, start: int) -> bool:
        """Whether the visit could begin then, on the grid or not."""
        return any(self.is_in_time(start, place) and self.fits(start, who, place) for who, place in self.works)

    def is_in_time(self, start: int, place: int) -> bool:
        return self.soonest[place] <= start and instant(start) <= self.world.now + length(self.world.horizon)

    def fits(self, start: int, person: int, place: int, *, early: int = 0) -> bool:
        """Whether every minute the visit touches is to be had. `early` 1 asks for a moment within the minute
        before `start`, which touches one minute more."""
        span = self.world.span
        whole = range(span.whole(start).start - early, span.whole(start).stop)
        attended = [range(part.start - early, part.stop) for part in span.attended(start)]
        return (
            self.works[person, place] >= set(whole)
            and all(self.person_taken[person].isdisjoint(part) for part in attended)
            and (self.world.is_video or bool(self.rooms_for(whole, place)))
        )

    def rooms_for(self, whole: range, place: int) -> list[int]:
        """The rooms free throughout, in the order in which they are filled."""
        rooms = sorted(suitable_rooms(self.world, place), key=lambda room: (self.world.rooms[room].position, room))
        return [room for room in rooms if self.room_taken[room].isdisjoint(whole)]

    def _offers(self, person: int, place: int) -> Iterator[Offer]:
        world = self.world
        for start in self.works[person, place]:
            if not self.is_in_time(start, place) or not self.fits(start, person, place):
                continue
            begins_a_stretch = not self.fits(start, person, place, early=1)
            if begins_a_stretch or self._is_on_grid(start, world.zones[place]):
                room = None if world.is_video else self.rooms_for(world.span.whole(start), place)[0]
                yield Offer(start, person, place, room)

    def _works(self, person: int, place: int) -> set[int]:
        """The minutes this person works there; time off and closures left out."""
        world, zone = self.world, self.world.zones[place]
        hours = {
            minute
            for shift in world.shifts
            if (shift.person, shift.place) == (person, place)
            for day in world.days
            if shift.is_on(day)
            for minute, shown in minutes_of_day(zone, day).items()
            if shift.starts <= shown < shift.ends
        }
        return hours.difference(*(away.minutes for away in world.away if away.person == person or away.place == place))

    def _soonest(self, zone: str) -> int:
        """The first minute after the lead time that is on the grid of the wall clock."""
        notice_ends = self.world.now + length(self.world.lead)
        minute = minute_of(notice_ends)
        while instant(minute) < notice_ends or not self._is_on_grid(minute, zone):
            minute += 1
        return minute

    def _is_on_grid(self, minute: int, zone: str) -> bool:
        wall = on_the_wall(minute, zone)
        return (wall.hour * 60 + wall.minute) % self.world.step == 0


def who_and_where(world: World) -> list[tuple[int, int]]:
    """The pairs of person and place the question is about."""
    everyone, everywhere = range(len(world.people)), range(len(world.zones))
    people = everyone if world.asked_people is None else world.asked_people
    places = everywhere if world.asked_place is None else [world.asked_place]
    by_name = world.asked_people is not None
    giving = [
        person
        for person in people
        if (facts := world.people[person]).is_active and facts.gives_it and (by_name or facts.accepts_new_clients)
    ]
    return [(person, place) for person in giving for place in places]


def in_force(world: World) -> list[Taken]:
    """The visits that hold time now: neither expired nor ignored."""
    holding = [visit for number, visit in enumerate(world.taken) if number not in world.ignoring]
    return [visit for visit in holding if visit.left is None or visit.left > 0]


def suitable_rooms(world: World, place: int) -> list[int]:
    return [
        number
        for number, facts in enumerate(world.rooms)
        if facts.place == place and facts.is_active and facts.is_suitable
    ]


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
    _build_schedule(world, locations, people)
    return Rows(option, locations, rooms, people, _build_appointments(world, locations, rooms, people, option))


def _build_schedule(world: World, locations: Sequence[Location], people: Sequence[Practitioner]) -> None:
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


# Strategies


@lru_cache
def days_of_change(zone: str) -> list[date]:
    days = [date.fromordinal(number) for number in range(FIRST.toordinal(), LAST.toordinal())]
    offsets = [on_the_wall(midnight_utc(day), zone).utcoffset() for day in days]
    return [
        sunday
        for (before, sunday), (was, becomes) in zip(pairwise(days), pairwise(offsets), strict=True)
        if was != becomes
        for sunday in (before, sunday)
    ]


mostly = st.integers(0, 19).map(lambda number: number not in (6, 13))  # not the ends: those come more often
seldom = mostly.map(lambda yes: not yes)
positions = st.integers(0, 2)
buffers = st.sampled_from([0, 0, 5, 10, 15]) | st.integers(0, 30)
steps = st.sampled_from([5, 10, 15, 20, 30, 60]) | st.integers(5, 60)
zoned_days = st.one_of(
    *(st.tuples(st.just(zone), st.sampled_from(days_of_change(zone))) for zone in CHANGING),
    st.tuples(st.sampled_from(CHANGING + STEADY), st.dates(FIRST, LAST)),
)


def numbers(items: Sequence) -> st.SearchStrategy[int]:
    return st.integers(0, len(items) - 1)


def usually(*usual: Item, else_: st.SearchStrategy[Item]) -> st.SearchStrategy[Item]:
    """One of the usual values three times in four, so that most worlds offer something."""
    return st.integers(0, 11).flatmap(lambda number: else_ if number in (3, 6, 8) else st.sampled_from(usual))


@st.composite
def spans(draw) -> Span:
    duration = draw(st.sampled_from([30, 45, 60, 90]) | st.integers(5, 120))
    phases = st.tuples(st.integers(1, duration - 1), st.integers(2, duration)).map(sorted).map(tuple)
    phase = draw(st.none() | phases.filter(lambda pair: pair[0] < pair[1]))
    return Span(duration, draw(buffers), draw(buffers), phase)


@st.composite
def worlds(draw) -> World:
    zone, day = draw(zoned_days)
    zones = draw(usually((zone,), else_=st.tuples(st.just(zone), st.sampled_from(CHANGING + STEADY))))
    first_day = day - draw(st.integers(0, 1)) * ONE_DAY
    people = tuple(draw(st.lists(_people(), min_size=draw(st.integers(1, 2)), max_size=3)))
    rooms = draw(st.lists(_rooms(zones), min_size=draw(usually(1, 2, else_=st.integers(0, 3))), max_size=3))
    empty = World(
        zones=zones,
        rooms=tuple(rooms),
        people=people,
        shifts=(),
        away=(),
        taken=(),
        span=draw(spans()),
        step=draw(steps),
        lead=draw(st.sampled_from([0, 120])),
        horizon=90 * DAY,
        is_video=draw(usually(False, else_=st.booleans())),
        first_day=first_day,
        last_day=first_day + draw(st.integers(0, 2)) * ONE_DAY,
        now=draw(_nows(first_day)),
        asked_people=draw(usually(None, else_=st.sets(numbers(people), min_size=1).map(sorted).map(tuple))),
        asked_place=draw(usually(None, else_=numbers(zones))),
        ignoring=(),
    )
    shifts = draw(st.lists(_shifts(empty), min_size=draw(st.integers(1, 5)), max_size=9))
    return draw(_filled(replace(empty, shifts=_without_clashes(shifts, _shifts_clash))))


@st.composite
def _filled(draw, world: World) -> World:
    """The same with time off, visits, lead time and horizon, all where somebody works, so that they matter."""
    away = draw(st.lists(_away(world), max_size=2))
    visits = draw(st.lists(_taken(world), min_size=draw(st.integers(0, 5)), max_size=8))
    taken = _without_clashes(visits, _visits_clash)
    ignored = st.sets(numbers(taken), max_size=2).map(tuple) if taken else st.just(())
    from_now = _near_a_shift(world).map(lambda near: max(near[1] - minute_of(world.now), 0))
    lead = draw(usually(world.lead, else_=from_now))
    return replace(
        world,
        away=tuple(away),
        taken=taken,
        ignoring=draw(st.just(()) | ignored),
        lead=lead,
        horizon=max(draw(usually(world.horizon, else_=from_now)), lead + 1),
    )


@st.composite
def _rooms(draw, zones: Sequence[str]) -> RoomFacts:
    flags = draw(usually((True, True), else_=st.tuples(st.booleans(), st.booleans())))
    return RoomFacts(draw(numbers(zones)), draw(positions), *flags)


@st.composite
def _people(draw) -> Person:
    flags = draw(usually((True, True, True), else_=st.permutations([True, True, False])))
    return Person(draw(positions), *flags)


@st.composite
def _nows(draw, first_day: date) -> datetime:
    minute = midnight_utc(first_day) - draw(usually(DAY, DAY + 1, 2 * DAY, else_=st.integers(-DAY, DAY)))
    seconds = draw(st.sampled_from([0, 1, 59]))
    return instant(minute) + timedelta(seconds=seconds, microseconds=draw(st.sampled_from([0, 1, 999_999])))


@st.composite
def _shifts(draw, world: World) -> Shift:
    starts = draw(st.integers(0, 23 * 12 - 1)) * 5 + draw(st.sampled_from([0, 0, 0, 1, 3]))
    exactly = st.integers(1, 3).map(lambda visits: visits * len(world.span.whole(0)))
    minutes = draw(usually(4 * 60, 8 * 60, else_=exactly | st.integers(1, 9 * 12).map(lambda fives: fives * 5)))
    ends = min(starts + minutes, DAY - 1)
    weekdays = sorted({day.weekday() for day in world.days})
    days = st.sampled_from(world.days)
    return Shift(
        draw(numbers(world.people)),
        draw(numbers(world.zones)),
        draw(st.sampled_from(weekdays)),
        starts,
        ends,
        *draw(usually((FIRST, None), else_=_validities(days))),
    )


def _validities(days: st.SearchStrategy[date]) -> st.SearchStrategy[tuple[date, date | None]]:
    return st.tuples(days, st.none()) | st.tuples(days, days).map(sorted).map(tuple)


@st.composite
def _near_a_shift(draw, world: World) -> tuple[Shift, int]:
    """A shift and a minute on one of its days, from an hour before it to its end."""
    shift = draw(st.sampled_from(world.shifts))
    days = [day for day in world.days if shift.is_on(day)] or world.days
    midnight = min(minutes_of_day(world.zones[shift.place], draw(st.sampled_from(days))))
    somewhere = draw(st.integers(-60, shift.ends - shift.starts)) // 5 * 5 + draw(st.sampled_from([0, 0, 0, 1, 4]))
    whole = world.span.whole(0)
    leaving_room = draw(st.integers(0, 4)) * len(whole) - whole.start  # exactly, for visits that fill the time before
    return shift, midnight + shift.starts + draw(st.sampled_from([somewhere, leaving_room]))


@st.composite
def _away(draw, world: World) -> Away:
    shift, begins = draw(_near_a_shift(world))
    minutes = range(begins, begins + draw(st.integers(1, 120) | st.integers(1, 2 * DAY)))
    if draw(st.booleans()):
        return Away(draw(usually(shift.person, else_=numbers(world.people))), None, minutes)
    return Away(None, draw(usually(shift.place, else_=numbers(world.zones))), minutes)


@st.composite
def _taken(draw, world: World) -> Taken:
    """A visit of the one whose shift it is, or of somebody else in a room there."""
    shift, start = draw(_near_a_shift(world))
    rooms = [number for number, facts in enumerate(world.rooms) if facts.place == shift.place]
    return Taken(
        shift.person if draw(st.booleans()) else draw(numbers(world.people)),
        shift.place,
        draw(usually(*rooms, else_=st.none()) if rooms else st.none()),
        start,
        draw(st.just(world.span) | spans()),
        draw(st.none() | st.integers(-2, 2)),
    )


def _without_clashes(items: Iterable[Item], clash: Callable[[Item, Item], bool]) -> tuple[Item, ...]:
    """The items that the database's constraints let stand together; a clashing later one is left out."""
    kept: list[Item] = []
    for item in items:
        if not any(clash(item, other) for other in kept):
            kept.append(item)
    return tuple(kept)


def _shifts_clash(a: Shift, b: Shift) -> bool:
    same = (a.person, a.weekday) == (b.person, b.weekday)
    both_valid = max(a.valid_from, b.valid_from) <= min(a.valid_through or LAST, b.valid_through or LAST)
    return same and both_valid and max(a.starts, b.starts) < min(a.ends, b.ends)


def _visits_clash(a: Taken, b: Taken) -> bool:
    minutes = [set[int]().union(*one.span.attended(one.start)) for one in (a, b)]
    if a.person == b.person and not minutes[0].isdisjoint(minutes[1]):
        return True
    rooms = [set(one.span.whole(one.start)) for one in (a, b)]
    return a.room is not None and a.room == b.room and not rooms[0].isdisjoint(rooms[1])
