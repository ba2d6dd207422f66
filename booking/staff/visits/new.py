"""Booking from the diary: a cell gives practitioner, day and time; two letters or three digits find the client.

Searching and choosing a client post the whole form and change nothing, so nothing that was typed is lost.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from booking import appointments, localtime
from booking.access import appointments_for
from booking.appointments import Author
from booking.clients import search
from booking.errors import BookingError, SlotNotOffered, SlotTaken
from booking.models import Client, Visit
from booking.staff import page, wall
from booking.staff.visits import override, times
from booking.staff.visits.chosen import in_the_diary, told, zone_of
from booking.staff.visits.new_form import NEW, NewForm
from clinic.text import is_id
from services import body
from services.models import Location, Room

PICK = "pick"  # the button of another start, as in `times`
ASKED = ("practitioner", "room", "location", "date", "at", "client", "option", "q")
BOOK, SEARCH, CHOOSE = "book", "search", "choose"


@require_http_methods(["GET", "HEAD", "POST"])
@page.allowed("booking.add_appointment")
def diary_new(request: HttpRequest) -> HttpResponse:
    """The form, filled in from a cell; a search in it, a client chosen in it; or the booking."""
    now, zone = timezone.now(), _zone(request)
    if request.method != "POST" or SEARCH in request.POST or CHOOSE in request.POST:
        form = NewForm(initial=_given(request, zone), user=request.user, now=now, zone=zone)
        return _page(request, form)
    form = NewForm(_sent(request, zone, now), user=request.user, now=now, zone=zone)
    if not form.is_valid():
        return _page(request, form, status=422)
    override.refuse_unless_allowed(request, form.cleaned_data["override"])
    try:
        booked = _book(request, form, now).appointments.select_related("client", "location", "practitioner").get()
    except BookingError as error:
        return _refused(request, form, error)
    said = f"Booked: {booked.client}, {wall.moment(booked.starts_at, zone_of(booked))}. {told(request, booked)}"
    messages.success(request, said)
    response = HttpResponseRedirect(in_the_diary(booked))
    response.status_code = 303
    return response


@require_safe
@page.allowed("booking.add_appointment")
def diary_clients(request: HttpRequest) -> HttpResponse:
    """Whoever matches, as buttons of the form that asks."""
    text = request.GET.get("q", "")
    found = search.found(request.user, text)
    return page.fragment(request, "admin/visits/found.html", found=found, asked=text.strip())


def _sent(request: HttpRequest, zone: localtime.ZoneInfo, now: datetime) -> QueryDict:
    """The form; where a near time was pressed, at that time, with whoever has it, in any room that suits."""
    who, starts_at = times.picked(request.POST.get(PICK, ""), user=request.user, now=now)
    if who is None or starts_at is None:
        return request.POST
    sent: QueryDict = request.POST.copy()
    chosen = {**_on_the_wall(starts_at, zone), "practitioner": str(who.pk), "room": "", "override": ""}
    for name, value in chosen.items():
        sent[name] = value
    return sent


def _on_the_wall(starts_at: datetime, zone: localtime.ZoneInfo) -> dict[str, str]:
    local = localtime.to_local(starts_at, zone)
    return {"date": local.date().isoformat(), "at": f"{local:%H:%M}", "exactly": starts_at.isoformat()}


def _why_url(form: NewForm) -> str:
    """The rules for what the form asks for so far; nothing about the client goes into an address."""
    asked = {name: form.value_of(name) or "" for name in ("option", "practitioner", "location", "date", "at")}
    return f"{reverse('admin:diary_why')}?{urlencode(asked)}"


def _book(request: HttpRequest, form: NewForm, now: datetime) -> Visit:
    """A reason counts where somebody is named: a rule is set aside for one person, not for anyone free."""
    cleaned = form.cleaned_data
    about: dict[str, Any] = {
        "starts_at": form.starts_at,
        "practitioner": cleaned["practitioner"],
        "location": cleaned["location"],
        "room": cleaned["room"],
        "details": form.details,
        "client": cleaned["known"],
        "form_token": cleaned["form_token"],
        "source": cleaned["source"],
        "author": Author(user=request.user, tells_client=not cleaned["is_quiet"]),
        "now": now,
    }
    reason = cleaned["override"] if cleaned["practitioner"] else ""
    return override.where_needed(partial(appointments.book, cleaned["option"], **about), reason)


def _refused(request: HttpRequest, form: NewForm, error: BookingError) -> HttpResponse:
    """Why it cannot be booked, what is near, and the field for a reason where one would do."""
    asked, who = None, form.cleaned_data["practitioner"]
    if who is not None and isinstance(error, (SlotNotOffered, SlotTaken)):
        wish = times.Wish(
            option=form.cleaned_data["option"],
            location=form.cleaned_data["location"],
            user=request.user,
            now=form.now,
            zone=form.zone,
        )
        asked = times.answer(wish, starts_at=form.starts_at, practitioner=who, room=form.cleaned_data["room"])
    may_override = asked is not None and asked.may_override
    status = 422 if may_override else error.status
    return _page(request, form, status=status, asked=asked, refused=error.message, may_override=may_override)


def _page(request: HttpRequest, form: NewForm, *, status: int = 200, **context: Any) -> HttpResponse:
    text, client = str(form.value_of("q") or ""), form.known
    found = search.found(request.user, text) if text and client is None else []
    if client is not None:
        _suggest_usual(form, client, request.user)
    if text and not found and client is None and SEARCH in request.POST:
        _suggest_name(form, text)
    typed = any(form.value_of(name) for name in NEW)
    known: dict[str, Any] = {"refused": "", "asked": None, "may_override": False, **context}
    return page.page(
        request,
        "admin/visits/new.html",
        title="New visit",
        status=status,
        form=form,
        client=client,
        found=found,
        text=text.strip(),
        is_new=typed and client is None,
        may_add_client=request.user.has_perm("booking.add_client"),
        why_url=_why_url(form),
        **known,
        **_about(client, request.user),
    )


def _about(client: Client | None, user: Any) -> dict[str, Any]:
    """What to know of the chosen client before one books."""
    if client is None:
        return {"alerts": [], "areas": []}
    may_read = user.has_perm("booking.view_clientnote")
    alerts = list(client.notes.filter(is_alert=True).select_related("by")) if may_read else []
    return {"alerts": alerts, "areas": body.names(client.areas_to_avoid)}


def _suggest_usual(form: NewForm, client: Client, user: Any) -> None:
    """What they had last, where nothing is chosen yet and it can be."""
    if form.is_bound or form.value_of("option"):
        return
    visible: Any = appointments_for(user).filter(client=client)
    last = visible.promised().order_by("-starts_at").values_list("option", flat=True).first()
    offered: Any = form.fields["option"]
    if last and offered.queryset.filter(pk=last).exists():
        form.initial["option"] = last


def _suggest_name(form: NewForm, text: str) -> None:
    """Who was looked for and not found is probably new."""
    first, _, last = text.strip().partition(" ")
    if not any(form.value_of(name) for name in NEW) and not any(letter.isdigit() for letter in text):
        form.initial.update(first_name=first, last_name=last)


def _given(request: HttpRequest, zone: localtime.ZoneInfo) -> dict[str, Any]:
    """What the form starts with: the address of a cell, or all that was typed when a client was looked for."""
    if request.method == "POST":
        given: dict[str, Any] = {name: value for name, value in request.POST.items() if name in NewForm.base_fields}
        if CHOOSE in request.POST:
            given |= {"client": request.POST[CHOOSE], "q": ""}
        return given
    given = {name: request.GET.get(name, "") for name in ASKED}
    given |= {"source": Visit.Source.PHONE, "form_token": secrets.token_urlsafe(24)}
    if starts_at := times.within_reach(wall.clean_instant(request.GET.get("starts_at")), timezone.now()):
        given |= _on_the_wall(starts_at, zone)
    return given


def _zone(request: HttpRequest) -> localtime.ZoneInfo:
    """The clock of the room's or the named place, else the one this page is on."""
    given = request.POST if request.method == "POST" else request.GET
    room, place = given.get("room", ""), given.get("location", "")
    found = Location.objects.filter(pk=place).first() if is_id(place) else None
    if found is None and is_id(room):
        known = Room.objects.filter(pk=room).select_related("location").first()
        found = known.location if known else None
    current: Any = timezone.get_current_timezone()
    return localtime.zone(found.timezone) if found else current


urlpatterns = [
    path("diary/new/", diary_new, name="diary_new"),
    path("diary/clients/", diary_clients, name="diary_clients"),
]
