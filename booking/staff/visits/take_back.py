"""Undo: take back what was done last with a visit."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from booking import access, appointments
from booking.errors import BookingError
from booking.models import Change
from booking.staff import page
from booking.staff.visits import panel
from booking.staff.visits.chosen import author_of, in_the_diary, may_take_back
from booking.staff.visits.steps import done

WITH_ANOTHER = "This visit was with somebody else before. Ask the front desk to take it back."


@require_POST
@page.allowed("booking.change_appointment")
def diary_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the change back; the visit stands as before, or the panel says why it cannot."""
    now = timezone.now()
    change = get_object_or_404(access.limited(Change.objects.select_related("appointment"), request.user), pk=pk)
    if not may_take_back(request.user, change):
        return panel.answer(request, change.appointment_id, now=now, status=403, refused=WITH_ANOTHER)
    try:
        current = appointments.take_back(change, now=now, author=author_of(request))
    except BookingError as error:
        return panel.answer(request, change.appointment_id, now=now, status=error.status, refused=error.message)
    said = "Taken back: the booking is cancelled." if current.is_cancelled else "Taken back. It is as it was before."
    return done(request, current.pk, said, now=now, otherwise=in_the_diary(current))


urlpatterns = [path("diary/changes/<int:pk>/take-back/", diary_take_back, name="diary_take_back")]
