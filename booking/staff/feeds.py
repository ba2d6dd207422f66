"""Calendar feeds: whose calendar has a private address, a new one, none any more."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from booking import access, feeds
from booking.staff.page import allowed, page
from services.models import Practitioner


@require_safe
@allowed("booking.view_calendarfeed")
def show(request: HttpRequest) -> HttpResponse:
    """Every practitioner this person sees, with their feed's address if they have one."""
    people = access.practitioners_for(request.user).select_related("calendar_feed")
    rows = [(person, _address(person), getattr(person, "calendar_feed", None)) for person in people]
    return page(request, "admin/feeds/page.html", title="Calendar feeds", rows=rows)


@require_POST
@allowed("booking.change_calendarfeed")
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the address, or a new one in place of it."""
    person = _person(request, pk)
    feeds.renew(person, now=timezone.now())
    messages.success(request, f"{person} has a new address. One they had before no longer works.")
    return redirect("admin:feeds")


@require_POST
@allowed("booking.change_calendarfeed")
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the address away."""
    person = _person(request, pk)
    feeds.revoke(person)
    messages.success(request, f"The calendar address of {person} no longer works.")
    return redirect("admin:feeds")


def _person(request: HttpRequest, pk: int) -> Practitioner:
    return get_object_or_404(access.practitioners_for(request.user), pk=pk)


def _address(person: Any) -> str:
    """Blank without a feed, and once the key that made its address is gone."""
    with suppress(LookupError, Practitioner.calendar_feed.RelatedObjectDoesNotExist):
        return feeds.url(person.calendar_feed)
    return ""


urlpatterns = [
    path("feeds/", show, name="feeds"),
    path("feeds/<int:pk>/renew/", renew, name="feed_renew"),
    path("feeds/<int:pk>/revoke/", revoke, name="feed_revoke"),
]
