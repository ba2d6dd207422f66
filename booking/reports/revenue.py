"""What was promised for the visits of these days: earned, still to come, lost, and the fees, by service and by week?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncWeek

from booking.reports import bookings
from booking.reports.asked import Asked
from booking.reports.bookings import money
from booking.reports.clients import week_name
from booking.reports.values import Bars, Column, Key, Report, Row, totals

FACTS = (
    Column("Visits", "count"),
    Column("Done", "money"),
    Column("Still to come", "money"),
    Column("Lost", "money"),
    Column("Fees", "money"),
    Column("Expected", "money"),
)
NOTES = (
    "The prices that were promised when the visits were booked. Expected is done, still to come and fees together.",
    "A past visit without an outcome still counts as to come: close it, and it moves.",
)
PARTS = ("Done", "Still to come", "Lost")


def by_service(asked: Asked) -> Report:
    """A row for each service, what earns most first. One query."""
    rows = [_row(found["option__service__name"], found) for found in _counted(asked.visits(), "option__service__name")]
    rows.sort(key=lambda row: (-row[6], row[0]))  # type: ignore[operator]
    return _report(
        rows,
        slug="revenue",
        title="Revenue by service",
        lead="What the visits of these days bring in, by service.",
        first=Column("Service"),
    )


def by_week(asked: Asked) -> Report:
    """A row for each week with visits, in order. One query."""
    visits = asked.visits().annotate(week=TruncWeek("starts_at", tzinfo=asked.zone))
    rows = [_row(week_name(found["week"]), found) for found in _counted(visits, "week").order_by("week")]
    return _report(
        rows,
        slug="revenue-by-week",
        title="Revenue by week",
        lead="What the visits of these days bring in, week by week.",
        first=Column("Week from"),
    )


def _counted(visits, name: str):
    return visits.values(name).annotate(
        visits=Count("pk"),
        done=money("price", bookings.DONE),
        open=money("price", bookings.OPEN),
        lost=money("price", bookings.LOST),
        fees=money("fee", bookings.LOST),
    )


def _row(label: str, found: dict[str, Any]) -> Row:
    expected = found["done"] + found["open"] + found["fees"]
    return label, found["visits"], found["done"], found["open"], found["lost"], found["fees"], expected


def _report(rows: Iterable[Row], *, slug: str, title: str, lead: str, first: Column) -> Report:
    rows, columns = tuple(rows), (first, *FACTS)
    sums = totals("All", columns, rows)
    return Report(
        slug=slug,
        title=title,
        lead=lead,
        columns=columns,
        rows=rows,
        totals=sums,
        chart=Bars(
            title=title,
            description="Money done, still to come and lost, a bar for each row of the table.",
            kind="money",
            parts=PARTS,
            bars=tuple((str(row[0]), row[2:5]) for row in rows),
        ),
        key=Key(label="expected, fees included", value=sums[6], kind="money", better=1),
        notes=NOTES,
    )
