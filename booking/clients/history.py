"""A line in the admin's own history of a client: what staff did to the record, never what it says."""

from __future__ import annotations

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User

from booking.models import Client


def note(client: Client, *, by: User, message: str) -> None:
    """Write that `by` did this with the client."""
    LogEntry.objects.log_actions(by.pk, [client], CHANGE, change_message=message, single_object=True)
