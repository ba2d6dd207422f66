"""An appointment as an iCalendar file (RFC 5545): a stable UID, a growing SEQUENCE, instants in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event

from booking import calls
from booking.models import Appointment
from services.models import Service


def calendar(appointment: Appointment, *, now: datetime, call_url: str | None = None) -> str:
    """The file's text. A cancelled appointment says CANCELLED under the same UID, so calendars drop it.

    `call_url` stands in for the way into a video call, in a file that is stored.
    """
    file = Calendar()
    file.add("prodid", f"-//{settings.CLINIC_NAME}//Appointments//EN")
    file.add("version", "2.0")
    file.add("method", method(appointment))
    file.add_component(_event(appointment, now, call_url))
    return file.to_ical().decode()


def method(appointment: Appointment) -> str:
    return "CANCEL" if appointment.is_cancelled else "PUBLISH"


def filled(text: str, links: dict[str, str]) -> str:
    """The file with the addresses that stood in for secret ones replaced, its lines folded anew."""
    if not any(placeholder in text for placeholder in links):
        return text
    file = Calendar.from_ical(text)
    for event in file.walk("VEVENT"):
        url = str(event.pop("url"))
        event.add("url", links.get(url, url))
    return file.to_ical().decode()


def uid(appointment: Appointment) -> str:
    """The same in every file about it, for as long as it is there."""
    return named(f"appointment-{appointment.pk}")


def named(name: str) -> str:
    """A name of ours that no other calendar's entry has."""
    return f"{name}@{urlsplit(settings.SITE_URL).hostname}"


def _event(appointment: Appointment, now: datetime, call_url: str | None) -> Event:
    event = Event()
    event.add("uid", uid(appointment))
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", appointment.starts_at.astimezone(UTC))
    event.add("dtend", appointment.ends_at.astimezone(UTC))
    event.add("summary", f"{appointment.option.service.name} with {appointment.practitioner.name}")
    event.add("location", place(appointment))
    call = None if appointment.is_cancelled else calls.of(appointment, now=now, url=call_url)
    if call is not None and call.url:
        event.add("url", call.url)
    event.add(
        "description",
        f"To change or cancel, open the link in our mail or call {appointment.location.phone_display}.",
    )
    event.add("status", "CANCELLED" if appointment.is_cancelled else "CONFIRMED")
    return event


def place(appointment: Appointment) -> str:
    """Never the client's number: the practitioner's mail brings the same file."""
    service = appointment.option.service
    if service.mode == Service.Mode.IN_CLINIC:
        return f"{settings.CLINIC_NAME}, {appointment.location.address}"
    if service.mode == Service.Mode.PHONE:
        return "By telephone. We call the number the client gave us."
    return service.get_mode_display()
