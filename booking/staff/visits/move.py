"""Moving a visit: open times first, then any other time with the rules that forbid it and a reason to set them aside.

A drag on the diary asks here what dropping would mean; only the form it gets back moves anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from booking import appointments, localtime
from booking.errors import AppointmentChanged, BookingError
from booking.models import Appointment
from booking.staff import page, wall
from booking.staff.visits import override, panel, times
from booking.staff.visits.chosen import author_of, booked_or_404, in_the_diary, practitioner_of, told, zone_of
from booking.staff.visits.steps import done
from clinic.text import is_id
from services.models import Practitioner, Room

LONGEST_SHIFT = 24 * 60  # minutes
NO_TIME = "Choose a day and a time within two years."


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where a visit is to go; `room` None leaves that to the write module."""

    starts_at: datetime
    practitioner: Practitioner
    room: Room | None = None


@require_http_methods(["GET", "HEAD", "POST"])
@page.allowed("booking.change_appointment")
def diary_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Show where it can go, or move it; a refused move shows why, and what else there is."""
    now, visit = timezone.now(), booked_or_404(request.user, pk)
    before = visit.starts_at, visit.practitioner_id
    if request.method != "POST":
        return _show(request, visit, now, target=_target(request.GET, visit, request.user, now))
    target = _target(request.POST, visit, request.user, now)
    if target is None:
        return _show(request, visit, now, refused=NO_TIME, status=422)
    reason = override.reason_of(request)
    try:
        current = _move(request, visit, target, reason, now)
    except AppointmentChanged as error:
        return panel.answer(request, pk, now=now, status=error.status, refused=error.message)
    except BookingError as error:
        return _show(request, visit, now, target=target, refused=error.message, status=error.status)
    said = f"Moved to {wall.moment(current.starts_at, zone_of(current))}, {current.practitioner}, {_place(current)}."
    if (current.starts_at, current.practitioner_id) != before:
        said = f"{said} {told(request, current)}"
    return done(request, pk, said, now=now, otherwise=in_the_diary(current))


def _move(request: HttpRequest, visit: Appointment, target: Target, reason: str, now: datetime) -> Appointment:
    author = author_of(request)
    if target.room and (target.starts_at, target.practitioner) == (visit.starts_at, visit.practitioner):
        return appointments.change_room(visit, room=target.room, now=now, author=author, override=reason)
    where: dict[str, Any] = {
        "starts_at": target.starts_at,
        "practitioner": target.practitioner,
        "room": target.room,
        "now": now,
        "author": author,
    }
    return override.where_needed(partial(appointments.move, visit, **where), reason)


def _show(
    request: HttpRequest,
    visit: Appointment,
    now: datetime,
    *,
    target: Target | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """For a drag the answer about its target alone; otherwise the page of times."""
    wish = wish_of(visit, request.user, now)
    asked = None
    if target is not None:
        asked = times.answer(wish, starts_at=target.starts_at, practitioner=target.practitioner, room=target.room)
    context: dict[str, Any] = {
        "visit": visit,
        "client": visit.client,
        "seen": appointments.seen_of(visit),
        "now_at": f"{wall.moment(visit.starts_at, wish.zone)} with {visit.practitioner}",
        "asked": asked,
        "refused": refused,
        "override": override.typed(request),
        "is_over": visit.status not in (Appointment.Status.BOOKED, Appointment.Status.ARRIVED),
    }
    if request.htmx and asked is not None:  # type: ignore[attr-defined]
        return page.fragment(request, "admin/visits/strip.html", status=status, **context)
    context |= _times(request, visit, wish)
    title = f"Move {visit.client}"
    return page.page(request, "admin/visits/move.html", title=title, status=status, **context)


def _times(request: HttpRequest, visit: Appointment, wish: times.Wish) -> dict[str, Any]:
    """The open times from the day asked for, and what the fields of the page start with."""
    own, today = localtime.local_day(visit.starts_at, wish.zone), localtime.local_day(wish.now, wish.zone)
    first = wall.clean_day(request.GET.get("from"), now=wish.now) or own
    local = localtime.to_local(visit.starts_at, wish.zone)
    return {
        "first_day": max(first, today),
        "later": max(first, today) + timedelta(days=times.DAYS),
        "people": times.by_person(wish, max(first, today), visit.practitioner),
        "instead": times.instead(wish, visit.starts_at, visit.practitioner) if visit.ends_at > wish.now else [],
        "everybody": wish.people(),
        "other_day": max(first, today),
        "other_time": f"{local:%H:%M}",
        "may_override": wish.user.has_perm("booking.override_rules"),
    }


def wish_of(visit: Appointment, user: Any, now: datetime) -> times.Wish:
    """This visit, to be put elsewhere at its place."""
    return times.Wish(
        option=visit.option,
        location=visit.location,
        user=user,
        now=now,
        zone=zone_of(visit),
        ignoring=[visit.pk],
        own=(visit.practitioner_id, visit.starts_at),
    )


def _target(given: Any, visit: Appointment, user: Any, now: datetime) -> Target | None:
    """Where the button, the fields or the drag want it; None where they name no time, or nobody there is."""
    if given.get("pick"):
        who, starts_at = times.picked(given["pick"], user=user, now=now)
    else:
        asked = given.get("practitioner")
        who = practitioner_of(user, asked) if asked else visit.practitioner
        starts_at = times.within_reach(_instant(given, visit, now), now)
    if who is None or starts_at is None:
        return None
    return Target(starts_at=starts_at, practitioner=who, room=_room(given.get("room"), visit))


def _instant(given: Any, visit: Appointment, now: datetime) -> datetime | None:
    """An instant; or a day with a time on the wall; or how many minutes it was dragged, and to which day."""
    if given.get("starts_at"):
        return wall.clean_instant(given["starts_at"])
    zone, day = zone_of(visit), wall.clean_day(given.get("date"), now=now)
    if given.get("shift"):
        return None if given.get("date") and day is None else _dragged(given["shift"], visit, day)
    clock = wall.clean_wall(given.get("at"))
    return wall.at(day, clock, zone) if day and clock else None


def _dragged(shift: str, visit: Appointment, day: Any) -> datetime | None:
    minutes = int(shift) if is_id(shift.removeprefix("-")) else LONGEST_SHIFT + 1
    if abs(minutes) > LONGEST_SHIFT:
        return None
    zone, there = zone_of(visit), visit.starts_at + timedelta(minutes=minutes)
    local = localtime.to_local(there, zone)
    return there if day in (None, local.date()) else wall.at(day, local.time(), zone)


def _room(value: Any, visit: Appointment) -> Room | None:
    """A room of the same place, where the drag named one that it is not in."""
    if not is_id(value) or visit.room_id is None:
        return None
    return Room.objects.active().filter(pk=value, location=visit.location_id).select_related("location").first()


def _place(visit: Appointment) -> str:
    return visit.room.name if visit.room else visit.option.service.get_mode_display().lower()


urlpatterns = [path("diary/visits/<int:pk>/move/", diary_move, name="diary_move")]
