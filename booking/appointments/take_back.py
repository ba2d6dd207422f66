"""Taking back what was done last. The visit stands as it stood before, or nothing happens.

Only the youngest change can be taken back, and once. In time nobody hears of either; later, who has read of the one
reads of the other.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from booking import links, outbox
from booking.appointments import claims, history
from booking.appointments.author import Author
from booking.appointments.cancel import call_off
from booking.errors import ClientBusy, NotPossible, SlotTaken
from booking.models import Appointment, Change
from services.models import Practitioner, Room

Kind = history.Kind
ALREADY = "This has been taken back already."
GONE = "The time it had before has been given to somebody else, so this cannot be taken back."
TAKEN_BACK = "Taken back by the clinic"


@transaction.atomic(durable=True)
def take_back(change: Change, *, now: datetime, author: Author) -> Appointment:
    """Undo the youngest change of its appointment: status, time, room and fee are again what they were.

    A booking is cancelled. Raises `SlotTaken` or `ClientBusy` when its old time has gone, `AppointmentChanged` when
    something happened since, `NotPossible`.
    """
    appointment = change.appointment
    _lock(appointment, change)
    act = history.begin(appointment, Kind.TAKEN_BACK, author=author, now=now, statuses=tuple(Appointment.Status))
    _refuse_unless_youngest(change, act.current)
    act.beside["change"] = change.pk
    if change.kind == Kind.BOOKED:
        return call_off(act, TAKEN_BACK)
    current, was_with, was_at = act.current, act.current.practitioner, act.current.starts_at
    history.restore(current, change.before)
    if change.kind in (Kind.MOVED, Kind.ROOM, Kind.CANCELLED, Kind.FULFILLED, Kind.NOSHOW):
        _claim_again(current, author, now)
    told = None
    if change.kind in (Kind.MOVED, Kind.CANCELLED):
        current.sequence += 1
        told = _tell(current, change, was_with=was_with, was_at=was_at, now=now, author=author)
    if change.kind == Kind.ROOM:
        outbox.room_changed(current, now=now)
    return act.end(told=told)


def _lock(appointment: Appointment, change: Change) -> None:
    """What it takes again: the practitioner and the room it had before, then its client."""
    practitioner = change.before.get("practitioner", appointment.practitioner_id)
    room = change.before.get("room", appointment.room_id)
    try:
        claims.lock(Practitioner(pk=practitioner), Room(pk=room) if room else None)
    except claims.Beaten as gone:  # a room that was deleted since
        raise SlotTaken(GONE) from gone
    if appointment.client is not None:
        claims.lock_client(appointment.client)


def _refuse_unless_youngest(change: Change, current: Appointment) -> None:
    youngest = current.changes.first()
    if youngest is None or (youngest.pk == change.pk and change.kind == Kind.TAKEN_BACK):
        raise NotPossible("What was taken back can be done again, but not taken back.")
    if youngest.pk == change.pk:
        return
    if youngest.kind == Kind.TAKEN_BACK and youngest.after.get("change") == change.pk:
        raise NotPossible(ALREADY)
    raise history.changed_by(youngest, current)


def _claim_again(current: Appointment, author: Author, now: datetime) -> None:
    """Take exactly what it had, if it holds time at all."""
    claims.give_back(current)
    if current.status not in Appointment.HOLDS_TIME:
        return
    claims.sweep(current.shape, current.starts_at, practitioner=current.practitioner, room=current.room, now=now)
    try:
        claims.claim(current, current.shape)
    except claims.Beaten as beaten:
        raise SlotTaken(GONE) from beaten
    except ClientBusy as error:
        raise author.told(error) from error


def _tell(
    current: Appointment, change: Change, *, was_with: Practitioner, was_at: datetime, now: datetime, author: Author
) -> outbox.Told:
    current.visit.link_expires_at = current.ends_at + links.VALID_AFTER_VISIT
    current.visit.save(update_fields=["link_expires_at"])
    return outbox.taken_back(
        current,
        had_withdrawn=change.before.get(history.UNSENT, []),
        was_with=was_with,
        was_at=was_at,
        now=now,
        wait=author.wait,
        tells_client=author.tells_client,
    )
