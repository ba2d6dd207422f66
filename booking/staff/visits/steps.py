"""The panel's buttons: confirmed, arrived, started, done, did not come, cancelled. One POST, one step."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from booking.errors import BookingError
from booking.models import Appointment
from booking.staff import page
from booking.staff.visits import panel
from booking.staff.visits.acts import STEPS
from booking.staff.visits.chosen import author_of, booked_or_404, told
from booking.staff.visits.forms import CancelForm, NoShowForm

FORMS = {"noshow": "noshow_form", "cancel": "cancel_form"}


@require_POST
@page.allowed("booking.change_appointment")
def diary_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take the step and show the panel again; a refused form keeps what was typed."""
    if step not in STEPS:
        raise Http404
    now, visit = timezone.now(), booked_or_404(request.user, pk)
    form = _form(request, step, visit, now)
    if form is not None and not form.is_valid():
        return panel.answer(request, pk, now=now, status=422, **{FORMS[step]: form})
    try:
        after = STEPS[step].act(visit, now=now, author=author_of(request), **_details(form))
    except BookingError as error:
        kept = {FORMS[step]: form} if form is not None else {}
        return panel.answer(request, pk, now=now, status=error.status, refused=error.message, **kept)
    said = STEPS[step].said
    return done(request, pk, f"{said} {told(request, after)}" if step == "cancel" else said, now=now)


def done(request: HttpRequest, pk: int, said: str, *, now: datetime, otherwise: str = "") -> HttpResponse:
    """After a write: the fresh panel and a stale board for htmx; else back to where the form came from."""
    if request.htmx:  # type: ignore[attr-defined]
        response = panel.answer(request, pk, now=now, said=said)
        response["HX-Trigger-After-Swap"] = '{"stale": {"target": "#board"}}'
        return response
    messages.success(request, said)
    response = HttpResponseRedirect(page.way_back(request, otherwise or panel.back_to_panel(pk)))
    response.status_code = 303
    return response


def _form(request: HttpRequest, step: str, visit: Appointment, now: datetime) -> Any:
    if step == "noshow":
        return NoShowForm(request.POST, appointment=visit, auto_id="noshow_%s")
    if step == "cancel":
        late = panel.is_late(visit, now)
        return CancelForm(request.POST, appointment=visit, is_late=late, auto_id="cancel_%s")
    return None


def _details(form: Any) -> dict[str, Any]:
    """What the step needs besides the visit."""
    if form is None:
        return {}
    return {**form.decided, "reason": form.reason} if isinstance(form, CancelForm) else form.decided


urlpatterns = [path("diary/visits/<int:pk>/<slug:step>/", diary_step, name="diary_step")]
