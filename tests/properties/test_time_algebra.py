"""The time algebra against an oracle that knows no algebra: it counts minutes, one by one, in sets."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking import localtime
from booking.intervals import intersect, merge, overlaps, starts_that_fit, subtract
from booking.slots import Shape, start_set, starts

CHANGING = (
    "America/Los_Angeles",
    "Europe/London",
    "Australia/Lord_Howe",  # half an hour
    "America/St_Johns",  # half an hour off
    "America/Santiago",  # at midnight
    "Antarctica/Troll",  # two hours
)
STEADY = ("Asia/Kolkata", "Asia/Kathmandu", "UTC")
FIRST, LAST = date(2024, 1, 1), date(2040, 12, 31)

settings.register_profile("time algebra", deadline=None, max_examples=150)
thorough = settings(settings.get_profile("time algebra"))


def wall_clock(minute, zone):
    return datetime.fromtimestamp(minute * 60, UTC).astimezone(zone)


def midnight_utc(day):
    return int(datetime.combine(day, time(), UTC).timestamp()) // 60


@lru_cache
def days_of_change(name):
    """The local days before and after each change of the clock, as pairs; usually both are the same day."""
    zone, days = ZoneInfo(name), []
    hours = range(midnight_utc(FIRST), midnight_utc(LAST), 24 * 60)
    for morning in hours:
        if wall_clock(morning, zone).utcoffset() == wall_clock(morning + 24 * 60, zone).utcoffset():
            continue
        walls = [wall_clock(minute, zone) for minute in range(morning, morning + 24 * 60 + 1)]
        days += [(a.date(), b.date()) for a, b in pairwise(walls) if a.utcoffset() != b.utcoffset()]
    return days


@lru_cache(maxsize=2_000)
def minutes_of_day(zone, day):
    """Every minute that passes on that local day, as (minute since 1970, minute on the wall)."""
    around = range(midnight_utc(day) - 15 * 60, midnight_utc(day) + 39 * 60)
    walls = ((minute, wall_clock(minute, zone)) for minute in around)
    return [(minute, wall.hour * 60 + wall.minute) for minute, wall in walls if wall.date() == day]


def minutes_in(intervals, unit=1):
    assert all(edge % unit == 0 for pair in intervals for edge in pair)
    return {minute for start, end in intervals for minute in range(start // unit, end // unit)}


def minutes_offered(closed):
    """The whole minutes in closed intervals of seconds, which must begin and end on one."""
    assert all(first <= last < following for (first, last), (following, _) in pairwise(closed))
    return {minute for first, last in closed for minute in minutes_in([(first, last + 60)], unit=60)}


def wall(minute):
    return time(minute // 60, minute % 60)


def as_seconds(intervals):
    return [(start * 60, end * 60) for start, end in intervals]


DAYS_OF_CHANGE = [
    (ZoneInfo(name), day) for name in CHANGING for pair in days_of_change(name) for day in sorted(set(pair))
]
zoned_days = st.one_of(
    st.sampled_from(DAYS_OF_CHANGE),
    st.tuples(st.sampled_from(CHANGING + STEADY).map(ZoneInfo), st.dates(FIRST, LAST)),
)
intervals = st.lists(st.tuples(st.integers(0, 120), st.integers(0, 120)), max_size=6)
long_intervals = st.lists(st.tuples(st.integers(0, 60), st.integers(60, 160)), max_size=2)
steps = st.sampled_from([5, 7, 10, 15, 20, 30, 45, 50, 60, 90, 24 * 60]).map(lambda step: timedelta(minutes=step))
wall_minutes = st.integers(0, 24 * 60 - 1)


@st.composite
def shapes(draw):
    duration = draw(st.integers(1, 40))
    phase = st.tuples(st.integers(0, duration), st.integers(0, duration)).filter(lambda pair: pair[0] < pair[1])
    buffers = draw(st.integers(0, 8)), draw(st.integers(0, 8))
    return duration, *buffers, draw(st.none() | phase)


def as_shape(duration, before, after, phase):
    lengths = (timedelta(minutes=length) for length in (duration, before, after))
    unattended = phase and tuple(timedelta(minutes=edge) for edge in phase)
    return Shape(
        **dict(zip(("duration", "buffer_before", "buffer_after"), lengths, strict=True)),
        unattended=unattended,
    )


@given(intervals)
@thorough
def test_merge_keeps_every_minute_and_leaves_a_gap_between_any_two(given_intervals):
    merged = merge(given_intervals)
    assert minutes_in(merged) == minutes_in(given_intervals)
    assert all(start < end for start, end in merged)
    assert all(end < start for (_, end), (start, _) in pairwise(merged))


@given(intervals, intervals)
@thorough
def test_subtract_and_intersect_are_what_sets_of_minutes_say(some, others):
    for result, minutes in (
        (subtract(some, others), minutes_in(some) - minutes_in(others)),
        (intersect(some, others), minutes_in(some) & minutes_in(others)),
    ):
        assert minutes_in(result) == minutes
        assert merge(result) == result


@given(st.tuples(st.integers(0, 20), st.integers(0, 20)), st.tuples(st.integers(0, 20), st.integers(0, 20)))
@thorough
def test_overlaps_when_a_minute_is_shared(a, b):
    assert overlaps(a, b) is bool(minutes_in([a]) & minutes_in([b]))


@given(intervals, st.integers(-40, 20), st.integers(1, 40))
@thorough
def test_starts_that_fit_are_the_starts_whose_every_minute_is_free(free, before, length):
    found = starts_that_fit(free, before=before, after=length - before)
    whole = {s: set(range(s - before, s - before + length)) for s in range(-100, 300)}
    assert minutes_in([(first, last + 1) for first, last in found]) == {
        s for s, needed in whole.items() if needed <= minutes_in(free)
    }


@pytest.mark.parametrize("name", CHANGING)
def test_wall_stretch_is_exact_around_every_change_of_the_clock_until_2040(name):
    zone = ZoneInfo(name)
    assert len(days_of_change(name)) == 2 * 17
    for day in {day for pair in days_of_change(name) for day in pair}:
        passes = minutes_of_day(zone, day)
        for starts_at, ends_at in (
            (0, 90),
            (60, 180),
            (75, 165),
            (90, 105),
            (540, 1020),
            (1385, 1425),
            (0, 1439),
        ):
            found = localtime.wall_stretch(day, wall(starts_at), wall(ends_at), zone)
            assert minutes_in(found, unit=60) == {minute for minute, shown in passes if starts_at <= shown < ends_at}


@given(zoned_days, wall_minutes, wall_minutes)
@thorough
def test_wall_stretch_holds_the_minutes_the_wall_clock_shows(zoned_day, starts_at, ends_at):
    zone, day = zoned_day
    found = localtime.wall_stretch(day, wall(starts_at), wall(ends_at), zone)
    passes = minutes_of_day(zone, day)
    assert minutes_in(found, unit=60) == {minute for minute, shown in passes if starts_at <= shown < ends_at}
    assert merge(found) == found


@given(zoned_days)
@thorough
def test_day_bounds_hold_exactly_the_minutes_of_the_day(zoned_day):
    zone, day = zoned_day
    bounds = tuple(int(edge.timestamp()) for edge in localtime.day_bounds(day, zone))
    assert minutes_in([bounds], unit=60) == {minute for minute, _ in minutes_of_day(zone, day)}


@given(zoned_days)
@thorough
def test_an_hour_is_repeated_when_the_day_shows_it_twice(zoned_day):
    zone, day = zoned_day
    passes = minutes_of_day(zone, day)
    times_shown = Counter(shown for _, shown in passes)
    for minute, shown in passes[::5]:
        assert localtime.is_repeated_hour(wall_clock(minute, UTC), zone) is (times_shown[shown] == 2)


@given(zoned_days, st.integers(0, 40))
@thorough
def test_offset_segments_follow_each_other_and_tell_the_zones_offset(zoned_day, days):
    zone, day = zoned_day
    last_day = day + timedelta(days=days)
    segments = localtime.offset_segments(zone, day, last_day)
    assert all(a.ends_at == b.starts_at and a.offset != b.offset for a, b in pairwise(segments))
    margin = 24 * 60 * 60
    assert segments[0].starts_at <= minutes_of_day(zone, day)[0][0] * 60 - margin
    assert segments[-1].ends_at >= minutes_of_day(zone, last_day)[-1][0] * 60 + 60 + margin
    for segment in segments:
        for epoch in (*range(segment.starts_at, segment.ends_at, 6 * 3600), segment.ends_at - 1):
            assert datetime.fromtimestamp(epoch, zone).utcoffset() == timedelta(seconds=segment.offset)


@given(zoned_days, wall_minutes, st.integers(0, 59_999_999), steps)
@thorough
def test_next_on_grid_is_the_first_minute_the_wall_clock_agrees_to(zoned_day, nth, microseconds, step):
    zone, day = zoned_day
    minute = minutes_of_day(zone, day)[0][0] + nth
    instant = wall_clock(minute, UTC) + timedelta(microseconds=microseconds)
    expected = minute + (microseconds > 0)
    while (shown := wall_clock(expected, zone)).hour * 60 + shown.minute != 0 and (shown.hour * 60 + shown.minute) % (
        step // timedelta(minutes=1)
    ):
        expected += 1
    assert localtime.next_on_grid(instant, zone, step) == wall_clock(expected, UTC)


@given(zoned_days, wall_minutes, st.integers(0, 30 * 60), steps)
@thorough
def test_starts_are_the_first_minute_and_those_on_the_grid(zoned_day, nth, length, step):
    zone, day = zoned_day
    first = minutes_of_day(zone, day)[0][0] + nth
    segments = localtime.offset_segments(zone, day, day + timedelta(days=2))
    found = starts(first * 60, (first + length) * 60, step=step, segments=segments)
    every = step // timedelta(minutes=1)
    shown = ((minute, wall_clock(minute, zone)) for minute in range(first, first + length + 1))
    assert found == [minute * 60 for minute, at in shown if minute == first or (at.hour * 60 + at.minute) % every == 0]


@given(long_intervals, intervals | long_intervals, st.none() | st.lists(long_intervals, max_size=3), shapes())
@thorough
def test_start_set_is_every_start_whose_every_minute_is_to_be_had(work, free, rooms, shape):
    duration, before, after, phase = shape
    rooms_free = rooms and [as_seconds(room) for room in rooms]
    expected = set()
    for s in range(-50, 250):
        needed = set(range(s - before, s + duration + after))
        attended = needed - set(range(s + phase[0], s + phase[1])) if phase else needed
        has_room = rooms is None or any(needed <= minutes_in(room) for room in rooms)
        if needed <= minutes_in(work) and attended <= minutes_in(free) and has_room:
            expected.add(s)
    found = start_set(as_seconds(work), as_seconds(free), rooms_free, as_shape(*shape))
    assert minutes_offered(found) == expected


@given(shapes(), st.integers(0, 300))
@thorough
def test_busy_times_are_the_minutes_each_is_needed(shape, minute):
    duration, before, after, phase = shape
    room, away = range(minute - before, minute + duration + after), range(0)
    if phase:
        away = range(minute + phase[0], minute + phase[1])
    built, start = as_shape(*shape), wall_clock(minute, UTC)
    for busy, expected in (
        (built.room_busy(start), set(room)),
        (built.client_busy(start), set(range(minute, minute + duration))),
        (built.practitioner_busy(start), set(room) - set(away)),
    ):
        assert minutes_in([tuple(int(edge.timestamp()) for edge in pair) for pair in busy], unit=60) == expected
