"""Who came for the first time, who came again, and did the new ones come back?"""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncWeek

from booking.models import Appointment
from booking.reports import bookings
from booking.reports.asked import Asked
from booking.reports.values import Bars, Column, Key, Report, Row, share, totals

COLUMNS = (
    Column("Week from"),
    Column("First visits", "count"),
    Column("Of them booked again", "count"),
    Column("Return visits", "count"),
    Column("Share of first visits", "share"),
)


def report(asked: Asked) -> Report:
    """A row for each week with visits that took place or still will. One query."""
    rows = tuple(_row(found) for found in _by_week(asked))
    sums = totals("All", COLUMNS, rows)
    first, again, returning = (int(value or 0) for value in sums[1:4])
    return Report(
        slug="clients",
        title="New and returning clients",
        lead="First visits, and how many of those clients have booked again.",
        columns=COLUMNS,
        rows=rows,
        totals=(*sums[:4], share(first, first + returning)),
        chart=Bars(
            title="First and return visits by week",
            description="Visits of new and of returning clients, a bar for each week.",
            kind="count",
            parts=("First visits", "Return visits"),
            bars=tuple((str(row[0]), (row[1], row[3])) for row in rows),
        ),
        key=Key(label=f"first visits, {again} of them booked again", value=first, better=1),
        notes=(
            "Cancelled and missed visits do not count. The first visit is the first one here, whoever gave it; where a "
            "history was kept elsewhere, a client is new on their first visit in this diary.",
        ),
    )


def _by_week(asked: Asked):
    later = Appointment.objects.filter(bookings.KEPT, client=OuterRef("client"), starts_at__gt=OuterRef("starts_at"))
    visits = bookings.with_first_visits(asked.visits().filter(bookings.KEPT)).annotate(
        has_later=Exists(later.order_by())
    )
    by_week = visits.annotate(week=TruncWeek("starts_at", tzinfo=asked.zone)).values("week")
    first = Q(has_earlier=False)
    return by_week.annotate(
        first=Count("pk", filter=first),
        again=Count("pk", filter=first & Q(has_later=True)),
        returning=Count("pk", filter=~first),
    ).order_by("week")


def _row(found: dict) -> Row:
    first, returning = found["first"], found["returning"]
    return week_name(found["week"]), first, found["again"], returning, share(first, first + returning)


def week_name(monday: date | datetime) -> str:
    """23 Nov 2026"""
    return f"{monday.day} {monday:%b %Y}"
