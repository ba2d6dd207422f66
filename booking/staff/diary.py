"""The diary's pages: a day by practitioner or by room, one person's week, the month's load. Reads, never writes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from booking import access, localtime
from booking.diary import board, marks, month, week
from booking.diary.asked import Asked, read
from booking.staff.page import allowed, fragment, page
from booking.staff.visits.panel import panel_context
from services.models import Location, Practitioner

BOARD = "board"  # the element that asks for itself again
RIGHTS = {
    "may_open": "booking.view_appointment",
    "may_book": "booking.add_appointment",
    "may_move": "booking.change_appointment",
    "may_block": "booking.add_timeoff",
}


@require_safe
@allowed("booking.view_diary")
def diary(request: HttpRequest) -> HttpResponse:
    """The page asked for; for the board's own refresh its inside alone."""
    locations = list(Location.objects.active())
    if not locations:
        return page(request, "admin/diary/nowhere.html", title="Diary")
    asked = read(request.GET, locations, now=timezone.now())
    context = {
        "asked": asked,
        "rights": _rights(request),
        "new_url": reverse("admin:diary_new"),
        "block_url": reverse("admin:time_off_new"),
        **SHOWN[asked.view](request, asked),
    }
    htmx = getattr(request, "htmx", None)
    if htmx and htmx.target == BOARD and asked.view != "month":
        return fragment(request, "admin/diary/fresh.html", **context)
    context |= _bar(asked) | _panel(request, asked)
    return page(request, f"admin/diary/{asked.view}.html", title=context["heading"], **context)


def _day(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    made = board.of_day(request.user, asked)
    return {"board": made, "heading": made.title, "marks": marks.MARKS}


def _week(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    made = week.of_week(request.user, asked)
    heading = f"{made.whose}, {made.board.title}" if made.whose else made.board.title
    return {
        "board": made.board,
        "heading": heading,
        "marks": marks.MARKS,
        "people": _people(made.people, made.whose, asked),
    }


def _month(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    people = list(access.practitioners_for(request.user))
    whose = next((one for one in people if one.pk == asked.practitioner), None)
    if asked.practitioner and whose is None:
        raise Http404
    made = month.of_month(people, asked, whose=whose)
    heading = f"{whose}, {made.title}" if whose else made.title
    everyone = [{"name": "Everyone", "url": asked.url(practitioner=None), "is_current": whose is None}]
    several = everyone if len(people) > 1 else []
    return {"month": made, "heading": heading, "people": [*several, *_people(people, whose, asked)]}


SHOWN = {"day": _day, "week": _week, "month": _month}


def _people(people: Any, whose: Practitioner | None, asked: Asked) -> list[dict[str, Any]]:
    return [{"name": one.name, "url": asked.url(practitioner=one.pk), "is_current": one == whose} for one in people]


def _rights(request: HttpRequest) -> dict[str, bool]:
    return {name: request.user.has_perm(permission) for name, permission in RIGHTS.items()}


def _bar(asked: Asked) -> dict[str, Any]:
    """The ways from this page to its neighbours."""
    earlier, later = _neighbours(asked)
    names = {"day": "Day", "week": "Week", "month": "Month"}
    views = [
        {"name": name, "url": asked.url(view=view), "is_current": view == asked.view} for view, name in names.items()
    ]
    kinds = [
        {"name": f"By {kind}", "url": asked.url(by=kind), "is_current": kind == asked.by}
        for kind in ("practitioner", "room")
    ]
    places = [
        {"name": one.name, "url": asked.url(location=one), "is_current": one == asked.location}
        for one in asked.locations
    ]
    return {
        "earlier": asked.url(day=earlier),
        "later": asked.url(day=later),
        "to_today": asked.url(day=asked.today),
        "unit": asked.view,
        "views": views,
        "kinds": kinds if asked.view == "day" else [],
        "places": places if len(places) > 1 else [],
        "refresh": asked.url(),
        "private_switch": asked.url(is_private=not asked.is_private),
    }


def _neighbours(asked: Asked) -> tuple[date, date]:
    if asked.view == "month":
        first, last = month.month_of(asked.day)
        return month.month_of(first - localtime.ONE_DAY)[0], last + localtime.ONE_DAY
    step = localtime.ONE_DAY * (7 if asked.view == "week" else 1)
    return asked.day - step, asked.day + step


def _panel(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """What stands beside the board, when a visit was asked for."""
    if asked.visit is None or not request.user.has_perm("booking.view_appointment"):
        return {}
    found = panel_context(request.user, asked.visit, now=asked.now)
    if found is None:
        raise Http404
    return {**found, "has_panel": True}


urlpatterns = [path("diary/", diary, name="diary")]
