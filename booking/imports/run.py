"""Importing the rows of a checked file: a part at a time, each its own transaction, each queueing the next.

A worker that dies leaves whole parts behind and none half done; what is left goes on where it was. Running it again,
or the same file again, changes nothing: known clients only get what they lack.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Q

from booking.errors import BookingError
from booking.imports import files, known
from booking.imports.people import Person
from booking.models import Client, ClientImport, ClientNote, ImportRow

Status, Outcome = ClientImport.Status, ImportRow.Outcome
A_PART = 200


class NotChecked(BookingError):
    """The columns have to be matched first."""

    code = "import-not-checked"
    sentence = "Match the columns first."


@dataclass(frozen=True)
class Progress:
    """How far it is. `total` leaves out the rows that were refused."""

    done: int
    total: int

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100


@transaction.atomic(durable=True)
def start(batch: ClientImport, *, by: User) -> ClientImport:
    """Begin, or go on after a stop: queues the first job. Nothing happens once it is done. Raises `NotChecked`."""
    current = ClientImport.objects.select_for_update().get(pk=batch.pk)
    if current.status == Status.UPLOADED:
        raise NotChecked
    if current.status != Status.DONE:
        current.status, current.by = Status.RUNNING, by
        current.save(update_fields=["status", "by"])
        _queue(current)
    return current


@transaction.atomic(durable=True)
def import_part(batch_pk: int, *, now: datetime) -> bool:
    """Import the next rows and queue the job after; whether there was anything to do. Two at once wait in turn."""
    batch = ClientImport.objects.select_for_update().filter(pk=batch_pk, status=Status.RUNNING).first()
    if batch is None:
        return False
    rows = list(_left(batch).order_by("number")[:A_PART])
    if not rows:
        batch.status, batch.finished_at = Status.DONE, now
        batch.save(update_fields=["status", "finished_at"])
        return False
    _import(batch, rows, now)
    _save(rows)
    _queue(batch)
    return True


def progress(batch: ClientImport) -> Progress:
    """One query."""
    usable = ~Q(outcome=Outcome.REFUSED)
    counted = batch.rows.aggregate(
        done=Count("pk", filter=usable & Q(is_imported=True)), total=Count("pk", filter=usable)
    )
    return Progress(**counted)


def _left(batch: ClientImport) -> Any:
    return batch.rows.filter(is_imported=False).exclude(outcome=Outcome.REFUSED)


def _queue(batch: ClientImport) -> None:
    from booking import tasks  # the task calls back into this module

    tasks.import_clients.defer(import_pk=batch.pk)


def _import(batch: ClientImport, rows: list[ImportRow], now: datetime) -> None:
    named = files.people_of(batch, rows)
    people = [person for _, person in named]
    _add(people)
    clients = known.clients_like(people)
    found = {row.pk: clients.find(person) for row, person in named}
    locked = _locked([client.pk for client in found.values() if client is not None])
    written = {client.pk: known.written_about(client) for client in locked.values()}
    new: list[ClientNote] = []
    for row, person in named:
        client = found[row.pk]
        if client is None:  # two alphabets disagree about what a small letter is
            row.outcome, row.problem = Outcome.REFUSED, "A client of almost this name has this address already."
        elif current := locked.get(client.pk):
            notes = known.new_notes(person, written[current.pk])
            written[current.pk].update(text for text, _ in notes)
            _fill(row, person, current, notes)
            new.extend(_note(current, text, is_alert, batch, now) for text, is_alert in notes)
    ClientNote.objects.bulk_create(new)


def _save(rows: list[ImportRow]) -> None:
    """What became of the rows; the values of those that are imported are in the clients now, and not kept."""
    files.save_verdicts(rows)
    done = [row for row in rows if row.is_imported]
    ImportRow.objects.bulk_update(done, ["client"])
    ImportRow.objects.filter(pk__in=[row.pk for row in done]).update(is_imported=True, values=[])


def _add(people: list[Person]) -> None:
    """Make clients of those nobody knows. Who books at this very moment wins, and is found a line later.

    In an order that is the same for every file: two imports that name the same people wait for each other in turn.
    """
    clients, fresh = known.clients_like(people), known.Known[Person]()
    new = []
    for person in people:
        if clients.find(person) is None and fresh.find(person) is None:
            fresh.add(person, person)
            new.append(Client(**_columns(person)))
    new.sort(key=lambda client: (client.email.lower(), client.last_name.lower(), client.first_name.lower()))
    Client.objects.bulk_create(new, ignore_conflicts=True)


def _locked(pks: list[int]) -> dict[int, Client]:
    """The clients in primary-key order; one merged since is left to the next part, which finds the survivor."""
    rows = Client.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=pks, merged_into__isnull=True)
    return {client.pk: client for client in rows.order_by("pk").prefetch_related("notes")}


def _fill(row: ImportRow, person: Person, client: Client, notes: list[tuple[str, bool]]) -> None:
    missing = known.gaps(client, person)
    for name, value in missing.items():
        setattr(client, name, value)
    if missing:
        client.save(update_fields=list(missing))
    row.client, row.is_imported = client, True
    if row.outcome in (Outcome.KNOWN, Outcome.FILLED):
        row.outcome = Outcome.FILLED if missing or notes else Outcome.KNOWN


def _note(client: Client, text: str, is_alert: bool, batch: ClientImport, now: datetime) -> ClientNote:
    return ClientNote(client=client, text=text, is_alert=is_alert, by=batch.by, at=now)


def _columns(person: Person) -> dict[str, Any]:
    return {name: value for name, value in vars(person).items() if name != "notes"}
