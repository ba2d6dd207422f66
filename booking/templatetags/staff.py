"""`{% staff_nav %}`: the way to the day's pages in the head of every staff page, with how much waits."""

from __future__ import annotations

from typing import NamedTuple

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from booking import access, worklist

register = template.Library()


class Place(NamedTuple):
    """A page of the day: its name, its URL's name, and the permissions of which one opens it."""

    name: str
    url_name: str
    permissions: tuple[str, ...]


PLACES = [
    Place("Diary", "admin:diary", ("booking.view_diary",)),
    Place("Worklist", "admin:worklist", ("booking.view_diary",)),
    Place("Clients", "admin:clients_find", ("booking.view_client",)),
    Place("Hours", "admin:hours", ("booking.view_workinghours",)),
    Place("Rooms", "admin:rooms", ("services.view_room",)),
    Place("Reports", "admin:reports", ("booking.view_reports",)),
]
# Whoever sees everyone finds it on each practitioner's page.
OWN_CALENDAR = Place("My calendar", "admin:feeds", ("booking.view_calendarfeed",))


class Link(NamedTuple):
    name: str
    address: str
    is_here: bool
    waits: int


@register.inclusion_tag("admin/staff/nav.html", takes_context=True)
def staff_nav(context) -> dict[str, object]:
    """The pages this person may open; one statement counts what waits for them."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_active or not user.is_staff:
        return {"links": []}
    places = PLACES if access.sees_everyone(user) else [*PLACES, OWN_CALENDAR]
    return {"links": [_link(place, address, request) for place in places if (address := _open_to(user, place))]}


def _open_to(user, place: Place) -> str:
    """The place's address, blank for those who may not open it."""
    if not any(user.has_perm(permission) for permission in place.permissions):
        return ""
    try:
        return reverse(place.url_name)
    except NoReverseMatch:
        return ""


def _link(place: Place, address: str, request) -> Link:
    waits = worklist.waiting(request.user, now=timezone.now()) if place.url_name == "admin:worklist" else 0
    return Link(place.name, address, request.path.startswith(address), waits)
