"""The client that an address names, if this person may open them."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from booking.access import clients_for
from booking.models import Client


def client_or_404(user: Any, pk: int) -> Client:
    """Also one that was merged into another; the caller decides what to show then."""
    return get_object_or_404(clients_for(user).select_related("merged_into"), pk=pk)


def present_or_404(user: Any, pk: int) -> Client:
    """A client that was not merged into another: what can still be written to."""
    client = client_or_404(user, pk)
    if client.merged_into_id:
        raise Http404
    return client
