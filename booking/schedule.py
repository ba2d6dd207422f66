"""When is nobody at work? Writes time off and closures; the visits they cover are left for people to sort out.

Time off makes practitioners *less* available, so their rows are locked before the look (docs/booking.md): a
booking in flight is either seen here, or sees the time off.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from itertools import combinations

from django.db import transaction
from django.db.models import Q, QuerySet

from booking import intervals
from booking.models import Appointment, TimeOff, WorkingHours
from services.models import Practitioner

LONGER_THAN_ANY_VISIT = timedelta(days=1)


class VisitsInTheWay(Exception):
    """The time off covers visits that nobody has accepted; `appointments` lists all it covers. For staff alone."""

    def __init__(self, appointments: list[Appointment]) -> None:
        self.appointments = appointments
        super().__init__(f"{len(appointments)} visits lie inside this time off.")


def hits(time_off: TimeOff, *, now: datetime) -> QuerySet[Appointment]:
    """The appointments holding time at `now` that it covers wholly or partly, sorted by start; one query.

    Buffers do not count: a turnover may reach into time off.
    """
    at_risk = Appointment.objects.holding_time(now).filter(
        starts_at__gt=time_off.starts_at - LONGER_THAN_ANY_VISIT,  # keeps years of history out of the scan
        starts_at__lt=time_off.ends_at,
        ends_at__gt=time_off.starts_at,
    )
    if time_off.practitioner_id is not None:
        at_risk = at_risk.filter(practitioner=time_off.practitioner_id)
    else:
        at_risk = at_risk.filter(location=time_off.location_id)
    return at_risk.with_everything().order_by("starts_at", "pk")


@transaction.atomic  # not durable: the admin's form holds the transaction
def save_time_off(time_off: TimeOff, *, now: datetime, accepted: Collection[int] | None = None) -> TimeOff:
    """Save it once no booking is in flight.

    `accepted` are the ids of the visits it may cover, None for whatever they are; any other visit raises
    `VisitsInTheWay`, and nothing is saved.
    """
    _lock_practitioners(time_off)
    if accepted is not None:
        covered = list(hits(time_off, now=now))
        if not {appointment.pk for appointment in covered} <= set(accepted):
            raise VisitsInTheWay(covered)
    time_off.save()
    return time_off


def overlap_among(hours: Iterable[WorkingHours]) -> bool:
    """Whether two of one practitioner's rows cover the same minutes of some day, as the constraint would refuse."""
    return any(
        one.weekday == other.weekday
        and intervals.overlaps(_minutes(one), _minutes(other))
        and intervals.overlaps(_days(one), _days(other))
        for one, other in combinations(hours, 2)
    )


def _minutes(hours: WorkingHours) -> tuple[int, int]:
    return hours.starts.hour * 60 + hours.starts.minute, hours.ends.hour * 60 + hours.ends.minute


def _days(hours: WorkingHours) -> tuple[int, int]:
    return hours.valid_from.toordinal(), (hours.valid_through or date.max).toordinal() + 1


def _lock_practitioners(time_off: TimeOff) -> None:
    """Hold the practitioner's row, or for a closure those of everyone who works there, in primary-key order."""
    whose = Q(pk=time_off.practitioner_id)
    if time_off.practitioner_id is None:
        whose = Q(pk__in=WorkingHours.objects.filter(location=time_off.location_id).values("practitioner"))
    list(Practitioner.objects.select_for_update(no_key=True).filter(whose).order_by("pk"))
