"""How much of each practitioner's shifts was sold?"""

from __future__ import annotations

from booking import intervals
from booking.reports.asked import Asked
from booking.reports.ledger import length
from booking.reports.values import Bars, Column, Key, Report, share, totals

COLUMNS = (
    Column("Practitioner"),
    Column("Shift", "minutes"),
    Column("Booked", "minutes"),
    Column("Utilisation", "share"),
    Column("Visits", "count"),
    Column("Outside shifts", "minutes"),
)


def report(asked: Asked) -> Report:
    """A row for everyone who had a shift or a visit, in the clinic's order."""
    rows = []
    for practitioner in asked.time.practitioners:
        shift, sold = length(asked.time.work[practitioner.pk]), length(asked.time.sold(practitioner))
        visits = asked.time.visits[practitioner.pk]
        outside = length(intervals.subtract(visits, asked.time.work[practitioner.pk]))
        rows.append((practitioner.name, shift // 60, sold // 60, share(sold, shift), len(visits), outside // 60))
    sums = totals("All", COLUMNS, rows)
    whole = share(sums[2] or 0, sums[1] or 0)  # type: ignore[arg-type]
    return Report(
        slug="practitioners",
        title="Utilisation by practitioner",
        lead="How much of each shift somebody was on the table.",
        columns=COLUMNS,
        rows=tuple(rows),
        totals=(*sums[:3], whole, *sums[4:]),
        chart=Bars(
            title="Utilisation by practitioner",
            description="The share of working minutes that was booked, a bar for each practitioner.",
            kind="share",
            most=1,
            bars=tuple((str(row[0]), (row[3],)) for row in rows),
        ),
        key=Key(label="of shift minutes booked", value=whole, kind="share", better=1),
        notes=(
            "Booked minutes are visits without their buffers, missed visits included, because the time was theirs. "
            "Two visits at once, where one client rests, count once.",
        ),
    )
