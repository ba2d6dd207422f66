from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from booking import localtime
from booking.localtime import (
    OffsetSegment,
    day_bounds,
    instants_at,
    next_on_grid,
    offset_segments,
    wall_stretch,
    zone,
    zone_label,
)

LOS_ANGELES = zone("America/Los_Angeles")
LONDON = zone("Europe/London")
LORD_HOWE = zone("Australia/Lord_Howe")
SANTIAGO = zone("America/Santiago")
APIA = zone("Pacific/Apia")

QUARTER = timedelta(minutes=15)
SPRING = date(2025, 3, 9)  # Los Angeles: 02:00 becomes 03:00 at 10:00 UTC
AUTUMN = date(2025, 11, 2)  # Los Angeles: 02:00 becomes 01:00 at 09:00 UTC


def utc(*fields):
    return datetime(*fields, tzinfo=UTC)


def stretch(day, starts, ends, where):
    wall = (time.fromisoformat(starts), time.fromisoformat(ends))
    found = wall_stretch(day, *wall, where)
    return [tuple(datetime.fromtimestamp(edge, UTC).strftime("%d %H:%M") for edge in pair) for pair in found]


@pytest.mark.parametrize("name", ["", "America", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "a\0b"])
def test_zone_refuses_a_name_that_is_none_with_one_kind_of_error(name):
    with pytest.raises(ValueError):  # noqa: PT011 - the library words some of these
        zone(name)


def test_wall_stretch_on_an_ordinary_day():
    assert stretch(date(2025, 7, 1), "09:00", "17:00", LOS_ANGELES) == [("01 16:00", "02 00:00")]


def test_wall_stretch_gives_nothing_for_an_hour_that_is_skipped():
    assert stretch(SPRING, "02:00", "03:00", LOS_ANGELES) == []
    assert stretch(SPRING, "01:30", "03:30", LOS_ANGELES) == [("09 09:30", "09 10:30")]


def test_wall_stretch_gives_both_passes_of_an_hour_that_is_repeated():
    assert stretch(AUTUMN, "01:15", "01:45", LOS_ANGELES) == [
        ("02 08:15", "02 08:45"),
        ("02 09:15", "02 09:45"),
    ]
    assert stretch(AUTUMN, "01:00", "02:00", LOS_ANGELES) == [("02 08:00", "02 10:00")]


def test_wall_stretch_follows_a_change_of_half_an_hour():
    assert stretch(date(2025, 4, 6), "01:30", "02:00", LORD_HOWE) == [("05 14:30", "05 15:30")]
    assert stretch(date(2025, 10, 5), "02:00", "02:45", LORD_HOWE) == [("04 15:30", "04 15:45")]


def test_wall_stretch_is_one_piece_across_new_year():
    assert stretch(date(2025, 12, 31), "09:00", "23:00", LOS_ANGELES) == [("31 17:00", "01 07:00")]


def test_wall_stretch_knows_a_change_in_the_last_hours_of_a_year():
    kathmandu = zone("Asia/Kathmandu")  # 1986 began at 00:15, fifteen minutes skipped
    assert stretch(date(1986, 1, 1), "00:00", "01:00", kathmandu) == [("31 18:30", "31 19:15")]


def test_wall_stretch_is_exact_to_the_second():
    ((starts_at, ends_at),) = wall_stretch(date(2025, 7, 1), time(9, 0, 1), time(9, 0, 59), zone("UTC"))
    assert (starts_at % 60, ends_at - starts_at) == (1, 58)


def test_wall_stretch_is_empty_when_it_does_not_end_after_it_starts():
    assert stretch(date(2025, 7, 1), "17:00", "09:00", LONDON) == []
    assert stretch(date(2025, 7, 1), "17:00", "17:00", LONDON) == []


def test_wall_stretch_is_empty_on_a_day_the_zone_left_out():
    assert stretch(date(2011, 12, 30), "09:00", "17:00", APIA) == []


def test_offset_segments_change_at_the_second_of_the_change():
    before, after = offset_segments(LOS_ANGELES, SPRING, SPRING)
    change = int(utc(2025, 3, 9, 10).timestamp())
    assert before == OffsetSegment(int(utc(2025, 3, 7).timestamp()), change, -8 * 3600)
    assert after == OffsetSegment(change, int(utc(2025, 3, 12).timestamp()), -7 * 3600)


def test_offset_segments_are_one_across_a_new_year_without_a_change():
    assert len(offset_segments(LOS_ANGELES, date(2025, 12, 1), date(2026, 2, 1))) == 1


def test_offset_segments_has_no_empty_one_where_a_change_falls_on_its_edge():
    casablanca = zone("Africa/Casablanca")  # changed on 1 June 2008 at 00:00 UTC
    assert len(offset_segments(casablanca, date(2008, 6, 3), date(2008, 6, 3))) == 1
    assert len(offset_segments(casablanca, date(2008, 5, 29), date(2008, 5, 29))) == 1


def test_offset_segments_refuses_days_in_the_wrong_order():
    with pytest.raises(ValueError, match="after the last"):
        offset_segments(LONDON, date(2025, 5, 2), date(2025, 5, 1))


def test_day_bounds_of_short_and_long_days():
    assert day_bounds(SPRING, LOS_ANGELES) == (utc(2025, 3, 9, 8), utc(2025, 3, 10, 7))
    assert day_bounds(AUTUMN, LOS_ANGELES) == (utc(2025, 11, 2, 7), utc(2025, 11, 3, 8))


def test_day_bounds_of_a_new_years_day_that_begins_in_the_old_year_of_utc():
    assert day_bounds(date(2026, 1, 1), zone("Asia/Kolkata"))[0] == utc(2025, 12, 31, 18, 30)


