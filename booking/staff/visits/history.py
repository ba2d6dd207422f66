"""What happened to a visit, in sentences: who did what when, from where to where, and whether the client was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from booking import localtime
from booking.models import Change
from booking.staff import wall
from services import pricing
from services.models import Practitioner, Room

Kind = Change.Kind
MAILED = (Kind.BOOKED, Kind.MOVED, Kind.CANCELLED, Kind.TAKEN_BACK)
PLAIN = {
    Kind.BOOKED: "booked it",
    Kind.CONFIRMED: "confirmed it",
    Kind.ARRIVED: "noted that the client is here",
    Kind.STARTED: "noted that the session began",
    Kind.FULFILLED: "noted that it is done",
    Kind.NOSHOW: "noted that the client did not come",
    Kind.CANCELLED: "cancelled it",
    Kind.TAKEN_BACK: "took back what was done last",
}


@dataclass(frozen=True)
class Told:
    """A change as a sentence, the newest first in the panel."""

    change: Change
    sentence: str
    reason: str = ""


def told(changes: Sequence[Change], *, now: datetime, zone: localtime.ZoneInfo) -> list[Told]:
    """Each change as a sentence, in the order given. At most two queries, for names of people and rooms."""
    names = _Names(changes)
    return [Told(change, _sentence(change, names, now, zone), change.reason) for change in changes]


class _Names:
    """The practitioners and rooms that the changes name by primary key."""

    def __init__(self, changes: Sequence[Change]) -> None:
        moves = [change for change in changes if change.kind in (Kind.MOVED, Kind.ROOM)]
        self.people = self._of(Practitioner, "practitioner", moves)
        self.rooms = self._of(Room, "room", moves)

    @staticmethod
    def _of(model: Any, column: str, changes: Sequence[Change]) -> dict[int, str]:
        wanted = {state.get(column) for change in changes for state in (change.before, change.after)} - {None}
        return dict(model.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def _sentence(change: Change, names: _Names, now: datetime, zone: localtime.ZoneInfo) -> str:
    who = change.by_name or "The client"
    did = f"{who} {_did(change, names, zone)}, {wall.ago(change.at, now, zone)}"
    if change.kind not in MAILED:
        return f"{did}."
    return f"{did}; {'the client was mailed' if change.is_told else 'the client was not mailed'}."


def _did(change: Change, names: _Names, zone: localtime.ZoneInfo) -> str:
    if change.kind == Kind.MOVED:
        return f"moved it{_from_to(change, names, zone)}"
    if change.kind == Kind.ROOM:
        before, after = (names.rooms.get(state.get("room"), "no room") for state in (change.before, change.after))
        return f"changed the room from {before} to {after}"
    return PLAIN[Kind(change.kind)] + _fee(change)


def _fee(change: Change) -> str:
    fee = change.after.get("fee")
    if fee is None:
        return ""
    return f", fee {pricing.money(fee_of(fee))}" if fee_of(fee) else ", no fee"


def fee_of(text: str) -> Decimal:
    """The amount that a change wrote down."""
    return Decimal(text)


def _from_to(change: Change, names: _Names, zone: localtime.ZoneInfo) -> str:
    """from Monday 23 November, 10:00 am to 11:00 am, from Mara Ellison to Jun Takeda"""
    words = ""
    was, now_at = (_instant(state.get("starts_at")) for state in (change.before, change.after))
    if was and now_at:
        is_same_day = localtime.local_day(was, zone) == localtime.local_day(now_at, zone)
        to = wall.clock(now_at, zone) if is_same_day else wall.moment(now_at, zone)
        words += f" from {wall.moment(was, zone)} to {to}"
    people = [names.people.get(state.get("practitioner")) for state in (change.before, change.after)]
    if all(people):
        words += f"{',' if words else ''} from {people[0]} to {people[1]}"
    if not words and change.after.get("room") is not None:
        words = f" to {names.rooms.get(change.after['room'], 'another room')}"
    return words


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
