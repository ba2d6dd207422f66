"""What happened to an appointment: each act on it is one `Change`, written in its own transaction.

A row says who did what when, and how the columns that changed stood before and after. Whoever acts on a page that
shows an older state is told what happened meanwhile, and nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.duration import duration_iso_string

from booking import localtime, wording
from booking.appointments.author import Author
from booking.errors import AppointmentChanged, NotPossible
from booking.models import Appointment, Change
from booking.outbox import Told

Kind = Change.Kind
UNSENT = "unsent"  # in `before`, beside the columns: the mails that this act kept from going out
COLUMNS = (
    "status",
    "starts_at",
    "ends_at",
    "practitioner",
    "room",
    "location",
    "is_any_practitioner",
    "buffer_before",
    "buffer_after",
    "unattended_from",
    "unattended_until",
    "policy_text",
    "confirmed_at",
    "started_at",
    "fee",
    "fee_waiver",
    "cancelled_at",
    "cancellation_reason",
    "override_reason",
)
BOOKED = ("status", "starts_at", "ends_at", "practitioner", "room", "location", "override_reason")
DID = {
    Kind.BOOKED: "booked this visit",
    Kind.CONFIRMED: "confirmed this visit",
    Kind.MOVED: "moved this visit",
    Kind.ROOM: "gave this visit another room",
    Kind.ARRIVED: "noted that the client is here",
    Kind.STARTED: "noted that the session has begun",
    Kind.FULFILLED: "noted that this visit is done",
    Kind.NOSHOW: "noted that the client did not come",
    Kind.CANCELLED: "cancelled this visit",
    Kind.TAKEN_BACK: "took back what was done last",
}


def seen_of(appointment: Appointment) -> int:
    """The primary key of its youngest change, 0 for none: what a page shows, and its forms send back as `seen`."""
    youngest = Change.objects.filter(appointment=appointment).values_list("pk", flat=True).first()
    return youngest or 0


@dataclass
class Act:
    """One act on an appointment whose row is locked; `end` saves what it changed and writes the `Change`.

    `overtaken_by` is a change the author had not seen when they did the very same before: a button pressed twice.
    `beside` goes into the change's `after`, beside the columns.
    """

    current: Appointment
    kind: Kind
    author: Author
    now: datetime
    before: dict[str, Any]
    overtaken_by: Change | None = None
    beside: dict[str, Any] = field(default_factory=dict)

    @property
    def is_repeat(self) -> bool:
        return self.overtaken_by is not None

    def refuse_repeat(self) -> None:
        """For acts that differ by more than their kind: it was the same, but not to the same place."""
        if self.overtaken_by is not None:
            raise changed_by(self.overtaken_by, self.current)

    def end(self, *, reason: str = "", told: Told | None = None) -> Appointment:
        after = state(self.current)
        changed = [name for name in COLUMNS if after[name] != self.before[name]]
        self.current.save(update_fields=[*changed, "sequence"])
        before = {name: self.before[name] for name in changed}
        if told is not None and told.withdrew:
            before[UNSENT] = told.withdrew
        note(
            self.current, self.kind, author=self.author, now=self.now, reason=reason, told=told,
            before=before, after={name: after[name] for name in changed} | self.beside,
        )  # fmt: skip
        return self.current


def begin(appointment: Appointment, kind: Kind, *, author: Author, now: datetime, statuses: tuple[str, ...]) -> Act:
    """Lock the row, and see that it is still what the author saw and may still be acted on so.

    Called after every other lock. Raises `AppointmentChanged`, `NotPossible`.
    """
    current = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("visit", "client", "option__service", "practitioner", "location", "room")
        .get(pk=appointment.pk)
    )
    act = Act(current, kind, author, now, before=state(current))
    newer = _newer(current, author)
    if newer:
        if len(newer) > 1 or newer[0].kind != kind or not author.did(newer[0]):
            raise changed_by(newer[0], current)
        act.overtaken_by = newer[0]
    elif current.status not in statuses:
        raise NotPossible
    return act


def note(
    appointment: Appointment,
    kind: Kind,
    *,
    author: Author,
    now: datetime,
    reason: str = "",
    told: Told | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any],
) -> Change:
    """Write down what was done, within the transaction that did it."""
    return Change.objects.create(
        appointment=appointment,
        kind=kind,
        at=now,
        by_id=author.user.pk if author.user else None,
        by_name=author.name[:150],
        reason=reason[:200],
        is_told=told is not None and told.is_client_told,
        before=before or {},
        after=after,
    )


def note_booking(appointment: Appointment, *, author: Author, now: datetime, told: Told) -> None:
    after = {name: value for name, value in state(appointment).items() if name in BOOKED}
    note(
        appointment, Kind.BOOKED, author=author, now=now, reason=appointment.override_reason, told=told, after=after
    )  # fmt: skip


def changed_by(change: Change, appointment: Appointment) -> AppointmentChanged:
    """The error that tells who did what, and when by the clinic's clock."""
    at = localtime.to_local(change.at, localtime.zone(appointment.location.timezone))
    who = change.by_name or "The client"
    return AppointmentChanged(
        f"{who} {DID[Kind(change.kind)]} on {wording.day(at)}, {wording.clock(at)}. "
        "Nothing you entered was saved. Look at the visit again."
    )


def state(appointment: Appointment) -> dict[str, Any]:
    """The columns that acts change, as JSON: instants and lengths in ISO 8601, rows by primary key."""
    return {name: _written(appointment.serializable_value(name)) for name in COLUMNS}


def restore(appointment: Appointment, before: dict[str, Any]) -> None:
    """Give the columns the values they had. Rows are known by primary key again, not by what they said then."""
    for name in COLUMNS:
        if name in before:
            field: Any = Appointment._meta.get_field(name)
            value = before[name]
            setattr(appointment, field.attname, value if field.is_relation else field.to_python(value))


def _newer(current: Appointment, author: Author) -> list[Change]:
    """The youngest change the author has not seen, and one more if there is; none when they did not say."""
    if author.seen is None:
        return []
    return list(Change.objects.filter(appointment=current, pk__gt=author.seen)[:2])


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    return str(value) if isinstance(value, Decimal) else value
