"""What became of the demo clinic's visits: why some were cancelled, how late, and what was charged for it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random

from booking.models import Appointment

Status = Appointment.Status
REASONS = [
    "Ill",
    "Ill",
    "Ill",
    "Work came up",
    "Work came up",
    "Child is ill",
    "Cancelled by the client",
    "Cancelled by the client",
    "Found another time",
    "Car trouble",
    "Feeling better",
]
WAIVERS = ["First time it happened", "Was ill, called us", "A regular of many years"]


def settle(appointment: Appointment, random: Random, *, is_past: bool) -> None:
    """Fill in what goes with the status: time and reason of a cancellation, the fee, and whether it was confirmed."""
    if appointment.status == Status.CANCELLED:
        _cancel(appointment, random, is_late=is_past and random.random() < 0.4)
    elif appointment.status == Status.NOSHOW:
        _charge(appointment, random)
    elif random.random() < 0.6 and is_past:
        appointment.confirmed_at = appointment.starts_at - timedelta(hours=random.randrange(20, 48))


def _cancel(appointment: Appointment, random: Random, *, is_late: bool) -> None:
    booked_at = appointment.booked_at or appointment.starts_at
    appointment.cancelled_at = booked_at + (appointment.starts_at - booked_at) * random.uniform(0.05, 0.4)
    appointment.cancellation_reason, appointment.sequence = random.choice(REASONS), 1
    if is_late:
        appointment.cancelled_at = max(booked_at, appointment.starts_at - timedelta(hours=random.randrange(2, 14)))
        _charge(appointment, random)


def _charge(appointment: Appointment, random: Random) -> None:
    """The whole fee, none for a reason, or not decided yet."""
    roll = random.random()
    if roll < 0.55:
        appointment.fee = appointment.late_fee
    elif roll < 0.85:
        appointment.fee, appointment.fee_waiver = Decimal(0), random.choice(WAIVERS)
