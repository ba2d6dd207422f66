"""Which days and which place a report is asked for."""

from __future__ import annotations

from datetime import date

from django import forms
from django.http import QueryDict

from booking.forms.fields import DayField
from booking.reports import period
from booking.reports.period import Period
from services.models import Location

PRESETS = {
    "week": ("This week", period.this_week),
    "month": ("This month", period.this_month),
    "last-month": ("Last month", period.last_month),
    "quarter": ("This quarter", period.this_quarter),
}
CUSTOM = "days"


class PeriodForm(forms.Form):
    """A period by name, or by its first and last day. Nothing chosen means this month, everywhere."""

    period = forms.ChoiceField(
        label="Period",
        required=False,
        choices=[*((code, name) for code, (name, _) in PRESETS.items()), (CUSTOM, "The days below")],
        error_messages={"invalid_choice": "Choose one of these periods."},
    )
    first = DayField(label="From", required=False)
    last = DayField(label="To", required=False)
    location = forms.ModelChoiceField(
        Location.objects.active(),
        required=False,
        to_field_name="slug",
        empty_label="Every location",
        error_messages={"invalid_choice": "Choose one of our locations."},
    )

    def __init__(self, data: QueryDict, *, today: date, has_locations: bool) -> None:
        self.today = today
        super().__init__({"period": "month", **{name: value for name, value in data.items() if value}})
        if not has_locations:
            del self.fields["location"]

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if cleaned.get("period") == CUSTOM and not {"first", "last"} & set(self.errors):
            self._check_days(cleaned.get("first"), cleaned.get("last"))
        return cleaned

    def _check_days(self, first: date | None, last: date | None) -> None:
        if first is None or last is None:
            self.add_error("last" if first else "first", "Say both the first and the last day.")
        elif last < first:
            self.add_error("last", "The last day cannot come before the first.")
        elif first < period.EARLIEST or last > period.LATEST:
            self.add_error("last", f"Choose days from {period.EARLIEST.year} to {period.LATEST.year}.")
        elif last - first >= period.LONGEST:
            self.add_error("last", "Choose at most a year.")

    @property
    def chosen(self) -> Period:
        cleaned = self.cleaned_data
        if cleaned["period"] == CUSTOM:
            return Period(cleaned["first"], cleaned["last"])
        return PRESETS[cleaned["period"]][1](self.today)

    @property
    def query(self) -> str:
        """The choice as an address carries it."""
        asked = QueryDict(mutable=True)
        asked.update({name: self.data[name] for name in self.fields if self.data.get(name)})
        return asked.urlencode()
