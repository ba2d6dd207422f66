"""How does a call come about? One answer for the visit's page, its mails and its calendar file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from booking import links, policy
from booking.models import Appointment
from services.models import Service


@dataclass(frozen=True)
class Call:
    """`sentence` for people; `url` the way in, blank until it is shown, and always for a telephone."""

    is_video: bool
    sentence: str
    url: str = ""


def of(appointment: Appointment, *, now: datetime, url: str | None = None) -> Call | None:
    """The call of this appointment as its client may know it at `now`; None for a visit at the clinic.

    `url` stands in for the real address in what is stored.
    """
    mode = appointment.option.service.mode
    if mode == Service.Mode.PHONE:
        return Call(is_video=False, sentence=_ringing(appointment))
    if mode != Service.Mode.VIDEO:
        return None
    if not settings.VIDEO_CALL_BASE_URL:
        return Call(is_video=True, sentence="We send you the link before the call.")
    if not policy.is_video_link_shown(now, appointment.starts_at, appointment.ends_at):
        return Call(is_video=True, sentence="From 24 hours before, the link to join is on the page of your visit.")
    way_in = links.call_url(appointment.visit) if url is None else url
    return Call(is_video=True, sentence="Open this link a minute early. Nothing has to be installed.", url=way_in)


def _ringing(appointment: Appointment) -> str:
    client = appointment.client
    if client is None or not client.phone:
        return "We call you. Tell us your number before then."
    return f"We call you on {client.phone.as_national}."
