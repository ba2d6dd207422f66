"""At which hours of which weekdays are shifts full?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo

from booking import intervals
from booking.reports.asked import Asked
from booking.reports.ledger import Stretch
from booking.reports.values import Column, HeatMap, Key, Report, share
from services.models import OpeningHours

Cell = tuple[int, int]
WEEKDAYS = OpeningHours.Weekday.labels


def report(asked: Asked) -> Report:
    """A row for each weekday with shifts, a column for each hour from the first to the last that is worked."""
    shift, booked = _cells(asked)
    hours = range(min((hour for _, hour in shift), default=9), max((hour for _, hour in shift), default=16) + 1)
    weekdays = sorted({weekday for weekday, _ in shift})
    rows = tuple(
        (WEEKDAYS[weekday], *(share(booked[weekday, hour], shift[weekday, hour]) for hour in hours))
        for weekday in weekdays
    )
    names = tuple(_clock(hour) for hour in hours)
    fullest = max(shift, key=lambda cell: (booked[cell] / shift[cell], shift[cell]), default=None)
    when = f"{WEEKDAYS[fullest[0]]} {_clock(fullest[1])}" if fullest else "no shifts"
    return Report(
        slug="hours",
        title="Busy hours",
        lead="How full shifts were, hour by hour.",
        columns=(Column("Weekday"), *(Column(name, "share") for name in names)),
        rows=rows,
        chart=HeatMap(
            title="Utilisation by weekday and hour",
            description="The share of working minutes that was booked, in percent, by weekday and hour.",
            columns=names,
            rows=tuple((str(row[0])[:3], row[1:]) for row in rows),  # type: ignore[misc]
        ),
        key=Key(
            label=f"booked at the fullest hour: {when}",
            value=share(booked[fullest], shift[fullest]) if fullest else None,
            kind="share",
        ),
        notes=("Booked minutes of all practitioners in that hour, of all their shift minutes in it.",),
    )


def _cells(asked: Asked) -> tuple[Counter[Cell], Counter[Cell]]:
    """Seconds of shift, and booked seconds of it, by weekday and hour."""
    shift: Counter[Cell] = Counter()
    booked: Counter[Cell] = Counter()
    for key, work in asked.time.work.items():
        _count(work, asked.zone, shift)
        _count(intervals.intersect(work, asked.time.visits[key]), asked.zone, booked)
    return shift, booked


def _count(stretches: Iterable[Stretch], zone: tzinfo, cells: Counter[Cell]) -> None:
    for start, end in stretches:
        for cell, seconds in _by_hour(start, end, zone):
            cells[cell] += seconds


def _by_hour(start: int, end: int, zone: tzinfo) -> Iterator[tuple[Cell, int]]:
    """The stretch cut where the wall clock strikes; a change of the clock falls on a stroke."""
    while start < end:
        local = datetime.fromtimestamp(start, zone)
        cut = min(end, start + 3600 - local.minute * 60 - local.second)
        yield (local.weekday(), local.hour), cut - start
        start = cut


def _clock(hour: int) -> str:
    return f"{hour % 12 or 12} {'am' if hour < 12 else 'pm'}"
