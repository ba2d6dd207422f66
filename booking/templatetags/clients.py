"""Words on the client pages: instants on the clinic's clock, money, and who wrote something."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone

from booking.admin import display
from booking.appointments import Author
from booking.models import Appointment
from services import pricing

register = template.Library()


@register.filter
def moment(instant: datetime | None) -> str:
    """Mon 23 Nov, 10:00 am; a dash for none."""
    return display.near(instant, now=timezone.now())


@register.filter
def starts(visit: Appointment) -> str:
    """When a visit begins, on the clock of its location."""
    return display.near_start_of(visit, now=timezone.now())


@register.filter
def money(amount: Decimal | None) -> str:
    return pricing.fee(amount or Decimal(0))


@register.filter
def author(row: Any) -> str:
    """Who wrote a note or uploaded a file, as people know them."""
    return Author(user=row.by).name or "Somebody who has left"
