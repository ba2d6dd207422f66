"""Writing to the client about a visit: a few words of one's own, or the last mail once more."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from booking import outbox
from booking.models import Message
from booking.staff import page, wall
from booking.staff.visits import panel
from booking.staff.visits.chosen import booked_or_404, in_the_diary, zone_of
from booking.staff.visits.forms import LetterForm
from booking.staff.visits.steps import done

NO_ADDRESS = "There is no e-mail address for this client. Call them, or add an address first."


@require_http_methods(["GET", "HEAD", "POST"])
@page.allowed("booking.change_appointment")
def diary_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the words, then queue them; the same words again within minutes are one mail."""
    now, visit = timezone.now(), booked_or_404(request.user, pk)
    client: Any = visit.client
    form = LetterForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not client.email:
        return panel.answer(request, pk, now=now, status=422, refused=NO_ADDRESS)
    if request.method == "POST" and form.is_valid():
        outbox.write_letter(visit, form.cleaned_data["text"], now=now)
        return done(request, pk, f"Your mail to {client.email} is on its way.", now=now, otherwise=in_the_diary(visit))
    return page.page(
        request,
        "admin/visits/message.html",
        title=f"Write to {client}",
        status=422 if form.errors else 200,
        visit=visit,
        client=client,
        form=form,
        when=wall.moment(visit.starts_at, zone_of(visit)),
        back=page.way_back(request, panel.back_to_panel(pk)),
    )


@require_POST
@page.allowed("booking.change_appointment")
def diary_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """The last mail to the client once more, to the address they have now."""
    now, visit = timezone.now(), booked_or_404(request.user, pk)
    client: Any = visit.client
    mail = panel.last_mail(visit)
    if not client.email:
        return panel.answer(request, pk, now=now, status=422, refused=NO_ADDRESS)
    if mail is None:
        return panel.answer(request, pk, now=now, status=422, refused="There is no mail to send again.")
    if mail.status != Message.Status.QUEUED:  # pressed twice: it is on its way already
        outbox.resend(mail, now=now)
    return done(request, pk, f"“{mail.subject}” goes to {client.email} again.", now=now)


urlpatterns = [
    path("diary/visits/<int:pk>/message/", diary_message, name="diary_message"),
    path("diary/visits/<int:pk>/resend/", diary_resend, name="diary_resend"),
]
