"""How a client likes it: the comfort card, written by whoever has read it as it stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from booking.clients import history
from booking.errors import BookingError, NoLongerHere
from booking.models import Client

FIELDS = ("pressure", "talk", "warmth", "scent", "areas_to_avoid")


class ComfortChanged(BookingError):
    """Somebody else has changed the card meanwhile."""

    code = "comfort-changed"
    sentence = (
        "Somebody has changed this card since you opened it. It stands above as they left it, and what you entered is "
        "kept here. Save again to put yours in its place."
    )


def edition(client: Client) -> str:
    """A fingerprint of the card: what a page shows, and its form sends back as `seen`."""
    return hashlib.sha256(json.dumps([getattr(client, name) for name in FIELDS]).encode()).hexdigest()[:32]


@transaction.atomic(durable=True)
def save(client: Client, values: Mapping[str, Any], *, seen: str, by: User) -> None:
    """Write the whole card. Raises `ComfortChanged` unless `seen` is how it stands or it says the same already, and
    `NoLongerHere`."""
    current = Client.objects.present().select_for_update(no_key=True).filter(pk=client.pk).first()
    if current is None:
        raise NoLongerHere("This client was deleted or merged while this page was open. Nothing was saved.")
    stood = edition(current)
    for name in FIELDS:
        setattr(current, name, values[name])
    if edition(current) == stood:
        return
    if seen != stood:
        raise ComfortChanged
    current.save(update_fields=FIELDS)
    history.note(current, by=by, message="Comfort card changed.")
