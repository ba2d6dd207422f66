"""Where on the grid does a stretch of time stand? Pure arithmetic of rows: five minutes each, counted from 1.

Stretches are half-open epoch seconds and are clipped to the grid and rounded outward, so that nothing is drawn
shorter than it is. It knows neither what a stretch stands for nor what time it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from booking import intervals, localtime

ROW = 300
QUARTER = timedelta(minutes=15)
HOUR = 3_600
ROWS_AN_HOUR = HOUR // ROW
SHORTEST_CELL = 2  # rows: ten minutes are the least that anybody can hit
MOST_LANES = 4
Span = tuple[int, int]


class Place(NamedTuple):
    """The first row, counted from 1, and how many."""

    at: int
    rows: int

    @property
    def classes(self) -> str:
        return f"at-{self.at} for-{self.rows}"


@dataclass(frozen=True)
class Axis:
    """The shown time of one column. `pieces` are stretches, each with the row, counted from 0, where it begins."""

    pieces: tuple[tuple[int, int, int], ...]
    hours: int

    @property
    def whole(self) -> Span:
        return self.pieces[0][0], self.pieces[-1][1]

    def place(self, starts: int, ends: int) -> Place | None:
        """The rows that hold any of `[starts, ends)`; None where none of it is shown."""
        rows = [
            (first + (max(starts, begins) - begins) // ROW, first - (begins - min(ends, finishes)) // ROW)
            for begins, finishes, first in self.pieces
            if max(starts, begins) < min(ends, finishes)
        ]
        if not rows:
            return None
        top = min(top for top, _ in rows)
        return Place(top + 1, max(bottom for _, bottom in rows) - top)


def of_day(day: date, zone: localtime.ZoneInfo, span: Span) -> Axis:
    """The day's own time from the hour `span` begins in to the hour it ends in: an hour the clock repeats is
    there twice, one it skips is not there."""
    opens, closes = bounds(day, zone)
    begins = max(opens, span[0] - (span[0] + _offset_at(span[0], day, zone)) % HOUR)
    wanted = min(closes, max(span[1], begins + HOUR))
    hours = -(-(wanted - begins) // HOUR)
    return Axis(((begins, min(closes, begins + hours * HOUR), 0),), hours)


def of_wall(day: date, zone: localtime.ZoneInfo, first_hour: int, last_hour: int) -> Axis:
    """The hours the wall clock shows that day, so that several days stand beside the same labels: a skipped hour
    leaves a gap, and both passes of a repeated one share their rows."""
    opens, closes = _midnight(day) + first_hour * HOUR, _midnight(day) + last_hour * HOUR
    pieces = [
        (max(begins, opens - offset), min(ends, closes - offset), offset)
        for begins, ends, offset in localtime.offset_segments(zone, day, day)
    ]
    shown = tuple((begins, ends, (begins + offset - opens) // ROW) for begins, ends, offset in pieces if begins < ends)
    return Axis(shown, last_hour - first_hour)


def bounds(day: date, zone: localtime.ZoneInfo) -> Span:
    """The first second of the local day and of the next one."""
    opens, closes = localtime.day_bounds(day, zone)
    return int(opens.timestamp()), int(closes.timestamp())


def quarters(day: date, zone: localtime.ZoneInfo) -> list[int]:
    """Every quarter of an hour that the wall clock shows that day, rising."""
    opens, closes = bounds(day, zone)
    return list(localtime.grid(opens, closes - 1, step=QUARTER, segments=localtime.offset_segments(zone, day, day)))


def cells(free: Iterable[Span], marks: Sequence[int]) -> list[Span]:
    """Free time cut at the quarters of an hour: what a click books. A stretch begins with its first whole five
    minutes; a piece of less than ten joins its neighbour."""
    found: list[Span] = []
    for starts, ends in intervals.merge(free):
        starts, ends = starts + -starts % ROW, ends - ends % ROW
        cuts = [starts, *(mark for mark in marks if _is_far(starts, mark) and _is_far(mark, ends)), ends]
        found += [(first, last) for first, last in pairwise(cuts) if _is_far(first, last)]
    return found


def lanes(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """For each span its lane, counted from 1, and how many share the width; sorted spans that touch nobody have
    it all. The answer is in the order of the spans."""
    found: list[tuple[int, int]] = []
    for cluster in clusters(spans):
        ends: list[int] = []
        taken = [_lane(ends, span) for span in cluster]
        found += [(lane, len(ends)) for lane in taken]
    return found


def clusters(spans: Sequence[Span]) -> list[list[Span]]:
    """Sorted spans in groups that hang together by overlapping."""
    found: list[list[Span]] = []
    latest = 0
    for span in spans:
        if found and span[0] < latest:
            found[-1].append(span)
        else:
            found.append([span])
            latest = 0
        latest = max(latest, span[1])
    return found


def _lane(ends: list[int], span: Span) -> int:
    """The first lane that is free by then, a new one while there may be more, else the last."""
    for number, until in enumerate(ends):
        if until <= span[0]:
            ends[number] = span[1]
            return number + 1
    if len(ends) < MOST_LANES:
        ends.append(span[1])
    return len(ends)


def _is_far(starts: int, ends: int) -> bool:
    return ends - starts >= SHORTEST_CELL * ROW


def _midnight(day: date) -> int:
    return (day - localtime.EPOCH.date()) // localtime.ONE_DAY * localtime.DAY


def _offset_at(epoch: int, day: date, zone: localtime.ZoneInfo) -> int:
    segments = localtime.offset_segments(zone, day, day)
    return next((offset for begins, ends, offset in segments if begins <= epoch < ends), segments[0].offset)
