"""The worklist: everything that waits for somebody at the desk, each row with the one thing to do next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from booking import appointments, outbox, worklist
from booking.admin import display
from booking.appointments import Author
from booking.errors import BookingError
from booking.models import Appointment, Message
from booking.staff.page import allowed, page

GONE = "Somebody has dealt with this already. Nothing was changed."


@require_safe
@allowed("booking.view_diary")
def show(request: HttpRequest) -> HttpResponse:
    """Every kind with its rows, oldest first; as many queries as there are kinds, and one for their counts."""
    now = timezone.now()
    counts = worklist.counts(request.user, now=now)
    kinds = [
        (kind, counts.get(kind.code, 0), f"admin/worklist/{kind.code}.html", _rows(request.user, kind, now))
        for kind in worklist.open_to(request.user)
    ]
    return page(request, "admin/worklist/page.html", title="Worklist", kinds=kinds, most=worklist.MOST, now=now)


@require_POST
@allowed("booking.change_appointment", "booking.change_message")
def act(request: HttpRequest, code: str, pk: int, step: str) -> HttpResponse:
    """Take a row's next step; a row that has gone since the page was read is left alone, and that is said."""
    now, (permission, take) = timezone.now(), ACTS.get((code, step), ("", None))
    kind = next((one for one in worklist.open_to(request.user) if one.code == code), None)
    if take is None or kind is None or not request.user.has_perm(permission):
        raise Http404
    row = kind.rows(request.user, now).filter(pk=pk).first()
    try:
        done = take(row, request.user, now) if row else ""
    except BookingError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done) if done else messages.warning(request, GONE)
    return redirect(f"{reverse('admin:worklist')}#{code}")


def _rows(user: Any, kind: worklist.Kind, now: datetime) -> list[tuple[str, Any]]:
    """Each row with its time in words, at most as many as are shown."""
    return [(_when(row, now), row) for row in kind.rows(user, now)[: worklist.MOST]]


def _when(row: Any, now: datetime) -> str:
    if isinstance(row, Appointment):
        return display.near_start_of(row, now=now)
    return display.near(row.queued_at if isinstance(row, Message) else row.created_at, now=now)


def _send(message: Message, user: Any, now: datetime) -> str:
    outbox.resend(message, now=now)
    return f"On its way again to {', '.join(message.to)}."


def _taken(step: Callable[..., Appointment]) -> Callable[[Appointment, Any, datetime], str]:
    def take(visit: Appointment, user: Any, now: datetime) -> str:
        after = step(visit, now=now, author=Author(user=user))
        state = "Confirmed" if after.status == Appointment.Status.BOOKED else after.get_status_display()
        return f"{after.client}: {state}."

    return take


Act = Callable[[Any, Any, datetime], str]
ACTS: dict[tuple[str, str], tuple[str, Act]] = {
    ("mail", "send"): ("booking.change_message", _send),
    ("unconfirmed", "confirm"): ("booking.change_appointment", _taken(appointments.confirm)),
    ("outcome", "done"): ("booking.change_appointment", _taken(appointments.fulfil)),
    ("outcome", "missed"): ("booking.change_appointment", _taken(appointments.mark_noshow)),
}
urlpatterns = [
    path("worklist/", show, name="worklist"),
    path("worklist/<slug:code>/<int:pk>/<slug:step>/", act, name="worklist_act"),
]
