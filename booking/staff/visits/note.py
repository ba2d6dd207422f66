"""A note about the client, written from the panel of their visit."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from booking.clients import notes
from booking.staff import page
from booking.staff.clients.forms import NoteForm
from booking.staff.visits import panel
from booking.staff.visits.chosen import booked_or_404
from booking.staff.visits.steps import done


@require_POST
@page.allowed("booking.add_clientnote")
def diary_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Add the note and show the panel again."""
    now, visit = timezone.now(), booked_or_404(request.user, pk)
    form = NoteForm(request.POST, auto_id="note_%s")
    if not form.is_valid():
        return panel.answer(request, pk, now=now, status=422, note_form=form)
    client: Any = visit.client
    user: Any = request.user
    notes.write(client, **form.cleaned_data, by=user, now=now)
    return done(request, pk, "The note is saved.", now=now)


urlpatterns = [path("diary/visits/<int:pk>/note/", diary_note, name="diary_note")]
