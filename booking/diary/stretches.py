"""The time between the cards: off hours, breaks, time off, turnover, and the free cells that a click books."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from booking import intervals, localtime
from booking.diary import cards, grid, words
from booking.diary.asked import Asked
from booking.diary.grid import Axis, Place, Span
from booking.models import Appointment, TimeOff


@dataclass(frozen=True)
class Stretch:
    """Time that nobody can book. `kind` is off, break, away, elsewhere or turn, and says how it is drawn."""

    kind: str
    place: Place
    label: str


@dataclass(frozen=True)
class Cell:
    """A start that a click books: `name` and `value` are what the form sends."""

    place: Place
    name: str
    value: str
    label: str


def off_hours(axis: Axis, shifts: Sequence[Span], taken: Iterable[Span], asked: Asked) -> list[Stretch]:
    """The shown time outside `shifts`, with the words that say when work begins, ends or goes on."""
    off = intervals.subtract([axis.whole], [*shifts, *taken])
    return [one for span in off if (one := _stretch(*_off_words(span, shifts, asked), span, axis))]


def away(axis: Axis, shifts: Sequence[Span], offs: Iterable[tuple[Span, TimeOff]], asked: Asked) -> list[Stretch]:
    """Time off where there would have been work, or all of it where there would have been none."""
    inside = shifts or [axis.whole]
    return [
        one
        for span, off in offs
        for part in intervals.intersect([span], inside)
        if (one := _stretch("away", reason(off, asked), part, axis))
    ]


def elsewhere(axis: Axis, by_location: dict[int, list[Span]], asked: Asked) -> list[Stretch]:
    """Shifts at the clinic's other places."""
    names = {one.pk: one.name for one in asked.locations}
    return [
        one
        for location, spans in by_location.items()
        if location != asked.location.pk
        for span in spans
        if (one := _stretch("elsewhere", f"At {names.get(location, 'another place')}", span, axis))
    ]


def turnover(axis: Axis, visits: Iterable[Appointment]) -> list[Stretch]:
    """The buffers around visits that happen."""
    found = []
    for visit in filter(cards.takes_time, visits):
        starts, ends = cards.span_of(visit.starts_at, visit.ends_at)
        before, after = (int(one.total_seconds()) for one in (visit.buffer_before, visit.buffer_after))
        found += [(starts - before, starts), (ends, ends + after)]
    stretches = (_stretch("turn", "Turnover", span, axis) for span in found if span[0] < span[1])
    return [one for one in stretches if one]


def busy(visits: Iterable[Appointment], *, by: str) -> list[Span]:
    """What these visits take of the practitioner, or of the room, buffers included."""
    stretches = []
    for visit in filter(cards.takes_time, visits):
        taken = visit.shape.room_busy if by == "room" else visit.shape.practitioner_busy
        stretches += taken(visit.starts_at)
    return [cards.span_of(starts, ends) for starts, ends in stretches]


def cells(axis: Axis, free: Iterable[Span], marks: Sequence[int], asked: Asked) -> list[Cell]:
    """A button for each quarter of an hour of the free time that is shown."""
    found = grid.cells(intervals.intersect(free, [axis.whole]), marks)
    return [_cell(place, span, asked) for span in found if (place := axis.place(*span))]


def reason(off: TimeOff, asked: Asked) -> str:
    """Why there is no work, for staff; nothing of it where passers-by may read."""
    general = "Closed" if off.location_id else "Out of use" if off.room_id else "Away"
    if asked.is_private:
        return general
    said = off.reason or off.public_reason
    return f"{general}: {said}" if said and not off.practitioner_id else said or general


def local(epoch: int, asked: Asked) -> datetime:
    return datetime.fromtimestamp(epoch, UTC).astimezone(asked.zone)


def _off_words(span: Span, shifts: Sequence[Span], asked: Asked) -> tuple[str, str]:
    before = [ends for _, ends in shifts if ends <= span[0]]
    after = [starts for starts, _ in shifts if starts >= span[1]]
    if before and after:
        return "break", "Break"
    if after:
        return "off", f"From {words.short(local(min(after), asked))}"
    return "off", f"Until {words.short(local(max(before), asked))}" if before else "Off"


def _stretch(kind: str, label: str, span: Span, axis: Axis) -> Stretch | None:
    place = axis.place(*span)
    return Stretch(kind, place, label) if place else None


def _cell(place: Place, span: Span, asked: Asked) -> Cell:
    """The wall's time says which start is meant, except in the hour it shows twice."""
    at = local(span[0], asked)
    if localtime.is_repeated_hour(at, asked.zone):
        return Cell(place, "starts_at", at.isoformat(), f"{words.bare(at)} {at:%Z}")
    return Cell(place, "at", f"{at:%H:%M}", words.bare(at))
