"""What did people look for and not find?"""

from __future__ import annotations

from collections import Counter

from django.db.models import Q, Sum
from django.db.models.functions import ExtractIsoWeekDay

from booking.models import UnmetSearch
from booking.reports.asked import Asked
from booking.reports.values import Bars, Column, Key, Report, share, totals
from booking.week import PARTS
from services.models import OpeningHours

COLUMNS = (
    Column("Service"),
    Column("From a"),
    Column("Part of day"),
    Column("Searches", "count"),
    Column("Share", "share"),
)
NAMES = {"": "Any", **PARTS}


def report(asked: Asked) -> Report:
    """A row for each service, weekday they looked from and part of day, most searches first. One query."""
    counted = searches(asked).values("service__name", "part", weekday=ExtractIsoWeekDay("first_day"))
    found = list(counted.annotate(searches=Sum("count")).order_by("-searches", "service__name", "weekday", "part"))
    whole = sum(row["searches"] for row in found)
    rows = tuple(
        (
            row["service__name"],
            OpeningHours.Weekday.labels[row["weekday"] - 1],
            NAMES[row["part"]],
            row["searches"],
            share(row["searches"], whole),
        )
        for row in found
    )
    by_service: Counter[str] = Counter()
    for row in found:
        by_service[row["service__name"]] += row["searches"]
    return Report(
        slug="unmet",
        title="Searches that found nothing",
        lead="How often people asked for times, and a whole week had none to offer.",
        columns=COLUMNS,
        rows=rows,
        is_of_visits=False,
        totals=totals("All", COLUMNS, rows),
        chart=Bars(
            title="Searches that found nothing, by service",
            description="How many searches showed a week without one open time, by service.",
            kind="count",
            bars=tuple((name, (count,)) for name, count in by_service.most_common()),
        ),
        key=Key(label="searches that found nothing", value=whole, better=-1),
        notes=(
            "Counted on the day people looked. A search is one view of seven days without a single open time; “from a "
            "Monday” says on which day those seven began. Nothing is kept about who looked.",
        ),
    )


def searches(asked: Asked):
    """The rows of the days on which people looked, of this place or of none in particular."""
    found = UnmetSearch.objects.filter(
        asked_date__gte=asked.period.first_day, asked_date__lte=asked.period.last_day
    ).order_by()
    return found.filter(Q(location=asked.location) | Q(location=None)) if asked.location else found
