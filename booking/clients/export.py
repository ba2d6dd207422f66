"""Everything we keep about one client, for them to take away: plain data, which JSON and the PDF are made of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Q

from booking import localtime
from booking.appointments import Author
from booking.clients.card import requests_of
from booking.models import Appointment, Change, Client, ClientNote, ConsultationRequest, Message
from services import body
from services.models import Location

SCHEMA = "clinic-client/1"


def everything(client: Client, *, now: datetime) -> dict[str, Any]:
    """The client with merged records, comfort card, notes, visits, mails and requests; instants with their offset.

    Seven queries, whatever the number of rows.
    """
    zone = _clinic_zone()
    visits = list(_visits(client))
    requests = list(requests_of(client).select_related("service", "visit"))
    about = Q(appointment__in=visits) | Q(consultation__in=requests)
    mails = Message.objects.filter(about).select_related("appointment", "consultation").order_by("queued_at", "pk")
    return {
        "schema": SCHEMA,
        "clinic": settings.CLINIC_NAME,
        "exported_at": _at(now, zone),
        "timezone": str(zone),
        "client": _client(client, zone),
        "merged_records": [_client(other, zone) for other in client.merged_from.order_by("pk")],
        "comfort": _comfort(client),
        "notes": [_note(note, zone) for note in client.notes.select_related("by").order_by("at", "pk")],
        "visits": [_visit(visit) for visit in visits],
        "messages": [_message(mail, zone) for mail in _theirs(mails, visits)],
        "consultation_requests": [_request(request, zone) for request in requests],
    }


def _visits(client: Client) -> Iterable[Appointment]:
    visits: Any = Appointment.objects.filter(client=client)
    return visits.promised().with_everything().prefetch_related("changes").order_by("starts_at", "pk")


def _theirs(mails: Iterable[Message], visits: list[Appointment]) -> list[Message]:
    """Without what was written to practitioners and to the clinic."""
    ours = {visit.practitioner.email for visit in visits} | set(Location.objects.values_list("email", flat=True))
    return [mail for mail in mails if not set(mail.to) & ours]


def _client(client: Client, zone: tzinfo) -> dict[str, Any]:
    return {
        "id": client.pk,
        "first_name": client.first_name,
        "last_name": client.last_name,
        "email": client.email,
        "phone": str(client.phone or ""),
        "client_since": _at(client.created_at, zone),
    }


def _comfort(client: Client) -> dict[str, Any]:
    return {
        "pressure": Client.Pressure(client.pressure).label,
        "talk": client.talk,
        "warmth": client.warmth,
        "scent": client.scent,
        "areas_to_avoid": body.names(client.areas_to_avoid),
    }


def _note(note: ClientNote, zone: tzinfo) -> dict[str, Any]:
    return {
        "at": _at(note.at, zone),
        "by": Author(user=note.by).name,
        "is_alert": note.is_alert,
        "text": note.text,
    }


def _visit(visit: Appointment) -> dict[str, Any]:
    zone = localtime.zone(visit.location.timezone)
    return {
        "id": visit.pk,
        "starts_at": _at(visit.starts_at, zone),
        "ends_at": _at(visit.ends_at, zone),
        "timezone": str(zone),
        "service": str(visit.option.service),
        "practitioner": visit.practitioner.name,
        "location": visit.location.name,
        "room": visit.room.name if visit.room else "",
        "status": visit.get_status_display(),
        "booked": {"at": _at(visit.booked_at, zone), "how": visit.visit.get_source_display()},
        "confirmed_at": _at(visit.confirmed_at, zone),
        "started_at": _at(visit.started_at, zone),
        "promised": {
            "price": _money(visit.price),
            "late_fee": _money(visit.late_fee),
            "cancellation_deadline": _at(visit.deadline_at, zone),
            "policy": visit.policy_text,
        },
        "fee": _money(visit.fee),
        "fee_waiver": visit.fee_waiver,
        "cancelled_at": _at(visit.cancelled_at, zone),
        "cancellation_reason": visit.cancellation_reason,
        "pressure": Client.Pressure(visit.pressure).label,
        "areas_to_avoid": body.names(visit.areas_to_avoid),
        "note": visit.note,
        "changes": [_change(change, zone) for change in reversed(visit.changes.all())],
    }


def _change(change: Change, zone: tzinfo) -> dict[str, Any]:
    return {
        "at": _at(change.at, zone),
        "what": change.get_kind_display(),
        "by": change.by_name or "the client",
        "reason": change.reason,
        "client_was_told": change.is_told,
        "before": change.before,
        "after": change.after,
    }


def _message(mail: Message, zone: tzinfo) -> dict[str, Any]:
    return {
        "to": mail.to,
        "subject": mail.subject,
        "text": mail.text,  # as it is kept: the secret link is not among it
        "status": mail.get_status_display(),
        "queued_at": _at(mail.queued_at, zone),
        "sent_at": _at(mail.sent_at, zone),
        "visit": mail.appointment_id,
        "consultation_request": mail.consultation_id,
    }


def _request(request: ConsultationRequest, zone: tzinfo) -> dict[str, Any]:
    return {
        "id": request.pk,
        "created_at": _at(request.created_at, zone),
        "kind": request.get_kind_display(),
        "name": request.name,
        "email": request.email,
        "phone": str(request.phone or ""),
        "service": str(request.service or ""),
        "message": request.message,
        "preferred": [*request.part_names, *filter(None, [request.preferred_text])],
        "status": request.get_status_display(),
        "handled_at": _at(request.handled_at, zone),
        "answer": request.answer,
        "reply": request.reply,
    }


def _at(instant: datetime | None, zone: tzinfo) -> str | None:
    return instant.astimezone(zone).isoformat(timespec="seconds") if instant else None


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f} {settings.CURRENCY}"


def _clinic_zone() -> tzinfo:
    name = Location.objects.active().values_list("timezone", flat=True).first()
    return localtime.zone(name or settings.TIME_ZONE)
