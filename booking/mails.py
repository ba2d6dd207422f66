"""What a mail says: subject, text, HTML and calendar file, rendered in the clinic's own time.

Secret addresses are placeholders in what is stored; only `outbox.rendered` fills them in.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from booking import calls, ics, localtime
from booking.models import Appointment, ConsultationRequest, Message
from services.models import Location, Service

LINK = "https://visit-link.invalid/"
CALL = "https://call-link.invalid/"
REQUEST = "https://request-link.invalid/"
WITH_HTML = "client"


def compose(kind: str, recipient: str, appointment: Appointment, *, now: datetime, **extra: object) -> Message:
    """An unsaved message of this kind. Its reason, and so its Message-ID, follow from the appointment's sequence."""
    zone = localtime.zone(appointment.location.timezone)
    is_video = appointment.option.service.mode == Service.Mode.VIDEO
    context = {
        "appointment": appointment,
        "zone": localtime.zone_label(zone, appointment.starts_at),
        "visit_url": LINK,
        "call": calls.of(appointment, now=now, url=CALL),
        "staff_call_url": CALL if is_video and settings.VIDEO_CALL_BASE_URL else "",
        "admin_url": f"{settings.SITE_URL}/admin/booking/appointment/{appointment.pk}/change/",
        **extra,
    }
    reason = f"{kind}/{appointment.pk}/{appointment.sequence}/{recipient}"
    message = _written(f"emails/{kind}_{recipient}", recipient, reason, appointment.location, context, now)
    message.appointment = appointment
    message.calendar = ics.calendar(appointment, now=now, call_url=CALL)
    message.calendar_method = ics.method(appointment)
    return message


def compose_about(
    request: ConsultationRequest, kind: str, recipient: str, *, location: Location, now: datetime, **extra: object
) -> Message:
    """An unsaved message about a consultation request, for its `client` or the `clinic`; no calendar file."""
    zone = localtime.zone(location.timezone)
    context = {
        "consultation": request,
        "zone": localtime.zone_label(zone, now),
        "request_url": REQUEST,
        "admin_url": f"{settings.SITE_URL}/admin/booking/consultationrequest/{request.pk}/change/",
        **extra,
    }
    reason = f"consultation_{kind}/{request.pk}/{request.sequence}/{recipient}"
    message = _written(f"emails/consultation_{kind}_{recipient}", recipient, reason, location, context, now)
    message.consultation = request
    return message


def give_reason(message: Message, reason: str) -> None:
    """Give the message its reason, and the Message-ID that follows from it."""
    message.reason = reason
    message.message_id = f"<{reason.replace('/', '.')}@{urlsplit(settings.SITE_URL).hostname}>"


def _written(
    name: str, recipient: str, reason: str, location: Location, context: dict[str, object], now: datetime
) -> Message:
    context = {"clinic_name": settings.CLINIC_NAME, "location": location, **context}
    with timezone.override(localtime.zone(location.timezone)):
        subject = " ".join(render_to_string(f"{name}_subject.txt", context).split())
        text = render_to_string(f"{name}.txt", context).strip() + "\n"
        html = render_to_string(f"{name}.html", context) if recipient == WITH_HTML else ""
    message = Message(subject=subject[:200], text=text, html=html, queued_at=now)
    give_reason(message, reason)
    return message
