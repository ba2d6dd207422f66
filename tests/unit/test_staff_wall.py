"""How the desk reads a stretch of days and hours: never so that it could be meant otherwise."""

from datetime import UTC, date, datetime, time

import pytest

from booking import localtime
from booking.staff import wall

LOS_ANGELES = localtime.zone("America/Los_Angeles")


def at(*fields):
    return datetime(*fields, tzinfo=LOS_ANGELES).astimezone(UTC)


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "words"),
    [
        (at(2026, 12, 4, 12), at(2026, 12, 4, 17, 30), "Friday 4 December, 12:00 pm to 5:30 pm"),
        (at(2026, 12, 4, 12), at(2026, 12, 5), "Friday 4 December, 12:00 pm to midnight"),
        (at(2026, 12, 4), at(2026, 12, 6), "Friday 4 December, 12:00 am to Saturday 5 December, midnight"),
        (at(2026, 12, 4, 12), at(2026, 12, 5, 10), "Friday 4 December, 12:00 pm to Saturday 5 December, 10:00 am"),
        (
            datetime(2026, 11, 1, 9, tzinfo=UTC),  # the second pass of one o'clock
            at(2026, 11, 1, 5),
            "Sunday 1 November, 1:00 am PST to 5:00 am",
        ),
    ],
    ids=["an afternoon", "until midnight", "two days", "less than a day, over night", "the hour that comes twice"],
)
def test_a_stretch_names_its_last_day_where_it_is_another(starts_at, ends_at, words):
    assert wall.span(starts_at, ends_at, LOS_ANGELES) == words


def test_a_day_is_within_reach_for_two_years_in_any_zone():
    now = at(2026, 11, 22, 12)
    assert wall.clean_day("2026-12-05", now=now) == date(2026, 12, 5)
    assert wall.clean_day("2031-12-05", now=now) is None
    assert wall.clean_day("tomorrow", now=now) is None
    assert wall.at(date(2027, 3, 14), time(2, 30), LOS_ANGELES) is None
