"""What the panel's forms ask: what a missed visit costs, why one is cancelled, a mail's words, a reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from booking.forms.fields import LineField, ParagraphField
from booking.models import Appointment

CHARGE, WAIVE, LATER = "charge", "waive", "later"
REASONS = (
    "The client asked",
    "The client is ill",
    "The practitioner is away",
    "The clinic is closed",
    "Booked by mistake",
)
OTHER = "other"


class FeeForm(forms.Form):
    """What a missed or late-cancelled visit costs: the fee that was promised unless staff say otherwise."""

    costs = forms.ChoiceField(
        label="Fee",
        choices=[(CHARGE, "Charge"), (WAIVE, "No fee, because"), (LATER, "Decide later")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say what it costs.", "invalid_choice": "Choose one of these."},
    )
    fee = forms.DecimalField(
        label="Amount",
        required=False,
        min_value=Decimal(0),
        max_digits=8,
        decimal_places=2,
        widget=forms.NumberInput({"step": "0.01", "min": "0"}),
        error_messages={"invalid": "Write the amount as in 52.50."},
    )
    waiver = LineField(label="Why no fee", required=False, max_length=200)

    def __init__(self, data: Any = None, *, appointment: Appointment, **kwargs: Any) -> None:
        self.appointment = appointment
        start = CHARGE if appointment.late_fee else LATER
        initial = {"costs": start, "fee": appointment.late_fee or None}
        super().__init__(data, initial=initial, label_suffix="", **kwargs)

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        costs = cleaned.get("costs")
        if costs == CHARGE and not cleaned.get("fee") and "fee" not in self.errors:
            self.add_error("fee", "Enter the fee, or choose “No fee”.")
        if costs == WAIVE and not self.why_no_fee and "waiver" not in self.errors:
            self.add_error("waiver", "Say why no fee is charged.")
        return cleaned

    @property
    def why_no_fee(self) -> str:
        return self.cleaned_data.get("waiver", "")

    @property
    def decided(self) -> dict[str, Any]:
        """The fee and the waiver as the write module takes them; a fee of None is not decided yet."""
        costs = self.cleaned_data.get("costs", LATER)
        if costs == CHARGE:
            return {"fee": self.cleaned_data["fee"], "waiver": ""}
        if costs == WAIVE:
            return {"fee": Decimal(0), "waiver": self.why_no_fee}
        return {"fee": None, "waiver": ""}


class NoShowForm(FeeForm):
    """The client did not come."""


class CancelForm(FeeForm):
    """Why it is cancelled; and what that costs, where it comes too late to be free."""

    because = forms.ChoiceField(
        label="Why?",
        choices=[*((reason, reason) for reason in REASONS), (OTHER, "Something else")],
        initial=REASONS[0],
        error_messages={"required": "Choose a reason.", "invalid_choice": "Choose a reason from the list."},
    )
    words = LineField(label="In your words", required=False, max_length=170)
    is_quiet = forms.BooleanField(label="Don’t tell the client", required=False)

    field_order = ["because", "words"]

    def __init__(self, data: Any = None, *, appointment: Appointment, is_late: bool, **kwargs: Any) -> None:
        super().__init__(data, appointment=appointment, **kwargs)
        self.is_late = is_late
        if not is_late:
            for name in ("costs", "fee", "waiver"):
                del self.fields[name]

    @property
    def reason(self) -> str:
        """The reason and the words; the reason alone where there are none."""
        because, words = self.cleaned_data.get("because", ""), self.cleaned_data.get("words", "")
        chosen = "" if because == OTHER else because
        return ": ".join(filter(None, [chosen, words])) or "Something else"

    @property
    def why_no_fee(self) -> str:
        """The reason of the cancelling says it, where nothing else does."""
        return super().why_no_fee or self.reason

    @property
    def decided(self) -> dict[str, Any]:
        return super().decided if self.is_late else {}


class LetterForm(forms.Form):
    """A few words to the client, by mail."""

    text = ParagraphField(
        label="Your words",
        max_length=4000,
        help_text="The greeting, when the visit is and how to reach us are added. Leave out anything about health.",
        error_messages={"required": "Write a few words first."},
        widget=forms.Textarea({"rows": 7}),
    )


class OverrideField(LineField):
    """Why somebody goes against a rule; required where it is asked."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Why against the rules?")
        super().__init__(max_length=200, **kwargs)
