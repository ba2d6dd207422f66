"""Periods, the words of values and comparisons, and where the parts of a chart lie."""

from datetime import date

import pytest

from booking.reports import period, wording
from booking.reports.period import Period
from booking.reports.values import Bars, HeatMap, Key
from booking.staff.reports.comparison import compared
from booking.staff.reports.draw import drawn, small

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("chosen", "words", "before"),
    [
        (period.this_week(SUNDAY), "16 to 22 November 2026", "9 to 15 November 2026"),
        (period.this_month(SUNDAY), "1 to 30 November 2026", "1 to 31 October 2026"),
        (period.last_month(date(2026, 1, 9)), "1 to 31 December 2025", "1 to 30 November 2025"),
        (period.this_quarter(SUNDAY), "1 October to 31 December 2026", "1 July to 30 September 2026"),
        (Period(date(2025, 12, 30), date(2026, 1, 2)), "30 December 2025 to 2 January 2026", "26 to 29 December 2025"),
        (Period(SUNDAY, SUNDAY), "22 November 2026", "21 November 2026"),
    ],
)
def test_periods_and_what_stands_before_them(chosen, words, before):
    assert wording.days(chosen) == words
    assert wording.days(chosen.before) == before


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (None, "share", "–"),
        (0.624, "share", "62%"),
        (75, "minutes", "1 h 15 min"),
        (5, "minutes", "5 min"),
        (1234, "count", "1,234"),
        (1234.5, "money", "$1,234.50"),
        (0, "money", "$0"),
        (1, "days", "1.0 days"),
    ],
)
def test_values_are_written_for_people(value, kind, words):
    assert wording.text(value, kind) == words


@pytest.mark.parametrize(
    ("now", "before", "better", "words", "tone"),
    [
        (0.5, 0.4, 1, "up 10 points, before: 40%", "better"),
        (0.5, 0.4, -1, "up 10 points, before: 40%", "worse"),
        (0.4, 0.5, -1, "down 10 points, before: 50%", "better"),
        (0.4, 0.4, 1, "As before: 40%", "same"),
        (None, 0.4, 1, "Before: 40%", "same"),
        (0.5, 0.4, 0, "up 10 points, before: 40%", "same"),
        (0.696, 0.694, 1, "up 1 point, before: 69%", "better"),
    ],
)
def test_a_key_number_beside_the_one_before(now, before, better, words, tone):
    change = compared(
        Key(label="", value=now, kind="share", better=better), Key(label="", value=before, kind="share", better=better)
    )
    assert (change.text, change.tone) == (words, tone)


def test_counts_are_compared_by_their_share_and_from_nothing_in_words():
    assert compared(Key(label="", value=12), Key(label="", value=8)).text == "up 50%, before: 8"
    assert compared(Key(label="", value=12), Key(label="", value=0)).text == "up from nothing, before: 0"


def test_bars_lie_end_to_end_and_the_longest_is_full():
    chart = Bars(
        title="T",
        description="D",
        kind="count",
        parts=("A", "B"),
        bars=(("One", (1, 3)), ("Two", (2, 0)), ("No", (0, 0))),
    )
    one, two, nothing = drawn(chart).bars
    assert [(part.number, part.x, part.width) for part in one.parts] == [
        (0, "0.00%", "25.00%"),
        (1, "25.00%", "75.00%"),
    ]
    assert [(part.number, part.x, part.width) for part in two.parts] == [(0, "0.00%", "50.00%")]
    assert (one.text, nothing.parts) == ("4", [])


def test_a_chart_without_anything_in_it_is_drawn():
    empty = Bars(title="T", description="D", kind="count", bars=())
    heat = HeatMap(title="T", description="D", columns=(), rows=())
    assert drawn(empty).bars == [] and drawn(heat).rows == []
    assert small(empty) == [] and small(heat) == []


def test_a_cell_says_its_number_and_is_left_out_where_nobody_works():
    chart = HeatMap(title="T", description="D", columns=("9 am", "10 am", "11 am"), rows=(("Mon", (0.0, None, 1.0)),))
    cells = drawn(chart).rows[0][2]
    assert [(cell.step, cell.text) for cell in cells] == [(0, "0"), (-1, ""), (4, "100")]
