"""Which hours does a practitioner work? Reads rows of working hours and answers for a day, a visit or a week."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from itertools import combinations
from typing import NamedTuple

from django.db.models import Q

from booking import intervals, localtime, wording
from booking.models import Appointment, WorkingHours
from services.models import Location, Practitioner


class Shift(NamedTuple):
    """Work on one weekday (0 is Monday) at one location, by the clock on its wall."""

    weekday: int
    location: Location
    starts: time
    ends: time

    @property
    def minutes(self) -> tuple[int, int]:
        return _minute(self.starts), _minute(self.ends)


def regular(practitioner: Practitioner, *, on: date) -> list[WorkingHours]:
    """The rows of every week that are in force that day, by weekday and start: without single days; one query."""
    rows = WorkingHours.objects.filter(practitioner=practitioner, valid_from__lte=on).select_related("location")
    in_force = rows.filter(Q(valid_through__isnull=True) | Q(valid_through__gte=on))
    return [row for row in in_force.order_by("weekday", "starts") if not is_single_day(row)]


def shifts_on(hours: Iterable[WorkingHours], day: date) -> list[WorkingHours]:
    """Those of these rows that apply that day, by start."""
    found = [row for row in hours if row.weekday == day.weekday() and _is_valid(row, day)]
    return sorted(found, key=lambda row: row.starts)


def is_worked(appointment: Appointment, hours: Iterable[WorkingHours]) -> bool:
    """Whether the visit, without its buffers, lies inside these hours at its own place."""
    zone = localtime.zone(appointment.location.timezone)
    day = localtime.local_day(appointment.starts_at, zone)
    here = [row for row in shifts_on(hours, day) if row.location_id == appointment.location_id]
    stretches = [stretch for row in here for stretch in localtime.wall_stretch(day, row.starts, row.ends, zone)]
    begins, ends = appointment.starts_at.timestamp(), appointment.ends_at.timestamp()
    return any(first <= begins and ends <= last for first, last in intervals.merge(stretches))


def overlap_among(hours: Iterable[WorkingHours]) -> bool:
    """Whether two of one practitioner's rows cover the same minutes of some day, as the constraint would refuse."""
    return any(
        one.weekday == other.weekday
        and intervals.overlaps(minutes(one), minutes(other))
        and intervals.overlaps(_days(one), _days(other))
        for one, other in combinations(hours, 2)
    )


def span(row: WorkingHours | Shift) -> str:
    """9:00 am to 5:30 pm"""
    return f"{wording.clock(row.starts)} to {wording.clock(row.ends)}"


def is_single_day(row: WorkingHours) -> bool:
    """Whether it is an extra shift: it applies on one day alone."""
    return row.valid_from == row.valid_through


def _is_valid(row: WorkingHours, day: date) -> bool:
    return row.valid_from <= day and (row.valid_through is None or day <= row.valid_through)


def _minute(wall: time) -> int:
    return wall.hour * 60 + wall.minute


def minutes(hours: WorkingHours) -> tuple[int, int]:
    """Its first minute of the day and the one after its last."""
    return _minute(hours.starts), _minute(hours.ends)


def _days(hours: WorkingHours) -> tuple[int, int]:
    return hours.valid_from.toordinal(), (hours.valid_through or date.max).toordinal() + 1
