"""What does the clock on the clinic's wall show, and when does it show it? The only module that names
ZoneInfo: it turns local days and wall times into instants and back, to the second, on the days the clock
changes too. Instants go in as aware datetimes of any zone and come out in UTC or as whole epoch seconds. It
never asks what time it is. Dates outside FIRST_YEAR to LAST_YEAR and naive datetimes raise ValueError."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from booking.intervals import merge

FIRST_YEAR, LAST_YEAR = 1970, 2200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND, MINUTE, ONE_DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
DAY = 86_400


class OffsetSegment(NamedTuple):
    """A half-open stretch of epoch seconds during which local time is UTC plus `offset` seconds."""

    starts_at: int
    ends_at: int
    offset: int


def zone(name: str) -> ZoneInfo:
    """Return the zone of that name in the time zone database, or raise ValueError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as missing:
        raise ValueError(f"There is no time zone named {name!r}.") from missing


def to_utc(instant: datetime) -> datetime:
    """Return the same instant in UTC, where adding and comparing are exact."""
    if instant.tzinfo is None:
        raise ValueError("An instant needs a time zone; this datetime has none.")
    _check_year(instant.year)
    return instant.astimezone(UTC)


def to_local(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return the same instant as the clock on that zone's walls shows it."""
    return to_utc(instant).astimezone(zone)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day that zone's calendar shows at the instant."""
    return to_local(instant, zone).date()


def offset_segments(zone: ZoneInfo, first_day: date, last_day: date) -> list[OffsetSegment]:
    """Return the zone's UTC offsets over those local days, both included, and at least a day to either side.

    Sorted, without gaps, each segment as long as it can be within the answer.
    """
    if first_day > last_day:
        raise ValueError("The first day comes after the last.")
    _check_year(first_day.year)
    _check_year(last_day.year)
    opens, closes = first_day - 2 * ONE_DAY, last_day + 3 * ONE_DAY
    lowest, highest = _midnight(opens), _midnight(closes)
    return [
        OffsetSegment(max(starts_at, lowest), min(ends_at, highest), offset)
        for starts_at, ends_at, offset in _joined(_pieces(zone, opens, closes))
        if starts_at < highest and ends_at > lowest
    ]


def wall_stretch(day: date, starts: time, ends: time, zone: ZoneInfo) -> list[tuple[int, int]]:
    """Return exactly the instants whose wall clock on that local day lies in `[starts, ends)`.

    Half-open epoch seconds, merged. A skipped hour adds nothing, a repeated one adds both passes. Empty where
    `ends` is not after `starts`.
    """
    _check_year(day.year)
    opens, closes = _midnight(day) + _seconds(starts), _midnight(day) + _seconds(ends)
    return merge(
        (max(starts_at, opens - offset), min(ends_at, closes - offset))
        for starts_at, ends_at, offset in _pieces(zone, day - ONE_DAY, day + ONE_DAY)
    )


def instants_at(day: date, wall: time, zone: ZoneInfo) -> list[datetime]:
    """Return the instants, in UTC, at which the wall clock shows this minute on that local day.

    One; two where the clock goes back, rising; none where it skips the minute.
    """
    minute = wall.replace(second=0, microsecond=0)
    return [EPOCH + begins * SECOND for begins, _ in wall_stretch(day, minute, minute.replace(second=59), zone)]


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first instant of the local day and of the next one, in UTC.

    Also where midnight itself is skipped. Both are the same for a day the zone left out altogether.
    """
    _check_year(day.year)
    return _first_instant(day, zone), _first_instant(day + ONE_DAY, zone)


def grid(first: int, last: int, *, step: timedelta, segments: Iterable[OffsetSegment]) -> Iterator[int]:
    """Yield, rising, the epoch seconds from `first` to `last`, both included, whose wall time is on the grid.

    The grid is every `step` (whole minutes) since local midnight, anew each day. `segments` as
    offset_segments returns them; a repeated hour gives its points twice, a skipped one none.
    """
    if step < MINUTE or step % MINUTE:
        raise ValueError("A step is a whole number of minutes.")
    stride = step // SECOND
    for starts_at, ends_at, offset in segments:
        lowest, highest = max(first, starts_at) + offset, min(last, ends_at - 1) + offset
        for midnight in range(lowest - lowest % DAY, highest + 1, DAY):
            past = max(lowest - midnight, 0)
            earliest = midnight + past + -past % stride
            yield from range(earliest - offset, min(highest + 1, midnight + DAY) - offset, stride)


def next_on_grid(instant: datetime, zone: ZoneInfo, step: timedelta) -> datetime:
    """Return the first instant, in UTC, at or after the given one whose wall time is a multiple of `step`."""
    day = local_day(instant, zone)
    segments = offset_segments(zone, day, day)
    first = -((EPOCH - to_utc(instant)) // SECOND)
    return EPOCH + next(grid(first, segments[-1].ends_at - 1, step=step, segments=segments)) * SECOND


def is_repeated_hour(instant: datetime, zone: ZoneInfo) -> bool:
    """Say whether the wall clock shows this time twice, so that a page must add the offset."""
    local = to_local(instant, zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def part_of_day(local: datetime) -> str:
    """Return `am`, `pm` or, from 17:00, `eve` for a datetime that already shows the clinic's wall time."""
    return "am" if local.hour < 12 else "pm" if local.hour < 17 else "eve"


def zone_label(zone: ZoneInfo, instant: datetime) -> str:
    """Name the zone as people know it at that instant: `Los Angeles time (PDT, UTC−7)`."""
    local = to_local(instant, zone)
    city, abbreviation = zone.key.rpartition("/")[2].replace("_", " "), local.strftime("%Z")
    if city == abbreviation == "UTC":
        return "UTC"
    minutes = _offset(local) // 60
    sign, (hours, rest) = "−" if minutes < 0 else "+", divmod(abs(minutes), 60)
    offset = f"UTC{sign}{hours}:{rest:02}" if rest else f"UTC{sign}{hours}"
    return f"{city} time ({abbreviation}, {offset})" if abbreviation.isalpha() else f"{city} time ({offset})"


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"Dates run from {FIRST_YEAR} to {LAST_YEAR}.")


