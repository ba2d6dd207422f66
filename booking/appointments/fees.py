"""What a missed or late-cancelled visit costs, once staff have decided."""

from __future__ import annotations

from decimal import Decimal

from booking.errors import NotPossible
from booking.models import Appointment
from services import pricing

SAY_WHY = "Say why no fee is charged."
LESS_THAN_NOTHING = "A fee is not less than nothing."


def decide(appointment: Appointment, *, fee: Decimal | None, waiver: str) -> None:
    """Put the fee on the unsaved appointment: None is not decided yet, nothing at all needs a reason.

    Raises `NotPossible` for a fee above the price, or one promised and let off without a word.
    """
    if fee is None:
        return
    if fee < 0:
        raise NotPossible(LESS_THAN_NOTHING)
    if fee > appointment.price:
        raise NotPossible(f"A fee is at most the price of the visit, {pricing.money(appointment.price)}.")
    if fee == 0 and appointment.late_fee and not waiver.strip():
        raise NotPossible(SAY_WHY)
    appointment.fee, appointment.fee_waiver = fee, waiver.strip()[:200]
