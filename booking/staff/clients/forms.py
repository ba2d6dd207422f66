"""What the client pages ask with: how somebody likes it, a note, and which value stays in a merge."""

from __future__ import annotations

from typing import Any

from django import forms

from booking.admin.forms import AreasForm
from booking.clients import choices, comfort
from booking.forms.fields import LineField, ParagraphField
from booking.models import Client, ClientNote
from services import body

LABELS = {
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "phone": "Phone",
    "pressure": "Pressure",
    "talk": "Talk",
    "warmth": "Warmth",
    "scent": "Scent",
    "areas_to_avoid": "Areas to avoid",
}


class ComfortForm(AreasForm):
    """The comfort card."""

    talk = LineField(max_length=60, required=False, help_text="How much they like to talk.")
    warmth = LineField(max_length=60, required=False, help_text="Table warmer, blankets.")
    scent = LineField(max_length=60, required=False, help_text="Oils and scents they like or cannot stand.")

    class Meta:
        model = Client
        fields = comfort.FIELDS


class NoteForm(forms.ModelForm):
    """A note for the front desk."""

    text = ParagraphField(
        label="Note",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="For the front desk. Health belongs in the health history, not here.",
        error_messages={"required": "Write the note first."},
    )
    is_alert = forms.BooleanField(label="Show as a warning wherever the client is", required=False)

    class Meta:
        model = ClientNote
        fields = ["text", "is_alert"]


class MergeForm(forms.Form):
    """A radio pair for each field in which the two differ, and a box that says they are the same person."""

    is_same_person = forms.BooleanField(
        label="Both are the same person",
        error_messages={"required": "Tick the box to say that both are the same person."},
    )

    def __init__(self, *args: Any, keep: Client, other: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, side in choices.suggested(keep, other).items():
            values = {choices.KEEP: _shown(keep, name), choices.OTHER: _shown(other, name)}
            if values[choices.KEEP] == values[choices.OTHER]:
                continue
            options = [(value, text or "(blank)") for value, text in values.items()]
            if name == "areas_to_avoid":
                options.append((choices.BOTH, "Both of them together"))
            self.fields[name] = forms.ChoiceField(
                label=LABELS[name],
                choices=options,
                initial=side,
                widget=forms.RadioSelect,
                error_messages={"required": "Choose which stays.", "invalid_choice": "Choose one of these."},
            )
        self.order_fields([*choices.FIELDS, "is_same_person"])

    @property
    def differing(self) -> list[forms.BoundField]:
        """The radio pairs, in order."""
        return [self[name] for name in self.fields if name != "is_same_person"]

    @property
    def chosen(self) -> dict[str, str]:
        return {name: side for name, side in self.cleaned_data.items() if name != "is_same_person"}


def _shown(client: Client, name: str) -> str:
    if name == "areas_to_avoid":
        return ", ".join(body.names(client.areas_to_avoid))
    if name == "pressure":
        return Client.Pressure(client.pressure).label
    if name == "phone":
        return client.phone.as_national if client.phone else ""
    return getattr(client, name)
