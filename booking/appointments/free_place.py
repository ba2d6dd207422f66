"""Where could a visit take place if no rule counted? Only what nobody may ever do is left: be in two places.

Staff book so with a reason: outside hours, over time off, in a room that does not suit. It reads and never writes;
the exclusion constraints decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from booking import availability, policy
from booking.availability import Slot
from booking.errors import NotOffered, NotPossible, SlotNotOffered, SlotTaken
from booking.models import BusyTime, TimeOff
from services.models import Location, Practitioner, Room, ServiceOption

NOBODY_NAMED = "Choose a practitioner: a rule can be set aside for one person, not for anyone free."
NO_ROOM = "No room is free at that time. Choose another time."
FAR_AWAY = "Choose a whole minute, at most two years from today."


def find(
    option: ServiceOption,
    *,
    starts_at: datetime,
    practitioner: Practitioner | None,
    location: Location | None,
    room: Room | None,
    prefers: Room | None,
    ignoring: Sequence[int],
    now: datetime,
) -> Slot:
    """This practitioner at this instant, in the given room, else a suitable free one, else any free one.

    Raises `SlotTaken` naming who or what is taken, `NotPossible`, `NotOffered`, `SlotNotOffered`.
    """
    if practitioner is None:
        raise NotPossible(NOBODY_NAMED)
    if starts_at.second or starts_at.microsecond or abs(starts_at - now) > policy.STAFF_HORIZON:
        raise SlotNotOffered(FAR_AWAY)
    if not Practitioner.objects.active().filter(pk=practitioner.pk).exists():
        raise NotOffered(f"{practitioner} no longer works here. Choose somebody else.")
    place = _place(practitioner, location, room)
    busy = _Busy(option, starts_at, practitioner, place, ignoring, now)
    if busy.is_practitioner_taken:
        raise SlotTaken(f"{practitioner} has another visit at that time, and no reason changes that.")
    chosen = _room(option, place, room, prefers, busy) if option.service.needs_room else None
    return Slot(starts_at, starts_at + option.duration, practitioner, chosen, place, False)


class _Busy:
    """Who and what is taken around a start, as the constraints see it. One query."""

    def __init__(
        self,
        option: ServiceOption,
        starts_at: datetime,
        practitioner: Practitioner,
        location: Location,
        ignoring: Sequence[int],
        now: datetime,
    ) -> None:
        shape = availability.shape_of(option)
        self.whole = DateTimeTZRange(starts_at - shape.before, starts_at + shape.after, "[)")
        rows = (
            BusyTime.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), during__overlap=self.whole)
            .filter(Q(practitioner=practitioner) | Q(room__location=location))
            .exclude(appointment__in=ignoring)
            .values_list("practitioner", "room", "during")
        )
        needed = shape.practitioner_busy(starts_at)
        self.rooms = {room for _, room, _ in rows if room is not None}
        self.is_practitioner_taken = any(
            during.lower < ends and begins < during.upper
            for who, _, during in rows
            if who is not None
            for begins, ends in needed
        )


def _place(practitioner: Practitioner, location: Location | None, room: Room | None) -> Location:
    """Where the room is, else where it was asked for, else where they work, else the main place."""
    wanted = room.location if room is not None else location
    if wanted is not None:
        return wanted
    places: Iterable[Location] = Location.objects.active()
    works_at = set(practitioner.working_hours.values_list("location", flat=True))
    found = sorted(places, key=lambda place: place.pk not in works_at)
    if not found:
        raise NotOffered
    return found[0]


def _room(option: ServiceOption, place: Location, room: Room | None, prefers: Room | None, busy: _Busy) -> Room:
    if room is not None:
        if room.pk in busy.rooms:
            raise SlotTaken(f"{room} is taken at that time, and no reason changes that. Choose another room.")
        return room
    out_of_use = TimeOff.objects.filter(
        room__location=place, starts_at__lt=busy.whole.upper, ends_at__gt=busy.whole.lower
    )
    rooms = place.rooms.active().exclude(pk__in=busy.rooms).exclude(pk__in=out_of_use.values("room"))
    suitable = set(option.service.rooms.values_list("pk", flat=True))
    free = sorted(rooms.order_by("position", "pk"), key=lambda one: (one.pk not in suitable, one != prefers))
    if not free:
        raise SlotTaken(NO_ROOM)
    return free[0]
