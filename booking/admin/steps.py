"""What the front desk does with a visit: buttons on its page and actions in the list, both through
`booking.appointments`. Which buttons a page shows is a suggestion; the write module alone decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import NamedTuple

from booking import appointments
from booking.appointments import Author
from booking.errors import BookingError
from booking.models import Appointment

Status = Appointment.Status
MOST_AT_ONCE = 200


class Step(NamedTuple):
    code: str
    label: str
    act: Callable[..., Appointment]
    shown_for: tuple[str, ...]


STEPS = {
    step.code: step
    for step in [
        Step("confirm", "Confirmed", appointments.confirm, (Status.BOOKED,)),
        Step("arrive", "Arrived", appointments.arrive, (Status.BOOKED,)),
        Step("start", "Started", appointments.start, (Status.BOOKED, Status.ARRIVED)),
        Step("fulfil", "Done", appointments.fulfil, (Status.BOOKED, Status.ARRIVED)),
        Step("noshow", "Did not come", appointments.mark_noshow, (Status.BOOKED,)),
        Step("cancel", "Cancel", appointments.cancel, (Status.BOOKED, Status.ARRIVED)),
    ]
}


def open_to(appointment: Appointment) -> list[Step]:
    """The steps worth a button on this appointment's page."""
    return [step for step in STEPS.values() if appointment.status in step.shown_for]


def take(code: str, appointment: Appointment, *, author: Author, now: datetime, reason: str = "") -> Appointment:
    """Take one step through the write module. Raises `BookingError`."""
    act = STEPS[code].act
    if code == "cancel":
        act = partial(act, reason=reason)
    return act(appointment, author=author, now=now)


def take_all(
    code: str, chosen: Iterable[Appointment], *, author: Author, now: datetime, reason: str = ""
) -> tuple[list[Appointment], Counter[str]]:
    """Take a step with each, in a transaction of its own: those that took it, and how often each refusal came."""
    done, refused = [], Counter[str]()
    for appointment in chosen:
        try:
            done.append(take(code, appointment, author=author, now=now, reason=reason))
        except BookingError as error:
            refused[error.message] += 1
    return done, refused
