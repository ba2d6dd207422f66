"""The forms of the pages of working hours: days, shifts, and seven days of shifts at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from booking import intervals
from booking.forms.fields import DayField, WallTimeField
from booking.models import WorkingHours
from booking.schedule import Shift, span
from services.models import Location, OpeningHours, Practitioner

Weekday = OpeningHours.Weekday
FARTHEST = timedelta(days=5 * 366)
MOST = 70  # ten shifts a day
PREFIX = "shift"
NAMES = ("weekday", "location", "starts", "ends")


class ComingDayField(DayField):
    """A day from today on, within five years."""

    def __init__(self, *, today: date, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.today = today

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and value < self.today:
            raise ValidationError("Choose today or a later day: what has been stays as it was.")
        if value is not None and value > self.today + FARTHEST:
            raise ValidationError("Choose a day within five years.")


class LocationField(forms.TypedChoiceField):
    """One of these locations; out of sight where there is no choice."""

    def __init__(self, locations: Iterable[Location], **kwargs: Any) -> None:
        by_key = {str(one.pk): one for one in locations}

        def coerce(key: str) -> Location:
            if key not in by_key:
                raise ValueError(key)
            return by_key[key]

        widget = forms.HiddenInput if len(by_key) == 1 else forms.Select
        super().__init__(
            choices=[(key, one.name) for key, one in by_key.items()],
            coerce=coerce,
            widget=widget,
            error_messages={"required": "Choose a location.", "invalid_choice": "Choose one of the locations."},
            **kwargs,
        )


class ShiftForm(forms.Form):
    """From when until when, and where. Left blank in a week, it is no shift."""

    weekday = forms.TypedChoiceField(choices=Weekday.choices, coerce=int, widget=forms.HiddenInput)
    starts = WallTimeField(required=False, label="from")
    ends = WallTimeField(required=False, label="to")

    def __init__(self, *args: Any, locations: list[Location], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"] = LocationField(locations)

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and starts >= ends:
            self.add_error("ends", "A shift must end after it starts.")
        for given, missing, words in (("starts", "ends", "ends"), ("ends", "starts", "starts")):
            if cleaned.get(given) and not cleaned.get(missing) and missing not in self.errors:
                self.add_error(missing, f"Enter when it {words}, or clear both times.")
        return cleaned

    @property
    def shift(self) -> Shift | None:
        cleaned = self.cleaned_data
        if not cleaned.get("starts") or not cleaned.get("ends"):
            return None
        return Shift(cleaned["weekday"], cleaned["location"], cleaned["starts"], cleaned["ends"])


class BaseWeek(forms.BaseFormSet):
    """Seven days of shifts."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        before: list[Shift] = []
        for form in self.forms:
            shift = form.shift
            if shift is None:
                continue
            for other in before:
                if other.weekday == shift.weekday and intervals.overlaps(other.minutes, shift.minutes):
                    form.add_error("starts", f"This overlaps the shift from {span(other)}.")
            before.append(shift)
        if any(form.errors for form in self.forms):
            raise ValidationError("Two shifts of one day overlap.")

    @property
    def shifts(self) -> list[Shift]:
        return [form.shift for form in self.forms if form.shift]

    @property
    def days(self) -> list[tuple[int, str, list[forms.Form]]]:
        """Each weekday with its name and its rows."""
        found: dict[int, list] = {number: [] for number in Weekday.values}
        for form in self.forms:
            weekday = str(form["weekday"].value())
            found.setdefault(int(weekday) if weekday in "0123456" and weekday else 0, []).append(form)
        return [(number, str(Weekday(number).label), rows) for number, rows in found.items()]


ShiftWeek: Any = forms.formset_factory(
    ShiftForm, formset=BaseWeek, extra=0, max_num=MOST, absolute_max=MOST, validate_max=True
)


