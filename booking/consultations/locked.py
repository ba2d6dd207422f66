"""The request under its lock, and what each change of it has in common."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser

from booking import links
from booking.appointments import claims
from booking.errors import NotOffered, RequestChanged, RequestClosed
from booking.models import Appointment, ConsultationRequest
from services.models import Location


def fresh(request: ConsultationRequest) -> ConsultationRequest:
    """The row as it is now. Nobody else writes it until the transaction ends."""
    claims.lock_words(f"consultation/{request.pk}")
    return ConsultationRequest.objects.select_related("service", "visit").get(pk=request.pk)


def for_visitor(request: ConsultationRequest) -> ConsultationRequest:
    """The row for the person who asked; `RequestClosed` when nothing can be done about it any more."""
    current = fresh(request)
    if not current.is_open:
        raise RequestClosed
    return current


def for_staff(request: ConsultationRequest) -> ConsultationRequest:
    """The row for the front desk; `RequestChanged` when it is not what they saw, `RequestClosed` when it is over."""
    current = fresh(request)
    if current.sequence != request.sequence:
        raise RequestChanged
    if not current.is_open:
        raise RequestClosed
    return current


def handled(request: ConsultationRequest, status: str, *, by: AbstractBaseUser | None, now: datetime) -> None:
    """Give the request its new status and save it."""
    request.status = status
    request.handled_at = None if status == ConsultationRequest.Status.NEW else now
    request.handled_by_id = None if by is None else by.pk
    request.sequence += 1
    request.link_expires_at = now + links.VALID_AFTER_REQUEST
    request.save()


def let_go_of_proposals(request: ConsultationRequest) -> None:
    """Free every time still held for it; what was accepted stays. Called after all locks are taken."""
    held = Appointment.objects.filter(proposal__request=request, status=Appointment.Status.PENDING)
    claims.let_go(held)


def clinic_location() -> Location:
    """The main location: its mail box gets the notices, its clock is in the mails."""
    location = Location.objects.active().first()
    if location is None:
        raise NotOffered
    return location
