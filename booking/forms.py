"""What clients send: the chosen time, the filters of the times page, and their details."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from phonenumber_field.formfields import PhoneNumberField

from booking import body, localtime, week
from booking.appointments import Details
from booking.models import Client
from clinic.text import clean_line, clean_paragraphs
from services.models import Location, Practitioner, Service, ServiceOption

FORM_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")


class LineField(forms.CharField):
    """One line of text in its clean form."""

    def to_python(self, value):
        return clean_line(super().to_python(value) or "")


class ParagraphField(forms.CharField):
    widget = forms.Textarea

    def to_python(self, value):
        return clean_paragraphs(super().to_python(value) or "")


class InstantField(forms.CharField):
    """An RFC 3339 instant with its offset, as offered times carry it; cleaned to UTC."""

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        try:
            # A plus sign in an address that nobody encoded arrives as a space.
            return localtime.to_utc(datetime.fromisoformat(text[:40].replace(" ", "+")))
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError("That is not a time.") from error


@dataclass(frozen=True)
class Choice:
    """A time of an option somebody picked. Price, length and rules are looked up, never sent."""

    option: ServiceOption
    starts_at: datetime
    practitioner: Practitioner | None
    location: Location

    @property
    def service(self) -> Service:
        return self.option.service

    @property
    def fields(self) -> dict[str, str]:
        """The choice as the fields of a form or an address."""
        local = localtime.to_local(self.starts_at, localtime.zone(self.location.timezone))
        return {"starts_at": local.isoformat(), **choice_fields(self.option, self.practitioner, self.location)}


def choice_fields(option: ServiceOption, practitioner: Practitioner | None, location: Location) -> dict[str, str]:
    """Everything of a choice but its time."""
    return {
        "option": str(option.pk),
        "practitioner": practitioner.slug if practitioner else "",
        "location": location.slug,
    }


class ChoiceForm(forms.Form):
    """Reads a choice from a form or a deep link; `duration` stands in where an address names no option."""

    starts_at = InstantField()
    duration = forms.IntegerField(required=False, min_value=1, max_value=1000)

    def __init__(self, data: QueryDict, *, service: Service) -> None:
        super().__init__(data)
        self.options = service.options.active().select_related("service")
        self.locations = Location.objects.active()
        practitioners = Practitioner.objects.giving(service)
        self.fields["option"] = forms.ModelChoiceField(self.options, required=False)
        self.fields["practitioner"] = forms.ModelChoiceField(practitioners, required=False, to_field_name="slug")
        self.fields["location"] = forms.ModelChoiceField(self.locations, required=False, to_field_name="slug")

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if not cleaned.get("option") and "option" not in self.errors:
            length = cleaned.get("duration")
            found = self.options.filter(duration=timedelta(minutes=length)) if length else self.options
            cleaned["option"] = found.first()
        if not cleaned.get("location"):
            cleaned["location"] = self.locations.first()
        if not cleaned.get("option") or not cleaned.get("location"):
            raise forms.ValidationError("We no longer offer this.")
        return cleaned

    @property
    def choice(self) -> Choice:
        cleaned = self.cleaned_data
        return Choice(cleaned["option"], cleaned["starts_at"], cleaned["practitioner"], cleaned["location"])


class FilterForm(forms.Form):
    """The filters of the times page. What it cannot read it says, and leaves out."""

    def __init__(self, data: QueryDict, *, service: Service, options: list[ServiceOption], locations: list[Location]):
        self.options = {_length_code(option, options): option for option in options}
        self.locations = locations
        filled = {"duration": next(iter(self.options)), "part": "", "location": locations[0].slug}
        super().__init__({**filled, **{name: value for name, value in data.items() if value}})
        lengths = [(code, option.label) for code, option in self.options.items()]
        parts = [("", "Any"), *week.PARTS.items()]
        radio, date_input = forms.RadioSelect, forms.DateInput({"type": "date"})
        self.fields = {
            "duration": forms.ChoiceField(label="Length", required=False, choices=lengths, widget=radio),
            "practitioner": _by_slug("With", Practitioner.objects.giving(service), empty_label="Anyone free"),
            "part": forms.ChoiceField(label="Part of day", required=False, choices=parts, widget=radio),
            "location": _by_slug("Where", Location.objects.active(), empty_label=None),
            "from": forms.DateField(label="From", required=False, widget=date_input, input_formats=["%Y-%m-%d"]),
        }
        if len(locations) == 1:
            self.fields["location"].widget = forms.HiddenInput()

    @property
    def chosen_option(self) -> ServiceOption:
        return self.options.get(self._read("duration", ""), next(iter(self.options.values())))

    @property
    def chosen_practitioner(self) -> Practitioner | None:
        return self._read("practitioner", None)

    @property
    def chosen_location(self) -> Location:
        return self._read("location", None) or self.locations[0]

    @property
    def chosen_part(self) -> str:
        return self._read("part", "")

    def first_day(self, today: date, horizon_day: date) -> date:
        """The asked day, kept between today and the last day that can be booked."""
        return min(max(self._read("from", None) or today, today), horizon_day)

    def _read(self, name: str, otherwise):
        self.is_valid()
        return self.cleaned_data.get(name, otherwise)


def _by_slug(label: str, choices: QuerySet, *, empty_label: str | None) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(choices, label=label, required=False, to_field_name="slug", empty_label=empty_label)


def _length_code(option: ServiceOption, options: list[ServiceOption]) -> str:
    """The minutes; two options of one length are told apart by number."""
    is_alone = sum(other.minutes == option.minutes for other in options) == 1
    return str(option.minutes) if is_alone else f"{option.minutes}-{option.pk}"


class DetailsForm(forms.Form):
    """Who comes, and how they like it. The choice rides along as hidden fields and is checked again."""

    first_name = LineField(
        max_length=60,
        error_messages={"required": "Enter your first name."},
        widget=forms.TextInput({"autocomplete": "given-name"}),
    )
    last_name = LineField(
        max_length=60,
        error_messages={"required": "Enter your last name."},
        widget=forms.TextInput({"autocomplete": "family-name"}),
    )
    email = forms.EmailField(
        label="Email",
        help_text="For the confirmation and nothing else.",
        error_messages={
            "required": "Enter an email address, such as noor@example.org.",
            "invalid": "Enter an email address with an @, such as noor@example.org.",
        },
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
    )
    phone = PhoneNumberField(
        label="Mobile phone",
        help_text="We call only about this visit.",
        error_messages={
            "required": "Enter a phone number with 10 digits, such as 503 555 0142.",
            "invalid": "Enter a phone number with 10 digits, such as 503 555 0142.",
        },
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
    )
    pressure = forms.ChoiceField(
        label="How firm would you like it?",
        choices=Client.Pressure.choices,
        initial=Client.Pressure.DECIDE,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how firm you would like it.", "invalid_choice": "Choose one of these."},
    )
    areas_to_avoid = forms.MultipleChoiceField(
        label="Areas to avoid", choices=body.AREAS, required=False, widget=forms.CheckboxSelectMultiple
    )
    note = ParagraphField(
        label="Anything we should know?",
        required=False,
        max_length=2000,
        help_text="Injuries, pregnancy, medicines, scents you cannot stand. Only the people who treat you read this.",
        widget=forms.Textarea({"rows": 3}),
    )
    accept_policy = forms.BooleanField(
        label="I have read when I can cancel",
        error_messages={"required": "Tick the box to say that you have read when you can cancel."},
    )
    website = forms.CharField(required=False, max_length=200)
    form_token = forms.CharField(widget=forms.HiddenInput)
    held = forms.CharField(required=False, widget=forms.HiddenInput)
    starts_at = forms.CharField(widget=forms.HiddenInput)
    option = forms.CharField(widget=forms.HiddenInput)
    practitioner = forms.CharField(required=False, widget=forms.HiddenInput)
    location = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, service: Service | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if service is not None and not service.needs_room:  # nobody is touched on a call
            del self.fields["pressure"], self.fields["areas_to_avoid"]

    def clean_form_token(self) -> str:
        token = self.cleaned_data["form_token"]
        if not FORM_TOKEN.fullmatch(token):
            raise forms.ValidationError("This form was damaged on its way. Open it again from the times page.")
        return token

    def clean_website(self) -> str:
        """A field no person sees; whoever fills it in is a program."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError("Leave this field empty.")
        return ""

    @property
    def details(self) -> Details:
        cleaned = self.cleaned_data
        return Details(
            first_name=cleaned["first_name"],
            last_name=cleaned["last_name"],
            email=cleaned["email"].lower(),
            phone=cleaned["phone"].as_e164,
            pressure=cleaned.get("pressure", Client.Pressure.DECIDE),
            areas_to_avoid=sorted(cleaned.get("areas_to_avoid", [])),
            note=cleaned["note"],
        )

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What was typed, as pairs for hidden fields, without the choice it was typed for."""
        dropped = {"starts_at", "option", "practitioner", "location", "accept_policy", "held", "website"}
        return [
            (name, value)
            for name in self.fields
            if name not in dropped
            for value in (self.data.getlist(name) if isinstance(self.data, QueryDict) else [])
        ]
