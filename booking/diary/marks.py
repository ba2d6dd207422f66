"""What a card says at a glance, beside its status. A mark is one line here: code, which names its picture too,
words, and the condition that the database answers for every card in the one statement that reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from booking.models import Appointment, Client, ClientNote, Message

Status = Appointment.Status


@dataclass(frozen=True)
class Mark:
    """`when` is a condition on an appointment; a warning is drawn as one."""

    code: str
    words: str
    when: Any
    is_warning: bool = False

    @property
    def column(self) -> str:
        return f"has_mark_{self.code}"


_notes = ClientNote.objects.filter(client=OuterRef("client"))
_earlier = Appointment.objects.filter(client=OuterRef("client"), starts_at__lt=OuterRef("starts_at"))
_kept = _earlier.promised().exclude(status__in=[Status.CANCELLED, Status.NOSHOW])
_failed = Message.objects.filter(appointment=OuterRef("pk"), status=Message.Status.FAILED)
_beside = Appointment.objects.filter(visit=OuterRef("visit")).exclude(pk=OuterRef("pk")).promised()
_has_client = Q(client__isnull=False)
_wishes = Q(pressure=Client.Pressure.DECIDE, areas_to_avoid=[], client__talk="", client__warmth="", client__scent="")

MARKS = (
    Mark("alert", "Alert: read the notes first", Exists(_notes.filter(is_alert=True)), is_warning=True),
    Mark("mail", "A mail failed", Exists(_failed), is_warning=True),
    Mark("fee", "Fee undecided", Q(status=Status.NOSHOW, fee=None, fee_waiver="", late_fee__gt=0), is_warning=True),
    Mark("first", "First visit", _has_client & ~Exists(_kept)),
    Mark("combined", "Part of a combined visit", Exists(_beside.exclude(status=Status.CANCELLED))),
    Mark("note", "Note", _has_client & (~Q(note="") | Exists(_notes.filter(is_alert=False)))),
    Mark("comfort", "Comfort card", _has_client & ~_wishes),
)


def annotated(appointments):
    """The same appointments, each with a column a mark; no query of its own."""
    return appointments.annotate(**{mark.column: mark.when for mark in MARKS})


def of(appointment: Appointment) -> list[Mark]:
    """The marks of one that came through `annotated`, in their order."""
    return [mark for mark in MARKS if getattr(appointment, mark.column)]
