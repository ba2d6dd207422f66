"""How the visit goes: confirmed, here, in session, done, not come. Each is one small transaction."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from booking.appointments import claims, fees, history
from booking.appointments.author import CLIENT, Author
from booking.errors import NotPossible
from booking.models import Appointment

Status = Appointment.Status
Kind = history.Kind


@transaction.atomic(durable=True)
def confirm(appointment: Appointment, *, now: datetime, author: Author = CLIENT) -> Appointment:
    """The client has said they will come. Raises `NotPossible` unless it is booked, `AppointmentChanged`."""
    act = history.begin(appointment, Kind.CONFIRMED, author=author, now=now, statuses=(Status.BOOKED,))
    if act.is_repeat or act.current.confirmed_at is not None:
        return act.current
    act.current.confirmed_at = now
    return act.end()


@transaction.atomic(durable=True)
def arrive(appointment: Appointment, *, now: datetime, author: Author = CLIENT) -> Appointment:
    """The client is here. Raises `NotPossible` unless it is booked, `AppointmentChanged`."""
    act = history.begin(appointment, Kind.ARRIVED, author=author, now=now, statuses=(Status.BOOKED,))
    return act.current if act.is_repeat else _become(act, Status.ARRIVED)


@transaction.atomic(durable=True)
def start(appointment: Appointment, *, now: datetime, author: Author = CLIENT) -> Appointment:
    """The session begins; who was not noted as here is so now. Raises `NotPossible`, `AppointmentChanged`."""
    waiting = (Status.BOOKED, Status.ARRIVED)
    act = history.begin(appointment, Kind.STARTED, author=author, now=now, statuses=waiting)
    if act.is_repeat or act.current.is_in_session:
        return act.current
    act.current.started_at = now
    return _become(act, Status.ARRIVED)


@transaction.atomic(durable=True)
def fulfil(appointment: Appointment, *, now: datetime, author: Author = CLIENT) -> Appointment:
    """The visit took place; what is left of its time is free again. Raises `NotPossible` before it began."""
    waiting = (Status.BOOKED, Status.ARRIVED)
    act = history.begin(appointment, Kind.FULFILLED, author=author, now=now, statuses=waiting)
    if act.is_repeat:
        return act.current
    if now < act.current.starts_at and not act.current.is_in_session:
        raise NotPossible("This visit has not begun yet.")
    return _become(act, Status.FULFILLED)


@transaction.atomic(durable=True)
def mark_noshow(
    appointment: Appointment, *, fee: Decimal | None = None, waiver: str = "", now: datetime, author: Author = CLIENT
) -> Appointment:
    """The client did not come; `fee` None leaves open what it costs. Raises `NotPossible` before the start."""
    act = history.begin(appointment, Kind.NOSHOW, author=author, now=now, statuses=(Status.BOOKED,))
    if act.is_repeat:
        return act.current
    if now < act.current.starts_at:
        raise NotPossible("This visit has not begun yet, so nobody has missed it.")
    fees.decide(act.current, fee=fee, waiver=waiver)
    return _become(act, Status.NOSHOW, reason=act.current.fee_waiver)


def _become(act: history.Act, status: str, *, reason: str = "") -> Appointment:
    act.current.status = status
    if status not in Appointment.HOLDS_TIME:
        claims.give_back(act.current)
    return act.end(reason=reason)
