"""What a mail says: subject, text, HTML and calendar file, rendered in the clinic's own time.

The secret link is a placeholder in what is stored; only `outbox.rendered` fills it in.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from booking import ics, localtime
from booking.models import Appointment, Message

LINK = "https://visit-link.invalid/"


def compose(kind: str, recipient: str, appointment: Appointment, *, now: datetime, **extra: object) -> Message:
    """An unsaved message of this kind. Its reason, and so its Message-ID, follow from the appointment's sequence."""
    zone = localtime.zone(appointment.location.timezone)
    context = {
        "appointment": appointment,
        "zone": localtime.zone_label(zone, appointment.starts_at),
        "clinic_name": settings.CLINIC_NAME,
        "visit_url": LINK,
        "admin_url": f"{settings.SITE_URL}/admin/booking/appointment/{appointment.pk}/change/",
        **extra,
    }
    name = f"emails/{kind}_{recipient}"
    reason = f"{kind}/{appointment.pk}/{appointment.sequence}/{recipient}"
    with timezone.override(zone):
        subject = " ".join(render_to_string(f"{name}_subject.txt", context).split())
        text = render_to_string(f"{name}.txt", context).strip() + "\n"
        html = render_to_string(f"{name}.html", context) if recipient == "client" else ""
    return Message(
        reason=reason,
        message_id=f"<{reason.replace('/', '.')}@{urlsplit(settings.SITE_URL).hostname}>",
        appointment=appointment,
        subject=subject[:200],
        text=text,
        html=html,
        calendar=ics.calendar(appointment, now=now),
        calendar_method=ics.method(appointment),
        queued_at=now,
    )
