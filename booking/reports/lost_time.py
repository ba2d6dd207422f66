"""Which shift minutes could not be sold, and why: buffers, gaps too short to sell, no room?"""

from __future__ import annotations

from booking.reports.asked import Asked
from booking.reports.values import Bars, Column, Key, Report, share, totals

COLUMNS = (
    Column("Practitioner"),
    Column("Shift", "minutes"),
    Column("Booked", "minutes"),
    Column("Buffers", "minutes"),
    Column("Gaps", "minutes"),
    Column("No room", "minutes"),
    Column("Free", "minutes"),
    Column("Lost", "share"),
)


def report(asked: Asked) -> Report:
    """A row for everyone with a shift. Booked, buffers, gaps, no room and free add up to the shift."""
    rows = []
    for practitioner in asked.time.practitioners:
        ledger = asked.time.ledger(practitioner)
        if ledger.shift:
            heaps = (ledger.shift, ledger.sold, ledger.buffers, ledger.gaps, ledger.roomless, ledger.free)
            rows.append((practitioner.name, *(seconds // 60 for seconds in heaps), share(ledger.lost, ledger.shift)))
    sums = totals("All", COLUMNS, rows)
    lost = sum(int(value or 0) for value in sums[3:6])
    return Report(
        slug="lost-time",
        title="Minutes lost",
        lead="Shift minutes that nobody could buy.",
        columns=COLUMNS,
        rows=tuple(rows),
        totals=(*sums[:7], share(lost, int(sums[1] or 0))),
        chart=Bars(
            title="Minutes lost by practitioner",
            description="Minutes lost to buffers, to gaps too short to sell and for want of a room, by practitioner.",
            kind="minutes",
            parts=("Buffers", "Gaps", "No room"),
            bars=tuple((str(row[0]), row[3:6]) for row in rows),
        ),
        key=Key(label="of shift time lost", value=share(lost, int(sums[1] or 0)), kind="share", better=-1),
        notes=(
            "A gap is time between two things that is shorter than the shortest thing this practitioner sells, buffers "
            "included; what is given for nothing does not count.",
            "“No room” is time in which they were free for long enough, and no room that suits anything they sell was.",
            "“Free” could have been booked, and until it is past it still can be.",
        ),
    )
