"""Taking a room out of use: when and why, then another room for each visit in it. Nothing before it is confirmed."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from booking import rooms, schedule, wording
from booking.appointments.author import Author
from booking.models import Appointment, TimeOff
from booking.rooms import Swap
from booking.schedule import VisitsInTheWay
from booking.staff.confirm import ACCEPTED, CONFIRMED, accepted, is_confirmed
from booking.staff.hours import whose
from booking.staff.page import allowed, page
from booking.staff.rooms.tables import stretch
from booking.staff.time_off.forms import DAY, SPAN, TimeOffForm, key_of
from clinic.text import is_id
from services.models import Room

# It moves visits of everybody.
NEEDED = ("services.change_room", "booking.add_timeoff", "booking.change_appointment", "booking.view_everyone")
MOVES_NOTHING = "Nothing was saved: somebody has just booked the room. Look at the list again."


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("services.change_room")
def room_out(request: HttpRequest, pk: int) -> HttpResponse:
    """The form; then the visits it hits, each with a room to go to; then all of it at once.

    `time_off` in the address opens the visits that are still inside what was saved before.
    """
    if not request.user.has_perms(NEEDED):
        raise PermissionDenied
    room = _room(pk)
    with timezone.override(room.location.timezone):  # its form and all that is said of it are on the room's own clock
        return _room_out(request, room, timezone.now())


def _room_out(request: HttpRequest, room: Room, now: datetime) -> HttpResponse:
    if request.method != "POST":
        saved = _saved(request.GET.get("time_off", ""), room)
        return _plan(request, room, saved, now) if saved else _ask(request, room, _form(request, room, now))
    if saved := _saved(request.POST.get("time_off", ""), room):
        return _do(request, room, saved, now)
    form = _form(request, room, now)
    if not form.is_valid():
        return _ask(request, room, form, status=422)
    away = form.time_off
    if not is_confirmed(request) and schedule.hits(away, now=now).exists():
        return _plan(request, room, away, now)
    return _do(request, room, away, now)


def _do(request: HttpRequest, room: Room, away: TimeOff, now: datetime) -> HttpResponse:
    """Save it, so that nobody books into it any more; then give each visit the room that was chosen for it."""
    zone = timezone.get_current_timezone()
    if away.pk is None:
        try:
            schedule.save_time_off(away, now=now, accepted=accepted(request))
        except VisitsInTheWay:
            return _plan(request, room, away, now, status=409, problem=MOVES_NOTHING)
        messages.success(request, f"{room} is out of use {stretch(away, zone)}.")
    done, refused = rooms.apply_swaps(_chosen(request, room, away, now), author=_author(request), now=now)
    if done:
        messages.success(request, f"{wording.count(len(done), 'visit')} moved to another room.")
    for visit, why in refused:
        messages.error(request, f"{_name(visit)}: {why}")
    if any(not one.is_held for one in _swaps(away, room, now)):
        messages.warning(request, f"Some visits are still in {room}.")
        return redirect(f"{reverse('admin:room_out', args=[room.pk])}?time_off={away.pk}")
    return redirect("admin:rooms")


def _author(request: HttpRequest) -> Author:
    return Author(user=request.user, tells_client=False)  # type: ignore[arg-type]


def _chosen(request: HttpRequest, room: Room, away: TimeOff, now: datetime) -> list[tuple[Appointment, Room]]:
    """The visits still in the room, each with what was chosen for it; the write module has the last word."""
    wanted = {
        visit: int(given)
        for visit in schedule.hits(away, now=now)
        if is_id(given := request.POST.get(f"room-{visit.pk}", ""))
    }
    others = Room.objects.filter(location=room.location_id).in_bulk(set(wanted.values()))
    return [(visit, others[pk]) for visit, pk in wanted.items() if pk in others]


def _swaps(away: TimeOff, room: Room, now: datetime) -> list[Swap]:
    return rooms.swaps(list(schedule.hits(away, now=now)), room=room, now=now)


def _plan(
    request: HttpRequest, room: Room, away: TimeOff, now: datetime, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    """Every visit with its rooms to choose from; the form before it travels along."""
    found = _swaps(away, room, now)
    dropped = {"csrfmiddlewaretoken", CONFIRMED, ACCEPTED}
    kept = [(name, value) for name, values in request.POST.lists() for value in values]
    kept = [(name, value) for name, value in kept if name not in dropped and not name.startswith("room-")]
    hidden = [("time_off", str(away.pk))] if away.pk else [*kept, (CONFIRMED, "yes")]
    return page(
        request,
        "admin/rooms/plan.html",
        title=f"{room} out of use",
        status=status,
        room=room,
        problem=problem,
        is_saved=away.pk is not None,
        when=stretch(away, timezone.get_current_timezone()),
        swaps=found,
        hidden=[*hidden, *[(ACCEPTED, str(swap.visit.pk)) for swap in found]],
        here=f"{request.path}?time_off={away.pk}" if away.pk else request.path,
    )


def _ask(request: HttpRequest, room: Room, form: TimeOffForm, *, status: int = 200) -> HttpResponse:
    return page(request, "admin/rooms/out.html", title=f"Take {room} out of use", status=status, room=room, form=form)


def _form(request: HttpRequest, room: Room, now: datetime) -> TimeOffForm:
    today = whose.today(now)
    given: dict[str, Any] = {"today": today, "subjects": [room], "label_suffix": ""}
    if request.method == "POST":
        return TimeOffForm(request.POST, **given)
    initial: dict[str, Any] = {"about": key_of(room), "day": max(whose.asked_day(request, "date", today), today)}
    try:
        initial |= {"length": SPAN, "starts": time.fromisoformat(request.GET.get("at", "")).replace(tzinfo=None)}
    except ValueError:
        initial["length"] = DAY
    return TimeOffForm(initial=initial, **given)


def _room(pk: int) -> Room:
    return get_object_or_404(Room.objects.active().select_related("location"), pk=pk if is_id(str(pk)) else None)


def _saved(given: str, room: Room) -> TimeOff | None:
    return TimeOff.objects.filter(pk=given, room=room).first() if is_id(given) else None


def _name(visit: Appointment) -> str:
    return f"{visit.client}, {visit.option.service}"
