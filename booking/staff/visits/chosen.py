"""The visit that an address names, if this person may open it; where its diary stands; and who acts on it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from booking import localtime
from booking.access import appointments_for, practitioners_for, sees_everyone
from booking.appointments import Author
from booking.models import Appointment, Change
from clinic.text import is_id
from services.models import Practitioner

NO_CHANGE = 0


def found(user: Any, pk: int) -> Appointment | None:
    """The visit with everything around it; None when it is not there or not theirs to see."""
    visible: Any = appointments_for(user).filter(pk=pk)
    return visible.with_everything().first()


def visit_or_404(user: Any, pk: int) -> Appointment:
    appointment = found(user, pk)
    if appointment is None:
        raise Http404
    return appointment


def booked_or_404(user: Any, pk: int) -> Appointment:
    """A visit of somebody: what is only held has no client to write to, and nothing to move."""
    appointment = visit_or_404(user, pk)
    if appointment.client is None:
        raise Http404
    return appointment


def author_of(request: HttpRequest) -> Author:
    """Who acts, what they had before their eyes, and whether the client is to hear of it, as the form says."""
    seen = request.POST.get("seen", "")
    known = int(seen) if is_id(seen) else NO_CHANGE  # a form without it saw nothing
    return Author(user=request.user, seen=known, tells_client="is_quiet" not in request.POST)


def told(request: HttpRequest, appointment: Appointment) -> str:
    """Whether the client hears of what was just done, as staff want to read it."""
    if not (appointment.client and appointment.client.email):
        return "There is no e-mail address, so call them."
    return "The client is told by mail." if author_of(request).tells_client else "The client is not told."


def practitioner_of(user: Any, value: Any) -> Practitioner | None:
    """The practitioner of this primary key whose diary the person may open, or None."""
    return practitioners_for(user).filter(pk=value).first() if is_id(value) else None


def may_take_back(user: Any, change: Change) -> bool:
    """Whether the visit goes back to somebody whose diary the person may write into."""
    was_with = change.before.get("practitioner")
    if was_with is None or sees_everyone(user):
        return True
    return practitioners_for(user).filter(pk=was_with).exists()


def zone_of(appointment: Appointment) -> localtime.ZoneInfo:
    return localtime.zone(appointment.location.timezone)


def in_the_diary(appointment: Appointment) -> str:
    """The address of the board of its day, with its panel open beside it."""
    day = localtime.local_day(appointment.starts_at, zone_of(appointment))
    asked: dict[str, Any] = {"date": day.isoformat(), "location": appointment.location_id, "visit": appointment.pk}
    return f"{reverse('admin:diary')}?{urlencode(asked)}"
