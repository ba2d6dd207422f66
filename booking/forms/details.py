"""What the details page asks: who comes, and how they like it."""

from __future__ import annotations

import re

from django import forms
from django.http import QueryDict
from phonenumber_field.formfields import PhoneNumberField

from booking.appointments import Details
from booking.forms.fields import AddressField, ArticleField, NameField, ParagraphField
from booking.models import Client
from services import body
from services.models import Service

FORM_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")


class DetailsForm(forms.Form):
    """Who comes, and how they like it. The choice rides along as hidden fields and is checked again."""

    first_name = NameField("first")
    last_name = NameField("last")
    email = AddressField(help_text="For this visit and nothing else.")
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
        help_text="Injuries, pregnancy, medicines, scents you cannot stand. Only people who work here read this.",
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
    article = ArticleField()

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
            email=cleaned["email"],
            phone=cleaned["phone"].as_e164,
            pressure=cleaned.get("pressure", Client.Pressure.DECIDE),
            areas_to_avoid=sorted(cleaned.get("areas_to_avoid", [])),
            note=cleaned["note"],
        )

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What was typed, as pairs for hidden fields, without the choice it was typed for."""
        dropped = {"starts_at", "option", "practitioner", "location", "article", "accept_policy", "held", "website"}
        return [
            (name, value)
            for name in self.fields
            if name not in dropped
            for value in (self.data.getlist(name) if isinstance(self.data, QueryDict) else [])
        ]
