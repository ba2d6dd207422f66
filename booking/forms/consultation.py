"""What somebody asks before they book, and what they say to the times we propose."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from phonenumber_field.formfields import PhoneNumberField

from booking import policy, spam
from booking.consultations import Asked
from booking.forms.fields import AddressField, LineField, NameField, ParagraphField
from booking.models import ConsultationRequest
from booking.models.consultations import PARTS
from services.models import Service

Kind = ConsultationRequest.Kind


class ConsultationForm(forms.Form):
    """A request for a call, or a question. `opened_at` rides along sealed: a program sends too fast, or much later."""

    kind = forms.ChoiceField(
        label="What would you like?",
        choices=Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a call or a written answer.", "invalid_choice": "Choose one of these."},
    )
    first_name = NameField("first")
    last_name = NameField("last")
    email = AddressField(help_text="We answer there.")
    phone = PhoneNumberField(
        label="Mobile phone",
        required=False,
        help_text="We need it if we are to call you.",
        error_messages={"invalid": "Enter a phone number with 10 digits, such as 503 555 0142."},
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
    )
    service = forms.ModelChoiceField(
        Service.objects.none(), label="What is it about?", required=False, empty_label="I do not know yet"
    )
    message = ParagraphField(
        label="What would you like to know?",
        max_length=2000,
        help_text="Say as much or as little about your health as you like.",
        error_messages={"required": "Write a line or two, so that we can prepare."},
        widget=forms.Textarea({"rows": 5}),
    )
    preferred_parts = forms.MultipleChoiceField(
        label="When are you usually free?", choices=PARTS, required=False, widget=forms.CheckboxSelectMultiple
    )
    preferred_text = LineField(
        label="Days that suit you",
        required=False,
        max_length=200,
        help_text="Such as “Tuesdays, or any day next week”.",
    )
    consent = forms.BooleanField(
        label="Keep what I wrote to answer me",
        help_text="Only people who work here read it.",
        error_messages={"required": "Tick the box, so that we may keep your request and answer it."},
    )
    website = forms.CharField(required=False, max_length=200)
    opened_at = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, now: datetime, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.form_token = now, ""
        about: Any = self.fields["service"]
        about.queryset = Service.objects.active().filter(mode=Service.Mode.IN_CLINIC)

    def clean_opened_at(self) -> str:
        """The form's one-time token, once it is plain that a person filled the form in."""
        found = spam.opened(self.cleaned_data["opened_at"])
        if found is None or policy.is_form_stale(found.at, self.now):
            self.seal_again()
            raise forms.ValidationError("This form was open for a long time. Send it once more.")
        if policy.was_filled_in_too_fast(found.at, self.now):
            raise forms.ValidationError("That was faster than we expected. Send it once more.")
        self.form_token = found.token
        return self.form_token

    def clean_website(self) -> str:
        """A field no person sees; whoever fills it in is a program."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError("Leave the hidden field empty, and send it once more.")
        return ""

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == Kind.PHONE and not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error("phone", "Enter the number we should call, such as 503 555 0142.")
        if len(self.errors) > 1:  # they send it again anyway; no need to say how fast it was
            self.errors.pop("opened_at", None)
        return cleaned

    def seal_again(self) -> None:
        """Give the same answers a new form."""
        data = self.data.copy() if isinstance(self.data, QueryDict) else dict(self.data)
        data["opened_at"] = spam.seal(now=self.now)
        self.data = data

    @property
    def asked(self) -> Asked:
        cleaned = self.cleaned_data
        service = cleaned["service"]
        return Asked(
            kind=cleaned["kind"],
            first_name=cleaned["first_name"],
            last_name=cleaned["last_name"],
            email=cleaned["email"],
            phone=cleaned["phone"].as_e164 if cleaned["phone"] else "",
            service=service.pk if service else None,
            message=cleaned["message"],
            preferred_parts=sorted(cleaned["preferred_parts"]),
            preferred_text=cleaned["preferred_text"],
        )


class OtherTimesForm(forms.Form):
    """What we answered or proposed does not suit: what would?"""

    note = ParagraphField(
        label="Tell us what would help",
        max_length=1000,
        error_messages={"required": "Write a line, so that we know what would help."},
        widget=forms.Textarea({"rows": 3}),
    )
