"""How working hours are written for staff. It decides nothing about time."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.formats import date_format

from booking import localtime, wording
from booking.models import TimeOff, WorkingHours
from booking.schedule import Plan, is_single_day, span
from services.models import Location


def day_words(day: date) -> str:
    """Sat 5 Dec 2026"""
    return date_format(day, "D j M Y")


def short_span(row: WorkingHours) -> str:
    """9 am–12:30 pm, for a narrow cell."""
    return "–".join(wording.clock(wall).replace(":00", "") for wall in (row.starts, row.ends))


def row_words(row: WorkingHours) -> str:
    """Saturdays 9:00 am to 1:00 pm at Alder Lane, from Sat 5 Dec 2026."""
    where = f"{span(row)} at {row.location}"
    if is_single_day(row):
        return f"{day_words(row.valid_from)}, {where}"
    until = f", through {day_words(row.valid_through)}" if row.valid_through else ""
    return f"{row.get_weekday_display()}s {where}, from {day_words(row.valid_from)}{until}"


def plan_words(plan: Plan) -> list[str]:
    """What a plan does, a line a row."""
    gone = {id(row) for row in plan.making_way}
    ended = [row for row in [*plan.gone, *plan.cut] if id(row) not in gone]
    lines = [f"New: {row_words(row)}." for row in plan.new]
    lines += [f"Ends: {row_words(row)}." for row in ended]
    lines += [f"Planned for later, makes way: {row_words(row)}." for row in plan.making_way]
    return lines or ["Nothing changes: these are the hours they have."]


def time_off_words(away: TimeOff, *, opens: datetime, closes: datetime, place: Location) -> str:
    """Training, 1:00 pm to 5:00 pm: why somebody is away on a day that lasts from `opens` until `closes`."""
    if away.location_id is not None:
        why = away.public_reason or away.reason or "Closed"
    else:
        why = away.reason or away.public_reason or "Time off"
    if away.starts_at <= opens and away.ends_at >= closes:
        return f"{why}, all day"
    zone = localtime.zone(place.timezone)
    begins = wording.clock(localtime.to_local(max(away.starts_at, opens), zone))
    ends = "midnight" if away.ends_at >= closes else wording.clock(localtime.to_local(away.ends_at, zone))
    return f"{why}, {begins} to {ends}"
