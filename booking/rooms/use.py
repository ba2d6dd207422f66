"""How much is each room used, and which are out of use?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, Sum

from booking.models import Appointment, TimeOff
from services.models import Room

TOOK_PLACE = (Appointment.Status.BOOKED, Appointment.Status.ARRIVED, Appointment.Status.FULFILLED)
NO_TIME = timedelta()


@dataclass(frozen=True)
class Use:
    """Visits in a room in some stretch, and how long they take together, turnover aside."""

    visits: int = 0
    time: timedelta = NO_TIME


def use_of(
    rooms: Collection[Room], *, day: tuple[datetime, datetime], week: tuple[datetime, datetime]
) -> dict[int, tuple[Use, Use]]:
    """Each room's use on the day and in the week, by primary key. One query."""
    today = Q(starts_at__gte=day[0], starts_at__lt=day[1])
    length = F("ends_at") - F("starts_at")
    took_place = Appointment.objects.filter(
        room__in=rooms, status__in=TOOK_PLACE, starts_at__gte=week[0], starts_at__lt=week[1]
    )
    rows = (
        took_place.order_by()
        .values("room")
        .annotate(
            visits_today=Count("pk", filter=today),
            today=Sum(length, filter=today),
            visits=Count("pk"),
            time=Sum(length),
        )
    )
    found = {
        row["room"]: (Use(row["visits_today"], row["today"] or NO_TIME), Use(row["visits"], row["time"] or NO_TIME))
        for row in rows
    }
    return {room.pk: found.get(room.pk, (Use(), Use())) for room in rooms}


def out_of_use(rooms: Collection[Room], *, now: datetime) -> dict[int, list[TimeOff]]:
    """The time each room is out of use from now on, by primary key, sorted; rooms without any left out. One query."""
    found: dict[int, list[TimeOff]] = {}
    for time_off in TimeOff.objects.filter(room__in=rooms, ends_at__gt=now).order_by("starts_at", "pk"):
        found.setdefault(time_off.room_id or 0, []).append(time_off)
    return found
