"""Which time is asked about: an option, somebody or anyone, a place, a day and a time on its wall."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

from django import forms
from django.http import QueryDict

from booking import access, localtime
from booking.forms.fields import DayField, InstantField, WallTimeField
from booking.staff import wall
from services.models import Location, Practitioner, ServiceOption


class WhyForm(forms.Form):
    """An instant in `starts_at` stands for the date and the time; a diary's cell and a visit's page give one."""

    option = forms.ModelChoiceField(
        ServiceOption.objects.select_related("service__service_type").order_by(
            "service__service_type__position", "service__position", "service", "duration", "pk"
        ),
        label="Service",
        error_messages={"required": "Choose a service.", "invalid_choice": "Choose a service from the list."},
    )
    practitioner = forms.ModelChoiceField(Practitioner.objects.none(), required=False, empty_label="Anyone")
    location = forms.ModelChoiceField(Location.objects.none(), required=False, empty_label=None)
    date = DayField(label="Day")
    at = WallTimeField(label="Time")
    exactly = InstantField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | dict, *, user: Any, now: datetime) -> None:
        self.other_pass: datetime | None = None  # the second time the wall shows it, where the clock goes back
        self.now, self.places = now, list(Location.objects.order_by("-is_active", "name", "pk"))
        given = self._with_wall_time(data)
        is_asked = all(given[name] for name in ("option", "date", "at"))
        super().__init__(given if is_asked else None, initial=given)  # what nobody asked yet is not wrong
        option = self._field("option")
        option.choices = [("", "Choose a service"), *_by_service(option.queryset)]
        people = Practitioner.objects.all() if access.sees_everyone(user) else access.practitioners_for(user)
        self._field("practitioner").queryset = people
        self._field("location").queryset = Location.objects.order_by("-is_active", "name", "pk")
        self.fields["location"].error_messages["invalid_choice"] = "Choose a place from the list."
        self.fields["practitioner"].error_messages["invalid_choice"] = "Choose somebody from the list."
        if len(self.places) < 2:
            self.fields["location"].widget = forms.HiddenInput()

    @property
    def is_asked(self) -> bool:
        """Whether everything that must be there is; a diary's cell gives no service yet."""
        return self.is_bound

    @property
    def starts_at(self) -> datetime:
        return self.cleaned_data["starts_at"]

    @property
    def location_chosen(self) -> Location:
        return self.cleaned_data.get("location") or self.places[0]

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if not self.places:
            raise forms.ValidationError("There is no location yet.")
        if cleaned.get("date") and cleaned.get("at"):
            zone = localtime.zone((cleaned.get("location") or self.places[0]).timezone)
            cleaned["starts_at"], self.other_pass = [*wall.asked_by(self, zone, now=self.now), None, None][:2]
        return cleaned

    def _with_wall_time(self, data: QueryDict | dict) -> dict[str, Any]:
        """The address with an instant written as a day and a time; nonsense in it is nothing."""
        given = {name: data.get(name, "") for name in ("option", "practitioner", "location", "date", "at", "exactly")}
        if len(self.places) == 1:
            given["location"] = str(self.places[0].pk)
        instant = wall.clean_instant(data.get("starts_at", ""))
        if instant and self.places:
            place = next((one for one in self.places if str(one.pk) == given["location"]), self.places[0])
            local = localtime.to_local(instant, localtime.zone(place.timezone))
            given |= {"date": local.date().isoformat(), "at": f"{local:%H:%M}", "exactly": instant.isoformat()}
        return given

    def _field(self, name: str) -> Any:
        return self.fields[name]


def _by_service(options: Any) -> list[tuple[str, list[tuple[int, str]]]]:
    return [
        (str(service), [(option.pk, f"{service}, {option.label}") for option in group])
        for service, group in groupby(options, key=lambda option: option.service)
    ]
