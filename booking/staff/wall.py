"""Instants as people at the desk give them: a day and a time on the wall, or an exact instant; and how they read."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms

from booking import localtime, wording
from booking.forms.fields import InstantField
from booking.policy import STAFF_HORIZON


def clean_instant(value: Any) -> datetime | None:
    """The instant that this text names, None for none or for nonsense."""
    try:
        return InstantField(required=False).clean(value)
    except forms.ValidationError:
        return None


def is_within_reach(day: date, *, now: datetime) -> bool:
    """Whether staff may write a visit on this day, in whatever zone."""
    return abs(day - now.date()) <= STAFF_HORIZON - timedelta(days=2)


def clean_day(value: Any, *, now: datetime) -> date | None:
    """The day of `YYYY-MM-DD` within what staff may book; None for anything else."""
    try:
        day = date.fromisoformat(value or "")
    except (ValueError, TypeError):
        return None
    return day if is_within_reach(day, now=now) else None


def clean_wall(value: Any) -> time | None:
    """The minute of `9:15` or `14:30`; None for anything else."""
    try:
        return forms.TimeField(required=False).clean(value)
    except forms.ValidationError:
        return None


def at(day: date, wall: time, zone: localtime.ZoneInfo) -> datetime | None:
    """The instant at which the wall shows this minute that day, the first where it does so twice; None if never."""
    return next(iter(localtime.instants_at(day, wall, zone)), None)


def asked_by(form: forms.Form, zone: localtime.ZoneInfo, *, now: datetime) -> list[datetime]:
    """The instants that the form's `date` and `at` name: the one it says `exactly` first, then the other pass of an
    hour that comes twice. None of them, and the reason at the field, where there is no such time."""
    day, exactly = form.cleaned_data["date"], form.cleaned_data.get("exactly")
    if not is_within_reach(day, now=now):
        form.add_error("date", "Choose a day within two years.")
        return []
    found = localtime.instants_at(day, form.cleaned_data["at"], zone)
    if not found:
        form.add_error("at", "The clock skips this time that day. Choose another.")
    return sorted(found, key=lambda one: one != exactly)


def a_week_on(instant: datetime, zone: localtime.ZoneInfo, *, weeks: int = 1) -> datetime | None:
    """The same time on the wall so many weeks later; None where the clock skips it."""
    local = localtime.to_local(instant, zone)
    return at(local.date() + timedelta(weeks=weeks), local.time(), zone)


def moment(instant: datetime, zone: localtime.ZoneInfo) -> str:
    """Monday 23 November, 10:00 am; with the zone where the wall shows that time twice."""
    local = localtime.to_local(instant, zone)
    twice = f" {local:%Z}" if localtime.is_repeated_hour(instant, zone) else ""
    return f"{wording.day(local)}, {wording.clock(local)}{twice}"


def clock(instant: datetime, zone: localtime.ZoneInfo) -> str:
    """10:00 am"""
    return wording.clock(localtime.to_local(instant, zone))


def stretch(starts_at: datetime, ends_at: datetime, zone: localtime.ZoneInfo) -> str:
    """10:00 to 11:00 am; 11:30 am to 12:30 pm"""
    first, last = clock(starts_at, zone), clock(ends_at, zone)
    return f"{first[:-3] if first[-2:] == last[-2:] else first} to {last}"


def span(starts_at: datetime, ends_at: datetime, zone: localtime.ZoneInfo) -> str:
    """Friday 4 December, 12:00 pm to midnight; Friday 4 December, all day; the last day is named where it differs."""
    starts, ends = localtime.to_local(starts_at, zone), localtime.to_local(ends_at, zone)
    is_midnight = ends.time() == time(0)
    last = ends.date() - localtime.ONE_DAY * is_midnight
    if is_midnight and starts.time() == time(0) and last == starts.date():
        return f"{wording.day(last)}, all day"
    until = "midnight" if is_midnight else wording.clock(ends)
    return f"{moment(starts_at, zone)} to {'' if last == starts.date() else f'{wording.day(last)}, '}{until}"


def ago(instant: datetime, now: datetime, zone: localtime.ZoneInfo) -> str:
    """just now; 3 minutes ago; at 9:15 am; on Monday 23 November, 9:15 am"""
    minutes = int((now - instant).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{wording.count(minutes, 'minute')} ago"
    local = localtime.to_local(instant, zone)
    is_today = local.date() == localtime.local_day(now, zone)
    return f"at {wording.clock(local)}" if is_today else f"on {wording.day(local)}, {wording.clock(local)}"
