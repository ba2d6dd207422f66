"""The day's board: a column for each practitioner who works or has a visit, or for each room, on one axis of time.

It adds no statements to the four of `sources`, however large the clinic is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

from booking import localtime, wording
from booking.diary import cards, columns, grid, sources, stretches, words
from booking.diary.asked import Asked
from booking.diary.cards import Card
from booking.diary.columns import Column, Plan
from booking.diary.grid import Axis, Place
from booking.models import Appointment
from services.models import Practitioner

USUAL = time(9), time(17)
Status = Appointment.Status


@dataclass(frozen=True)
class Hour:
    """A label of the time column."""

    at: int
    label: str


@dataclass(frozen=True, kw_only=True)
class Folded:
    """A cancelled visit: no place on the grid, one line in the list beneath it."""

    card: Card
    whose: str


@dataclass(kw_only=True)
class Board:
    """Everything the template prints. `now_at` is the row of the present, 0 where it is not shown."""

    title: str
    hours: int
    labels: list[Hour]
    columns: list[Column]
    sentence: str
    as_of: str
    stamp: str
    now_at: int = 0
    now_epoch: int = 0
    begins_epoch: int = 0
    cancelled: list[Folded] = field(default_factory=list)
    off: list[str] = field(default_factory=list)


def of_day(user: Any, asked: Asked) -> Board:
    """The board of that day. Four statements."""
    if asked.by == "room":
        read = sources.by_room(user, asked)
        plans = _rooms(read)
    else:
        read = sources.by_practitioner(user, asked, asked.day, asked.day)
        plans = [columns.of_practitioner(read, one, asked.day) for one in _people(read)]
    shown = [plan for plan in plans if _has_column(plan, asked)]
    axis = grid.of_day(asked.day, asked.zone, _span(shown, asked))
    board = frame(asked, axis, _labels(axis, asked), _here(read.visits, shown))
    board.title = words.day_title(asked.day, asked.today)
    board.columns = columns.in_a_row([_column(plan, axis, asked) for plan in shown])
    board.off = [words_off for plan in plans if plan not in shown and (words_off := _off(plan, asked))]
    return board


def frame(asked: Asked, axis: Axis, labels: list[Hour], visits: Sequence[Appointment]) -> Board:
    """A board without columns yet: its hours, its counts, its cancelled visits and the time it tells."""
    now = int(asked.now.timestamp())
    place = axis.place(now, now + 1)
    return Board(
        title="",
        hours=axis.hours,
        labels=labels,
        columns=[],
        sentence=_sentence(visits, asked),
        as_of=wording.clock(localtime.to_local(asked.now, asked.zone)),
        stamp=words.bare(localtime.to_local(asked.now, asked.zone)),
        now_at=place.at if place else 0,
        now_epoch=now,
        begins_epoch=axis.whole[0],
        cancelled=[_folded(visit, asked) for visit in visits if visit.is_cancelled and not visit.is_undone],
    )


def _people(read: sources.Sources) -> list[Practitioner]:
    """Those one may see, and whoever has a visit that day though they left."""
    known = {one.pk for one in read.people}
    return [*read.people, *{visit.practitioner for visit in read.visits if visit.practitioner_id not in known}]


def _rooms(read: sources.Sources) -> list[Plan]:
    """Every room in the clinic's order, those no longer used that have visits, and visits without one."""
    known = {one.pk for one in read.rooms}
    left = {visit.room for visit in read.visits if visit.room is not None and visit.room_id not in known}
    return [columns.of_room(read, room) for room in (*read.rooms, *sorted(left, key=str), None)]


def _has_column(plan: Plan, asked: Asked) -> bool:
    """A room always has one; a practitioner who works or has a visit here, and is not away all day."""
    if plan.by == "room" and plan.whose:
        return True
    is_here = any(visit.location_id == asked.location.pk for visit in plan.visits)
    return is_here or bool(plan.work and not plan.is_off)


def _span(plans: Sequence[Plan], asked: Asked) -> grid.Span:
    spans = [span for plan in plans for span in plan.spans]
    spans = spans or localtime.wall_stretch(asked.day, *USUAL, asked.zone) or [grid.bounds(asked.day, asked.zone)]
    return min(starts for starts, _ in spans), max(ends for _, ends in spans)


def _labels(axis: Axis, asked: Asked) -> list[Hour]:
    starts, ends = axis.whole
    segments = localtime.offset_segments(asked.zone, asked.day, asked.day)
    hours = localtime.grid(starts, ends - 1, step=localtime.MINUTE * 60, segments=segments)
    return [_hour(place, epoch, asked) for epoch in hours if (place := axis.place(epoch, epoch + 1))]


def _hour(place: Place, epoch: int, asked: Asked) -> Hour:
    at = datetime.fromtimestamp(epoch, UTC)
    is_repeated = localtime.is_repeated_hour(at, asked.zone)
    return Hour(place.at, words.hour(at.astimezone(asked.zone), is_repeated=is_repeated))


def _here(visits: Sequence[Appointment], plans: Sequence[Plan]) -> list[Appointment]:
    """The visits that are counted: those on the board, and the cancelled ones of the same day."""
    shown = {visit.pk for plan in plans for visit in plan.visits}
    return [visit for visit in visits if visit.pk in shown or visit.is_cancelled]


def _column(plan: Plan, axis: Axis, asked: Asked) -> Column:
    if plan.whose is None:
        return columns.build(plan, axis, asked, name="Without a room")
    is_person = plan.by == "practitioner"
    url = asked.url(view="week", practitioner=plan.whose.pk) if is_person else ""
    return columns.build(plan, axis, asked, name=str(plan.whose), url=url)


def _off(plan: Plan, asked: Asked) -> str:
    """Mara Ellison (Training)"""
    if plan.whose is None:
        return ""
    reasons = dict.fromkeys(stretches.reason(off, asked) for _, off in plan.away)
    return f"{plan.whose} ({', '.join(reasons)})" if reasons else str(plan.whose)


def _sentence(visits: Sequence[Appointment], asked: Asked) -> str:
    """19 visits, 1 held, 2 not confirmed."""
    held = sum(visit.status == Status.PENDING for visit in visits)
    open_ones = [visit for visit in visits if visit.status == Status.BOOKED and visit.starts_at > asked.now]
    unconfirmed = sum(visit.confirmed_at is None for visit in open_ones)
    kept = sum(not visit.is_cancelled for visit in visits) - held
    parts = [wording.count(kept, "visit") if kept else "No visits"]
    parts += [f"{held} held"] if held else []
    parts += [f"{unconfirmed} not confirmed"] if unconfirmed else []
    return ", ".join(parts) + "."


def _folded(visit: Appointment, asked: Asked) -> Folded:
    return Folded(card=cards.make(visit, Place(1, 1), asked, by="practitioner"), whose=visit.practitioner.name)
