"""The page of all rooms: use, what is out of use, and the ticks that say what suits what."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from booking import localtime
from booking import rooms as room_rules
from booking.admin import display
from booking.errors import RoomsChanged
from booking.rooms import Suitability
from booking.rooms.suitability import Pairs
from booking.schedule import VisitsInTheWay
from booking.staff.confirm import accepted, confirm_page
from booking.staff.page import allowed, page
from booking.staff.rooms import tables

CHANGE = "services.change_room"
PAIR = re.compile(r"(\d{1,18})-(\d{1,18})", re.ASCII)
MONDAY = 0


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("services.view_room", CHANGE)
def rooms(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    if request.method != "POST":
        return _page(request, room_rules.suitability(), now)
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    wanted = {name: _pairs(request, name) for name in ("suits", "has", "needs")}
    try:
        room_rules.save_suitability(**wanted, seen=request.POST.get("state", ""), now=now, accepted=accepted(request))
    except RoomsChanged as error:
        messages.error(request, error.message)
        return _page(request, room_rules.suitability(), now, status=error.status)
    except VisitsInTheWay as found:
        return _ask(request, found)
    messages.success(request, "Saved. Times are offered accordingly from now on.")
    return redirect("admin:rooms")


def _ask(request: HttpRequest, found: VisitsInTheWay) -> HttpResponse:
    return confirm_page(
        request,
        title="Before the rooms are changed",
        label="Save all the same",
        back=request.path,
        visits=found.appointments,
        changes=[("What changes", ["A room no longer suits a service that is booked there."])],
        template="admin/rooms/confirm.html",
        outcome="would stand in a room that no longer suits",
    )


def _pairs(request: HttpRequest, name: str) -> Pairs:
    found = (PAIR.fullmatch(value) for value in request.POST.getlist(name))
    return frozenset((int(one[1]), int(one[2])) for one in found if one)


def _page(request: HttpRequest, shown: Suitability, now: datetime, *, status: int = 200) -> HttpResponse:
    day, week = _day_and_week(now)
    used = room_rules.use_of(shown.rooms, day=day, week=week)
    out = room_rules.out_of_use(shown.rooms, now=now)
    return page(
        request,
        "admin/rooms/rooms.html",
        title="Rooms",
        status=status,
        may_change=request.user.has_perm(CHANGE),
        state=shown.digest,
        uses=tables.uses(shown, used, out, now),
        disagreements=room_rules.disagreements(shown),
        suits=tables.by_service(shown),
        has=tables.by_room(shown),
        needs=tables.by_need(shown),
        shown=shown,
        zone=localtime.zone_label(timezone.get_current_timezone(), now),  # type: ignore[arg-type]
        NOTHING=display.NOTHING,
    )


def _day_and_week(now: datetime) -> tuple[Any, Any]:
    """The clinic's day, and its week from Monday on, as instants."""
    zone: Any = timezone.get_current_timezone()
    today = localtime.local_day(now, zone)
    monday = today - timedelta(days=(today.weekday() - MONDAY) % 7)
    ends = localtime.day_bounds(monday + timedelta(days=6), zone)[1]
    return localtime.day_bounds(today, zone), (localtime.day_bounds(monday, zone)[0], ends)
