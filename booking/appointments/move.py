"""To another time, another practitioner, another room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from booking import availability, links, localtime, outbox, policy
from booking.appointments import best_slot, claims, history, promise
from booking.appointments.author import CLIENT, Author
from booking.availability import Slot
from booking.errors import ClientBusy, NotOffered, NotPossible, SlotTaken, TooLate
from booking.models import Appointment, TimeOff
from services.models import Practitioner, Room

Status = Appointment.Status
Kind = history.Kind
NEEDS_NO_ROOM = "This visit needs no room."


def may_move(appointment: Appointment, *, now: datetime) -> bool:
    """Whether a client may still move it: while cancelling is free."""
    is_free = policy.may_cancel_free(now, appointment.starts_at, appointment.cancellation_notice)
    return appointment.status == Status.BOOKED and is_free


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Which visit is to be moved, by whom, and why against the rules; `is_invited` where we offered them the time.

    `practitioner` and `room` as far as they were named.
    """

    appointment: Appointment
    is_any: bool
    author: Author
    override: str
    now: datetime
    practitioner: Practitioner | None = None
    room: Room | None = None
    is_invited: bool = False

    @property
    def for_staff(self) -> bool:
        """Whether the rules for people who book alone do not count."""
        return self.author.is_staff or self.is_invited

    def is_met_by(self, current: Appointment, starts_at: datetime) -> bool:
        """Whether it is there already, as far as anything was said."""
        named = self.practitioner in (None, current.practitioner) and self.room in (None, current.room)
        return named and current.starts_at == starts_at


def move(
    appointment: Appointment,
    *,
    starts_at: datetime,
    practitioner: Practitioner | None = None,
    room: Room | None = None,
    now: datetime,
    author: Author = CLIENT,
    override: str = "",
) -> Appointment:
    """Move to another open time; `practitioner` None means anyone who gives it. The price stays as promised.

    It stays in its room where it can, unless staff choose one. Clients can while cancelling is free. With an
    `override` staff need not keep to the rules, and `practitioner` None means the same one. Raises `TooLate`,
    `NotPossible`, `SlotTaken`, `SlotNotOffered`, `ClientBusy`, `AppointmentChanged`.
    """
    wish = Wish(
        appointment=appointment,
        is_any=practitioner is None and not override.strip(),
        author=author,
        override=override.strip(),
        now=now,
        practitioner=practitioner,
        room=room,
    )
    asked: dict[str, Any] = {
        "starts_at": starts_at,
        "practitioner": practitioner or (appointment.practitioner if wish.override else None),
        "location": room.location if room is not None else appointment.location,
        "room": room,
        "prefers": appointment.room,
        "now": now,
        "ignoring": [appointment.pk],
    }
    act = partial(_move_to, wish=wish)
    try:
        if wish.override:
            return best_slot.with_free_place(act, appointment.option, **asked)
        return best_slot.with_best_slot(act, appointment.option, for_staff=author.is_staff, **asked)
    except ClientBusy as error:
        raise author.told(error) from error


@transaction.atomic(durable=True)
def change_room(
    appointment: Appointment, *, room: Room, now: datetime, author: Author, override: str = ""
) -> Appointment:
    """Give it another room of the same place; nobody is mailed. With an `override` it need not suit.

    Raises `SlotTaken` when the room is taken, `NotOffered` when it does not suit or is out of use, `NotPossible`,
    `AppointmentChanged`.
    """
    try:
        claims.lock_room(room)
    except claims.Beaten as gone:
        raise NotOffered(f"{room} was deleted while this page was open. Choose another room.") from gone
    act = history.begin(appointment, Kind.ROOM, author=author, now=now, statuses=(Status.BOOKED, Status.ARRIVED))
    current, shape = act.current, act.current.shape
    if current.room_id is None:
        raise NotPossible(NEEDS_NO_ROOM)
    if current.room_id == room.pk:
        return current
    act.refuse_repeat()
    during = DateTimeTZRange(current.starts_at - shape.before, current.starts_at + shape.after, "[)")
    if room.location_id != current.location_id or not (override.strip() or _suits(room, current, during)):
        raise NotOffered(f"{room} does not suit this visit, or is out of use then. Choose another room.")
    claims.sweep(shape, current.starts_at, practitioner=None, room=room, now=now)
    current.room = room
    current.override_reason = override.strip()[:200] or current.override_reason
    try:
        claims.claim_room(current)
    except claims.Beaten as beaten:
        raise SlotTaken(f"{room} is taken at that time. Choose another room.") from beaten
    outbox.room_changed(current, now=now)
    return act.end(reason=override.strip())


