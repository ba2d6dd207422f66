"""With whom, and in which room? The best slot at a start, taken in one transaction; the next one if beaten to it.

By the rules, from the engine; or against them with a reason, from what the constraints alone leave free.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import F, Sum

from booking import availability, localtime
from booking.appointments import free_place
from booking.appointments.claims import Beaten
from booking.availability import Slot
from booking.errors import SlotNotOffered, SlotTaken
from booking.models import Appointment
from services.models import Location, Practitioner, Room, ServiceOption

ATTEMPTS = 40  # each means that somebody else was served; a clinic has fewer practitioners
NO_TIME = timedelta()
Result = TypeVar("Result")


def with_best_slot(
    act: Callable[[Slot], Result],
    option: ServiceOption,
    *,
    starts_at: datetime,
    practitioner: Practitioner | None,
    location: Location | None,
    now: datetime,
    ignoring: Sequence[int] = (),
    for_staff: bool = False,
    room: Room | None = None,
    prefers: Room | None = None,
) -> Result:
    """Run `act` with the best slot at this start: the least loaded practitioner first, the next one if beaten.

    Raises `SlotTaken` when the clinic works then and is full, `SlotNotOffered` when it never offered that start.
    """
    practitioners = None if practitioner is None else [practitioner]
    asked: dict[str, Any] = {
        "starts_at": starts_at,
        "practitioners": practitioners,
        "location": location,
        "now": now,
        "for_staff": for_staff,
    }
    for _ in range(ATTEMPTS):
        slots = availability.find_slot(option, ignoring=ignoring, room=room, prefers=prefers, **asked)
        if not slots:
            break
        try:
            return act(_least_loaded(slots))
        except Beaten:
            continue
    else:
        raise SlotTaken
    if room is not None and availability.find_slot(option, ignoring=ignoring, **asked):
        raise SlotNotOffered(f"{room} is taken then, or does not suit. Choose another room.")
    raise SlotTaken if availability.is_taken(option, **asked) else SlotNotOffered


def with_free_place(
    act: Callable[[Slot], Result],
    option: ServiceOption,
    *,
    starts_at: datetime,
    practitioner: Practitioner | None,
    location: Location | None,
    now: datetime,
    ignoring: Sequence[int] = (),
    room: Room | None = None,
    prefers: Room | None = None,
) -> Result:
    """Run `act` with this practitioner and a free room, whatever the rules say of it.

    Raises `SlotTaken` when somebody is there already, `NotPossible` when nobody was named.
    """
    for _ in range(ATTEMPTS):
        slot = free_place.find(
            option,
            starts_at=starts_at,
            practitioner=practitioner,
            location=location,
            room=room,
            prefers=prefers,
            ignoring=ignoring,
            now=now,
        )
        try:
            return act(slot)
        except Beaten:
            continue
    raise SlotTaken


def _least_loaded(slots: list[Slot]) -> Slot:
    if len(slots) == 1:
        return slots[0]
    day = localtime.local_day(slots[0].starts_at, localtime.zone(slots[0].location.timezone))
    begins, ends = localtime.day_bounds(day, localtime.zone(slots[0].location.timezone))
    load = dict(
        Appointment.objects.filter(
            practitioner__in=[slot.practitioner.pk for slot in slots],
            status__in=Appointment.HOLDS_TIME,
            starts_at__gte=begins,
            starts_at__lt=ends,
        )
        .order_by()
        .values_list("practitioner")
        .annotate(minutes=Sum(F("ends_at") - F("starts_at")))
    )
    return min(slots, key=lambda slot: load.get(slot.practitioner.pk, NO_TIME))
