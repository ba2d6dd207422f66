"""The forms of a consultation request's staff pages: an answer, and open times to tick."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from booking import availability, localtime, wording
from booking.availability import Slot
from booking.forms import InstantField, ParagraphField
from booking.models import ConsultationRequest
from clinic.text import is_id
from services.models import Practitioner, Service, ServiceOption

DAYS = 7


class AnswerForm(forms.Form):
    text = ParagraphField(required=False, max_length=4000)
    sequence = forms.IntegerField(min_value=0)


class TimesForm(forms.Form):
    """What to look for, which starts were ticked, and a few words to go with them."""

    option = forms.ModelChoiceField(
        ServiceOption.objects.none(), label="Service", error_messages={"required": "Choose a service."}
    )
    practitioner = forms.ModelChoiceField(
        Practitioner.objects.active(), label="With", required=False, empty_label="Anyone free"
    )
    first_day = forms.DateField(label="From", required=False, widget=forms.DateInput({"type": "date"}))
    text = ParagraphField(
        label="A few words above the times", required=False, max_length=2000, widget=forms.Textarea({"rows": 3})
    )
    sequence = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, data, *, now: datetime, asked: ConsultationRequest) -> None:
        given = data.copy()
        options = ServiceOption.objects.active().filter(service__is_active=True).select_related("service")
        given.setdefault("option", str(_first_option(options, asked) or ""))
        given.setdefault("sequence", str(asked.sequence))
        super().__init__(given)
        self.now, self.problem = now, "Tick a time first. Nothing was sent."
        choice: Any = self.fields["option"]
        choice.queryset = options

    @property
    def chosen_option(self) -> ServiceOption:
        return self.cleaned_data["option"]

    @property
    def is_booking(self) -> bool:
        return "book" in self.data

    @property
    def ticked(self) -> list[str]:
        sent: Any = self.data  # a QueryDict
        return sent.getlist("slot")

    def slots(self) -> list[Slot]:
        """The ticked starts that are open now; empty, with `problem` said, when they cannot be taken like this."""
        found = [slot for value in self.ticked if (slot := self._slot(value))]
        if len(found) < len(self.ticked):
            self.problem = "One of these times is no longer open. Nothing was sent. Choose again."
            return []
        if self.is_booking and len(found) != 1:
            self.problem = "Tick exactly one time to book it. Nothing was booked."
            return []
        return found

    def days(self) -> Iterator[tuple[date, list[tuple[str, str, Slot]]]]:
        """A week's open starts by local day, each as its value, its words and the slot; one for each start."""
        if not self.is_valid():
            return
        zone = timezone.get_current_timezone()
        today = localtime.local_day(self.now, zone)
        last = localtime.local_day(self.now + self.chosen_option.service.booking_horizon, zone)
        first = min(max(self.cleaned_data["first_day"] or today, today), last)
        by_start = {slot.starts_at: slot for slot in reversed(self._open(first, first + timedelta(days=DAYS - 1)))}
        rows = sorted((slot.starts_at.astimezone(zone), slot) for slot in by_start.values())
        for day, group in groupby(rows, key=lambda row: row[0].date()):
            yield day, [(_value(slot), wording.clock(local), slot) for local, slot in group]

    def _open(self, first_day: date, last_day: date) -> list[Slot]:
        chosen = self.cleaned_data["practitioner"]
        return availability.open_slots(
            self.chosen_option,
            practitioners=[chosen] if chosen else None,
            first_day=first_day,
            last_day=last_day,
            now=self.now,
        )

    def _slot(self, value: str) -> Slot | None:
        key, _, start = value.partition(" ")
        try:
            starts_at = InstantField().clean(start)
        except ValidationError:
            return None
        practitioner = Practitioner.objects.filter(pk=key).first() if is_id(key) else None
        if practitioner is None or starts_at is None:
            return None
        found = availability.find_slot(
            self.chosen_option, starts_at=starts_at, practitioners=[practitioner], now=self.now
        )
        return found[0] if found else None


def _value(slot: Slot) -> str:
    return f"{slot.practitioner.pk} {slot.starts_at.isoformat()}"


def _first_option(options, asked: ConsultationRequest) -> int | None:
    """The kind of call they asked for, else the service it is about."""
    mode = {"video": Service.Mode.VIDEO, "phone": Service.Mode.PHONE}.get(asked.kind)
    wanted = options.filter(service__mode=mode) if mode else options.filter(service=asked.service_id)
    return wanted.values_list("pk", flat=True).first() or options.values_list("pk", flat=True).first()
