"""Rendering shared by the journey's views: pages in the clinic's own time, and the page for a lost time."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from booking import availability, localtime, week
from booking.errors import BookingError, NotOffered
from booking.forms import Choice
from services.models import Location, Service

HEADINGS = {
    "slot-taken": "That time has just been taken",
    "slot-not-offered": "That time is not open",
    "not-offered": "We no longer offer this",
    "hold-expired": "Your hold has run out",
    "client-busy": "You already have a visit then",
    "form-reused": "This form was sent before",
}


def render_local(
    request: HttpRequest, template: str, context: dict, *, location: Location, status: int = 200
) -> HttpResponse:
    """Render with every instant shown in the location's time."""
    with timezone.override(localtime.zone(location.timezone)):
        return render(request, template, context, status=status)


def problem(
    request: HttpRequest,
    error: BookingError,
    choice: Choice,
    *,
    now: datetime,
    kept: list[tuple[str, str]] | None = None,
    moving: str = "",
) -> HttpResponse:
    """The page for a time that cannot be had: why, the three nearest that can, and all that was typed.

    `moving` is the token of the visit that was to be moved; its alternatives move it instead of booking anew.
    """
    nearest = [] if isinstance(error, NotOffered) else _nearest(choice, now)
    zone = localtime.zone(choice.location.timezone)
    fields = {name: value for name, value in choice.fields.items() if name != "starts_at"}
    context = {
        "heading": HEADINGS.get(error.code, "We could not book that"),
        "sentence": error.message,
        "service": choice.service,
        "alternatives": [week.shown(slot, zone) for slot in nearest],
        "kept": bool(kept),
        "fields": [*fields.items(), *(kept or [])],
        "action": reverse("booking:move", args=[moving])
        if moving
        else reverse("booking:hold", args=[choice.service.slug]),
        "times_url": reverse("booking:move", args=[moving]) if moving else _times_url(choice),
    }
    return render_local(request, "booking/problem.html", context, location=choice.location, status=error.status)


def _nearest(choice: Choice, now: datetime) -> list[availability.Slot]:
    return availability.nearest_slots(
        choice.option,
        to=choice.starts_at,
        practitioners=[choice.practitioner] if choice.practitioner else None,
        location=choice.location,
        now=now,
    )


def _times_url(choice: Choice) -> str:
    query = {"duration": choice.option.minutes, "practitioner": choice.practitioner.slug if choice.practitioner else ""}
    if choice.article:
        query["article"] = choice.article.slug
    return f"{reverse('booking:times', args=[choice.service.slug])}?{urlencode(query)}"


def nonsense(request: HttpRequest, service: Service) -> HttpResponse:
    """The page for a choice that cannot be read at all."""
    context = {
        "heading": "We could not read that time",
        "sentence": "The address or form that brought you here is incomplete. Choose a time from the list instead.",
        "service": service,
        "alternatives": [],
        "times_url": reverse("booking:times", args=[service.slug]),
    }
    return render(request, "booking/problem.html", context, status=400)
