"""A room goes out of use: which other room could each visit in it take?

It suggests and never decides: a room that suits, is in use and free for the whole visit with its turnover, those
with all the equipment first. Two visits at once are never sent to the same room. Who has the fewest rooms to go to
chooses first, so that nearly always everybody who could be placed is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet, prefetch_related_objects

from booking import appointments, intervals
from booking.appointments.author import Author
from booking.errors import BookingError
from booking.models import Appointment, BusyTime, TimeOff
from services.models import Room

Stretch = tuple[datetime, datetime]
MOVABLE = (Appointment.Status.BOOKED, Appointment.Status.ARRIVED)


@dataclass
class Swap:
    """A visit with the rooms it could take, best first; `room` is the suggestion, None when there is none."""

    visit: Appointment
    rooms: list[Room] = field(default_factory=list)
    room: Room | None = None

    @property
    def whole(self) -> Stretch:
        return self.visit.starts_at - self.visit.buffer_before, self.visit.ends_at + self.visit.buffer_after

    @property
    def is_held(self) -> bool:
        """Nobody has booked it yet; whoever does gets another room."""
        return self.visit.status not in MOVABLE


def swaps(visits: Sequence[Appointment], *, room: Room, now: datetime) -> list[Swap]:
    """Each visit with its suggestion, in the order given. At most six queries, however many visits."""
    found = [Swap(visit) for visit in visits]
    if not found:
        return []
    prefetch_related_objects(list(visits), "option__service__equipment")
    taken = _taken(found, room, now)
    others = _others(room)
    for swap in found:
        if not swap.is_held:
            suitable = [one for one in others if swap.visit.option.service_id in _suits(one)]
            free = [one for one in suitable if not _meets(swap.whole, taken.get(one.pk, ()))]
            swap.rooms = sorted(free, key=lambda one: (len(_missing(swap.visit, one)), one.position, one.pk))
    _suggest(found)
    return found


def apply_swaps(
    chosen: Iterable[tuple[Appointment, Room]], *, author: Author, now: datetime
) -> tuple[list[Appointment], list[tuple[Appointment, str]]]:
    """Move each visit to its room through the write module; those that were moved, and the others with why not."""
    done, refused = [], []
    for visit, room in chosen:
        try:
            done.append(appointments.change_room(visit, room=room, now=now, author=author))
        except BookingError as error:
            refused.append((visit, error.message))
    return done, refused


def _suggest(found: list[Swap]) -> None:
    given: dict[int, list[Stretch]] = {}
    for swap in sorted(found, key=lambda one: (len(one.rooms), one.visit.starts_at, one.visit.pk)):
        swap.room = next((one for one in swap.rooms if not _meets(swap.whole, given.get(one.pk, ()))), None)
        if swap.room is not None:
            given.setdefault(swap.room.pk, []).append(swap.whole)


def _others(room: Room) -> list[Room]:
    rooms = Room.objects.active().filter(location=room.location_id).exclude(pk=room.pk)
    return list(rooms.prefetch_related("services", "equipment"))


def _taken(found: list[Swap], room: Room, now: datetime) -> dict[int, list[Stretch]]:
    """When each room of the place is taken or out of use, around these visits."""
    begins, ends = min(swap.whole[0] for swap in found), max(swap.whole[1] for swap in found)
    here, around = {"room__location": room.location_id}, DateTimeTZRange(begins, ends)
    busy: QuerySet = BusyTime.objects.filter(**here, during__overlap=around)
    off = TimeOff.objects.filter(**here, starts_at__lt=ends, ends_at__gt=begins)
    taken: dict[int, list[Stretch]] = {}
    for pk, during, expires_at in busy.values_list("room", "during", "expires_at"):
        if expires_at is None or expires_at > now:
            taken.setdefault(pk, []).append((during.lower, during.upper))
    for pk, *stretch in off.values_list("room", "starts_at", "ends_at"):
        taken.setdefault(pk, []).append((stretch[0], stretch[1]))
    return taken


def _suits(room: Room) -> set[int]:
    return {service.pk for service in room.services.all()}


def _missing(visit: Appointment, room: Room) -> set[int]:
    needed = {one.pk for one in visit.option.service.equipment.all()}
    return needed - {one.pk for one in room.equipment.all()}


def _meets(whole: Stretch, others: Iterable[Stretch]) -> bool:
    return any(intervals.overlaps(whole, other) for other in others)
