"""Which buttons does the panel show? What the status, the clock and the person's permissions make likely.

A suggestion: the write module alone decides what can be done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from booking import appointments, localtime
from booking.models import Appointment
from booking.staff.visits.chosen import zone_of

Status = Appointment.Status
OPEN = (Status.BOOKED, Status.ARRIVED)


@dataclass(frozen=True)
class Step:
    """One button that posts a step; `said` is what the page says once it is done."""

    code: str
    label: str
    said: str
    act: Callable[..., Appointment]


STEPS = {
    step.code: step
    for step in [
        Step("confirm", "Confirmed", "Confirmed.", appointments.confirm),
        Step("arrive", "Arrived", "The client is here.", appointments.arrive),
        Step("start", "Start", "The session has begun.", appointments.start),
        Step("fulfil", "Done", "Done.", appointments.fulfil),
        Step("noshow", "Did not come", "Noted: did not come.", appointments.mark_noshow),
        Step("cancel", "Cancel the visit", "Cancelled.", appointments.cancel),
    ]
}


@dataclass(frozen=True)
class Acts:
    """What this person can do with a visit now: the next step, other steps, and the rest by name."""

    next_step: Step | None
    others: list[Step]
    may_change: bool
    may_move: bool
    may_miss: bool
    may_cancel: bool
    may_book_again: bool
    may_write: bool


def acts(appointment: Appointment, *, user: Any, now: datetime) -> Acts:
    """No query beyond the person's permissions."""
    may_change = user.has_perm("booking.change_appointment") and appointment.client is not None
    is_open = may_change and appointment.status in OPEN
    next_step = _next(appointment, now) if may_change else None
    return Acts(
        next_step=next_step,
        others=[step for step in _likely(appointment, now) if step != next_step] if may_change else [],
        may_change=may_change,
        may_move=is_open,
        may_miss=may_change and appointment.status == Status.BOOKED and now >= appointment.starts_at,
        may_cancel=is_open,
        may_book_again=user.has_perm("booking.add_appointment") and appointment.client is not None,
        may_write=may_change and bool(appointment.client and appointment.client.email),
    )


def _next(appointment: Appointment, now: datetime) -> Step | None:
    """Arrived, then Start, then Done; before the day itself, that they said they will come."""
    if appointment.status == Status.ARRIVED:
        return STEPS["fulfil" if appointment.is_in_session else "start"]
    if appointment.status != Status.BOOKED:
        return None
    if now >= appointment.ends_at:
        return STEPS["fulfil"]
    if _is_of_today(appointment, now):
        return STEPS["arrive"]
    return None if appointment.confirmed_at else STEPS["confirm"]


def _likely(appointment: Appointment, now: datetime) -> list[Step]:
    has_begun = now >= appointment.starts_at
    if appointment.status == Status.ARRIVED:
        return [STEPS["fulfil"]] if has_begun or appointment.is_in_session else []
    if appointment.status != Status.BOOKED:
        return []
    codes = [] if appointment.confirmed_at or has_begun else ["confirm"]
    codes += ["arrive", "start"] if _is_of_today(appointment, now) else []
    codes += ["fulfil"] if has_begun else []
    return [STEPS[code] for code in codes]


def _is_of_today(appointment: Appointment, now: datetime) -> bool:
    zone = zone_of(appointment)
    return localtime.local_day(appointment.starts_at, zone) <= localtime.local_day(now, zone)
