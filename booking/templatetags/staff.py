"""`{% staff_nav %}`: the way to the day's pages in the head of every staff page; `{% staff_today %}`: the day."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import template
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from booking import access, localtime, wording, worklist
from booking.models import Appointment

register = template.Library()
Status = Appointment.Status
COMING = (Status.BOOKED, Status.ARRIVED, Status.FULFILLED, Status.NOSHOW)


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


@register.inclusion_tag("admin/staff/today.html", takes_context=True)
def staff_today(context) -> dict[str, object]:
    """How many come today and what waits, for the first page after signing in: two statements."""
    user, now = context["request"].user, timezone.now()
    if not user.has_perm("booking.view_diary"):
        return {}
    zone: Any = timezone.get_current_timezone()
    day = localtime.local_day(now, zone)
    begins, ends = localtime.day_bounds(day, zone)
    booked, here = Q(status=Status.BOOKED, ends_at__gt=now), Q(status=Status.ARRIVED)
    visits: Any = access.appointments_for(user).filter(starts_at__gte=begins, starts_at__lt=ends)
    counts = worklist.counts(user, now=now)
    return {
        "day": wording.day(day),
        "numbers": visits.aggregate(
            all=Count("pk", filter=Q(status__in=COMING)),
            to_come=Count("pk", filter=booked),
            here=Count("pk", filter=here),
        ),
        "waiting": [(kind, counts[kind.code]) for kind in worklist.open_to(user) if counts.get(kind.code)],
        "most": worklist.MOST,
        "perms": context["perms"],
    }


def _open_to(user, place: Place) -> str:
    """The place's address, blank for those who may not open it."""
    return reverse(place.url_name) if any(map(user.has_perm, place.permissions)) else ""


def _link(place: Place, address: str, request) -> Link:
    waits = worklist.waiting(request.user, now=timezone.now()) if place.url_name == "admin:worklist" else 0
    return Link(place.name, address, request.path.startswith(address), waits)
