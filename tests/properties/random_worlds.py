"""Strategies for hypothesis: Worlds that are small, mostly busy, and often on a day when the clock changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

from hypothesis import strategies as st

from tests.properties.worlds import (
    DAY,
    ONE_DAY,
    Away,
    Person,
    RoomFacts,
    Shift,
    Span,
    Taken,
    World,
    instant,
    midnight_utc,
    minute_of,
    minutes_of_day,
    on_the_wall,
)

CHANGING = ("America/Los_Angeles", "Europe/London", "Australia/Lord_Howe", "America/St_Johns")
STEADY = ("Asia/Kolkata", "Asia/Kathmandu")
FIRST, LAST = date(2026, 1, 5), date(2028, 12, 25)
Item = TypeVar("Item")


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
    away = draw(st.lists(_away(world), max_size=3))
    visits = draw(st.lists(_taken(world), min_size=draw(st.integers(0, 5)), max_size=8))
    taken = _without_clashes(visits, _visits_clash)
    ignored = st.sets(numbers(taken), max_size=2).map(tuple) if taken else st.just(())
    from_now = near_a_shift(world).map(lambda near: max(near[1] - minute_of(world.now), 0))
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
def near_a_shift(draw, world: World) -> tuple[Shift, int]:
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
    shift, begins = draw(near_a_shift(world))
    minutes = range(begins, begins + draw(st.integers(1, 120) | st.integers(1, 2 * DAY)))
    kind = draw(st.sampled_from(["person", "place", "room", "room"] if world.rooms else ["person", "place"]))
    if kind == "person":
        return Away(draw(usually(shift.person, else_=numbers(world.people))), None, minutes)
    if kind == "room":
        return Away(None, None, minutes, draw(numbers(world.rooms)))
    return Away(None, draw(usually(shift.place, else_=numbers(world.zones))), minutes)


@st.composite
def _taken(draw, world: World) -> Taken:
    """A visit of the one whose shift it is, or of somebody else in a room there."""
    shift, start = draw(near_a_shift(world))
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
