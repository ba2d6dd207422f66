"""The form of time off: of whom or what, when in few clicks, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model

from booking import localtime
from booking.forms.fields import LineField, WallTimeField
from booking.models import TimeOff, WorkingHours
from booking.staff.hours.forms import ComingDayField
from services.models import Location, Practitioner, Room

SPAN, AFTERNOON, DAY = "span", "afternoon", "day"
LENGTHS = [(AFTERNOON, "Afternoon, from noon on"), (DAY, "Whole day"), (SPAN, "From … to …")]
NOON = time(12)
NO_SUCH_TIME = "The clock skips this time that day. Choose another."


class TimeOffForm(forms.Form):
    """Time off of a practitioner, a closure, or a room out of use. `subjects` are the rows it may be about."""

    def __init__(self, *args: Any, today: date, subjects: Sequence[Model], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subjects = {key_of(one): one for one in subjects}
        unknown = {"required": "Choose who or what.", "invalid_choice": "Choose from the list."}
        self.fields["about"] = forms.ChoiceField(
            label="Who or what", choices=_grouped(self.subjects), error_messages=unknown
        )
        self.fields["day"] = ComingDayField(today=today, label="Day")
        self.fields["until"] = ComingDayField(
            today=today, label="Through", required=False, help_text="For several days."
        )
        self.fields["length"] = forms.ChoiceField(
            label="How long",
            choices=LENGTHS,
            widget=forms.RadioSelect,
            error_messages={"required": "Choose how long.", "invalid_choice": "Choose one of these."},
        )
        self.fields["starts"] = WallTimeField(label="from", required=False)
        self.fields["ends"] = WallTimeField(label="to", required=False)
        self.fields["reason"] = LineField(label="Reason, for staff", required=False, max_length=120)
        self.fields["public_reason"] = LineField(
            label="Reason that clients read",
            required=False,
            max_length=120,
            help_text="On the times page, such as “Closed for Thanksgiving”. Blank shows none.",
        )

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        day, until = cleaned.get("day"), cleaned.get("until")
        if day and until and until < day:
            self.add_error("until", "The last day cannot come before the first.")
        if cleaned.get("length") == SPAN:
            for name in ("starts", "ends"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, "Enter a time.")
        if not self.errors:
            cleaned["stretch"] = self._stretch(cleaned)
        return cleaned

    @property
    def time_off(self) -> TimeOff:
        """What the form says, unsaved."""
        cleaned, subject = self.cleaned_data, self.subjects[self.cleaned_data["about"]]
        starts_at, ends_at = cleaned["stretch"]
        about = {_field_of(subject): subject}
        return TimeOff(
            **about,
            starts_at=starts_at,
            ends_at=ends_at,
            reason=cleaned["reason"],
            public_reason=cleaned["public_reason"],
        )

    @property
    def zone(self) -> localtime.ZoneInfo:
        """The clock that its times are on."""
        return localtime.zone(zone_name(self.subjects[self.cleaned_data["about"]], self.cleaned_data["day"]))

    def _stretch(self, cleaned: dict) -> tuple[datetime, datetime] | None:
        zone = self.zone
        first, last = cleaned["day"], cleaned["until"] or cleaned["day"]
        opens, closes = localtime.day_bounds(first, zone)[0], localtime.day_bounds(last, zone)[1]
        if cleaned["length"] == DAY:
            return opens, closes
        if cleaned["length"] == AFTERNOON:
            return _instant(first, NOON, zone) or opens, closes
        starts_at, ends_at = (
            _instant(first, cleaned["starts"], zone),
            _instant(last, cleaned["ends"], zone, is_end=True),
        )
        for name, instant in (("starts", starts_at), ("ends", ends_at)):
            if instant is None:
                self.add_error(name, ValidationError(NO_SUCH_TIME))
        if starts_at is None or ends_at is None:
            return None
        if starts_at >= ends_at:
            self.add_error("ends", "Time off must end after it starts.")
        return starts_at, ends_at


def key_of(subject: Model) -> str:
    return f"{_field_of(subject)}-{subject.pk}"


def zone_name(subject: Model, day: date) -> str:
    """The clock it is on: the place's own, or that of where the practitioner works that day, else anywhere."""
    if isinstance(subject, Location):
        return subject.timezone
    if isinstance(subject, Room):
        return subject.location.timezone
    hours = WorkingHours.objects.filter(practitioner=subject.pk).select_related("location")
    rows = sorted(hours, key=lambda row: (not row.valid_from <= day <= (row.valid_through or date.max), row.pk))
    same_day = [row for row in rows if row.weekday == day.weekday()] or rows
    places = [row.location for row in same_day] or list(Location.objects.active()[:1])
    return places[0].timezone if places else "UTC"


def _instant(day: date, wall: time, zone: Any, *, is_end: bool = False) -> datetime | None:
    """The instant at which the wall shows this time, None where the clock skips it; of two, what blocks more."""
    found = localtime.instants_at(day, wall, zone)
    return found[-1 if is_end else 0] if found else None


def _field_of(subject: Model) -> str:
    return {Practitioner: "practitioner", Location: "location", Room: "room"}[type(subject)]  # type: ignore[index]


def _grouped(subjects: dict[str, Model]) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    names = {"practitioner": "Time off", "location": "Closure", "room": "Room out of use"}
    for key, subject in subjects.items():
        label = f"{subject.location}: {subject}" if isinstance(subject, Room) else str(subject)
        groups.setdefault(names[_field_of(subject)], []).append((key, label))
    return list(groups.items())
