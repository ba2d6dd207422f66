"""Which visits were lost, for what reason, how late, and what was charged for it?"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, Value, When

from booking.models import Appointment
from booking.reports import bookings
from booking.reports.asked import Asked
from booking.reports.bookings import money
from booking.reports.values import Bars, Column, Key, Report, share, totals

COLUMNS = (
    Column("Reason"),
    Column("In time", "count"),
    Column("Late", "count"),
    Column("Did not come", "count"),
    Column("All", "count"),
    Column("Price", "money"),
    Column("Fees charged", "money"),
    Column("Fees waived", "money"),
    Column("Fee undecided", "count"),
)
KINDS = ("in_time", "late", "noshow")
SHOWN = 24
MISSED, UNSAID, OTHERS = "Did not come", "No reason given", "Other reasons"
Status = Appointment.Status
Sums = dict[str, Any]


def report(asked: Asked) -> Report:
    """A row for each reason, the most frequent first; beyond two dozen they are summed up. Two queries."""
    by_reason: dict[str, Sums] = defaultdict(lambda: defaultdict(Decimal))
    for found in _counted(asked):
        sums = by_reason[_reason(found)]
        sums[found["kind"]] += found["visits"]
        for name in ("price_sum", "charged", "waived", "undecided"):
            sums[name] += found[name]
    ordered = sorted(by_reason.items(), key=lambda item: (-_all(item[1]), item[0]))
    rows = [_row(reason, sums) for reason, sums in ordered[:SHOWN]]
    if rest := ordered[SHOWN:]:
        rows.append((OTHERS, *totals("", COLUMNS, [_row(reason, sums) for reason, sums in rest])[1:]))
    sums_row = totals("All", COLUMNS, rows)
    return Report(
        slug="lost-visits",
        title="Cancellations and no-shows",
        lead="Visits that did not take place, by reason, and what was charged.",
        columns=COLUMNS,
        rows=tuple(rows),
        totals=sums_row,
        chart=Bars(
            title="Lost visits by reason",
            description="Visits cancelled in time, cancelled late and missed, by reason.",
            kind="count",
            parts=("In time", "Late", "Did not come"),
            bars=tuple((row[0], row[1:4]) for row in rows[:12]),
        ),
        key=Key(
            label="of visits lost", value=share(int(sums_row[4] or 0), asked.visits().count()), kind="share", better=-1
        ),
        notes=(
            "Late is after the visit's own deadline for cancelling free of charge. A fee is waived as far as it is "
            "less than the one the client had accepted, and undecided while nobody has said.",
        ),
    )


def _counted(asked: Asked):
    """By what happened and why. One query."""
    late = Q(cancelled_at__gt=F("starts_at") - F("cancellation_notice"))
    kind = Case(
        When(status=Status.NOSHOW, then=Value("noshow")),
        When(late, then=Value("late")),
        default=Value("in_time"),
        output_field=CharField(),
    )
    owed = Q(kind__in=["late", "noshow"], late_fee__gt=0)
    lost = asked.visits().filter(bookings.LOST).annotate(kind=kind).values("kind", "cancellation_reason")
    return lost.annotate(
        visits=Count("pk"),
        price_sum=money("price"),
        charged=money("fee"),
        waived=money("late_fee", owed & Q(fee__lt=F("late_fee"))) - money("fee", owed & Q(fee__lt=F("late_fee"))),
        undecided=Count("pk", filter=owed & Q(fee=None)),
    )


def _reason(found: Sums) -> str:
    """The reason as it was typed, in one spelling."""
    said = " ".join(found["cancellation_reason"].split()).rstrip(".")
    if found["kind"] == "noshow":
        return MISSED
    return said[:1].upper() + said[1:] if said else UNSAID


def _row(reason: str, sums: Sums) -> tuple:
    kinds = tuple(int(sums[kind]) for kind in KINDS)
    return (reason, *kinds, sum(kinds), sums["price_sum"], sums["charged"], sums["waived"], int(sums["undecided"]))


def _all(sums: Sums) -> int:
    return sum(int(sums[kind]) for kind in KINDS)
