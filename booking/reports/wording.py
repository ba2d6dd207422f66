"""How a report's values are written for people: 62 %, 12 h 30 min, $1,240. Files get the plain values instead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings

from booking.reports.period import Period
from booking.reports.values import Value

NOTHING = "–"


def text(value: Value, kind: str) -> str:
    """The value in words, a dash for None."""
    return NOTHING if value is None else KINDS[kind](value)


def days(period: Period) -> str:
    """23 to 29 November 2026"""
    first, last = period.first_day, period.last_day
    if first == last:
        return _day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {_day(last)}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%B}{year} to {_day(last)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _minutes(value: Any) -> str:
    hours, minutes = divmod(int(value), 60)
    return f"{hours:,} h {minutes:02} min" if hours else f"{minutes} min"


def _money(value: Any) -> str:
    amount = Decimal(value)
    whole = amount == amount.to_integral_value()
    return f"{settings.CURRENCY_SIGN}{amount:,.0f}" if whole else f"{settings.CURRENCY_SIGN}{amount:,.2f}"


def _days(value: Any) -> str:
    return f"{value:.1f} days"


KINDS: dict[str, Callable[[Any], str]] = {
    "text": str,
    "count": "{:,}".format,
    "minutes": _minutes,
    "share": "{:.0%}".format,
    "money": _money,
    "days": _days,
}
