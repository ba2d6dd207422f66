"""Writes working hours as planned, under the practitioner's lock, when nobody has changed them meanwhile and every
visit this leaves outside has been shown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime, time

from django.db import transaction

from booking.errors import HoursChanged
from booking.models import Appointment, WorkingHours
from booking.schedule.plans import ONE_DAY, Plan, plan_copy, plan_drop, plan_extra, plan_week
from booking.schedule.rows import Shift, is_worked
from booking.schedule.time_off import lock_people, refuse_unless_accepted
from services.models import Practitioner


def stranded(plan: Plan, *, now: datetime) -> list[Appointment]:
    """The visits, not yet over, that lie inside the hours before this plan and not after it, by start; one query."""
    since = datetime.combine(plan.first - ONE_DAY, time.min, UTC)
    coming = Appointment.objects.holding_time(now).filter(
        practitioner=plan.practitioner, ends_at__gt=now, starts_at__gte=since
    )
    if plan.last is not None:
        coming = coming.filter(starts_at__lt=datetime.combine(plan.last + 2 * ONE_DAY, time.min, UTC))
    return [
        visit
        for visit in coming.with_everything().order_by("starts_at", "pk")
        if is_worked(visit, plan.before) and not is_worked(visit, plan.after)
    ]


def outside_hours(practitioner: Practitioner, *, now: datetime) -> list[Appointment]:
    """Their booked visits to come that lie outside their hours and were not meant to, by start; two queries."""
    coming = Appointment.objects.filter(
        practitioner=practitioner, status=Appointment.Status.BOOKED, starts_at__gt=now, override_reason=""
    )
    rows = list(WorkingHours.objects.filter(practitioner=practitioner))
    return [visit for visit in coming.with_everything().order_by("starts_at", "pk") if not is_worked(visit, rows)]


def edition(*practitioners: Practitioner) -> str:
    """A fingerprint of all hours of these people: it differs once somebody has changed any; one query."""
    rows = WorkingHours.objects.filter(practitioner__in=practitioners).order_by("pk").values_list()
    return hashlib.sha256(repr(list(rows)).encode()).hexdigest()[:32]


def save_week(
    practitioner: Practitioner,
    shifts: Sequence[Shift],
    *,
    first: date,
    last: date | None,
    seen: str,
    accepted: Collection[int],
    now: datetime,
) -> None:
    """Write `plan_week`. Raises `HoursChanged`, and `VisitsInTheWay` for visits not among the `accepted` ids."""
    _write(
        lambda: [plan_week(practitioner, shifts, first=first, last=last)],
        [practitioner],
        seen=seen,
        accepted=accepted,
        now=now,
    )


def copy_week(
    source: Practitioner,
    targets: Sequence[Practitioner],
    *,
    first: date,
    last: date | None,
    seen: str,
    accepted: Collection[int],
    now: datetime,
) -> None:
    """Write `plan_copy`. Raises `HoursChanged`, `VisitsInTheWay`."""
    _write(
        lambda: plan_copy(source, targets, first=first, last=last),
        [source, *targets],
        seen=seen,
        accepted=accepted,
        now=now,
    )


def add_shift(practitioner: Practitioner, day: date, shift: Shift, *, now: datetime) -> None:
    """Write `plan_extra`. Raises `NotPossible`."""
    _write(lambda: [plan_extra(practitioner, day, shift)], [practitioner], seen=None, accepted=(), now=now)


def drop(row: WorkingHours, *, accepted: Collection[int], now: datetime) -> None:
    """Write `plan_drop`. Raises `VisitsInTheWay`."""
    _write(lambda: [plan_drop(row)], [row.practitioner], seen=None, accepted=accepted, now=now)


@transaction.atomic(durable=True)
def _write(
    planned: Callable[[], list[Plan]],
    practitioners: Sequence[Practitioner],
    *,
    seen: str | None,
    accepted: Collection[int],
    now: datetime,
) -> None:
    lock_people(practitioners)
    if seen is not None and seen != edition(*practitioners):
        raise HoursChanged
    plans = planned()
    refuse_unless_accepted([visit for plan in plans for visit in stranded(plan, now=now)], accepted)
    for plan in plans:
        plan.write()
