"""The panel of one visit: who comes, when, to whom, where; what to know first; and what can be done with it.

It stands beside the diary, and is a page of its own where there is no JavaScript. At most nine queries.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, Window
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from booking import calls, policy
from booking.access import appointments_for
from booking.appointments import history
from booking.diary import cards
from booking.models import Appointment, Change, Client, Message
from booking.staff import page, wall
from booking.staff.clients.forms import NoteForm
from booking.staff.visits import chosen
from booking.staff.visits.acts import acts
from booking.staff.visits.forms import CancelForm, NoShowForm
from booking.staff.visits.history import told
from services import body, pricing

PREVIOUS = 3
UNDO_SHOWN_FOR = timedelta(minutes=10)
Kind = Change.Kind


@require_safe
@page.allowed("booking.view_appointment")
def diary_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel: a fragment for htmx, a page otherwise."""
    return answer(request, pk, now=timezone.now())


def answer(request: HttpRequest, pk: int, *, now: datetime, status: int = 200, **context: Any) -> HttpResponse:
    """The visit's panel as it is now, with whatever a step has to say: `said`, `refused`, a form with its errors."""
    found = panel_context(request.user, pk, now=now)
    if found is None:
        raise Http404
    found |= context
    if request.htmx:  # type: ignore[attr-defined]
        return page.fragment(request, "admin/visits/panel.html", status=status, **found)
    title = str(found["visit"].client or "Held online")
    return page.page(request, "admin/visits/visit.html", title=title, status=status, **found)


def panel_context(user: Any, pk: int, *, now: datetime) -> dict[str, Any] | None:
    """Everything `admin/visits/panel.html` prints; None when the visit is not there or not this person's to see."""
    visit = chosen.found(user, pk)
    if visit is None:
        return None
    changes = list(visit.changes.all())
    possible = acts(visit, user=user, now=now)
    return {
        "visit": visit,
        "client": visit.client,
        "acts": possible,
        "seen": changes[0].pk if changes else chosen.NO_CHANGE,
        "undo": _undo(changes, visit, user, now) if possible.may_change else None,
        "board_url": chosen.in_the_diary(visit),
        **_words(visit, now),
        **_client(visit, user),
        **_mail(visit, user),
        "history": told(changes, now=now, zone=chosen.zone_of(visit)),
        "noshow_form": NoShowForm(appointment=visit, auto_id="noshow_%s"),
        "cancel_form": CancelForm(appointment=visit, is_late=is_late(visit, now), auto_id="cancel_%s"),
        "note_form": NoteForm(auto_id="note_%s"),
    }


def is_late(visit: Appointment, now: datetime) -> bool:
    """Whether cancelling now is no longer free."""
    return not policy.may_cancel_free(now, visit.starts_at, visit.cancellation_notice)


def _words(visit: Appointment, now: datetime) -> dict[str, Any]:
    """When, how it stands and what it costs, as the front desk reads it."""
    zone = chosen.zone_of(visit)
    call = calls.of(visit, now=visit.starts_at) if visit.client else None
    return {
        "day": wall.moment(visit.starts_at, zone).rpartition(", ")[0],
        "hours": wall.stretch(visit.starts_at, visit.ends_at, zone),
        "word": cards.word(visit, now, zone),
        "where": visit.room.name if visit.room else visit.option.service.get_mode_display(),
        "call": call,
        "deadline": wall.moment(visit.deadline_at, zone),
        "is_late": is_late(visit, now),
        "fee_label": pricing.money(visit.fee) if visit.fee is not None else "",
        "areas": body.names(visit.areas_to_avoid),
        "pressure": Client.Pressure(visit.pressure).label if visit.option.service.needs_room else "",
    }


def _undo(changes: Sequence[Change], visit: Appointment, user: Any, now: datetime) -> dict[str, Any] | None:
    """The youngest change, while what the staff did can be taken back at a glance, by this person too."""
    youngest = changes[0] if changes else None
    if youngest is None or youngest.kind == Kind.TAKEN_BACK or not youngest.by_name:
        return None
    if now - youngest.at > UNDO_SHOWN_FOR or not chosen.may_take_back(user, youngest):
        return None
    did = history.DID[Kind(youngest.kind)]
    return {
        "change": youngest,
        "words": f"{youngest.by_name} {did} {wall.ago(youngest.at, now, chosen.zone_of(visit))}.",
    }


def _client(visit: Appointment, user: Any) -> dict[str, Any]:
    """Notes, alerts first, and what came before. Two queries."""
    if visit.client is None:
        return {"alerts": [], "notes": [], "previous": [], "visits_before": 0}
    may_read = user.has_perm("booking.view_clientnote")
    notes = list(visit.client.notes.select_related("by")) if may_read else []
    visible: Any = appointments_for(user).filter(client=visit.client, starts_at__lt=visit.starts_at)
    before = (
        visible.promised()
        .filter(~Q(cancellation_reason=Appointment.UNDONE))
        .select_related("option__service", "practitioner", "location")
        .annotate(all_before=Window(Count("pk")))
        .order_by("-starts_at", "-pk")
    )
    previous = list(before[:PREVIOUS])
    return {
        "alerts": [note for note in notes if note.is_alert],
        "notes": [note for note in notes if not note.is_alert],
        "previous": [(wall.moment(one.starts_at, chosen.zone_of(one)), one) for one in previous],
        "visits_before": previous[0].all_before if previous else 0,
    }


def _mail(visit: Appointment, user: Any) -> dict[str, Any]:
    """The last mail to the client, and what became of it. One query."""
    mail = last_mail(visit)
    zone = chosen.zone_of(visit)
    sent = wall.moment(mail.sent_at, zone) if mail and mail.sent_at else ""
    return {
        "mail": mail,
        "mail_sent": sent,
        "mail_leaves": wall.moment(mail.send_after, zone) if mail else "",
        "mail_error": mail.last_error if mail and user.has_perm("booking.view_message") else "",
        "may_resend": mail is not None and mail.status != Message.Status.QUEUED,
    }


def last_mail(visit: Appointment) -> Message | None:
    """The youngest mail about the visit to whoever comes; mails to practitioners do not count."""
    ours = Message.objects.filter(appointment=visit, reason__contains="/client")
    return ours.order_by("-queued_at", "-pk").first()


def back_to_panel(pk: int) -> str:
    return reverse("admin:diary_visit", args=[pk])


urlpatterns = [path("diary/visits/<int:pk>/", diary_visit, name="diary_visit")]
