"""Which times can be booked? The one engine behind the public pages, moving a visit and the diary.

It reads and never writes. A `Slot` is a value, true at `now` alone: only a booking that takes its locks
and asks again makes it a promise. The number of queries does not depend on days, practitioners or history.

Lead time, horizon, the grid of starts and "accepts new clients" are rules for people who book alone. Staff ask
`for_staff` and may have whatever fits, from this morning on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

from booking import localtime, policy, slots, start_sets
from booking.localtime import OffsetSegment
from booking.slots import Shape
from services.models import Location, Practitioner, Room, ServiceOption

NEAREST_WITHIN = timedelta(days=14)


class Slot(NamedTuple):
    """A start that can be booked; both instants are UTC. `room` is None for calls."""

    starts_at: datetime
    ends_at: datetime
    practitioner: Practitioner
    room: Room | None
    location: Location
    is_best_fit: bool


def shape_of(option: ServiceOption) -> Shape:
    """What a visit of this option takes, buffers and unattended phase included."""
    return Shape(
        duration=option.duration,
        buffer_before=option.service.buffer_before,
        buffer_after=option.service.buffer_after,
        unattended=option.unattended,
    )


def open_slots(
    option: ServiceOption,
    *,
    practitioners: Sequence[Practitioner] | None = None,
    location: Location | None = None,
    first_day: date,
    last_day: date,
    now: datetime,
    ignoring: Sequence[int] = (),
    for_staff: bool = False,
) -> list[Slot]:
    """Every start that can be booked on these local days, sorted by start, then practitioner; possibly empty.

    `practitioners` None means anyone who gives the service. `ignoring` names appointments that count as
    absent: the asker's own hold, or the visit being moved. At most four queries.
    """
    question = _question(option, practitioners, location, first_day, last_day, now, ignoring, for_staff)
    people, rooms = start_sets.stretches(question)
    if not people:
        return []
    return _Assembly(question, people, rooms).slots()


def days_with_openings(
    option: ServiceOption,
    *,
    practitioners: Sequence[Practitioner] | None = None,
    location: Location | None = None,
    first_day: date,
    last_day: date,
    now: datetime,
    is_calendar_empty: bool = False,
    for_staff: bool = False,
) -> list[date]:
    """The local days that have at least one slot, sorted; one statement when `location` is given.

    `is_calendar_empty` asks instead on which days there would be one if nobody had booked.
    """
    question = _question(option, practitioners, location, first_day, last_day, now, (), for_staff)
    return start_sets.days(replace(question, is_calendar_empty=is_calendar_empty))


def find_slot(
    option: ServiceOption,
    *,
    starts_at: datetime,
    practitioners: Sequence[Practitioner] | None = None,
    location: Location | None = None,
    now: datetime,
    ignoring: Sequence[int] = (),
    for_staff: bool = False,
    room: Room | None = None,
    prefers: Room | None = None,
) -> list[Slot]:
    """The slots that start at exactly this instant, one for each practitioner who could take it.

    In this `room` alone, or in the one that is preferred if it is free. Staff may start at any whole minute.
    """
    if not _is_within_reach(option, starts_at, now, for_staff):
        return []
    first_day, last_day = _days_around(starts_at)
    question = _question(option, practitioners, location, first_day, last_day, now, ignoring, for_staff)
    people, rooms = start_sets.stretches(question)
    if not people:
        return []
    assembly = _Assembly(question, people, rooms, room=room, prefers=prefers)
    if for_staff:
        return assembly.at(starts_at)
    return [slot for slot in assembly.slots() if slot.starts_at == starts_at]


def is_taken(
    option: ServiceOption,
    *,
    starts_at: datetime,
    practitioners: Sequence[Practitioner] | None = None,
    location: Location | None = None,
    now: datetime,
    for_staff: bool = False,
) -> bool:
    """Whether other appointments alone keep this start from fitting: what tells "just taken" from "never offered"."""
    if not _is_within_reach(option, starts_at, now, for_staff):
        return False
    first_day, last_day = _days_around(starts_at)
    question = _question(option, practitioners, location, first_day, last_day, now, (), for_staff)
    return _fits(replace(question, is_calendar_empty=True), starts_at) and not _fits(question, starts_at)


def is_worked(
    option: ServiceOption,
    *,
    shape: Shape,
    starts_at: datetime,
    practitioner: Practitioner,
    location: Location,
    room: Room | None,
    as_of: datetime,
    for_staff: bool = False,
) -> bool:
    """Whether the practitioner is still at work, and the room in use, for all of a visit that was offered at `as_of`.

    Whoever is booked; of the shape it was promised in. Lead time and horizon count from when it was offered.
    """
    question = _question(option, [practitioner], location, *_days_around(starts_at), as_of, (), for_staff)
    people, rooms = start_sets.stretches(replace(question, shape=shape, is_calendar_empty=True))
    needed = list(people.values())
    if room is not None and option.service.needs_room:
        return _holds(needed, starts_at) and _holds([rooms.get(room.pk, [])], starts_at)
    return _holds(needed, starts_at)


def _is_within_reach(option: ServiceOption, starts_at: datetime, now: datetime, for_staff: bool) -> bool:
    """Whether the engine need be asked at all; it keeps far instants from its arithmetic."""
    if for_staff:
        return abs(starts_at - now) <= policy.STAFF_HORIZON
    return now <= starts_at <= now + option.service.booking_horizon


def _days_around(starts_at: datetime) -> tuple[date, date]:
    """The days of every zone that may hold the instant."""
    day = starts_at.astimezone(UTC).date()
    return day - timedelta(days=1), day + timedelta(days=1)


def _fits(question: start_sets.Question, starts_at: datetime) -> bool:
    people, _ = start_sets.stretches(question)
    return _holds(people.values(), starts_at)


def _holds(sets: Iterable[start_sets.Stretches], starts_at: datetime) -> bool:
    second = int(starts_at.timestamp())
    return any(first <= second <= last for stretches in sets for first, last in stretches)


def nearest_slots(
    option: ServiceOption,
    *,
    to: datetime,
    practitioners: Sequence[Practitioner] | None = None,
    location: Location | None = None,
    now: datetime,
    count: int = 3,
    for_staff: bool = False,
) -> list[Slot]:
    """The `count` slots closest to an instant, one a start, sorted by start; within two weeks either side."""
    horizon = policy.STAFF_HORIZON if for_staff else option.service.booking_horizon
    centre = min(max(to, now), now + horizon)
    near = open_slots(
        option,
        practitioners=practitioners,
        location=location,
        first_day=(centre - NEAREST_WITHIN).date(),
        last_day=(centre + NEAREST_WITHIN).date(),
        now=now,
        for_staff=for_staff,
    )
    by_start = {slot.starts_at: slot for slot in reversed(near)}
    closest = sorted(by_start.values(), key=lambda slot: (abs(slot.starts_at - to), slot.starts_at))[:count]
    return sorted(closest, key=itemgetter(0))


def _question(
    option: ServiceOption,
    practitioners: Sequence[Practitioner] | None,
    location: Location | None,
    first_day: date,
    last_day: date,
    now: datetime,
    ignoring: Sequence[int],
    for_staff: bool = False,
) -> start_sets.Question:
    locations = [location] if location is not None else list(Location.objects.active())
    return start_sets.Question(
        option=option,
        shape=shape_of(option),
        locations=locations,
        practitioners=practitioners,
        first_day=first_day,
        last_day=last_day,
        now=now,
        ignoring=ignoring,
        for_staff=for_staff,
    )


class _RoomChoice:
    """Picks, for a start, the first suitable room (by position) whose start set holds it."""

    def __init__(self, rooms: Iterable[Room], stretches: dict[int, start_sets.Stretches]) -> None:
        self.rooms = [
            (room, [first for first, _ in stretches[room.pk]], [last for _, last in stretches[room.pk]])
            for room in rooms
        ]

    def at(self, start: int) -> Room | None:
        for room, firsts, lasts in self.rooms:
            index = bisect_right(firsts, start) - 1
            if index >= 0 and start <= lasts[index]:
                return room
        return None


class _Assembly:
    """Turns start sets into slots: rows into objects, epoch seconds into instants, in one sorted pass."""

    def __init__(
        self,
        question: start_sets.Question,
        people: dict[tuple[int, int], start_sets.Stretches],
        rooms: dict[int, start_sets.Stretches],
        *,
        room: Room | None = None,
        prefers: Room | None = None,
    ) -> None:
        self.question = question
        self.people = people
        self.locations = {location.pk: location for location in question.locations}
        self.practitioners = self._practitioners()
        self.choices = self._choices(rooms, room, prefers)

    def slots(self) -> list[Slot]:
        rows = sorted(self._rows(), key=itemgetter(0, 1))
        return [row[2] for row in rows]

    def at(self, starts_at: datetime) -> list[Slot]:
        """The slots of this very minute, on the grid or not."""
        if starts_at.second or starts_at.microsecond:
            return []
        second = int(starts_at.timestamp())
        rows = sorted(self._rows(second), key=itemgetter(1))
        return [row[2] for row in rows]

    def _choices(
        self, stretches: dict[int, start_sets.Stretches], only: Room | None, prefers: Room | None
    ) -> dict[int, _RoomChoice]:
        by_location: dict[int, list[Room]] = {}
        for room in Room.objects.filter(pk__in=stretches).order_by("position", "pk") if stretches else ():
            if only is None or room == only:
                by_location.setdefault(room.location_id, []).append(room)
        for found in by_location.values():
            found.sort(key=lambda room: room != prefers)
        return {key: _RoomChoice(found, stretches) for key, found in by_location.items()}

    def _practitioners(self) -> dict[int, tuple[int, Practitioner]]:
        wanted = {practitioner_id for practitioner_id, _ in self.people}
        given = self.question.practitioners
        found = given if given is not None else Practitioner.objects.filter(pk__in=wanted)
        ordered = sorted(found, key=lambda one: (one.position, one.pk))
        return {one.pk: (rank, one) for rank, one in enumerate(ordered)}

    def _rows(self, wanted: int | None = None) -> Iterator[tuple[int, int, Slot]]:
        """Start, rank and slot of every offered start, or of this second alone."""
        duration, needs_room = self.question.shape.duration, self.question.option.service.needs_room
        for (practitioner_id, location_id), stretches in self.people.items():
            rank, practitioner = self.practitioners[practitioner_id]
            location, choice = self.locations[location_id], self.choices.get(location_id)
            for start, is_best_fit in self._starts(stretches, location, wanted):
                room = choice.at(start) if needs_room and choice else None
                if needs_room and room is None:
                    continue  # only when one room alone was asked for
                starts_at = datetime.fromtimestamp(start, UTC)
                yield start, rank, Slot(starts_at, starts_at + duration, practitioner, room, location, is_best_fit)

    def _starts(
        self, stretches: start_sets.Stretches, location: Location, wanted: int | None
    ) -> Iterator[tuple[int, bool]]:
        """Each offered start of these stretches, and whether it leaves no gap beside it."""
        step, segments = self.question.option.service.slot_step, self._segments(location)
        for first, last in stretches:
            if wanted is None:
                offered = slots.starts(first, last, step=step, segments=segments)
            else:
                offered = [wanted] if first <= wanted <= last else []
            for start in offered:
                yield start, start in (first, last)

    def _segments(self, location: Location) -> list[OffsetSegment]:
        return localtime.offset_segments(
            localtime.zone(location.timezone), self.question.first_day, self.question.last_day
        )