@transaction.atomic(durable=True)
def _move_to(slot: Slot, *, wish: Wish) -> Appointment:
    return take(slot, wish=wish)


def take(slot: Slot, *, wish: Wish) -> Appointment:
    """Within a transaction: move to this slot. Times offered for the visit are free again. Raises `Beaten` as well."""
    appointment, author, now = wish.appointment, wish.author, wish.now
    claims.lock(slot.practitioner, slot.room)
    if wish.override:
        claims.clear_the_way(slot, appointment.option, now=now)
    else:
        claims.confirm(slot, appointment.option, now=now, ignoring=[appointment.pk], for_staff=wish.for_staff)
    if appointment.client is not None:
        claims.lock_client(appointment.client)
    statuses = (Status.BOOKED, Status.ARRIVED) if author.is_staff else (Status.BOOKED,)
    act = history.begin(appointment, Kind.MOVED, author=author, now=now, statuses=statuses)
    current = act.current
    if not wish.for_staff and not may_move(current, now=now):
        raise TooLate
    if _is_there(current, slot) or (act.is_repeat and wish.is_met_by(current, slot.starts_at)):
        return current  # sent twice, or put back where it was
    act.refuse_repeat()
    was_with, was_at = current.practitioner, current.starts_at
    claims.let_go_of_offers(current)
    claims.give_back(current)
    _put(current, slot, wish)
    claims.claim(current, availability.shape_of(current.option))
    current.visit.link_expires_at = current.ends_at + links.VALID_AFTER_VISIT
    current.visit.save(update_fields=["link_expires_at"])
    told = outbox.moved(
        current, was_with=was_with, was_at=was_at, now=now, wait=author.wait, tells_client=author.tells_client
    )
    return act.end(reason=wish.override, told=told)


def _put(current: Appointment, slot: Slot, wish: Wish) -> None:
    """Where and when it is now; what depends on its time with it."""
    zone = localtime.zone(slot.location.timezone)
    if localtime.local_day(slot.starts_at, zone) != localtime.local_day(current.starts_at, zone):
        current.status, current.started_at = Status.BOOKED, None  # who came today comes again
    if slot.starts_at != current.starts_at:
        current.confirmed_at = None
    current.practitioner, current.room, current.location = slot.practitioner, slot.room, slot.location
    current.starts_at, current.ends_at = slot.starts_at, slot.ends_at
    current.is_any_practitioner = wish.is_any
    shape = availability.shape_of(current.option)
    current.buffer_before, current.buffer_after = shape.buffer_before, shape.buffer_after
    current.unattended_from, current.unattended_until = shape.unattended or (None, None)
    current.policy_text = promise.policy_sentence(current)
    current.override_reason = wish.override[:200]
    current.sequence += 1


def _is_there(current: Appointment, slot: Slot) -> bool:
    return (current.starts_at, current.ends_at, current.practitioner_id, current.room_id) == (
        slot.starts_at,
        slot.ends_at,
        slot.practitioner.pk,
        slot.room.pk if slot.room else None,
    )


def _suits(room: Room, appointment: Appointment, during: DateTimeTZRange) -> bool:
    """Whether the room is one for this service and in use at that time."""
    is_one = appointment.option.service.rooms.active().filter(pk=room.pk).exists()
    is_out = TimeOff.objects.filter(room=room, starts_at__lt=during.upper, ends_at__gt=during.lower).exists()
    return is_one and not is_out