def week_of(hours: Iterable[WorkingHours] | Iterable[Mapping[str, Any]], locations: list[Location]) -> Any:
    """The week's rows to be shown: saved hours, or rows as somebody typed them."""
    rows = [row if isinstance(row, Mapping) else _typed(row) for row in hours]
    return ShiftWeek(initial=rows, prefix=PREFIX, form_kwargs={"locations": locations})


def typed_rows(data: Mapping[str, str]) -> list[dict[str, str]]:
    """What stands in the week's rows, read or not, in their order."""
    total = data.get(f"{PREFIX}-TOTAL_FORMS", "")
    count = min(int(total), MOST) if total.isascii() and total.isdecimal() and len(total) < 5 else 0
    return [{name: data.get(f"{PREFIX}-{number}-{name}", "") for name in NAMES} for number in range(count)]


def changed_rows(data: Mapping[str, str], locations: list[Location]) -> list[dict[str, str]]:
    """The rows with one more on the day `add` names, or without the one that `remove` does."""
    rows = typed_rows(data)
    remove, add = data.get("remove", ""), data.get("add", "")
    if remove.isascii() and remove.isdecimal() and len(remove) < 4:
        rows = [row for number, row in enumerate(rows) if number != int(remove)]
    if len(add) == 1 and add in "0123456" and len(rows) < MOST:
        place = rows[-1]["location"] if rows else str(locations[0].pk) if locations else ""
        rows.append({"weekday": add, "location": place, "starts": "", "ends": ""})
    return rows


def _typed(row: WorkingHours) -> dict[str, Any]:
    return {"weekday": row.weekday, "location": row.location_id, "starts": row.starts, "ends": row.ends}


class DaysForm(forms.Form):
    """From which day, and through which one if it ends."""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first"] = ComingDayField(today=today, label="From")
        self.fields["last"] = ComingDayField(today=today, label="Through (blank: no end)", required=False)
        self.fields["seen"] = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day cannot come before the first.")
        return cleaned


class CopyForm(DaysForm):
    """Whose week becomes this one."""

    def __init__(self, *args: Any, practitioners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"] = forms.ModelMultipleChoiceField(
            practitioners,
            label="Copy to",
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "Tick at least one person.", "invalid_choice": "Choose from the list."},
        )


class ExtraForm(forms.Form):
    """One shift on one day."""

    def __init__(self, *args: Any, today: date, locations: list[Location], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"] = ComingDayField(today=today, label="Day")
        self.fields["starts"] = WallTimeField(label="From")
        self.fields["ends"] = WallTimeField(label="To")
        self.fields["location"] = LocationField(locations, label="Location")

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if cleaned.get("starts") and cleaned.get("ends") and cleaned["starts"] >= cleaned["ends"]:
            self.add_error("ends", "A shift must end after it starts.")
        return cleaned

    @property
    def shift(self) -> Shift:
        cleaned = self.cleaned_data
        return Shift(cleaned["day"].weekday(), cleaned["location"], cleaned["starts"], cleaned["ends"])


class SwapForm(forms.Form):
    """Which day goes where, or to whom."""

    def __init__(self, *args: Any, today: date, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"] = ComingDayField(today=today, label="Day to give away")
        self.fields["other"] = forms.ModelChoiceField(
            others,
            label="Who works it",
            required=False,
            empty_label="The same person, on another day",
            error_messages={"invalid_choice": "Choose from the list."},
        )
        self.fields["to_day"] = ComingDayField(
            today=today,
            label="Day they work instead",
            required=False,
            help_text="With somebody else: the day they give in return; blank if none.",
        )

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        day, to_day, other = cleaned.get("day"), cleaned.get("to_day"), cleaned.get("other")
        if "to_day" not in self.errors and "other" not in self.errors and other is None and to_day is None:
            self.add_error("to_day", "Choose the day to work instead, or somebody who works it.")
        elif day is not None and day == to_day:
            self.add_error("to_day", "Choose another day than the one that is given away.")
        return cleaned

    @property
    def other(self) -> Practitioner | None:
        return self.cleaned_data["other"]
