"""Sending what was queued, and noting what became of it."""

from __future__ import annotations

from datetime import datetime
from email.mime.text import MIMEText

from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from booking import ics, links, mails
from booking.models import Message
from booking.outbox import unsent

ATTEMPTS = 6
Status = Message.Status


class GivenUp(Exception):
    """The last try failed; the message now waits for staff, and its job is not run again."""


def deliver(message_pk: int, *, now: datetime) -> None:
    """Send a queued mail and note it. Nothing happens when it was withdrawn or sent; failures are noted and raised."""
    try:
        _send_and_note(message_pk, now)
    except Exception as error:
        if _note_failure(message_pk, f"{type(error).__name__}: {error}"[:1000]):
            raise GivenUp from error
        raise


def rendered(message: Message) -> tuple[str, str]:
    """The mail's text and HTML as its reader gets them, the secret addresses filled in."""
    text, html = message.text, message.html
    for placeholder, address in _addresses(message).items():
        text, html = text.replace(placeholder, address), html.replace(placeholder, address)
    return text, html


def as_sent(message: Message) -> EmailMultiAlternatives:
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
        part = MIMEText(ics.filled(message.calendar, _addresses(message)), "calendar", "utf-8")
        part.set_param("method", message.calendar_method)
        part.add_header("Content-Disposition", "attachment", filename="visit.ics")
        mail.attach(part)
    return mail


def _addresses(message: Message) -> dict[str, str]:
    if message.consultation is not None:
        return {mails.REQUEST: links.request_url(message.consultation)}
    if message.appointment is None:
        return {}
    visit = message.appointment.visit
    return {mails.LINK: links.url(visit), mails.CALL: links.call_url(visit)}


@transaction.atomic(durable=True)
def _send_and_note(message_pk: int, now: datetime) -> None:
    # The row lock keeps an undo, or a second worker, waiting until this try is over.
    message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("appointment__visit", "consultation")
        .filter(pk=message_pk, status=Status.QUEUED)
        .first()
    )
    if message is None:
        return
    if unsent.is_overtaken(message):
        message.status, message.last_error = Status.FAILED, "Not sent: the visit changed before it could be."
        message.save(update_fields=["status", "last_error"])
        return
    as_sent(message).send()
    message.status, message.sent_at, message.last_error = Status.SENT, now, ""
    message.attempts += 1
    message.save(update_fields=["status", "sent_at", "last_error", "attempts"])


@transaction.atomic(durable=True)
def _note_failure(message_pk: int, error: str) -> bool:
    """Count a failed try; whether it was the last one."""
    message = Message.objects.select_for_update().filter(pk=message_pk, status=Status.QUEUED).first()
    if message is None:
        return False
    message.attempts += 1
    message.last_error = error
    if message.attempts >= ATTEMPTS:
        message.status = Status.FAILED
    message.save(update_fields=["attempts", "last_error", "status"])
    return message.status == Status.FAILED
