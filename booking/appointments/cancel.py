"""Calling a visit off: by the client until it starts, by staff at any time, and without a trace while it is fresh."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from booking import outbox, policy
from booking.appointments import claims, fees, history
from booking.appointments.author import CLIENT, Author
from booking.appointments.details import BY_STAFF
from booking.errors import NotPossible, TooLate
from booking.models import Appointment

Status = Appointment.Status
Kind = history.Kind
IN_TIME = "This visit is cancelled in time, so it costs nothing."


def undo_until(appointment: Appointment) -> datetime | None:
    """Until when a client's fresh booking can be undone without a trace in anybody's mail; None once it cannot."""
    if appointment.status != Status.BOOKED or appointment.booked_at is None or appointment.sequence:
        return None
    if appointment.visit.source in BY_STAFF:
        return None
    return appointment.booked_at + settings.UNDO_WINDOW


def may_cancel(appointment: Appointment, *, now: datetime) -> bool:
    """Whether a client may still cancel: until the start, at a fee once the deadline is past."""
    return appointment.status == Status.BOOKED and now < appointment.starts_at


@transaction.atomic(durable=True)
def undo(appointment: Appointment, *, now: datetime) -> Appointment:
    """Take a fresh booking back; its unsent mails go with it. Raises `TooLate` after the window."""
    act = history.begin(appointment, Kind.TAKEN_BACK, author=CLIENT, now=now, statuses=(Status.BOOKED,))
    until = undo_until(act.current)
    if until is None or now > until:
        raise TooLate("The mails have gone out, so this can no longer be undone. You can still cancel the visit.")
    return call_off(act, Appointment.UNDONE)


@transaction.atomic(durable=True)
def cancel(
    appointment: Appointment,
    *,
    reason: str = "",
    fee: Decimal | None = None,
    waiver: str = "",
    now: datetime,
    author: Author = CLIENT,
) -> Appointment:
    """Cancel and free the time. Clients can until the start; staff at any time, and decide what a late one costs.

    Raises `TooLate`, `NotPossible`, `AppointmentChanged`.
    """
    waiting = (Status.BOOKED, Status.ARRIVED)
    act = history.begin(appointment, Kind.CANCELLED, author=author, now=now, statuses=waiting)
    if act.is_repeat:
        return act.current
    if not author.is_staff and not may_cancel(act.current, now=now):
        raise TooLate
    if not policy.may_cancel_free(now, act.current.starts_at, act.current.cancellation_notice):
        fees.decide(act.current, fee=fee, waiver=waiver)
    elif fee:
        raise NotPossible(IN_TIME)
    return call_off(act, reason)


def call_off(act: history.Act, reason: str) -> Appointment:
    """Within a transaction that has begun the act: free the time, and tell whoever has heard of the visit."""
    current, author = act.current, act.author
    claims.let_go_of_offers(current)
    claims.give_back(current)
    current.status = Status.CANCELLED
    current.cancelled_at, current.cancellation_reason = act.now, reason.strip()[:200]
    current.sequence += 1
    told = outbox.cancelled(current, now=act.now, wait=author.wait, tells_client=author.tells_client)
    return act.end(reason=current.cancellation_reason, told=told)
