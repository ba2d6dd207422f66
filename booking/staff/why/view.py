"""The view: ask, explain, and show the nearest times that clients can have."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from booking import availability, localtime, reasons
from booking.access import appointments_for
from booking.staff import wall
from booking.staff.page import allowed, page
from booking.staff.why.answer import Answer, answer
from booking.staff.why.form import WhyForm
from clinic.text import is_id

TEMPLATE, TITLE = "admin/why/why.html", "Why is this time not offered?"


@require_safe
@allowed("booking.view_diary")
def diary_why(request: HttpRequest) -> HttpResponse:
    """The form alone, filled in from where somebody clicked; and the answer once everything is asked."""
    now = timezone.now()
    form = WhyForm(request.GET, user=request.user, now=now)
    if not form.is_asked:
        return page(request, TEMPLATE, title=TITLE, form=form, is_checked=False)
    if not form.is_valid():
        return page(request, TEMPLATE, title=TITLE, form=form, is_checked=True, status=422)
    return page(request, TEMPLATE, title=TITLE, form=form, is_checked=True, **_context(request, form, now))


def _context(request: HttpRequest, form: WhyForm, now: datetime) -> dict[str, Any]:
    asked, place = form.cleaned_data, form.location_chosen
    option, who, starts_at = asked["option"], asked["practitioner"], form.starts_at
    found = reasons.why(
        option, starts_at=starts_at, location=place, practitioner=who, now=now, ignoring=_ignoring(request)
    )
    told = answer(found, option, user=request.user)
    zone = localtime.zone(place.timezone)
    return {
        "answer": told,
        "when": wall.moment(starts_at, zone),
        "zone": localtime.zone_label(zone, starts_at),
        "option": option,
        "who": who,
        "booking": _addresses(request, form, told),
        "nearest": _nearest(form, now),
        "other": _other_pass(form, zone),
    }


def _ignoring(request: HttpRequest) -> list[int]:
    """The visit somebody is about to move is not in its own way; only one they may open."""
    visit = request.GET.get("visit", "")
    return list(appointments_for(request.user).filter(pk=visit).values_list("pk", flat=True)) if is_id(visit) else []


def _addresses(request: HttpRequest, form: WhyForm, told: Answer) -> dict[str, str]:
    """Where to book it: on the website when clients can, from the diary when this person can."""
    option, who, found = form.cleaned_data["option"], form.cleaned_data["practitioner"], {}
    if told.is_offered:
        slugs = {"practitioner": who.slug if who else "", "location": form.location_chosen.slug}
        asked = {"starts_at": form.starts_at.isoformat(), "option": option.pk, **slugs}
        found["site"] = f"{reverse('booking:details', args=[option.service.slug])}?{urlencode(asked)}"
    if told.may_book:
        desk = {"option": option.pk, "starts_at": form.starts_at.isoformat()}
        if who:
            desk["practitioner"] = who.pk
        found["desk"] = f"{reverse('admin:diary_new')}?{urlencode(desk)}"
    return found


def _nearest(form: WhyForm, now: datetime) -> list[dict[str, Any]]:
    """The three closest starts clients can have, each with its own question."""
    option, who, place = form.cleaned_data["option"], form.cleaned_data["practitioner"], form.location_chosen
    if not (option.is_active and option.service.is_bookable_online and place.is_active):
        return []
    slots = availability.nearest_slots(
        option, to=form.starts_at, practitioners=[who] if who else None, location=place, now=now
    )
    zone = localtime.zone(place.timezone)
    return [
        {
            "starts_at": slot.starts_at.isoformat(),
            "words": wall.moment(slot.starts_at, zone),
            "who": slot.practitioner.name,
            "address": _ask_about(form, slot.starts_at),
        }
        for slot in slots
    ]


def _other_pass(form: WhyForm, zone: Any) -> dict[str, str] | None:
    """On the day the clock goes back, the other instant the wall shows as this time."""
    if form.other_pass is None:
        return None
    return {"words": wall.moment(form.other_pass, zone), "address": _ask_about(form, form.other_pass)}


def _ask_about(form: WhyForm, starts_at: datetime) -> str:
    given = {name: form.data.get(name, "") for name in ("option", "practitioner", "location")}
    return f"?{urlencode({**given, 'starts_at': starts_at.isoformat()})}"
