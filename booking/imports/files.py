"""An uploaded file becomes rows, and each row a verdict before anything is imported. The file itself is not kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from booking.errors import BookingError
from booking.imports import columns, known, reading
from booking.imports.people import Person, Unusable, person_of
from booking.models import ClientImport, ImportRow
from clinic.text import clean_line

Status, Outcome = ClientImport.Status, ImportRow.Outcome
AT_ONCE = 500
LONGEST_PROBLEM = 300


class ImportStarted(BookingError):
    """Its clients are being imported, so nothing about it can be changed any more."""

    code = "import-started"
    sentence = "This import has started. Its columns can no longer be changed."


@transaction.atomic(durable=True)
def take(data: bytes, *, name: str, by: User, now: datetime) -> ClientImport:
    """Keep the rows of a file with the columns guessed. Raises `booking.imports.reading.FileRefused`."""
    table = reading.read(data)
    batch = ClientImport.objects.create(
        file_name=clean_line(name)[-120:] or "clients.csv",
        source=columns.source_of(table.headings),
        headings=table.headings,
        columns=columns.guess(table.headings),
        created_at=now,
        by=by,
    )
    rows = [ImportRow(batch=batch, number=row.number, values=row.values) for row in table.rows]
    ImportRow.objects.bulk_create(rows, batch_size=AT_ONCE)
    return batch


@transaction.atomic(durable=True)
def check(batch: ClientImport, *, matched: Mapping[str, str]) -> ClientImport:
    """Judge every row under these columns, importing nothing. Raises `ImportStarted`."""
    current = ClientImport.objects.select_for_update().get(pk=batch.pk)
    if current.status not in (Status.UPLOADED, Status.CHECKED):
        raise ImportStarted
    current.columns, current.status = dict(matched), Status.CHECKED
    current.save(update_fields=["columns", "status"])
    above: known.Known[ImportRow] = known.Known()
    for rows in _in_parts(current):
        _judge(current, rows, above)
        save_verdicts(rows)
    return current


@transaction.atomic(durable=True)
def throw_away(batch: ClientImport) -> None:
    """Delete the import and its rows; clients that came of it stay. Raises `ImportStarted` while it runs."""
    current = ClientImport.objects.select_for_update().get(pk=batch.pk)
    if current.status == Status.RUNNING:
        raise ImportStarted("This import is running. Wait until it is done.")
    current.delete()


def people_of(batch: ClientImport, rows: list[ImportRow]) -> list[tuple[ImportRow, Person]]:
    """The rows that name a person; the others are marked refused, with the reason."""
    found = []
    for row in rows:
        try:
            found.append((row, person_of(row.values, batch.columns, batch.headings)))
        except Unusable as reason:
            row.outcome, row.problem = Outcome.REFUSED, str(reason)[:LONGEST_PROBLEM]
    return found


def save_verdicts(rows: list[ImportRow]) -> None:
    """Write outcome and problem: a statement an outcome, and one for all refusals, which differ from row to row."""
    for outcome in {row.outcome for row in rows} - {Outcome.REFUSED}:
        same = [row.pk for row in rows if row.outcome == outcome]
        ImportRow.objects.filter(pk__in=same).update(outcome=outcome, problem="")
    refused = [row for row in rows if row.outcome == Outcome.REFUSED]
    ImportRow.objects.bulk_update(refused, ["outcome", "problem"])


def _judge(batch: ClientImport, rows: list[ImportRow], above: known.Known[ImportRow]) -> None:
    for row in rows:
        row.problem = ""
    named = people_of(batch, rows)
    clients = known.clients_like(person for _, person in named)
    for row, person in named:
        client = clients.find(person)
        if above.find(person) is not None:
            row.outcome = Outcome.TWICE
        elif client is None:
            row.outcome = Outcome.NEW
        else:
            has_gaps = known.gaps(client, person) or known.new_notes(person, known.written_about(client))
            row.outcome = Outcome.FILLED if has_gaps else Outcome.KNOWN
        above.add(person, row)


def _in_parts(batch: ClientImport) -> Iterator[list[ImportRow]]:
    last = 0
    while rows := list(batch.rows.filter(number__gt=last).order_by("number")[:AT_ONCE]):
        yield rows
        last = rows[-1].number
