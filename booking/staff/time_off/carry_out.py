"""Does what somebody chose for each visit that cannot stay: moves it, offers times, withdraws them, or leaves it.

Each visit is a write of its own: one that cannot be done any more is said so, and the others are done all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import QueryDict

from booking import appointments, availability, offers
from booking.access import practitioners_for
from booking.admin import display
from booking.appointments.author import Author
from booking.availability import Slot
from booking.errors import BookingError, SlotNotOffered, SlotTaken
from booking.forms import InstantField
from booking.models import Appointment
from booking.staff.time_off.proposals import CALL, MOVE, OFFER, ROOM, WITHDRAW
from clinic.text import is_id
from services.models import Practitioner


@dataclass
class Outcome:
    """How many of each were done, and a sentence for each visit that could not be."""

    moved: int = 0
    offered: int = 0
    to_call: int = 0
    problems: list[str] = field(default_factory=list)

    def words(self) -> str:
        parts = [
            f"{self.moved} moved, and told" if self.moved else "",
            f"{self.offered} offered other times by mail" if self.offered else "",
            f"{self.to_call} to call, in the worklist" if self.to_call else "",
        ]
        return "; ".join(part for part in parts if part)


def carry_out(visits: Iterable[Appointment], data: QueryDict, *, user: User, now: datetime) -> Outcome:
    """Read `do-<id>`, `times-<id>` and `seen-<id>` of the form, and do it visit by visit."""
    outcome = Outcome()
    for visit in visits:
        wanted = data.get(f"do-{visit.pk}", "")
        seen = data.get(f"seen-{visit.pk}", "")
        author = Author(user=user, seen=int(seen) if is_id(seen) else None)
        try:
            _do(visit, wanted, data.getlist(f"times-{visit.pk}"), author, outcome, now)
        except BookingError as error:
            who = visit.client.name if visit.client else "A visit"
            outcome.problems.append(f"{who}, {display.near_start_of(visit, now=now)}: {error.message}")
    return outcome


def _do(visit: Appointment, wanted: str, times: list[str], author: Author, outcome: Outcome, now: datetime) -> None:
    kind, _, value = wanted.partition(" ")
    if kind == OFFER:
        offers.make(visit, [_slot(visit, one, author, now) for one in times], by=author.user, now=now)
        outcome.offered += 1
    elif kind == MOVE:
        practitioner, starts_at = _chosen(value, author)
        appointments.move(visit, starts_at=starts_at, practitioner=practitioner, now=now, author=author)
        outcome.moved += 1
    elif kind == ROOM:
        _change_room(visit, author, now)
        outcome.moved += 1
    elif kind in (CALL, WITHDRAW):
        offers.withdraw(visit, tells_client=kind == WITHDRAW, now=now)
        outcome.to_call += kind == CALL


def _change_room(visit: Appointment, author: Author, now: datetime) -> None:
    """Another room that is free at its time, with the same practitioner."""
    found = availability.find_slot(
        visit.option,
        starts_at=visit.starts_at,
        practitioners=[visit.practitioner],
        location=visit.location,
        now=now,
        ignoring=[visit.pk],
        for_staff=True,
    )
    if not found or found[0].room is None:
        raise SlotTaken("No other room is free then any more.")
    appointments.change_room(visit, room=found[0].room, now=now, author=author)


def _slot(visit: Appointment, value: str, author: Author, now: datetime) -> Slot:
    practitioner, starts_at = _chosen(value, author)
    found = availability.find_slot(
        visit.option,
        starts_at=starts_at,
        practitioners=[practitioner],
        location=visit.location,
        now=now,
        for_staff=True,
    )
    if not found:
        raise SlotTaken(offers.NOT_OPEN)
    return found[0]


def _chosen(value: str, author: Author) -> tuple[Practitioner, datetime]:
    """The practitioner and start a proposed time stands for; `SlotNotOffered` for none, or one not theirs to give."""
    key, _, start = value.partition(" ")
    try:
        starts_at = InstantField().clean(start)
    except ValidationError as error:
        raise SlotNotOffered from error
    practitioner = practitioners_for(author.user).filter(pk=int(key)).first() if is_id(key) else None
    if practitioner is None or starts_at is None:
        raise SlotNotOffered
    return practitioner, starts_at
