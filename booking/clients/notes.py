"""What the front desk should know about a client: written, and rewritten by whoever wrote it."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from booking.appointments.clients import survivor
from booking.models import Client, ClientNote


@transaction.atomic(durable=True)
def write(client: Client, *, text: str, is_alert: bool, by: User, now: datetime) -> ClientNote:
    """Add a note; on the survivor when the client has been merged meanwhile. Raises `NoLongerHere`."""
    current = survivor(Client.objects.filter(pk=client.pk))
    return ClientNote.objects.create(client=current, text=text, is_alert=is_alert, by=by, at=now)


def rewrite(note: ClientNote, *, text: str, is_alert: bool, now: datetime) -> ClientNote:
    """Change a note's words or whether it is an alert; its time is that of the last change."""
    note.text, note.is_alert, note.at = text, is_alert, now
    note.save(update_fields=["text", "is_alert", "at"])
    return note


def may_rewrite(note: ClientNote, user: User) -> bool:
    """One's own notes alone."""
    return note.by_id == user.pk and user.has_perm("booking.change_clientnote")
