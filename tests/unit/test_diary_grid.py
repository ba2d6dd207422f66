"""Where things stand on the diary's grid, and which cells and lanes come of it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking import localtime
from booking.diary import grid
from booking.diary.grid import Axis, Place

LOS_ANGELES, LORD_HOWE = ZoneInfo("America/Los_Angeles"), ZoneInfo("Australia/Lord_Howe")
MONDAY = date(2026, 11, 23)
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)


def at(day, hour, minute=0, zone=LOS_ANGELES, fold=0):
    return int(datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone, fold=fold).timestamp())


@pytest.fixture
def axis():
    return grid.of_day(MONDAY, LOS_ANGELES, (at(MONDAY, 9), at(MONDAY, 17)))


def test_rows_are_five_minutes_counted_from_one(axis):
    assert axis.hours == 8
    assert axis.place(at(MONDAY, 9), at(MONDAY, 10)) == Place(1, 12)
    assert axis.place(at(MONDAY, 9, 15), at(MONDAY, 9, 20)) == Place(4, 1)


def test_a_stretch_is_rounded_outward(axis):
    assert axis.place(at(MONDAY, 9, 7), at(MONDAY, 9, 11)) == Place(2, 2)
    assert axis.place(at(MONDAY, 9, 5), at(MONDAY, 9, 5) + 1) == Place(2, 1)


def test_a_stretch_is_clipped_to_what_is_shown(axis):
    assert axis.place(at(MONDAY, 8), at(MONDAY, 9, 30)) == Place(1, 6)
    assert axis.place(at(MONDAY, 16, 30), at(MONDAY, 23)) == Place(91, 6)
    assert axis.place(at(MONDAY, 7), at(MONDAY, 9)) is None
    assert axis.place(at(MONDAY, 17), at(MONDAY, 18)) is None


def test_the_axis_begins_and_ends_with_whole_hours():
    axis = grid.of_day(MONDAY, LOS_ANGELES, (at(MONDAY, 8, 40), at(MONDAY, 17, 10)))
    assert axis.whole == (at(MONDAY, 8), at(MONDAY, 18))


def test_the_day_that_loses_an_hour_has_twenty_three():
    axis = grid.of_day(SPRING, LOS_ANGELES, grid.bounds(SPRING, LOS_ANGELES))
    assert axis.hours == 23
    assert axis.place(at(SPRING, 3), at(SPRING, 4)) == Place(2 * 12 + 1, 12)


def test_the_day_that_gains_an_hour_has_twenty_five_and_shows_it_twice():
    axis = grid.of_day(AUTUMN, LOS_ANGELES, grid.bounds(AUTUMN, LOS_ANGELES))
    assert axis.hours == 25
    assert axis.place(at(AUTUMN, 1), at(AUTUMN, 1, 30)) == Place(13, 6)
    assert axis.place(at(AUTUMN, 1, fold=1), at(AUTUMN, 1, 30, fold=1)) == Place(25, 6)
    assert axis.place(at(AUTUMN, 9), at(AUTUMN, 10)) == Place(10 * 12 + 1, 12)


def test_a_week_lays_each_day_on_the_same_lines_of_the_wall_clock():
    for day in (SPRING, AUTUMN, MONDAY):
        axis = grid.of_wall(day, LOS_ANGELES, 0, 24)
        assert axis.place(at(day, 9), at(day, 10)) == Place(109, 12), day


def test_a_week_leaves_the_skipped_hour_empty_and_shares_the_repeated_one():
    spring, autumn = (grid.of_wall(day, LOS_ANGELES, 0, 6) for day in (SPRING, AUTUMN))
    assert spring.place(at(SPRING, 1, 30), at(SPRING, 3, 30)) == Place(19, 24)
    assert autumn.place(at(AUTUMN, 1, 30), at(AUTUMN, 1, 45)) == Place(19, 3)
    assert autumn.place(at(AUTUMN, 1, 30, fold=1), at(AUTUMN, 1, 45, fold=1)) == Place(19, 3)


@pytest.mark.parametrize("zone", [LOS_ANGELES, LORD_HOWE, ZoneInfo("America/Sao_Paulo"), ZoneInfo("Pacific/Apia")])
def test_every_minute_of_a_year_has_a_row_of_its_day(zone):
    day = date(2018, 1, 1)
    while day.year == 2018:
        axis = grid.of_day(day, zone, grid.bounds(day, zone))
        starts, ends = grid.bounds(day, zone)
        places = [axis.place(epoch, epoch + 60) for epoch in range(starts, ends, 60)]
        assert all(places)
        assert [place.at for place in places] == sorted(place.at for place in places)
        assert places[-1].at <= axis.hours * 12 <= 300
        day += timedelta(days=29)


def test_free_time_is_cut_at_the_quarters_of_the_wall_clock():
    quarters = grid.quarters(MONDAY, LOS_ANGELES)
    cells = grid.cells([(at(MONDAY, 9), at(MONDAY, 9, 45))], quarters)
    assert cells == [(at(MONDAY, 9, one), at(MONDAY, 9, one + 15)) for one in (0, 15, 30)]


def test_a_free_stretch_offers_its_first_instant():
    cells = grid.cells([(at(MONDAY, 9, 20), at(MONDAY, 10))], grid.quarters(MONDAY, LOS_ANGELES))
    assert [starts for starts, _ in cells] == [at(MONDAY, 9, 20), at(MONDAY, 9, 30), at(MONDAY, 9, 45)]


def test_a_piece_too_small_to_hit_joins_its_neighbour_and_a_lone_one_is_no_cell():
    quarters = grid.quarters(MONDAY, LOS_ANGELES)
    assert grid.cells([(at(MONDAY, 9, 10), at(MONDAY, 9, 30))], quarters) == [(at(MONDAY, 9, 10), at(MONDAY, 9, 30))]
    assert grid.cells([(at(MONDAY, 9, 10), at(MONDAY, 9, 15))], quarters) == []


def test_the_repeated_hour_has_its_quarters_twice():
    assert len(grid.quarters(AUTUMN, LOS_ANGELES)) == 100
    assert len(grid.quarters(SPRING, LOS_ANGELES)) == 92


def test_spans_that_touch_nobody_have_the_whole_width():
    assert grid.lanes([(0, 10), (10, 20), (30, 40)]) == [(1, 1), (1, 1), (1, 1)]


def test_overlapping_spans_share_it_and_use_a_lane_again():
    assert grid.lanes([(0, 30), (10, 20), (20, 30), (40, 50)]) == [(1, 2), (2, 2), (2, 2), (1, 1)]


def test_there_are_four_lanes_at_most():
    lanes = grid.lanes([(number, 100) for number in range(6)])
    assert {of for _, of in lanes} == {4} and max(lane for lane, _ in lanes) == 4


def test_an_axis_of_nothing_shown_places_nothing():
    assert Axis(((0, 3600, 0),), 1).place(7200, 9000) is None
    assert localtime.DAY % grid.ROW == 0
