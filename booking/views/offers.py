"""A client answers the other times we hold for them: one press moves the visit, another says that none suits."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from booking import offers
from booking.errors import BookingError, HoldExpired
from booking.forms import InstantField
from booking.models import Appointment
from booking.views.visit import back_to_visit, of_visit, visit_page
from clinic.text import is_id


@require_http_methods(["GET", "HEAD", "POST"])
@of_visit
def accept(request: HttpRequest, token: str, appointment: Appointment, pk: int) -> HttpResponse:
    """Move the visit to the offered time. Sent twice it is moved once, and who comes too late keeps their time."""
    if request.method != "POST":
        return redirect("booking:visit", token)
    offer = appointment.move_offers.filter(pk=pk).first() if is_id(str(pk)) else None
    try:
        if offer is None:
            raise HoldExpired(offers.GONE)
        offers.accept(offer, now=timezone.now())
    except BookingError as error:
        fresh = Appointment.objects.with_everything().get(pk=appointment.pk)
        if _is_there_already(request, fresh):
            return back_to_visit(token)
        return visit_page(request, token, fresh, error=error.message, status=error.status)
    return back_to_visit(token)


@require_http_methods(["GET", "HEAD", "POST"])
@of_visit
def decline(request: HttpRequest, token: str, appointment: Appointment) -> HttpResponse:
    """None of the times suits: they are free again, and the front desk calls."""
    if request.method != "POST":
        return redirect("booking:visit", token)
    offers.decline(appointment)
    return visit_page(request, token, appointment, has_declined=True)


def _is_there_already(request: HttpRequest, appointment: Appointment) -> bool:
    """Whether the visit already stands at the time that was pressed."""
    try:
        return InstantField().clean(request.POST.get("starts_at", "")) == appointment.starts_at
    except ValidationError:
        return False
