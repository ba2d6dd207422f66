"""Rooms, services and equipment as three sets of pairs; and writing them without stranding a visit unseen."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db import transaction
from django.db.models import Model, Q

from booking.errors import RoomsChanged
from booking.models import Appointment
from booking.schedule.time_off import refuse_unless_accepted
from services.models import Equipment, Room, Service

Pairs = frozenset[tuple[int, int]]


@dataclass(frozen=True)
class Disagreement:
    """A room that is ticked for a service and has not all it needs."""

    room: Room
    service: Service
    missing: list[Equipment]


@dataclass(frozen=True)
class Suitability:
    """The rooms in use, the services given at the clinic and all equipment, with what belongs together.

    `suits` pairs services with rooms, `has` rooms with equipment, `needs` services with equipment; by primary key.
    """

    rooms: list[Room]
    services: list[Service]
    equipment: list[Equipment]
    suits: Pairs
    has: Pairs
    needs: Pairs

    @cached_property
    def digest(self) -> str:
        """Differs after every change of what the page shows."""
        shown = [sorted(one.pk for one in rows) for rows in (self.rooms, self.services, self.equipment)]
        pairs = [sorted(one) for one in (self.suits, self.has, self.needs)]
        return hashlib.sha256(repr((shown, pairs)).encode()).hexdigest()


def suitability() -> Suitability:
    """Everything the page of rooms shows. Six queries."""
    rooms = list(Room.objects.active().select_related("location"))
    services = list(Service.objects.active().filter(mode=Service.Mode.IN_CLINIC).select_related("service_type"))
    equipment = list(Equipment.objects.all())
    here, given = {room.pk for room in rooms}, {service.pk for service in services}
    return Suitability(
        rooms,
        services,
        equipment,
        _pairs(Service.rooms.through, "service_id", given, "room_id", here),
        _pairs(Room.equipment.through, "room_id", here, "equipment_id"),
        _pairs(Service.equipment.through, "service_id", given, "equipment_id"),
    )


def disagreements(now: Suitability) -> list[Disagreement]:
    """Each ticked room that lacks something, by room, then service."""
    found = []
    for room in now.rooms:
        for service in now.services:
            missing = [
                one for one in now.equipment if (service.pk, one.pk) in now.needs and (room.pk, one.pk) not in now.has
            ]
            if missing and (service.pk, room.pk) in now.suits:
                found.append(Disagreement(room, service, missing))
    return found


@transaction.atomic(durable=True)
def save_suitability(
    *, suits: Pairs, has: Pairs, needs: Pairs, seen: str, now: datetime, accepted: Collection[int]
) -> None:
    """Write all three sets at once. Pairs of rows that the page did not show are left out.

    Raises `RoomsChanged` when it has changed since it was `seen`, and `VisitsInTheWay` when a coming visit would stand
    in a room that no longer suits it and is not among the `accepted`.
    """
    list(Room.objects.select_for_update(no_key=True).order_by("pk"))
    before = suitability()
    if before.digest != seen:
        raise RoomsChanged
    refuse_unless_accepted(stranded(before.suits - suits, now=now), accepted)
    rooms, services, equipment = (
        {one.pk for one in rows} for rows in (before.rooms, before.services, before.equipment)
    )
    _write(Service.rooms.through, ("service_id", "room_id"), before.suits, _known(suits, services, rooms))
    _write(Room.equipment.through, ("room_id", "equipment_id"), before.has, _known(has, rooms, equipment))
    _write(Service.equipment.through, ("service_id", "equipment_id"), before.needs, _known(needs, services, equipment))


def stranded(unticked: Collection[tuple[int, int]], *, now: datetime) -> list[Appointment]:
    """The visits holding time, not yet over, of these services in these rooms, sorted by start. At most one query."""
    if not unticked:
        return []
    whose = Q()
    for service, room in unticked:
        whose |= Q(option__service=service, room=room)
    coming = Appointment.objects.holding_time(now).filter(whose, ends_at__gt=now)
    return list(coming.with_everything().order_by("starts_at", "pk"))


def _pairs(
    through: type[Model], first: str, firsts: Collection[int], second: str, seconds: Collection[int] | None = None
) -> Pairs:
    rows = through._default_manager.filter(**{f"{first}__in": firsts}).values_list(first, second)
    return frozenset((one, other) for one, other in rows if seconds is None or other in seconds)


def _known(pairs: Pairs, firsts: Collection[int], seconds: Collection[int]) -> Pairs:
    return frozenset((one, other) for one, other in pairs if one in firsts and other in seconds)


def _write(through: type[Model], names: Sequence[str], before: Pairs, after: Pairs) -> None:
    first, second = names
    gone = Q(pk__in=[])
    for one, other in before - after:
        gone |= Q(**{first: one, second: other})
    through._default_manager.filter(gone).delete()
    through._default_manager.bulk_create(
        [through(**{first: one, second: other}) for one, other in sorted(after - before)], ignore_conflicts=True
    )
