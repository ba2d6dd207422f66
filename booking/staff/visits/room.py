"""Another room for a visit: suitable free ones first, any other of the place with a reason."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from booking import appointments, rooms
from booking.errors import AppointmentChanged, BookingError
from booking.models import Appointment
from booking.staff import page, wall
from booking.staff.visits import override, panel
from booking.staff.visits.chosen import author_of, booked_or_404, in_the_diary, zone_of
from booking.staff.visits.steps import done
from clinic.text import is_id
from services.models import Room


@require_http_methods(["GET", "HEAD", "POST"])
@page.allowed("booking.change_appointment")
def diary_room(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the rooms, or change it; nobody is mailed for a room."""
    now, visit = timezone.now(), booked_or_404(request.user, pk)
    if request.method != "POST":
        return _show(request, visit, now)
    chosen = request.POST.get("room", "")
    room = Room.objects.active().filter(pk=chosen).first() if is_id(chosen) else None
    reason = override.reason_of(request)
    if room is None:
        return _show(request, visit, now, refused="Choose a room.", status=422)
    try:
        current = appointments.change_room(visit, room=room, now=now, author=author_of(request), override=reason)
    except AppointmentChanged as error:
        return panel.answer(request, pk, now=now, status=error.status, refused=error.message)
    except BookingError as error:
        return _show(request, visit, now, refused=error.message, status=error.status)
    return done(request, pk, f"Now in {current.room}.", now=now, otherwise=in_the_diary(current))


def _show(
    request: HttpRequest, visit: Appointment, now: datetime, *, refused: str = "", status: int = 200
) -> HttpResponse:
    found = rooms.swaps([visit], room=visit.room, now=now) if visit.room else []
    free = found[0].rooms if found else []
    here = Room.objects.active().filter(location=visit.location_id).exclude(pk=visit.room_id)
    return page.page(
        request,
        "admin/visits/room.html",
        title=f"Another room for {visit.client}",
        status=status,
        visit=visit,
        seen=appointments.seen_of(visit),
        when=wall.moment(visit.starts_at, zone_of(visit)),
        free=free,
        others=list(here.exclude(pk__in=[room.pk for room in free])) if visit.room else [],
        refused=refused,
        override=override.typed(request),
        picked=request.POST.get("room", ""),
        may_override=request.user.has_perm("booking.override_rules"),
    )


urlpatterns = [path("diary/visits/<int:pk>/room/", diary_room, name="diary_room")]
