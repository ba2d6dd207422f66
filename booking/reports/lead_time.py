"""How long before a visit was it booked?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import Coalesce

from booking.reports import bookings
from booking.reports.asked import Asked
from booking.reports.values import Bars, Column, Key, Report, share, totals

COLUMNS = (
    Column("Booked"),
    Column("Visits", "count"),
    Column("Share", "share"),
    Column("Lost", "count"),
    Column("Lost share", "share"),
)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
STEPS = [
    ("Under 2 hours", "<2 h", 2 * HOUR),
    ("2 to 24 hours", "2–24 h", DAY),
    ("1 to 3 days", "1–3 d", 3 * DAY),
    ("3 to 7 days", "3–7 d", WEEK),
    ("1 to 2 weeks", "1–2 w", 2 * WEEK),
    ("2 to 4 weeks", "2–4 w", 4 * WEEK),
    ("4 to 8 weeks", "4–8 w", 8 * WEEK),
    ("8 weeks and more", "8 w+", timedelta(days=100_000)),
]


class Median(Aggregate):
    """The middle one."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


def report(asked: Asked) -> Report:
    """A row for each length of notice, from the booking to the start as it stands now. One query."""
    lead = ExpressionWrapper(F("starts_at") - Coalesce("booked_at", "visit__created_at"), DurationField())
    found = (
        asked.visits().annotate(lead=lead).aggregate(median=Median("lead", output_field=DurationField()), **_counts())
    )
    whole = sum(found[f"all_{number}"] for number in range(len(STEPS)))
    rows = tuple(
        (name, count, share(count, whole), lost, share(lost, count))
        for number, (name, _, _) in enumerate(STEPS)
        for count, lost in [(found[f"all_{number}"], found[f"lost_{number}"])]
    )
    sums = totals("All", COLUMNS, rows)
    median = found["median"]
    return Report(
        slug="lead-time",
        title="Notice",
        lead="How long before the visit it was booked.",
        columns=COLUMNS,
        rows=rows,
        totals=(*sums[:4], share(int(sums[3] or 0), whole)),
        chart=Bars(
            title="Visits by notice",
            description="How many visits were booked how long ahead, from under two hours to eight weeks and more.",
            kind="count",
            is_upright=True,
            bars=tuple((short, (row[1],)) for (_, short, _), row in zip(STEPS, rows, strict=True)),
        ),
        key=Key(label="median notice", value=None if median is None else median / DAY, kind="days"),
        notes=("Measured to the start as it stands now: a visit that was moved away gained notice.",),
    )


def _counts() -> dict[str, Any]:
    """How many, and how many of them were lost, by step."""
    counts: dict[str, Any] = {}
    shortest = -timedelta(days=100_000)
    for number, (_, _, longest) in enumerate(STEPS):
        step = Q(lead__gte=shortest, lead__lt=longest)
        counts[f"all_{number}"] = Count("pk", filter=step)
        counts[f"lost_{number}"] = Count("pk", filter=step & bookings.LOST)
        shortest = longest
    return counts
