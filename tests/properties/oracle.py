"""An oracle that says minute by minute what a World should offer.

It knows no interval arithmetic and none of the engine's modules: it holds sets of minutes and asks ZoneInfo
what the wall clock shows at every one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import NamedTuple

from tests.properties.worlds import Taken, World, instant, length, minute_of, minutes_of_day, on_the_wall


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
        for away in world.away:
            if away.room is not None:
                self.room_taken[away.room].update(away.minutes)
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
            if begins_a_stretch or self.is_on_grid(start, world.zones[place]):
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
        while instant(minute) < notice_ends or not self.is_on_grid(minute, zone):
            minute += 1
        return minute

    def is_on_grid(self, minute: int, zone: str) -> bool:
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
