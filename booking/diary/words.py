"""How the diary writes: "9 to 6", "From noon", "N. H.", "3 min 20 s left". Local times go in, words come out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.formats import date_format

from booking import wording


def short(local: datetime) -> str:
    """9, 9:30, noon, midnight: where the hours around it say whether it is morning."""
    if (local.hour, local.minute) in ((12, 0), (0, 0)):
        return "noon" if local.hour else "midnight"
    return bare(local) if local.minute else str(local.hour % 12 or 12)


def bare(local: datetime) -> str:
    """9:15"""
    return f"{local.hour % 12 or 12}:{local:%M}"


def hour(local: datetime, *, is_repeated: bool = False) -> str:
    """9 am; an hour that comes twice says which one it is."""
    label = f"{local.hour % 12 or 12} {'am' if local.hour < 12 else 'pm'}"
    return f"{label} {local:%Z}" if is_repeated else label


def hours(shifts: Iterable[tuple[datetime, datetime]]) -> str:
    """9 to noon, 1 to 6"""
    return ", ".join(f"{short(starts)} to {short(ends)}" for starts, ends in shifts)


def day_title(day: date, today: date) -> str:
    """Monday 23 November; the year as well when it is another one."""
    return wording.day(day) if day.year == today.year else f"{wording.day(day)} {day.year}"


def week_title(first: date, last: date, today: date) -> str:
    """23 to 29 November; 30 November to 6 December"""
    begins = str(first.day) if first.month == last.month else date_format(first, "j F")
    return f"{begins} to {date_format(last, 'j F' if last.year == today.year else 'j F Y')}"


def day_head(day: date) -> str:
    """Mon 23 Nov"""
    return date_format(day, "D j M")


def weekday(day: date) -> str:
    """Mon 23"""
    return date_format(day, "D j")


def initials(name: str) -> str:
    """N. H."""
    return " ".join(f"{word[0]}." for word in name.split())


def left(seconds: int) -> str:
    """3 min 20 s left; days and hours where it is that long."""
    minutes, rest = divmod(max(seconds, 0), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s left" if minutes else f"{rest} s left"
    return f"{minutes // 60} h left" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days left"
