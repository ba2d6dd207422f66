"""How were visits booked: on the website, by telephone, at the desk?"""

from __future__ import annotations

from booking.models import Visit
from booking.reports import bookings
from booking.reports.asked import Asked
from booking.reports.values import Bars, Column, Key, Report, share, totals

COLUMNS = (
    Column("Booked"),
    Column("Visits", "count"),
    Column("Share", "share"),
    Column("Lost", "count"),
    Column("Lost share", "share"),
    Column("Promised", "money"),
)


def report(asked: Asked) -> Report:
    """A row for each way to book, whether or not anybody took it. One query."""
    found = {row["visit__source"]: row for row in bookings.counted_by(asked.visits(), "visit__source")}
    whole = sum(row["booked"] for row in found.values())
    rows = tuple(
        (
            label,
            row["booked"],
            share(row["booked"], whole),
            row["lost"],
            share(row["lost"], row["booked"]),
            row["promised"],
        )
        if (row := found.get(source))
        else (label, 0, share(0, whole), 0, None, 0)
        for source, label in Visit.Source.choices
    )
    sums = totals("All", COLUMNS, rows)
    online = found.get(Visit.Source.WEBSITE)
    return Report(
        slug="sources",
        title="Bookings by source",
        lead="How the visits of these days were booked.",
        columns=COLUMNS,
        rows=rows,
        totals=(*sums[:2], None, sums[3], share(int(sums[3] or 0), whole), sums[5]),
        chart=Bars(
            title="Visits by source",
            description="How many visits were booked in each way.",
            kind="count",
            bars=tuple((str(row[0]), (row[1],)) for row in rows),
        ),
        key=Key(
            label="booked on the website", value=share(online["booked"] if online else 0, whole), kind="share", better=1
        ),
        notes=("Lost are cancelled and missed visits; promised is the price of the others.",),
    )
