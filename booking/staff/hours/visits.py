"""Visits of one practitioner that lie outside their working hours, and what becomes of them."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from booking import schedule
from booking.staff.hours import whose
from booking.staff.page import allowed
from booking.staff.time_off.wizard import sort_out, visits_for


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("booking.change_appointment")
def hours_visits(request: HttpRequest, pk: int) -> HttpResponse:
    practitioner, now = whose.practitioner_or_404(request, pk), timezone.now()
    outside = schedule.outside_hours(practitioner, now=now)
    visits = visits_for(request, Q(pk__in=[visit.pk for visit in outside]))
    about = f"{practitioner}, outside working hours"
    return sort_out(request, visits, title="Visits outside hours", about=about, now=now)
