"""What the tables of the rooms page hold: a row each, with a tick a cell, and uses in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from booking import localtime, wording
from booking.models import TimeOff
from booking.rooms import Suitability, Use
from booking.rooms.suitability import Pairs
from booking.staff import wall
from services.models import Room

MINUTES = 60


@dataclass(frozen=True)
class Cell:
    """A tick: its value in the form, what it says to those who cannot see the table, and whether it is set."""

    value: str
    label: str
    is_ticked: bool


@dataclass(frozen=True)
class RoomUse:
    """A room's line: today and this week in words, and what is or will be out of use."""

    room: Room
    today: str
    week: str
    out: list[str]
    is_out: bool


def by_service(shown: Suitability) -> list[tuple[Any, list[Cell]]]:
    """A row a service, a tick a room: it suits."""
    return _table(shown.services, shown.rooms, shown.suits, "{row} in {column}")


def by_room(shown: Suitability) -> list[tuple[Any, list[Cell]]]:
    """A row a room, a tick a piece of equipment: it has it."""
    return _table(shown.rooms, shown.equipment, shown.has, "{row} has: {column}")


def by_need(shown: Suitability) -> list[tuple[Any, list[Cell]]]:
    """A row a service, a tick a piece of equipment: it needs it."""
    return _table(shown.services, shown.equipment, shown.needs, "{row} needs: {column}")


def uses(
    shown: Suitability, used: Mapping[int, tuple[Use, Use]], out: Mapping[int, list[TimeOff]], now: datetime
) -> list[RoomUse]:
    """Every room's line, in the clinic's order."""
    return [_use(room, *used[room.pk], out.get(room.pk, []), now) for room in shown.rooms]


def _use(room: Room, today: Use, week: Use, out: list[TimeOff], now: datetime) -> RoomUse:
    zone = localtime.zone(room.location.timezone)
    is_out = any(one.starts_at <= now for one in out)
    return RoomUse(room, _words(today), _words(week), [stretch(one, zone) for one in out], is_out)


def stretch(out: TimeOff, zone: Any) -> str:
    """Monday 23 November, 9:00 am to 1:00 pm: a leak"""
    return wall.span(out.starts_at, out.ends_at, zone) + (f": {out.reason}" if out.reason else "")


def _words(use: Use) -> str:
    """3 visits, 4 h 15 min"""
    if not use.visits:
        return "No visits"
    hours, minutes = divmod(int(use.time.total_seconds()) // 60, MINUTES)
    length = " ".join(part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part)
    return f"{wording.count(use.visits, 'visit')}, {length}"


def _table(rows: Iterable[Any], columns: list[Any], pairs: Pairs, label: str) -> list[tuple[Any, list[Cell]]]:
    return [
        (
            row,
            [
                Cell(f"{row.pk}-{one.pk}", label.format(row=row, column=one), (row.pk, one.pk) in pairs)
                for one in columns
            ],
        )
        for row in rows
    ]
