"""Do we have this person already? Somebody is known by name with e-mail address, or by name with phone number where
one side has no address: families share both, so a name always belongs to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from django.db.models import Value
from django.db.models.functions import Lower

from booking.imports.people import Person
from booking.models import Client

Thing = TypeVar("Thing")
Key = tuple[str, str, str]
COMFORT_LINES = ("talk", "warmth", "scent")


class Known(Generic[Thing]):
    """Things by the people they stand for: clients, or rows further up in the file."""

    def __init__(self) -> None:
        self._by_address: dict[Key, Thing] = {}
        self._by_number: dict[Key, Thing] = {}
        self._by_number_alone: dict[Key, Thing] = {}

    def add(self, person: Person | Client, thing: Thing) -> None:
        """Remember the thing under this person; the first of two stays."""
        if person.email:
            self._by_address.setdefault(_key(person, person.email), thing)
        if number := str(person.phone or ""):
            self._by_number.setdefault(_key(person, number), thing)
            if not person.email:
                self._by_number_alone.setdefault(_key(person, number), thing)

    def find(self, person: Person) -> Thing | None:
        """The thing this person is known by, or None."""
        if not person.email:
            return self._by_number.get(_key(person, person.phone))
        found = self._by_address.get(_key(person, person.email))
        if found is None and person.phone:
            found = self._by_number_alone.get(_key(person, person.phone))
        return found


def clients_like(people: Iterable[Person]) -> Known[Client]:
    """The clients that any of these people may be; a merged one stands for its survivor. Two queries, with notes."""
    known: Known[Client] = Known()
    for client in _candidates(list(people)):
        known.add(client, client.merged_into or client)
    return known


def gaps(client: Client, person: Person) -> dict[str, Any]:
    """What the row can add: fields that are empty so far. Nothing is ever overwritten."""
    found: dict[str, Any] = {}
    for name in ("email", "phone", *COMFORT_LINES, "areas_to_avoid"):
        if getattr(person, name) and not getattr(client, name):
            found[name] = getattr(person, name)
    if client.pressure == Client.Pressure.DECIDE != person.pressure:
        found["pressure"] = person.pressure
    return found


def new_notes(person: Person, written: set[str]) -> list[tuple[str, bool]]:
    """The row's notes that are not `written` word for word."""
    return [(text, is_alert) for text, is_alert in person.notes if text not in written]


def written_about(client: Client) -> set[str]:
    """The words of the client's notes; no query when they were fetched before."""
    return {note.text for note in client.notes.all()}


def _candidates(people: list[Person]) -> Iterable[Client]:
    """Asked in two statements: of an "or" of both the database makes a walk through all clients, row by row."""
    addresses = {person.email for person in people if person.email}
    numbers = [Value(number) for number in {person.phone for person in people if person.phone}]  # clean already
    names = {person.last_name.lower() for person in people if person.phone}
    lowered = Client.objects.alias(lower_email=Lower("email"), lower_name=Lower("last_name"))
    about = lowered.select_related("merged_into").prefetch_related("notes", "merged_into__notes")
    found = {client.pk: client for client in about.exclude(email="").filter(lower_email__in=addresses)}
    for client in about.filter(phone__in=numbers, lower_name__in=names).exclude(pk__in=found):
        found[client.pk] = client
    return sorted(found.values(), key=lambda client: (client.merged_into_id is not None, client.pk))


def _key(person: Person | Client, mark: str) -> Key:
    return person.first_name.lower(), person.last_name.lower(), mark.lower()
