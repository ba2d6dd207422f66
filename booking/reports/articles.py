"""Which articles lead to visits?"""

from __future__ import annotations

from django.db.models import Count, Q

from booking.reports import bookings
from booking.reports.asked import Asked
from booking.reports.values import Bars, Column, Key, Report, share, totals

COLUMNS = (
    Column("Article"),
    Column("Visits", "count"),
    Column("Share", "share"),
    Column("First visits", "count"),
    Column("Promised", "money"),
)
SHOWN = 12
NONE = "No article"


def report(asked: Asked) -> Report:
    """A row for each article whose link led to a visit, most visits first, and one for all others. One query."""
    visits = bookings.with_first_visits(asked.visits())
    first = Count("pk", filter=bookings.KEPT & Q(has_earlier=False))
    counted = bookings.counted_by(visits, "visit__article__title", first=first)
    found = sorted(counted, key=lambda row: (row["visit__article__title"] is None, -row["booked"]))
    whole = sum(row["booked"] for row in found)
    rows = tuple(
        (
            row["visit__article__title"] or NONE,
            row["booked"],
            share(row["booked"], whole),
            row["first"],
            row["promised"],
        )
        for row in found
    )
    named = [row for row in rows if row[0] != NONE]
    return Report(
        slug="articles",
        title="Bookings by article",
        lead="Visits booked through a link on one of our articles.",
        columns=COLUMNS,
        rows=rows,
        totals=totals("All", COLUMNS, rows),
        chart=Bars(
            title="Visits by article",
            description="How many visits came through each article, those with the most first.",
            kind="count",
            bars=tuple((str(row[0]), (row[1],)) for row in named[:SHOWN]),
        ),
        key=Key(label="visits through an article", value=sum(int(row[1]) for row in named), better=1),
        notes=("Counted where the link led straight to booking; nobody is followed about the site.",),
    )
