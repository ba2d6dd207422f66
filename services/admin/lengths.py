"""Lengths of time as people write them: "60 min", "24 hours", "90 days". No form asks anyone for hh:mm:ss."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
UNITS = {"min": MINUTE, "m": MINUTE, "h": HOUR, "d": DAY}
PART = re.compile(r"(\d{1,5})\s*(d|h|min|m)[a-z]*")
CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?::00)?")


def words(length: timedelta) -> str:
    """Minutes up to eight hours, as visits are; then hours up to three days; then days, wherever that is exact."""
    if length >= 3 * DAY and not length % DAY:
        return f"{length // DAY} days"
    if length > 8 * HOUR and not length % HOUR:
        return f"{length // HOUR} hours"
    return f"{length // MINUTE} min"


def parse(text: str) -> timedelta | None:
    """What somebody wrote as a length, or None: "60", "60 min", "1 h 30 min", "1:30", "01:30:00", "90 days"."""
    text = text.strip().lower()
    if text.isdecimal() and len(text) <= 5:
        return int(text) * MINUTE
    if clock := CLOCK.fullmatch(text):
        return int(clock[1]) * HOUR + int(clock[2]) * MINUTE
    if text and not PART.sub("", text).strip(" ,"):
        return sum((int(count) * UNITS[unit] for count, unit in PART.findall(text)), timedelta())
    return None


class LengthField(forms.DurationField):
    """A duration typed and shown in words."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "size": 8}

    def prepare_value(self, value: Any) -> Any:
        return words(value) if isinstance(value, timedelta) else value

    def to_python(self, value: object) -> timedelta | None:
        if value in self.empty_values:
            return None
        if isinstance(value, timedelta):
            return value
        length = parse(str(value))
        if length is None:
            raise ValidationError("Write a length such as 60 min, 24 hours or 90 days.", code="invalid")
        return length
