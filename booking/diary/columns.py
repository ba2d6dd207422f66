"""One column of the grid: a practitioner's day, or a room's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Model

from booking import intervals, wording
from booking.diary import cards, grid, stretches, words
from booking.diary.asked import Asked
from booking.diary.cards import Card
from booking.diary.grid import Axis, Span
from booking.diary.sources import Sources, span_of
from booking.diary.stretches import Cell, Stretch
from booking.models import Appointment, TimeOff
from services.models import Practitioner, Room


@dataclass(kw_only=True)
class Plan:
    """What a column is made from, before anybody knows which hours are shown.

    `whose` is the practitioner or room, None for visits without a room; `work` are its shifts at this location,
    `elsewhere` the others by location id.
    """

    whose: Model | None
    by: str
    day: date
    work: list[Span]
    elsewhere: dict[int, list[Span]] = field(default_factory=dict)
    away: list[tuple[Span, TimeOff]] = field(default_factory=list)
    visits: list[Appointment] = field(default_factory=list)

    @property
    def free(self) -> list[Span]:
        taken = [*stretches.busy(self.visits, by=self.by), *(span for span, _ in self.away)]
        return intervals.subtract(self.work, taken)

    @property
    def spans(self) -> list[Span]:
        """All that ought to be shown."""
        buffers = stretches.busy(self.visits, by="room")
        return [*self.work, *buffers, *(span_of(one.starts_at, one.ends_at) for one in self.visits)]

    @property
    def is_off(self) -> bool:
        """Whether nothing at all remains of the day's work."""
        return not intervals.subtract(self.work, [span for span, _ in self.away])


@dataclass(frozen=True, kw_only=True)
class Column:
    """A section of the grid, ready to print. `name` and `label` stand on top and name it for everybody."""

    kind: str
    pk: int | None
    day: date
    name: str
    line: str
    label: str
    url: str = ""
    cards: Sequence[Card] = ()
    stretches: Sequence[Stretch] = ()
    cells: Sequence[Cell] = ()
    is_today: bool = False
    before: str = ""
    after: str = ""


def of_practitioner(sources: Sources, practitioner: Practitioner, day: date) -> Plan:
    """That practitioner's day at the location asked for, with what they do elsewhere."""
    shifts = sources.shifts(day, practitioner.pk)
    theirs = [visit for visit in sources.visits if visit.practitioner_id == practitioner.pk]
    return Plan(
        whose=practitioner,
        by="practitioner",
        day=day,
        work=shifts.pop(sources.asked.location.pk, []),
        elsewhere=shifts,
        away=_on(day, sources.away(practitioner=practitioner.pk), sources.asked),
        visits=sources.shown(theirs, day),
    )


def of_room(sources: Sources, room: Room | None) -> Plan:
    """That room's day; it is open whenever anybody works at its location. None gathers visits without a room."""
    day = sources.asked.day
    theirs = [visit for visit in sources.visits if visit.room_id == (room.pk if room else None)]
    return Plan(
        whose=room,
        by="room",
        day=day,
        work=sources.shifts(day).get(sources.asked.location.pk, []) if room else [],
        away=_on(day, sources.away(room=room.pk), sources.asked) if room else [],
        visits=sources.shown(theirs, day),
    )


def build(plan: Plan, axis: Axis, asked: Asked, *, name: str, url: str = "") -> Column:
    """The column on this axis. Cells are offered from today on."""
    day_words = wording.day(plan.day)
    return Column(
        kind=plan.by,
        pk=plan.whose.pk if plan.whose else None,
        day=plan.day,
        name=name,
        line=_line(plan, asked),
        label=f"{plan.whose or 'Without a room'}, {day_words}",
        url=url,
        cards=cards.of_column(plan.visits, axis, asked, by=plan.by),
        stretches=_stretches(plan, axis, asked) if plan.whose else [],
        cells=stretches.cells(axis, plan.free, grid.quarters(plan.day, asked.zone), asked)
        if plan.whose and plan.day >= asked.today
        else [],
        is_today=plan.day == asked.today,
    )


def in_a_row(made: Sequence[Column]) -> list[Column]:
    """The same columns, each knowing the names beside it: a phone shows one at a time."""
    names = ["", *(column.name for column in made), ""]
    return [replace(one, before=names[at], after=names[at + 2]) for at, one in enumerate(made)]


def _stretches(plan: Plan, axis: Axis, asked: Asked) -> list[Stretch]:
    off_elsewhere = [span for spans in plan.elsewhere.values() for span in spans]
    shifts = sorted([*plan.work, *off_elsewhere])
    away = stretches.away(axis, shifts, plan.away, asked)
    hidden = [span for span, _ in plan.away] if not shifts else []
    return [
        *stretches.off_hours(axis, plan.work, [*off_elsewhere, *hidden], asked),
        *stretches.elsewhere(axis, plan.elsewhere, asked),
        *away,
        *stretches.turnover(axis, plan.visits),
    ]


def _line(plan: Plan, asked: Asked) -> str:
    """9 to 6, 5 visits: what stands under the name."""
    shifts = [(stretches.local(starts, asked), stretches.local(ends, asked)) for starts, ends in plan.work]
    visits = sum(not visit.hold_expires_at for visit in plan.visits)
    hours = words.hours(shifts) if plan.by == "practitioner" and plan.work else ""
    return ", ".join(part for part in (hours, wording.count(visits, "visit") if visits else "") if part) or "No visits"


def _on(day: date, offs: list[tuple[Span, TimeOff]], asked: Asked) -> list[tuple[Span, TimeOff]]:
    bounds = grid.bounds(day, asked.zone)
    return [(part, off) for span, off in offs for part in intervals.intersect([span], [bounds])]
