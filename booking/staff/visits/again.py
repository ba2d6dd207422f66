"""The same visit once more: at the same time next week, or at any other open time."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from booking import appointments, localtime
from booking.errors import BookingError
from booking.forms.details import FORM_TOKEN
from booking.models import Appointment, Visit
from booking.staff import page, wall
from booking.staff.visits import override, panel, times
from booking.staff.visits.chosen import author_of, booked_or_404, in_the_diary, practitioner_of, told, zone_of
from booking.staff.visits.steps import done

CHOOSE = "Choose one of the times."
DAMAGED = "This form was damaged on its way. Choose the time once more."


@require_http_methods(["GET", "HEAD", "POST"])
@page.allowed("booking.add_appointment")
def diary_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Show next week's time and the other open ones, or book one of them."""
    now, visit = timezone.now(), booked_or_404(request.user, pk)
    if request.method != "POST":
        return _show(request, visit, now)
    who, starts_at = times.picked(request.POST.get("pick", ""), user=request.user, now=now)
    token = request.POST.get("form_token", "")
    reason = override.reason_of(request)
    if who is None or starts_at is None:
        return _show(request, visit, now, refused=CHOOSE, status=422)
    if not FORM_TOKEN.fullmatch(token):
        return _show(request, visit, now, refused=DAMAGED, status=422)
    try:
        booked = _book(request, visit, who, starts_at, token, reason, now).appointments.get()
    except BookingError as error:
        asked = times.answer(_wish(visit, request.user, now), starts_at=starts_at, practitioner=who)
        return _show(request, visit, now, asked=asked, refused=error.message, status=error.status)
    said = f"Booked: {booked.client}, {wall.moment(booked.starts_at, zone_of(booked))}. {told(request, booked)}"
    return done(request, booked.pk, said, now=now, otherwise=in_the_diary(booked))


def _book(
    request: HttpRequest, visit: Appointment, who: Any, starts_at: datetime, token: str, reason: str, now: datetime
) -> Visit:
    about: dict[str, Any] = {"starts_at": starts_at, "practitioner": who, "form_token": token, "now": now}
    book = partial(appointments.book_again, visit, **about, author=author_of(request))
    return override.where_needed(book, reason)


def _show(
    request: HttpRequest,
    visit: Appointment,
    now: datetime,
    *,
    asked: times.Answer | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    wish = _wish(visit, request.user, now)
    today = localtime.local_day(now, wish.zone)
    usual = max(localtime.local_day(visit.starts_at, wish.zone) + timedelta(days=7), today)
    first = max(wall.clean_day(request.GET.get("from"), now=now) or usual, today)
    return page.page(
        request,
        "admin/visits/again.html",
        title=f"Book {visit.client} again",
        status=status,
        visit=visit,
        client=visit.client,
        asked=asked or _next_week(request, visit, wish),
        refused=refused,
        form_token=_token(request),
        people=times.by_person(wish, first, visit.practitioner),
        first_day=first,
        later=first + timedelta(days=times.DAYS),
        back=page.way_back(request, panel.back_to_panel(visit.pk)),
    )


def _next_week(request: HttpRequest, visit: Appointment, wish: times.Wish) -> times.Answer | None:
    """The same time on the wall in the first week from now on that has it; None where nobody may be asked."""
    starts_at = visit.starts_at
    weeks = max((wish.now - starts_at) // timedelta(days=7) + 1, 1)
    there = times.within_reach(wall.a_week_on(starts_at, wish.zone, weeks=weeks), wish.now)
    who = practitioner_of(request.user, str(visit.practitioner_id))
    return times.answer(wish, starts_at=there, practitioner=who) if there and who else None


def _wish(visit: Appointment, user: Any, now: datetime) -> times.Wish:
    return times.Wish(option=visit.option, location=visit.location, user=user, now=now, zone=zone_of(visit))


def _token(request: HttpRequest) -> str:
    """The form's own token as long as it is the same form."""
    sent = request.POST.get("form_token", "")
    return sent if FORM_TOKEN.fullmatch(sent) else secrets.token_urlsafe(24)


urlpatterns = [path("diary/visits/<int:pk>/again/", diary_again, name="diary_again")]
