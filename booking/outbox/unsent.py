"""Which mails about a visit have not gone out yet, and which of them no longer should."""

from __future__ import annotations

from django.db.models import QuerySet

from booking.models import Appointment, Message
from services.models import Practitioner

VERSIONED = ("confirmation", "new", "moved", "cancelled")
Status = Message.Status


def versioned(appointment: Appointment) -> QuerySet[Message]:
    """The mails that say how the visit stands; of these only the last counts."""
    return Message.objects.filter(appointment=appointment, reason__regex=rf"^({'|'.join(VERSIONED)})/")


def withdraw(appointment: Appointment) -> tuple[list[str], set[str]]:
    """Delete what has not gone out yet: the mails by kind and recipient, and the addresses that have heard nothing.

    A mail on its way this moment is locked by its sender and counts as heard: nobody waits for a mail server.
    Word to a former practitioner stays true whatever happens next.
    """
    ours = versioned(appointment)
    unsent = list(ours.select_for_update(skip_locked=True).exclude(status=Status.SENT).order_by("pk"))
    Message.objects.filter(pk__in=[message.pk for message in unsent]).delete()
    addresses = {address for message in unsent for address in message.to}
    heard = {address for to in ours.values_list("to", flat=True) for address in to}
    return [kind_of(message.reason) for message in unsent], addresses - heard


def withdraw_farewell(appointment: Appointment, practitioner: Practitioner) -> bool:
    """Delete the unsent words by which this practitioner was to learn that the visit is no longer theirs."""
    unsent = Message.objects.filter(
        appointment=appointment, reason__startswith="left/", to__contains=[practitioner.email]
    ).exclude(status=Status.SENT)
    found = [message.pk for message in unsent.select_for_update(skip_locked=True)]
    Message.objects.filter(pk__in=found).delete()
    return bool(found)


def is_overtaken(message: Message) -> bool:
    """Whether the appointment has changed since: the mail about the change says all there is to say."""
    if message.appointment is None:
        return False
    kind, _, sequence, *_ = message.reason.split("/")
    return kind in VERSIONED and int(sequence) < message.appointment.sequence


def kinds_of(appointment: Appointment, sequence: int) -> set[str]:
    """Kind and recipient of each mail about the visit as it was at this sequence."""
    reasons = Message.objects.filter(appointment=appointment, reason__contains=f"/{appointment.pk}/{sequence}/")
    return {kind_of(reason) for reason in reasons.values_list("reason", flat=True)}


def kind_of(reason: str) -> str:
    kind, _, _, recipient, *_ = reason.split("/")
    return f"{kind}/{recipient}"
