"""The chooser's questions as a form. Its answers are about health: they travel by POST and are kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.core import signing

from services import body, carried
from services.chooser import Answers
from services.chooser.questions import CAUTIONS, FIRST_TIME, GOALS, NEEDLES, PREGNANCY, RED_FLAGS, SINCE, STRENGTH

NONE = "none"
NONE_OF_THESE = {NONE: "None of these"}


def _one_of(label: str, choices: Mapping[str, str], help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        help_text=help_text,
        choices=list(choices.items()),
        widget=forms.RadioSelect,
        error_messages={
            "required": f"Choose an answer to “{label}”",
            "invalid_choice": f"Choose one of the answers to “{label}”",
        },
    )


class ChooserForm(forms.Form):
    goal = _one_of("What would you like most?", GOALS)
    places = forms.MultipleChoiceField(
        label="Where does it hurt?",
        choices=body.AREAS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Tick places on the figures only."},
    )
    since = _one_of("How long has it been going on?", SINCE)
    strength = _one_of("How much does it hold you back?", STRENGTH)
    first_time = _one_of("Would this be your first time?", FIRST_TIME, "Of massage or acupuncture, anywhere.")
    needles = _one_of("Are fine needles all right?", NEEDLES)
    pregnancy = _one_of("Are you pregnant?", PREGNANCY)
    watch = forms.MultipleChoiceField(
        label="Is any of this true today?",
        help_text="Tick all that fit, or the last one.",
        choices=list((RED_FLAGS | CAUTIONS | NONE_OF_THESE).items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Tick what is true today, or “None of these”.",
            "invalid_choice": "Tick only what is in the list, or “None of these”.",
        },
    )

    def clean_watch(self) -> list[str]:
        ticked = self.cleaned_data["watch"]
        if NONE in ticked and len(ticked) > 1:
            raise forms.ValidationError("You ticked “None of these” and something else. Untick one of them.")
        return [code for code in ticked if code != NONE]

    @property
    def answers(self) -> Answers:
        cleaned = self.cleaned_data
        single = {name: cleaned[name] for name in cleaned if name not in ("places", "watch")}
        return Answers(**single, places=tuple(body.names(cleaned["places"])), watch=frozenset(cleaned["watch"]))


class CarryForm(forms.Form):
    """Whether the answers go into the note of the booking; `sealed` is ours, see `services.carried`."""

    carry = forms.BooleanField(label="Put my answers into my note", required=False)
    sealed = forms.CharField(max_length=4000, widget=forms.HiddenInput)

    def clean_sealed(self) -> tuple[str, str]:
        """The note and the service it is for."""
        try:
            return carried.unseal(self.cleaned_data["sealed"])
        except signing.BadSignature as error:
            raise forms.ValidationError("This form has lain open too long. Answer the questions again.") from error
