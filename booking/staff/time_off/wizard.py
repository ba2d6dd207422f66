"""What becomes of each visit that lies in time off, or outside hours: one choice a visit, one button for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from booking import access, offers, schedule
from booking.models import Appointment, TimeOff
from booking.staff.page import allowed, page, way_back
from booking.staff.time_off.carry_out import carry_out
from booking.staff.time_off.proposals import AT_ONCE, cases
from clinic.text import is_id


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("booking.change_appointment")
def time_off_visits(request: HttpRequest, pk: int) -> HttpResponse:
    now, away = timezone.now(), _time_off(request, pk)
    visits = visits_for(request, Q(pk__in=schedule.hits(away, now=now).values("pk")))
    return sort_out(request, visits, title="Visits in the way", about=str(away), now=now)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("booking.change_appointment")
def time_off_all_visits(request: HttpRequest) -> HttpResponse:
    """Whatever is in the way of anything, and whoever has not answered an offer."""
    now = timezone.now()
    wanted = Q(pk__in=schedule.visits_in_the_way(now).values("pk")) | Q(pk__in=offers.unanswered(now).values("pk"))
    visits = visits_for(request, wanted)
    return sort_out(request, visits, title="Visits that cannot stay", about="All that wait for an answer", now=now)


def visits_for(request: HttpRequest, wanted: Q) -> list[Appointment]:
    """Those of these visits that this person may see, by start, with all the page shows."""
    mine = access.appointments_for(request.user).filter(wanted)
    return list(Appointment.objects.with_everything().filter(pk__in=mine.values("pk")).order_by("starts_at", "pk"))


def sort_out(
    request: HttpRequest, visits: Sequence[Appointment], *, title: str, about: str, now: datetime
) -> HttpResponse:
    """The page, or after a POST the same page again with what was done said above it."""
    back = way_back(request, reverse("admin:diary"))
    if request.method == "POST":
        outcome = carry_out(visits, request.POST, user=request.user, now=now)  # type: ignore[arg-type]
        if outcome.words():
            messages.success(request, f"Done: {outcome.words()}.")
        for problem in outcome.problems:
            messages.error(request, problem)
        return redirect(request.get_full_path())
    return page(
        request,
        "admin/time_off/visits.html",
        title=title,
        about=about,
        cases=cases(visits[:AT_ONCE], user=request.user, now=now),
        more=max(len(visits) - AT_ONCE, 0),
        hours=int(offers.policy.PROPOSAL_LENGTH.total_seconds() // 3600),
        back=back,
    )


def _time_off(request: HttpRequest, pk: int) -> TimeOff:
    """Of a practitioner this person sees; closures and rooms for who sees everyone."""
    if not is_id(str(pk)):
        raise Http404
    found = TimeOff.objects.select_related("practitioner", "location", "room")
    if not access.sees_everyone(request.user):
        found = found.filter(practitioner__in=access.practitioners_for(request.user))
    return get_object_or_404(found, pk=pk)
