"""How much of the time that people were at work was each room in use?"""

from __future__ import annotations

from booking import intervals
from booking.reports.asked import Asked
from booking.reports.ledger import length
from booking.reports.values import Bars, Column, Key, Report, share, totals

COLUMNS = (
    Column("Room"),
    Column("Open", "minutes"),
    Column("Booked", "minutes"),
    Column("Utilisation", "share"),
    Column("Visits", "count"),
    Column("Out of use", "minutes"),
)


def report(asked: Asked) -> Report:
    """A row for every room in use, by location and in the order they are filled."""
    time, rows = asked.time, []
    has_places = len({room.location_id for room in time.rooms}) > 1
    for room in time.rooms:
        hours = time.room_hours(room)
        booked = length(intervals.intersect(hours, time.room_visits[room.pk]))
        shut = length(intervals.intersect(time.open[room.location_id], time.room_shut[room.pk]))
        name = f"{room.name}, {room.location}" if has_places else room.name
        visits = len(time.room_visits[room.pk])
        rows.append((name, length(hours) // 60, booked // 60, share(booked, length(hours)), visits, shut // 60))
    sums = totals("All", COLUMNS, rows)
    whole = share(sums[2] or 0, sums[1] or 0)  # type: ignore[arg-type]
    return Report(
        slug="rooms",
        title="Utilisation by room",
        lead="How much of the working day each room had somebody in it.",
        columns=COLUMNS,
        rows=tuple(rows),
        totals=(*sums[:3], whole, *sums[4:]),
        chart=Bars(
            title="Utilisation by room",
            description="The share of open minutes that was booked, a bar for each room.",
            kind="share",
            most=1,
            bars=tuple((str(row[0]), (row[3],)) for row in rows),
        ),
        key=Key(label="of room minutes booked", value=whole, kind="share", better=1),
        notes=("A room is open while anybody is at work where it is, and it is not out of use.",),
    )
