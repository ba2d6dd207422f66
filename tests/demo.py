"""The demo clinic as tests seed it: around one Monday, whose midnight in Los Angeles divides past from future."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import StringIO
from zoneinfo import ZoneInfo

from django.core.management import call_command

from booking.models import Appointment

DAY = date(2026, 11, 23)
MIDNIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LOS_ANGELES = ZoneInfo("America/Los_Angeles")


def seed(*words: str, day: date = DAY) -> str:
    """What the command said."""
    said = StringIO()
    call_command("seed", f"--day={day}", *words, stdout=said)
    return said.getvalue()


def visits() -> list[tuple]:
    """Everything about the visits but their keys and secret links."""
    return list(
        Appointment.objects.order_by("starts_at", "practitioner__slug", "booked_at", "client__email").values_list(
            "practitioner__slug", "option__service__slug", "option__duration", "room__name", "client__email",
            "starts_at", "ends_at", "status", "price", "booked_at", "note", "policy_text",
        )
    )  # fmt: skip