def test_day_bounds_where_midnight_is_skipped():
    assert day_bounds(date(2025, 9, 7), SANTIAGO) == (utc(2025, 9, 7, 4), utc(2025, 9, 8, 3))


def test_day_bounds_are_one_instant_for_a_day_the_zone_left_out():
    assert day_bounds(date(2011, 12, 30), APIA) == (utc(2011, 12, 30, 10), utc(2011, 12, 30, 10))


def test_local_day_is_the_day_on_the_wall():
    assert localtime.local_day(utc(2025, 7, 1, 6, 59), LOS_ANGELES) == date(2025, 6, 30)
    assert localtime.local_day(utc(2025, 7, 1, 7), LOS_ANGELES) == date(2025, 7, 1)


def test_next_on_grid_keeps_an_instant_on_the_grid_and_rounds_others_up():
    assert next_on_grid(utc(2025, 7, 1, 16, 15), LOS_ANGELES, QUARTER) == utc(2025, 7, 1, 16, 15)
    assert next_on_grid(utc(2025, 7, 1, 16, 15, 0, 1), LOS_ANGELES, QUARTER) == utc(2025, 7, 1, 16, 30)


def test_next_on_grid_counts_from_local_midnight_not_from_utc():
    kathmandu = zone("Asia/Kathmandu")  # UTC+5:45
    assert next_on_grid(utc(2025, 7, 1, 4), kathmandu, timedelta(hours=1)) == utc(2025, 7, 1, 4, 15)


def test_next_on_grid_begins_anew_at_midnight_when_the_step_does_not_divide_a_day():
    assert next_on_grid(utc(2025, 7, 1, 23, 30), zone("UTC"), timedelta(minutes=50)) == utc(2025, 7, 2)


def test_next_on_grid_waits_for_the_midnight_after_one_that_is_skipped():
    assert next_on_grid(utc(2025, 9, 6, 4, 1), SANTIAGO, timedelta(days=1)) == utc(2025, 9, 8, 3)


@pytest.mark.parametrize("step", [timedelta(), -QUARTER, timedelta(seconds=90)])
def test_a_step_is_a_whole_number_of_minutes(step):
    with pytest.raises(ValueError, match="whole number of minutes"):
        next_on_grid(utc(2025, 7, 1), LONDON, step)


@pytest.mark.parametrize(("hour", "minute", "answer"), [(7, 59, False), (8, 0, True), (9, 59, True), (10, 0, False)])
def test_an_hour_is_repeated_in_both_its_passes_and_not_around_them(hour, minute, answer):
    assert localtime.is_repeated_hour(utc(2025, 11, 2, hour, minute), LOS_ANGELES) is answer


def test_the_hour_after_a_skipped_one_is_not_repeated():
    assert localtime.is_repeated_hour(utc(2025, 3, 9, 10), LOS_ANGELES) is False


@pytest.mark.parametrize(
    ("wall", "part"), [("00:00", "am"), ("11:59", "am"), ("12:00", "pm"), ("16:59", "pm"), ("17:00", "eve")]
)
def test_part_of_day_turns_at_noon_and_at_five(wall, part):
    assert localtime.part_of_day(datetime.fromisoformat(f"2025-07-01T{wall}-07:00")) == part


@pytest.mark.parametrize(
    ("name", "month", "label"),
    [
        ("America/Los_Angeles", 7, "Los Angeles time (PDT, UTC−7)"),
        ("America/Los_Angeles", 1, "Los Angeles time (PST, UTC−8)"),
        ("Europe/London", 1, "London time (GMT, UTC+0)"),
        ("America/St_Johns", 1, "St Johns time (NST, UTC−3:30)"),
        ("Asia/Kathmandu", 1, "Kathmandu time (UTC+5:45)"),
        ("UTC", 1, "UTC"),
    ],
)
def test_zone_label_names_city_abbreviation_and_offset(name, month, label):
    assert zone_label(zone(name), utc(2025, month, 15)) == label


@pytest.mark.parametrize("year", [1, 1969, 2201, 9999])
def test_absurd_dates_are_refused_as_values(year):
    day, instant = date(year, 12, 31), datetime(year, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-12)))
    for refused in (
        lambda: offset_segments(LONDON, day, day),
        lambda: wall_stretch(day, time(9), time(10), LONDON),
        lambda: day_bounds(day, LONDON),
        lambda: localtime.local_day(instant, LONDON),
        lambda: next_on_grid(instant, LONDON, QUARTER),
    ):
        with pytest.raises(ValueError, match="Dates run from 1970 to 2200"):
            refused()


def test_the_first_and_last_days_are_still_answered():
    assert day_bounds(date(1970, 1, 1), zone("UTC")) == (utc(1970, 1, 1), utc(1970, 1, 2))
    assert day_bounds(date(2200, 12, 31), zone("UTC")) == (utc(2200, 12, 31), utc(2201, 1, 1))


def test_a_datetime_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="needs a time zone"):
        localtime.to_local(datetime(2025, 7, 1), LONDON)  # noqa: DTZ001


def test_instants_at_a_wall_time_are_one_two_or_none():
    half_past_one, half_past_two = time(1, 30, 20), time(2, 30)
    assert instants_at(date(2025, 6, 1), half_past_one, LOS_ANGELES) == [utc(2025, 6, 1, 8, 30)]
    assert instants_at(AUTUMN, half_past_one, LOS_ANGELES) == [utc(2025, 11, 2, 8, 30), utc(2025, 11, 2, 9, 30)]
    assert instants_at(SPRING, half_past_two, LOS_ANGELES) == []
    assert instants_at(date(2025, 6, 1), time(23, 59), LOS_ANGELES) == [utc(2025, 6, 2, 6, 59)]
