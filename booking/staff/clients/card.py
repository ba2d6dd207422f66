"""The page of one client: how to reach them, what to know, how they like it, their visits, mails and requests."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking import access
from booking.clients import card, comfort, notes
from booking.errors import BookingError
from booking.models import Client, ClientNote
from booking.staff import page
from booking.staff.clients.chosen import client_or_404, present_or_404
from booking.staff.clients.forms import ComfortForm, NoteForm
from services import body

A_PAGE, LATEST = 20, 10


@require_safe
@page.allowed("booking.view_client")
def client(request: HttpRequest, pk: int) -> HttpResponse:
    """The card; the address of somebody merged leads to the survivor's."""
    chosen = client_or_404(request.user, pk)
    if chosen.merged_into_id:
        return redirect("admin:client", chosen.merged_into_id)
    return _card(request, chosen)


@require_POST
@page.allowed("booking.change_client")
def client_comfort(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the comfort card; what somebody else has written meanwhile is shown first."""
    chosen, seen = present_or_404(request.user, pk), request.POST.get("seen", "")
    form = ComfortForm(request.POST)
    if not form.is_valid():
        return _card(request, chosen, comfort_form=form, comfort_seen=seen, status=422)
    user: Any = request.user
    try:
        comfort.save(chosen, form.cleaned_data, seen=seen, by=user)
    except BookingError as error:
        form.add_error(None, error.message)
        return _card(request, present_or_404(user, pk), comfort_form=form, status=error.status)
    messages.success(request, "The comfort card is saved.")
    return redirect(reverse("admin:client", args=[pk]) + "#comfort")


@require_POST
@page.allowed("booking.add_clientnote")
def client_note_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a note."""
    chosen = present_or_404(request.user, pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _card(request, chosen, note_form=form, status=422)
    user: Any = request.user
    notes.write(chosen, **form.cleaned_data, by=user, now=timezone.now())
    messages.success(request, "The note is saved.")
    return redirect(reverse("admin:client", args=[pk]) + "#notes")


@require_http_methods(["GET", "HEAD", "POST"])
@page.allowed("booking.change_clientnote")
def client_note(request: HttpRequest, pk: int, note_pk: int) -> HttpResponse:
    """Change one's own note."""
    chosen = present_or_404(request.user, pk)
    note = get_object_or_404(ClientNote, pk=note_pk, client=chosen, by=request.user)
    form = NoteForm(request.POST or None, instance=note)
    if request.method == "POST" and form.is_valid():
        notes.rewrite(note, **form.cleaned_data, now=timezone.now())
        messages.success(request, "The note is saved.")
        return redirect(reverse("admin:client", args=[pk]) + "#notes")
    status = 422 if form.errors else 200
    return page.page(request, "admin/clients/note.html", title="Change a note", client=chosen, form=form, status=status)


def _card(
    request: HttpRequest,
    chosen: Client,
    *,
    comfort_form: ComfortForm | None = None,
    comfort_seen: str | None = None,
    note_form: NoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user: Any = request.user
    about: dict[str, Any] = {"user": user, "now": timezone.now()}
    earlier = Paginator(card.earlier(chosen, **about), A_PAGE).get_page(request.GET.get("page"))
    written = list(chosen.notes.select_related("by")) if user.has_perm("booking.view_clientnote") else []
    return page.page(
        request,
        "admin/clients/card.html",
        title=chosen.name,
        status=status,
        client=chosen,
        areas=body.names(chosen.areas_to_avoid),
        alerts=[note for note in written if note.is_alert],
        notes=[(note, notes.may_rewrite(note, user)) for note in written],
        upcoming=card.upcoming(chosen, **about),
        earlier=earlier,
        numbers=card.numbers(chosen, **about),
        duplicates=card.duplicates(chosen, user=user),
        mails=card.messages_of(chosen, user=user)[:LATEST],
        requests=access.limited(card.requests_of(chosen), user)[:LATEST],
        comfort_form=comfort_form or ComfortForm(instance=chosen),
        comfort_seen=comfort.edition(chosen) if comfort_seen is None else comfort_seen,
        is_comfort_open=comfort_form is not None,
        note_form=note_form or NoteForm(),
    )


urlpatterns = [
    path("clients/<int:pk>/", client, name="client"),
    path("clients/<int:pk>/comfort/", client_comfort, name="client_comfort"),
    path("clients/<int:pk>/notes/", client_note_new, name="client_note_new"),
    path("clients/<int:pk>/notes/<int:note_pk>/", client_note, name="client_note"),
]
