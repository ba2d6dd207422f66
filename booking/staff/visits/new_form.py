"""What booking from the diary asks: which option, with whom, when, for whom, and how it came about."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from phonenumber_field.formfields import PhoneNumberField

from booking import localtime
from booking.access import clients_for, practitioners_for, sees_everyone
from booking.appointments import Details, details_of
from booking.forms.details import FORM_TOKEN
from booking.forms.fields import (
    AddressField,
    DayField,
    InstantField,
    LineField,
    NameField,
    ParagraphField,
    WallTimeField,
)
from booking.models import Client, Visit
from booking.staff import wall
from booking.staff.visits import gap
from booking.staff.visits.forms import OverrideField
from clinic.text import is_id
from services.models import Location, Practitioner, Room, ServiceOption

Source = Visit.Source
NEW = ("first_name", "last_name", "phone", "email")
MOST_SAME = 3


class NewForm(forms.Form):
    """A visit. `client` is one we know; without it the four fields of a new client count."""

    option = forms.ModelChoiceField(
        ServiceOption.objects.none(),
        label="Service",
        empty_label="Choose a service",
        error_messages={"required": "Choose a service.", "invalid_choice": "Choose a service from the list."},
    )
    practitioner = forms.ModelChoiceField(
        Practitioner.objects.none(),
        label="With",
        required=False,
        empty_label="Anyone free",
        error_messages={"required": "Choose a practitioner.", "invalid_choice": "Choose somebody from the list."},
    )
    date = DayField(label="Day")
    at = WallTimeField(label="Time")
    room = forms.ModelChoiceField(
        Room.objects.none(),
        label="Room",
        required=False,
        empty_label="Any that suits",
        error_messages={"invalid_choice": "Choose a room from the list."},
    )
    q = LineField(label="Find a client", required=False, max_length=100)
    client = forms.CharField(required=False, widget=forms.HiddenInput)
    first_name = NameField("first", required=False)
    last_name = NameField("last", required=False)
    phone = PhoneNumberField(
        label="Phone",
        required=False,
        error_messages={"invalid": "Enter a phone number with 10 digits, such as 503 555 0142."},
        widget=forms.TextInput({"type": "tel", "autocomplete": "off"}),
    )
    email = AddressField(required=False, help_text="Without one they get no mail.")
    is_other = forms.BooleanField(label="It is somebody else", required=False)
    source = forms.ChoiceField(
        label="Booked",
        choices=[(Source.PHONE, Source.PHONE.label), (Source.DESK, Source.DESK.label)],
        widget=forms.RadioSelect,
        error_messages={"required": "Say how it was booked.", "invalid_choice": "Choose one of these."},
    )
    note = ParagraphField(
        label="Note about this visit",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
    )
    is_quiet = forms.BooleanField(label="Don’t tell the client", required=False)
    override = OverrideField(required=False)
    location = forms.ModelChoiceField(Location.objects.active(), required=False, widget=forms.HiddenInput)
    exactly = InstantField(required=False, widget=forms.HiddenInput)
    form_token = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, user: Any, now: datetime, zone: localtime.ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.user, self.now, self.zone = user, now, zone
        self.same: list[Client] = []
        self.fields["at"].widget.attrs["step"] = "300"  # the browser's own clock goes by five minutes
        for name in NEW:
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self._field("practitioner").queryset = practitioners_for(user)
        if not sees_everyone(user):
            self.fields["practitioner"].required = True
            self._field("practitioner").empty_label = None
        rooms = Room.objects.active().filter(location__is_active=True).select_related("location")
        self._field("room").queryset = rooms
        self._offer_options()

    def value_of(self, name: str) -> Any:
        """What was sent, or what the field starts with; a bound field would keep the first answer."""
        return self.data.get(name) if self.is_bound else self.initial.get(name)

    @property
    def known(self) -> Client | None:
        """The chosen client, if this person may open them."""
        value = self.value_of("client")
        clients: Any = clients_for(self.user)
        return clients.present().filter(pk=value).first() if is_id(str(value or "")) else None

    @property
    def chosen_practitioner(self) -> Practitioner | None:
        return self._row("practitioner")

    @property
    def starts_at(self) -> datetime:
        return self.cleaned_data["starts_at"]

    @property
    def details(self) -> Details:
        """Who it is for: somebody we know, with the note; or what was typed."""
        cleaned, known = self.cleaned_data, self.cleaned_data["known"]
        if known is not None:
            return replace(details_of(known), note=cleaned["note"])
        phone = cleaned["phone"].as_e164 if cleaned["phone"] else ""
        names = {name: cleaned[name] for name in ("first_name", "last_name", "email", "note")}
        return Details(**names, phone=phone)

    def clean_form_token(self) -> str:
        token = self.cleaned_data["form_token"]
        if not FORM_TOKEN.fullmatch(token):
            raise forms.ValidationError("This form was damaged on its way. Open a new one from the diary.")
        return token

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if cleaned.get("date") and cleaned.get("at"):
            cleaned["starts_at"] = next(iter(wall.asked_by(self, self.zone, now=self.now)), None)
        cleaned["known"] = self.known
        if cleaned["known"] is None:
            self._check_new_client(cleaned)
        return cleaned

    def _check_new_client(self, cleaned: dict) -> None:
        """Names are there, the person may add clients, and nobody we know is meant."""
        if cleaned.get("client"):
            self.add_error("q", "This client is no longer there. Find them again.")
        elif not any(self.data.get(name) for name in NEW) or not self.user.has_perm("booking.add_client"):
            self.add_error("q", "Choose a client first.")
        else:
            for name, which in (("first_name", "first"), ("last_name", "last")):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, f"Enter their {which} name.")
            if not cleaned.get("is_other") and not any(name in self.errors for name in NEW):
                self._look_for_the_same(cleaned)

    def _look_for_the_same(self, cleaned: dict) -> None:
        same = Q(first_name__iexact=cleaned["first_name"], last_name__iexact=cleaned["last_name"])
        if cleaned["phone"]:
            same |= Q(phone=cleaned["phone"])
        clients: Any = clients_for(self.user)
        self.same = list(clients.present().filter(same)[:MOST_SAME])
        if self.same:
            self.add_error("first_name", "We know somebody of this name or number. Is it one of these?")

    def _offer_options(self) -> None:
        """What the chosen practitioner gives, or what suits the chosen room; what fits into the gap first."""
        options = ServiceOption.objects.active().filter(service__is_active=True).select_related("service__service_type")
        who, room = self.chosen_practitioner, self._row("room")
        if who is not None:
            options = options.filter(service__practitioners=who)
        if room is not None:
            options = options.filter(service__rooms=room)
        if who is None and not sees_everyone(self.user):
            options = options.filter(service__practitioners__in=practitioners_for(self.user))
        options = options.order_by("service__service_type__position", "service__position", "service", "duration", "pk")
        field = self._field("option")
        field.queryset = options.distinct()
        found = list(field.queryset)
        field.choices = [("", field.empty_label), *self._grouped(found, who)]
        if len(found) == 1 and not self.value_of("option"):
            self.initial["option"] = found[0].pk

    def _grouped(self, options: list[ServiceOption], who: Practitioner | None) -> list[Any]:
        start = self._start()
        if who is None or start is None:
            return [(option.pk, str(option)) for option in options]
        until = gap.free_until(who, start, zone=self.zone, now=self.now)
        fitting = [(one.pk, str(one)) for one in options if gap.fits(one, start, until)]
        others = [(one.pk, str(one)) for one in options if not gap.fits(one, start, until)]
        return [("Fits here", fitting), ("Too long for the gap", others)] if fitting and others else fitting or others

    def _start(self) -> datetime | None:
        """The start as far as it can be read yet."""
        try:
            day, at = (self.fields[name].clean(self.value_of(name)) for name in ("date", "at"))
        except forms.ValidationError:
            return None
        return wall.at(day, at, self.zone) if wall.is_within_reach(day, now=self.now) else None

    def _row(self, name: str) -> Any:
        value = str(self.value_of(name) or "")
        return self._field(name).queryset.filter(pk=value).first() if is_id(value) else None

    def _field(self, name: str) -> Any:
        return self.fields[name]
