"""What happens to a booked appointment: moved, cancelled, undone, arrived, done, not come."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction

from booking import availability, links, outbox, policy
from booking.appointments import claims, promise
from booking.availability import Slot
from booking.errors import NotPossible, TooLate
from booking.models import Appointment
from services.models import Practitioner

Status = Appointment.Status


def undo_until(appointment: Appointment) -> datetime | None:
    """Until when a fresh booking can be taken back without a trace in anybody's mail; None once it cannot."""
    if appointment.status != Status.BOOKED or appointment.booked_at is None or appointment.sequence:
        return None
    return appointment.booked_at + settings.UNDO_WINDOW


def may_cancel(appointment: Appointment, *, now: datetime) -> bool:
    """Whether a client may still cancel: until the start, at a fee once the deadline is past."""
    return appointment.status == Status.BOOKED and now < appointment.starts_at


def may_move(appointment: Appointment, *, now: datetime) -> bool:
    """Whether a client may still move it: while cancelling is free."""
    is_free = policy.may_cancel_free(now, appointment.starts_at, appointment.cancellation_notice)
    return appointment.status == Status.BOOKED and is_free


@transaction.atomic(durable=True)
def undo(appointment: Appointment, *, now: datetime) -> Appointment:
    """Take a fresh booking back; its unsent mails go with it. Raises `TooLate` after the window."""
    fresh = _locked(appointment, Status.BOOKED)
    until = undo_until(fresh)
    if until is None or now > until:
        raise TooLate("The mails have gone out, so this can no longer be undone. You can still cancel the visit.")
    return _cancel(fresh, Appointment.UNDONE, now)


@transaction.atomic(durable=True)
def cancel(appointment: Appointment, *, now: datetime, reason: str = "", by_staff: bool = False) -> Appointment:
    """Cancel and free the time. Clients can until the start; staff at any time. Raises `TooLate`, `NotPossible`."""
    current = _locked(appointment, Status.BOOKED, Status.ARRIVED)
    if not by_staff and not may_cancel(current, now=now):
        raise TooLate
    return _cancel(current, reason, now)


def move(
    appointment: Appointment,
    *,
    starts_at: datetime,
    practitioner: Practitioner | None = None,
    now: datetime,
    by_staff: bool = False,
) -> Appointment:
    """Move to another open time; `practitioner` None means anyone who gives it. The price stays as promised.

    Clients can while cancelling is free. Raises `TooLate`, `NotPossible`, `SlotTaken`, `SlotNotOffered`, `ClientBusy`.
    """
    return claims.with_best_slot(
        partial(_move_to, appointment=appointment, is_any=practitioner is None, now=now, by_staff=by_staff),
        appointment.option,
        starts_at=starts_at,
        practitioner=practitioner,
        location=appointment.location,
        now=now,
        ignoring=[appointment.pk],
    )


@transaction.atomic(durable=True)
def arrive(appointment: Appointment, *, now: datetime) -> Appointment:
    """The client is here. Raises `NotPossible` unless it is booked."""
    return _become(_locked(appointment, Status.BOOKED), Status.ARRIVED)


@transaction.atomic(durable=True)
def fulfil(appointment: Appointment, *, now: datetime) -> Appointment:
    """The visit took place; what is left of its time is free again. Raises `NotPossible` before it began."""
    current = _locked(appointment, Status.BOOKED, Status.ARRIVED)
    if now < current.starts_at:
        raise NotPossible("This visit has not begun yet.")
    return _become(current, Status.FULFILLED)


@transaction.atomic(durable=True)
def mark_noshow(appointment: Appointment, *, now: datetime) -> Appointment:
    """The client did not come. Raises `NotPossible` before the start."""
    current = _locked(appointment, Status.BOOKED)
    if now < current.starts_at:
        raise NotPossible("This visit has not begun yet, so nobody has missed it.")
    return _become(current, Status.NOSHOW)


@transaction.atomic(durable=True)
def _move_to(slot: Slot, *, appointment: Appointment, is_any: bool, now: datetime, by_staff: bool) -> Appointment:
    claims.lock(slot.practitioner, slot.room)
    claims.confirm(slot, appointment.option, now=now, ignoring=[appointment.pk])
    if appointment.client is not None:
        claims.lock_client(appointment.client)
    current = _locked(appointment, Status.BOOKED)
    if not by_staff and not may_move(current, now=now):
        raise TooLate
    claims.give_back(current)
    was_with, was_at = current.practitioner, current.starts_at
    current.practitioner, current.room, current.location = slot.practitioner, slot.room, slot.location
    current.starts_at, current.ends_at = slot.starts_at, slot.ends_at
    current.is_any_practitioner = is_any
    shape = availability.shape_of(current.option)
    current.buffer_before, current.buffer_after = shape.buffer_before, shape.buffer_after
    current.unattended_from, current.unattended_until = shape.unattended or (None, None)
    current.policy_text = promise.policy_sentence(current)
    current.sequence += 1
    current.save()
    claims.claim(current, shape)
    current.visit.link_expires_at = current.ends_at + links.VALID_AFTER_VISIT
    current.visit.save(update_fields=["link_expires_at"])
    outbox.moved(current, was_with=was_with, was_at=was_at, now=now)
    return current


def _cancel(current: Appointment, reason: str, now: datetime) -> Appointment:
    claims.give_back(current)
    current.status = Status.CANCELLED
    current.cancelled_at, current.cancellation_reason = now, reason[:200]
    current.sequence += 1
    current.save()
    outbox.cancelled(current, now=now)
    return current


def _become(current: Appointment, status: str) -> Appointment:
    current.status = status
    current.save(update_fields=["status"])
    if status not in Appointment.HOLDS_TIME:
        claims.give_back(current)
    return current


def _locked(appointment: Appointment, *statuses: str) -> Appointment:
    """The row as it is now, locked; `NotPossible` when it has left these statuses since the page was shown."""
    current = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("visit", "client", "option__service", "practitioner", "location", "room")
        .get(pk=appointment.pk)
    )
    if current.status not in statuses:
        raise NotPossible
    return current
