"""When is nobody at work, or a room out of use? The visits time off covers are left for people to sort out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest

from booking.models import Appointment, TimeOff, WorkingHours
from services.models import Practitioner, Room

LONGER_THAN_ANY_VISIT = timedelta(days=1)


class VisitsInTheWay(Exception):
    """The change covers visits that nobody has accepted; `appointments` lists all it covers. For staff alone."""

    def __init__(self, appointments: list[Appointment]) -> None:
        self.appointments = appointments
        super().__init__(f"{len(appointments)} visits lie in the way.")


def hits(time_off: TimeOff, *, now: datetime) -> QuerySet[Appointment]:
    """The appointments holding time at `now`, not yet over, that it covers wholly or partly, by start; one query.

    Buffers do not count: a turnover may reach into time off.
    """
    at_risk = Appointment.objects.holding_time(now).filter(
        starts_at__gt=time_off.starts_at - LONGER_THAN_ANY_VISIT,  # keeps years of history out of the scan
        starts_at__lt=time_off.ends_at,
        ends_at__gt=max(time_off.starts_at, now),
    )
    if time_off.practitioner_id is not None:
        at_risk = at_risk.filter(practitioner=time_off.practitioner_id)
    elif time_off.room_id is not None:
        at_risk = at_risk.filter(room=time_off.room_id)
    else:
        at_risk = at_risk.filter(location=time_off.location_id)
    return at_risk.with_everything().order_by("starts_at", "pk")


def visits_in_the_way(now: datetime) -> QuerySet[Appointment]:
    """Booked visits, not yet over, that lie in time off, a closure or a room out of use, by start; one query.

    Also those booked there on purpose: whoever looks decides, and none is forgotten.
    """
    inside = [_inside(whose, now) for whose in ("practitioner", "location", "room")]
    return Appointment.objects.filter(pk__in=inside[0].union(*inside[1:])).with_everything().order_by("starts_at", "pk")


def _inside(whose: str, now: datetime) -> QuerySet[TimeOff]:
    """Primary keys of what is booked inside the stretches of people, places or rooms: from the few to the many."""
    visit = f"{whose}__appointments"
    booked = {
        "status": Appointment.Status.BOOKED,
        "starts_at__gt": now - LONGER_THAN_ANY_VISIT,
        "starts_at__lt": F("ends_at"),
        "ends_at__gt": Greatest(F("starts_at"), now),
    }
    inside = TimeOff.objects.filter(ends_at__gt=now, **{f"{visit}__{name}": value for name, value in booked.items()})
    return inside.order_by().values(visit)


@transaction.atomic  # not durable: the admin's form holds the transaction
def save_time_off(time_off: TimeOff, *, now: datetime, accepted: Collection[int] | None = None) -> TimeOff:
    """Save it once no booking is in flight.

    `accepted` are the ids of the visits it may cover, None for whatever they are; any other visit raises
    `VisitsInTheWay`, and nothing is saved.
    """
    _lock(time_off)
    if accepted is not None:
        refuse_unless_accepted(list(hits(time_off, now=now)), accepted)
    time_off.save()
    return time_off


def refuse_unless_accepted(covered: list[Appointment], accepted: Collection[int]) -> None:
    """Raise `VisitsInTheWay` when one of these visits was not shown before."""
    if not {appointment.pk for appointment in covered} <= set(accepted):
        raise VisitsInTheWay(covered)


def lock_people(practitioners: Iterable[Practitioner]) -> None:
    """Hold these practitioners' rows until the transaction ends, in primary-key order."""
    _lock_practitioners(Q(pk__in=[one.pk for one in practitioners]))


def _lock(time_off: TimeOff) -> None:
    """Hold what it makes less available: a room, a practitioner, or for a closure everyone who works there."""
    if time_off.room_id is not None:
        list(Room.objects.select_for_update(no_key=True).filter(pk=time_off.room_id))
    elif time_off.practitioner_id is not None:
        _lock_practitioners(Q(pk=time_off.practitioner_id))
    else:
        _lock_practitioners(Q(pk__in=WorkingHours.objects.filter(location=time_off.location_id).values("practitioner")))


def _lock_practitioners(whose: Q) -> None:
    list(Practitioner.objects.select_for_update(no_key=True).filter(whose).order_by("pk"))