def _midnight(day: date) -> int:
    return (day.toordinal() - EPOCH.toordinal()) * DAY


def _seconds(wall: time) -> int:
    return wall.hour * 3_600 + wall.minute * 60 + wall.second


def _offset(local: datetime) -> int:
    return (local.utcoffset() or timedelta()) // SECOND


def _offset_at(epoch: int, zone: ZoneInfo) -> int:
    return _offset(datetime.fromtimestamp(epoch, zone))


def _first_instant(day: date, zone: ZoneInfo) -> datetime:
    midnight, pieces = _midnight(day), _pieces(zone, day - ONE_DAY, day + ONE_DAY)
    reached = (max(begins, midnight - offset) for begins, ends, offset in pieces if midnight - offset < ends)
    return EPOCH + next(reached) * SECOND


def _pieces(zone: ZoneInfo, first_day: date, last_day: date) -> Iterator[OffsetSegment]:
    """Give the segments of all years those days touch, each cut off at its new year."""
    for year in range(first_day.year, last_day.year + 1):
        yield from _segments_of_year(zone, year)


def _joined(segments: Iterable[OffsetSegment]) -> Iterator[OffsetSegment]:
    for offset, run in groupby(segments, key=lambda segment: segment.offset):
        same = list(run)
        yield OffsetSegment(same[0].starts_at, same[-1].ends_at, offset)


@lru_cache(maxsize=1_024)
def _segments_of_year(zone: ZoneInfo, year: int) -> tuple[OffsetSegment, ...]:
    """Find a UTC year's changes, once a process: look every day, then bisect to the second.

    Since 1970 no zone has changed twice within six days, so a look a day misses nothing.
    """
    opens, closes = _midnight(date(year, 1, 1)), _midnight(date(year + 1, 1, 1))
    looks = [(epoch, _offset_at(epoch, zone)) for epoch in range(opens, closes + 1, DAY)]
    changes = [_change(zone, *look) for look, following in pairwise(looks) if look[1] != following[1]]
    edges = [opens, *(change for change in changes if change < closes), closes]
    return tuple(OffsetSegment(start, end, _offset_at(start, zone)) for start, end in pairwise(edges))


def _change(zone: ZoneInfo, epoch: int, offset: int) -> int:
    seconds = range(epoch, epoch + DAY)
    return epoch + bisect_left(seconds, True, key=lambda second: _offset_at(second, zone) != offset)
