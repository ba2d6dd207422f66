"""Which days does a report speak of, and which days stand before them? Calendar arithmetic alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

LONGEST = timedelta(days=366)
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
ONE_DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class Period:
    """Local days, both included. `months` is how many whole calendar months it is, 0 for any other stretch."""

    first_day: date
    last_day: date
    months: int = 0

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    @property
    def before(self) -> Period:
        """As many calendar months, or as many days, right before it."""
        last_day = self.first_day - ONE_DAY
        if self.months:
            return Period(_months_on(self.first_day, -self.months), last_day, self.months)
        return Period(self.first_day - timedelta(days=self.days), last_day)


def this_week(today: date) -> Period:
    """Monday to Sunday."""
    monday = today - timedelta(days=today.weekday())
    return Period(monday, monday + WEEK - ONE_DAY)


def this_month(today: date) -> Period:
    return _months(today.replace(day=1), 1)


def last_month(today: date) -> Period:
    return this_month(today).before


def this_quarter(today: date) -> Period:
    return _months(date(today.year, today.month - (today.month - 1) % 3, 1), 3)


def _months(first_day: date, months: int) -> Period:
    return Period(first_day, _months_on(first_day, months) - ONE_DAY, months)


def _months_on(first_of_month: date, months: int) -> date:
    years, month = divmod(first_of_month.month - 1 + months, 12)
    return date(first_of_month.year + years, month + 1, 1)
