"""A receipt to print: what was given, when, by whom and what it costs."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from booking import localtime, wording
from booking.models import Appointment
from booking.staff import page
from booking.staff.visits.chosen import booked_or_404, zone_of
from services import pricing

Status = Appointment.Status
NOT_GIVEN = {Status.NOSHOW: "Missed visit", Status.CANCELLED: "Cancelled visit"}


@require_safe
@page.allowed("booking.view_appointment")
def diary_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """One page of paper; a visit that did not take place costs the fee that was decided."""
    visit, now = booked_or_404(request.user, pk), timezone.now()
    zone = zone_of(visit)
    return page.page(
        request,
        "admin/visits/receipt.html",
        title="Receipt",
        visit=visit,
        clinic=settings.CLINIC_NAME,
        number=f"{localtime.to_local(visit.starts_at, zone):%Y}-{visit.pk:06d}",
        when=_dated(visit.starts_at, zone),
        issued=_dated(now, zone),
        instead=NOT_GIVEN.get(Status(visit.status), ""),
        is_over=visit.status == Status.FULFILLED,
        total=pricing.money(_total(visit)) if _total(visit) else f"{settings.CURRENCY_SIGN}0",
        is_undecided=visit.status in NOT_GIVEN and visit.fee is None and bool(visit.late_fee),
    )


def _dated(instant: datetime, zone: localtime.ZoneInfo) -> str:
    """Monday 23 November 2026, 10:00 am"""
    local = localtime.to_local(instant, zone)
    return f"{wording.day(local)} {local:%Y}, {wording.clock(local)}"


def _total(visit: Appointment) -> Decimal:
    return (visit.fee or Decimal(0)) if visit.status in NOT_GIVEN else visit.price


urlpatterns = [path("diary/visits/<int:pk>/receipt/", diary_receipt, name="diary_receipt")]
