"""How staff read an instant: on the clock of the place it happens at. Records name year and zone, lists if needed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from booking import localtime, wording
from booking.models import Appointment
from services.models import Location

NOTHING = "–"
NEAR = timedelta(days=180)  # the weekday, day and month say which year


def moment(instant: datetime | None, zone: tzinfo | None = None) -> str:
    """Mon 23 Nov 2026, 10:00 am PST. Without a zone, the one this page is on."""
    if instant is None:
        return NOTHING
    local = instant.astimezone(zone or timezone.get_current_timezone())
    return f"{date_format(local, 'D j M Y')}, {wording.clock(local)} {local:%Z}"


def moment_at(instant: datetime | None, location: Location) -> str:
    return moment(instant, localtime.zone(location.timezone))


def near(instant: datetime | None, *, now: datetime, zone: tzinfo | None = None) -> str:
    """Mon 23 Nov, 10:00 am; with a year that is not near, and a zone that is not this page's or in doubt."""
    if instant is None:
        return NOTHING
    here = timezone.get_current_timezone()
    there: Any = zone or here
    local = instant.astimezone(there)
    year = "" if abs(instant - now) < NEAR else " Y"
    is_plain = str(there) == str(here) and not localtime.is_repeated_hour(instant, there)
    return f"{date_format(local, f'D j M{year}')}, {wording.clock(local)}" + ("" if is_plain else f" {local:%Z}")


def near_start_of(appointment: Appointment, *, now: datetime) -> str:
    return near(appointment.starts_at, now=now, zone=localtime.zone(appointment.location.timezone))


def start_of(appointment: Appointment) -> str:
    return moment_at(appointment.starts_at, appointment.location)


def stretch_of(appointment: Appointment) -> str:
    """Monday 23 November 2026, 10:00 am to 11:00 am, Los Angeles time (PST, UTC−8)."""
    zone = localtime.zone(appointment.location.timezone)
    starts, ends = (localtime.to_local(at, zone) for at in (appointment.starts_at, appointment.ends_at))
    day = f"{wording.day(starts)} {starts:%Y}"
    return f"{day}, {wording.clock(starts)} to {wording.clock(ends)}, {localtime.zone_label(zone, starts)}"


def rows(appointments: Iterable[Appointment]) -> list[tuple[str, Appointment]]:
    """What `visit_table.html` lists: each start in words beside its appointment."""
    return [(start_of(appointment), appointment) for appointment in appointments]
