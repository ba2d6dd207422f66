"""How long is a practitioner free from here on? Only to list what fits first: the engine decides what can be booked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models import Q

from booking import localtime
from booking.models import BusyTime, TimeOff, WorkingHours
from services.models import Practitioner, ServiceOption

A_DAY = timedelta(days=1)


def free_until(practitioner: Practitioner, starts_at: datetime, *, zone: localtime.ZoneInfo, now: datetime) -> datetime:
    """The next visit, time off or end of the shift; the start itself where they are not free at all. Three queries."""
    last = starts_at + A_DAY
    busy = BusyTime.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        practitioner=practitioner,
        during__endswith__gt=starts_at,
        during__startswith__lt=last,
    )
    off = TimeOff.objects.filter(practitioner=practitioner, ends_at__gt=starts_at, starts_at__lt=last)
    ends = list(off.values_list("starts_at", flat=True))
    ends += [during.lower for during in busy.values_list("during", flat=True)]
    return max(starts_at, min([*ends, _end_of_shift(practitioner, starts_at, zone)]))


def fits(option: ServiceOption, starts_at: datetime, until: datetime) -> bool:
    return starts_at + option.duration <= until


def _end_of_shift(practitioner: Practitioner, starts_at: datetime, zone: localtime.ZoneInfo) -> datetime:
    day, second = localtime.local_day(starts_at, zone), int(starts_at.timestamp())
    rows = WorkingHours.objects.filter(
        Q(valid_through__isnull=True) | Q(valid_through__gte=day),
        practitioner=practitioner,
        weekday=day.weekday(),
        valid_from__lte=day,
    )
    for hours in rows:
        for begins, ends in localtime.wall_stretch(day, hours.starts, hours.ends, zone):
            if begins <= second < ends:
                return datetime.fromtimestamp(ends, UTC)
    return starts_at
