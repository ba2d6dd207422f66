"""Which mails go out, and when. A mail is a row and a job, both written in the transaction that caused it.

So a booking that is acknowledged has its mails queued, and one rolled back leaves none. A mail is sent at
least once; it can come twice only where a sender died between the mail server's yes and our note of it, and
then both copies carry the same Message-ID.
"""

from __future__ import annotations

from datetime import datetime
from email.mime.text import MIMEText
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

from booking import ics, links, localtime
from booking.models import Appointment, Message
from services.models import Practitioner

LINK = "visit-link.invalid"
ATTEMPTS = 6
Status = Message.Status


def booked(appointment: Appointment, *, now: datetime) -> None:
    """Confirm to the client and tell the practitioner, once the booking can no longer be undone."""
    _queue("confirmation", "client", appointment, now=now, send_after=now + settings.UNDO_WINDOW)
    _queue("new", "practitioner", appointment, now=now, send_after=now + settings.UNDO_WINDOW)


def moved(appointment: Appointment, *, was_with: Practitioner, was_at: datetime, now: datetime) -> None:
    """Tell everyone of the new time; whoever has not yet heard of the old one hears of the new one alone."""
    unheard = _withdraw(appointment)
    _queue("confirmation" if "client" in unheard else "moved", "client", appointment, now=now)
    if was_with == appointment.practitioner and "practitioner" not in unheard:
        _queue("moved", "practitioner", appointment, now=now)
        return
    _queue("new", "practitioner", appointment, now=now)
    if "practitioner" not in unheard:
        _queue("left", "practitioner", appointment, to=was_with.email, was_at=was_at, now=now)


def cancelled(appointment: Appointment, *, now: datetime) -> None:
    """Tell whoever has heard of the booking; a booking undone before any mail went out leaves no mail at all."""
    unheard = _withdraw(appointment)
    for recipient in ("client", "practitioner"):
        if recipient not in unheard:
            _queue("cancelled", recipient, appointment, now=now)


@transaction.atomic
def resend(message: Message, *, now: datetime) -> None:
    """Queue the same mail again, under the same Message-ID."""
    Message.objects.filter(pk=message.pk).update(
        status=Status.QUEUED, sent_at=None, send_after=now, attempts=0
    )
    _defer(message.pk, now)


def deliver(message_pk: int, *, now: datetime) -> None:
    """Send a queued mail and note it. Nothing happens when it was withdrawn or sent; failures are noted and raised."""
    try:
        _send_and_note(message_pk, now)
    except Exception as error:
        _note_failure(message_pk, f"{type(error).__name__}: {error}"[:1000])
        raise


def rendered(message: Message) -> tuple[str, str]:
    """The mail's text and HTML as its reader gets them, the secret link filled in."""
    if message.appointment is None:
        return message.text, message.html
    link = links.url(message.appointment.visit)
    return message.text.replace(f"https://{LINK}/", link), message.html.replace(f"https://{LINK}/", link)


@transaction.atomic(durable=True)
def _send_and_note(message_pk: int, now: datetime) -> None:
    # The row lock keeps an undo, or a second worker, waiting until this try is over.
    message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("appointment__visit")
        .filter(pk=message_pk, status=Status.QUEUED)
        .first()
    )
    if message is None:
        return
    _email(message).send()
    message.status, message.sent_at, message.last_error = Status.SENT, now, ""
    message.attempts += 1
    message.save(update_fields=["status", "sent_at", "last_error", "attempts"])


@transaction.atomic(durable=True)
def _note_failure(message_pk: int, error: str) -> None:
    message = Message.objects.select_for_update().filter(pk=message_pk, status=Status.QUEUED).first()
    if message is None:
        return
    message.attempts += 1
    message.last_error = error
    if message.attempts >= ATTEMPTS:
        message.status = Status.FAILED
    message.save(update_fields=["attempts", "last_error", "status"])


def _email(message: Message) -> EmailMultiAlternatives:
    text, html = rendered(message)
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=text,
        to=message.to,
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
    )
    if html:
        mail.attach_alternative(html, "text/html")
    if message.calendar:
        part = MIMEText(message.calendar, "calendar", "utf-8")
        part.set_param("method", message.calendar_method)
        part.add_header("Content-Disposition", "attachment", filename="visit.ics")
        mail.attach(part)
    return mail


def _withdraw(appointment: Appointment) -> set[str]:
    """Delete what has not gone out yet; the recipients who have therefore heard nothing."""
    unsent = Message.objects.select_for_update().filter(appointment=appointment).exclude(status=Status.SENT)
    withdrawn = {message.reason.rsplit("/", 1)[-1] for message in unsent}
    Message.objects.filter(pk__in=[message.pk for message in unsent]).delete()
    heard = Message.objects.filter(appointment=appointment, status=Status.SENT).values_list(
        "reason", flat=True
    )
    return withdrawn - {reason.rsplit("/", 1)[-1] for reason in heard}


def _queue(
    kind: str,
    recipient: str,
    appointment: Appointment,
    *,
    now: datetime,
    send_after: datetime | None = None,
    to: str = "",
    was_at: datetime | None = None,
) -> None:
    zone = localtime.zone(appointment.location.timezone)
    context = {
        "appointment": appointment,
        "starts_at": localtime.to_local(appointment.starts_at, zone),
        "deadline_at": localtime.to_local(appointment.deadline_at, zone),
        "was_at": was_at and localtime.to_local(was_at, zone),
        "zone": localtime.zone_label(zone, appointment.starts_at),
        "clinic_name": settings.CLINIC_NAME,
        "visit_url": f"https://{LINK}/",
        "admin_url": f"{settings.SITE_URL}/admin/booking/appointment/{appointment.pk}/change/",
    }
    name = f"emails/{kind}_{recipient}"
    reason = f"{kind}/{appointment.pk}/{appointment.sequence}/{recipient}"
    message = Message.objects.create(
        reason=reason,
        message_id=f"<{reason.replace('/', '.')}@{urlsplit(settings.SITE_URL).hostname}>",
        appointment=appointment,
        to=[to or appointment.client.email]
        if recipient == "client"
        else [to or appointment.practitioner.email],
        subject=" ".join(render_to_string(f"{name}_subject.txt", context).split())[:200],
        text=render_to_string(f"{name}.txt", context),
        html=render_to_string(f"{name}.html", context) if recipient == "client" else "",
        calendar="" if was_at else ics.calendar(appointment, now=now),
        calendar_method="" if was_at else ics.method(appointment),
        queued_at=now,
        send_after=send_after or now,
    )
    _defer(message.pk, message.send_after)


def _defer(message_pk: int, send_after: datetime) -> None:
    from booking import tasks  # the task calls back into this module

    tasks.send_message.configure(schedule_at=send_after).defer(message_pk=message_pk)
