"""Whose visit it becomes: a client whom staff chose, or whoever has this name and address."""

from __future__ import annotations

from booking.appointments.details import Details
from booking.errors import NoLongerHere
from booking.models import Client
from booking.models.clients import ClientQuerySet


def locked(client: Client | None, details: Details) -> Client:
    """The chosen client, else the one of these details, made if new. Who was merged lives on in the survivor.

    What we already know of them is not overwritten. Without an e-mail address nobody can be found again by what was
    typed: each is a new client, and only staff can tell that two are one. Raises `NoLongerHere`.
    """
    if client is not None:
        return survivor(Client.objects.filter(pk=client.pk))
    fresh = Client(
        first_name=details.first_name,
        last_name=details.last_name,
        email=details.email,
        phone=details.phone,
        pressure=details.pressure,
        areas_to_avoid=details.areas_to_avoid,
    )
    if not details.email:
        fresh.save(force_insert=True)
        return fresh
    Client.objects.bulk_create([fresh], ignore_conflicts=True)
    found = survivor(Client.objects.of(details.email, details.first_name, details.last_name))
    if details.phone and not found.phone:
        found.phone = details.phone
        found.save(update_fields=["phone"])
    return found


def survivor(one: ClientQuerySet) -> Client:
    """Lock whoever this client has become by now, and nobody they were before: a merge would wait for those.

    Raises `NoLongerHere` for a client that was deleted.
    """
    while True:
        client = one.present().select_for_update(no_key=True).first()
        if client is not None:
            return client
        into = one.values_list("merged_into", flat=True).first()
        if into is None:
            raise NoLongerHere("This client was deleted while this page was open. Nothing was saved.")
        one = Client.objects.filter(pk=into)
