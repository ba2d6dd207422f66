"""The visit's own pages behind its secret link: see, undo, cancel, move, put into a calendar."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from booking import appointments, calls, ics, links, localtime, offers, policy, week
from booking.errors import BookingError, SlotNotOffered
from booking.forms import Choice, InstantField
from booking.models import Appointment
from booking.views import pages
from services.models import Practitioner

NEW_FOR = policy.HOLD_LENGTH
Status = Appointment.Status


def of_visit(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Find the appointment through its link: 404 for an unknown link, 410 for a spent one; never cached or indexed."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, token: str, **rest: Any) -> HttpResponse:
        found = links.find(token)
        if found is None:
            raise Http404
        if links.is_spent(found, now=timezone.now()):
            response = render(request, "410.html", status=410)
        else:
            appointment = Appointment.objects.with_everything().filter(visit=found).promised().first()
            if appointment is None:
                raise Http404
            response = view(request, token, appointment, **rest)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


@require_safe
@of_visit
def visit(request: HttpRequest, token: str, appointment: Appointment) -> HttpResponse:
    now = timezone.now()
    return visit_page(request, token, appointment, is_new=_is_new(appointment, now))


@require_http_methods(["GET", "HEAD", "POST"])
@of_visit
def undo(request: HttpRequest, token: str, appointment: Appointment) -> HttpResponse:
    if request.method != "POST":
        return redirect("booking:visit", token)
    return _change(request, token, appointment, lambda: appointments.undo(appointment, now=timezone.now()))


@require_http_methods(["GET", "HEAD", "POST"])
@of_visit
def cancel(request: HttpRequest, token: str, appointment: Appointment) -> HttpResponse:
    if request.method == "POST":
        return _change(request, token, appointment, lambda: appointments.cancel(appointment, now=timezone.now()))
    if not _may_cancel(appointment):
        return HttpResponseRedirect(reverse("booking:visit", args=[token]))
    context = {
        "appointment": appointment,
        "token": token,
        "summary": {
            "starts_at": appointment.starts_at,
            "service": appointment.option.service,
            "option": appointment.option,
            "practitioner_name": appointment.practitioner.name,
            "location": appointment.location,
            "price": appointment.price_label,
        },
        **_terms(appointment),
    }
    return pages.render_local(request, "booking/cancel.html", context, location=appointment.location)


@require_http_methods(["GET", "HEAD", "POST"])
@of_visit
def move(request: HttpRequest, token: str, appointment: Appointment) -> HttpResponse:
    now = timezone.now()
    if not _may_move(appointment):
        return visit_page(request, token, appointment, error="This visit can no longer be moved here. Call us.")
    if request.method == "POST":
        return _move(request, token, appointment)
    with_whom = None if "anyone" in request.GET else appointment.practitioner
    zone = localtime.zone(appointment.location.timezone)
    wanted = week.Wanted(
        option=appointment.option,
        location=appointment.location,
        practitioner=with_whom,
        part="",
        first_day=_first_day(request, appointment, now),
        now=now,
        ignoring=[appointment.pk],
    )
    base = reverse("booking:move", args=[token])
    anyone = "" if with_whom else "&anyone=yes"
    context = {
        "appointment": appointment,
        "token": token,
        "week": week.build(wanted, lambda day: f"{base}?from={day.isoformat()}{anyone}"),
        "choice": {"practitioner": with_whom.slug if with_whom else ""},
        "with_whom": with_whom,
        "zone_label": f"Times are shown in {localtime.zone_label(zone, now)}.",
        **_terms(appointment),
    }
    return pages.render_local(request, "booking/move.html", context, location=appointment.location)


@require_safe
@of_visit
def calendar(request: HttpRequest, token: str, appointment: Appointment) -> HttpResponse:
    file = ics.calendar(appointment, now=timezone.now())
    return HttpResponse(
        file,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="visit.ics"'},
    )


def _move(request: HttpRequest, token: str, appointment: Appointment) -> HttpResponse:
    now = timezone.now()
    practitioner = Practitioner.objects.active().filter(slug=request.POST.get("practitioner", "")[:50]).first()
    try:
        starts_at = InstantField().clean(request.POST.get("starts_at", ""))
    except ValueError:
        starts_at = None
    choice = Choice(appointment.option, starts_at or now, practitioner, appointment.location)
    try:
        if starts_at is None:
            raise SlotNotOffered
        appointments.move(appointment, starts_at=starts_at, practitioner=practitioner, now=now)
    except BookingError as error:
        return pages.problem(request, error, choice, now=now, moving=token)
    return back_to_visit(token)


def _change(request: HttpRequest, token: str, appointment: Appointment, act: Callable[[], Appointment]) -> HttpResponse:
    try:
        act()
    except BookingError as error:
        fresh = Appointment.objects.with_everything().get(pk=appointment.pk)
        if fresh.is_cancelled:  # pressed twice: it is done
            return back_to_visit(token)
        return visit_page(request, token, fresh, error=error.message, status=error.status)
    return back_to_visit(token)


def visit_page(
    request: HttpRequest,
    token: str,
    appointment: Appointment,
    *,
    is_new: bool = False,
    has_declined: bool = False,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """The visit with what can be done about it now, and a sentence above it when something could not."""
    now, until = timezone.now(), appointments.undo_until(appointment)
    context = {
        "visit": appointment.visit,
        "appointment": appointment,
        "token": token,
        "undo_until": until if until and now <= until else None,
        "may_cancel": _may_cancel(appointment),
        "may_move": _may_move(appointment),
        "is_new": is_new,
        "call": calls.of(appointment, now=now),
        "is_undone": appointment.is_undone,
        "offers": offers.open_for(appointment, now=now) if appointment.status == Status.BOOKED else [],
        "has_declined": has_declined,
        "error": error,
        "zone_label": localtime.zone_label(localtime.zone(appointment.location.timezone), appointment.starts_at),
    }
    return pages.render_local(request, "booking/visit.html", context, location=appointment.location, status=status)


def _terms(appointment: Appointment) -> dict[str, object]:
    return {
        "deadline": appointment.deadline_at,
        "fee": appointment.late_fee_label,
        "is_late": not policy.may_cancel_free(timezone.now(), appointment.starts_at, appointment.cancellation_notice),
    }


def _may_cancel(appointment: Appointment) -> bool:
    return appointments.may_cancel(appointment, now=timezone.now())


def _may_move(appointment: Appointment) -> bool:
    return appointments.may_move(appointment, now=timezone.now())


def _is_new(appointment: Appointment, now) -> bool:
    is_fresh = appointment.booked_at is not None and now - appointment.booked_at < NEW_FOR
    return is_fresh and appointment.sequence == 0


def _first_day(request: HttpRequest, appointment: Appointment, now):
    """The asked day, else the visit's own, kept between today and the horizon."""
    zone = localtime.zone(appointment.location.timezone)
    today = localtime.local_day(now, zone)
    horizon = localtime.local_day(now + appointment.option.service.booking_horizon, zone)
    try:
        asked = today.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        asked = localtime.local_day(appointment.starts_at, zone)
    return min(max(asked, today), horizon)


def back_to_visit(token: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse("booking:visit", args=[token]))
    response.status_code = 303
    return response
