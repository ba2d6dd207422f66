from datetime import UTC, datetime, timedelta

import pytest

from booking.intervals import intersect, merge, overlaps, starts_that_fit, subtract


def test_merge_sorts_joins_what_touches_and_drops_what_is_empty():
    assert merge([(7, 9), (1, 3), (3, 5), (6, 6), (9, 8)]) == [(1, 5), (7, 9)]


def test_merge_keeps_the_longer_end_of_a_stretch_inside_another():
    assert merge([(1, 10), (2, 4)]) == [(1, 10)]


def test_subtract_leaves_the_gaps_between_what_is_taken():
    assert subtract([(0, 10), (20, 30)], [(2, 4), (8, 22), (29, 35)]) == [(0, 2), (4, 8), (22, 29)]


def test_subtract_of_nothing_leaves_all_and_from_nothing_leaves_nothing():
    assert subtract([(0, 10)], []) == [(0, 10)]
    assert subtract([], [(0, 10)]) == []


def test_subtract_ignores_what_is_taken_elsewhere_or_only_touches():
    assert subtract([(10, 20)], [(0, 3), (5, 10), (20, 25), (30, 40)]) == [(10, 20)]


def test_intersect_keeps_what_lies_in_both_and_no_point_of_touch():
    assert intersect([(0, 5), (8, 12)], [(3, 8), (9, 10), (11, 20)]) == [(3, 5), (9, 10), (11, 12)]


def test_starts_that_fit_includes_both_ends():
    assert starts_that_fit([(0, 60)], before=10, after=20) == [(10, 40)]


def test_starts_that_fit_gives_one_single_start_where_the_part_fits_exactly():
    assert starts_that_fit([(0, 60)], before=0, after=60) == [(0, 0)]
    assert starts_that_fit([(0, 60)], before=0, after=61) == []


def test_starts_that_fit_uses_two_touching_stretches_as_one():
    assert starts_that_fit([(30, 60), (0, 30)], before=0, after=60) == [(0, 0)]


def test_starts_that_fit_lets_a_later_part_begin_before_free_time_does():
    assert starts_that_fit([(100, 130)], before=-40, after=60) == [(60, 70)]


@pytest.mark.parametrize(
    ("other", "answer"),
    [
        ((0, 10), False),
        ((20, 30), False),
        ((0, 11), True),
        ((19, 30), True),
        ((12, 13), True),
        ((15, 15), False),
    ],
)
def test_overlaps_when_any_moment_is_shared(other, answer):
    assert overlaps((10, 20), other) is answer
    assert overlaps(other, (10, 20)) is answer


def test_datetimes_and_timedeltas_work_as_whole_numbers_do():
    nine = datetime(2025, 3, 9, 9, tzinfo=UTC)
    hour = timedelta(hours=1)
    free = subtract([(nine, nine + 4 * hour)], [(nine + hour, nine + 2 * hour)])
    assert starts_that_fit(free, before=0 * hour, after=hour) == [
        (nine, nine),
        (nine + 2 * hour, nine + 3 * hour),
    ]
