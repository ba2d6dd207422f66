"""Which times can be booked? The one engine behind the public pages, moving a visit and the diary.

It reads and never writes. A `Slot` is a value, true at `now` alone: only a booking that takes its locks
and asks again makes it a promise. The number of queries does not depend on days, practitioners or history.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

from booking import localtime, slots, start_sets
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
) -> list[Slot]:
    """Every start that can be booked on these local days, sorted by start, then practitioner; possibly empty.

    `practitioners` None means anyone who gives the service. `ignoring` names appointments that count as
    absent: the asker's own hold, or the visit being moved. At most four queries.
    """
    question = _question(option, practitioners, location, first_day, last_day, now, ignoring)
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
) -> list[date]:
    """The local days that have at least one slot, sorted; one statement when `location` is given.

    `is_calendar_empty` asks instead on which days there would be one if nobody had booked.
    """
    question = _question(option, practitioners, location, first_day, last_day, now, ())
    return start_sets.days(replace(question, is_calendar_empty=is_calendar_empty))


def find_slot(
    option: ServiceOption,
    *,
    starts_at: datetime,
    practitioners: Sequence[Practitioner] | None = None,
    location: Location | None = None,
    now: datetime,
    ignoring: Sequence[int] = (),
) -> list[Slot]:
    """The slots that start at exactly this instant, one for each practitioner who could take it."""
    if not now <= starts_at <= now + option.service.booking_horizon:
        return []
    day = starts_at.astimezone(UTC).date()
    around = open_slots(
        option,
        practitioners=practitioners,
        location=location,
        first_day=day - timedelta(days=1),
        last_day=day + timedelta(days=1),
        now=now,
        ignoring=ignoring,
    )
    return [slot for slot in around if slot.starts_at == starts_at]


def is_taken(
    option: ServiceOption,
    *,
    starts_at: datetime,
    practitioners: Sequence[Practitioner] | None = None,
    location: Location | None = None,
    now: datetime,
) -> bool:
    """Whether other appointments alone keep this start from fitting: what tells "just taken" from "never offered"."""
    if not now <= starts_at <= now + option.service.booking_horizon:
        return False
    day = starts_at.astimezone(UTC).date()
    question = _question(option, practitioners, location, day - timedelta(days=1), day + timedelta(days=1), now, ())
    return _fits(replace(question, is_calendar_empty=True), starts_at) and not _fits(question, starts_at)


def is_worked(
    option: ServiceOption,
    *,
    shape: Shape,
    starts_at: datetime,
    practitioner: Practitioner,
    location: Location,
    as_of: datetime,
) -> bool:
    """Whether the practitioner is still at work for all of a visit that was offered at `as_of`, whoever is booked.

    Of the shape it was promised in. Lead time and horizon count from when it was offered.
    """
    day = starts_at.astimezone(UTC).date()
    question = _question(option, [practitioner], location, day - timedelta(days=1), day + timedelta(days=1), as_of, ())
    return _fits(replace(question, shape=shape, is_calendar_empty=True), starts_at)


def _fits(question: start_sets.Question, starts_at: datetime) -> bool:
    people, _ = start_sets.stretches(question)
    second = int(starts_at.timestamp())
    return any(first <= second <= last for stretches in people.values() for first, last in stretches)


def nearest_slots(
    option: ServiceOption,
    *,
    to: datetime,
    practitioners: Sequence[Practitioner] | None = None,
    location: Location | None = None,
    now: datetime,
    count: int = 3,
) -> list[Slot]:
    """The `count` slots closest to an instant, one a start, sorted by start; within two weeks either side."""
    centre = min(max(to, now), now + option.service.booking_horizon)
    near = open_slots(
        option,
        practitioners=practitioners,
        location=location,
        first_day=(centre - NEAREST_WITHIN).date(),
        last_day=(centre + NEAREST_WITHIN).date(),
        now=now,
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
    ) -> None:
        self.question = question
        self.people = people
        self.locations = {location.pk: location for location in question.locations}
        self.practitioners = self._practitioners()
        rooms_by_location: dict[int, list[Room]] = {}
        for room in Room.objects.filter(pk__in=rooms).order_by("position", "pk") if rooms else ():
            rooms_by_location.setdefault(room.location_id, []).append(room)
        self.choices = {key: _RoomChoice(found, rooms) for key, found in rooms_by_location.items()}

    def slots(self) -> list[Slot]:
        rows = sorted(self._rows(), key=itemgetter(0, 1))
        return [row[2] for row in rows]

    def _practitioners(self) -> dict[int, tuple[int, Practitioner]]:
        wanted = {practitioner_id for practitioner_id, _ in self.people}
        given = self.question.practitioners
        found = given if given is not None else Practitioner.objects.filter(pk__in=wanted)
        ordered = sorted(found, key=lambda one: (one.position, one.pk))
        return {one.pk: (rank, one) for rank, one in enumerate(ordered)}

    def _rows(self) -> Iterator[tuple[int, int, Slot]]:
        duration, step = self.question.shape.duration, self.question.option.service.slot_step
        needs_room = self.question.option.service.needs_room
        for (practitioner_id, location_id), stretches in self.people.items():
            rank, practitioner = self.practitioners[practitioner_id]
            location, choice = self.locations[location_id], self.choices.get(location_id)
            segments = self._segments(location)
            for first, last in stretches:
                for start in slots.starts(first, last, step=step, segments=segments):
                    room = choice.at(start) if needs_room and choice else None
                    starts_at = datetime.fromtimestamp(start, UTC)
                    is_best_fit = start in (first, last)
                    yield (
                        start,
                        rank,
                        Slot(starts_at, starts_at + duration, practitioner, room, location, is_best_fit),
                    )

    def _segments(self, location: Location) -> list[OffsetSegment]:
        return localtime.offset_segments(
            localtime.zone(location.timezone), self.question.first_day, self.question.last_day
        )
