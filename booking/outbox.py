"""Which mails go out, and when. A mail is a row and a job, both written in the transaction that caused it.

So a booking that is acknowledged has its mails queued, and one rolled back leaves none. A mail is sent at
least once; it can come twice only where a sender died between the mail server's yes and our note of it, and
then both copies carry the same Message-ID.
"""

from __future__ import annotations

from datetime import datetime
from email.mime.text import MIMEText

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from booking import ics, links, mails
from booking.models import Appointment, Client, ConsultationRequest, Message
from services.models import Location, Practitioner

ATTEMPTS = 6
Status = Message.Status


class GivenUp(Exception):
    """The last try failed; the message now waits for staff, and its job is not run again."""


def booked(appointment: Appointment, *, now: datetime) -> None:
    """Confirm to the client and tell the practitioner, once the booking can no longer be undone."""
    _queue("confirmation", "client", appointment, now=now, send_after=now + settings.UNDO_WINDOW)
    _queue("new", "practitioner", appointment, now=now, send_after=now + settings.UNDO_WINDOW)


def moved(appointment: Appointment, *, was_with: Practitioner, was_at: datetime, now: datetime) -> None:
    """Tell everyone of the new time; whoever has not yet heard of the old one hears of the new one alone."""
    unheard = _withdraw(appointment)
    _queue("confirmation" if _is_among(unheard, appointment.client) else "moved", "client", appointment, now=now)
    if was_with == appointment.practitioner and was_with.email not in unheard:
        _queue("moved", "practitioner", appointment, now=now)
        return
    _queue("new", "practitioner", appointment, now=now)
    if was_with.email not in unheard:
        _tell_former(was_with, appointment, was_at, now)


def cancelled(appointment: Appointment, *, now: datetime) -> None:
    """Tell whoever has heard of the booking; a booking undone before any mail went out leaves no mail at all."""
    unheard = _withdraw(appointment)
    if not _is_among(unheard, appointment.client):
        _queue("cancelled", "client", appointment, now=now)
    if appointment.practitioner.email not in unheard:
        _queue("cancelled", "practitioner", appointment, now=now)


def about(
    request: ConsultationRequest, kind: str, recipient: str, *, location: Location, now: datetime, **extra: object
) -> None:
    """Write to the person who asked for a consultation (`client`), or to the `clinic`, at once."""
    message = mails.compose_about(request, kind, recipient, location=location, now=now, **extra)
    _save(message, request.email if recipient == "client" else location.email, now)


@transaction.atomic
def resend(message: Message, *, now: datetime) -> None:
    """Queue the same mail again, under the same Message-ID."""
    from booking import tasks

    Message.objects.filter(pk=message.pk).update(status=Status.QUEUED, sent_at=None, send_after=now, attempts=0)
    tasks.send_message.configure(schedule_at=now).defer(message_pk=message.pk)


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
    if _is_overtaken(message):
        message.status, message.last_error = Status.FAILED, "Not sent: the visit changed before it could be."
        message.save(update_fields=["status", "last_error"])
        return
    _email(message).send()
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


def _is_overtaken(message: Message) -> bool:
    """Whether the appointment has changed since: the mail about the change says all there is to say."""
    if message.appointment is None:
        return False
    kind, _, sequence, _ = message.reason.split("/")
    return kind != "left" and int(sequence) < message.appointment.sequence


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
        part = MIMEText(ics.filled(message.calendar, _addresses(message)), "calendar", "utf-8")
        part.set_param("method", message.calendar_method)
        part.add_header("Content-Disposition", "attachment", filename="visit.ics")
        mail.attach(part)
    return mail


def _withdraw(appointment: Appointment) -> set[str]:
    """Delete what has not gone out yet; the addresses that have therefore heard nothing.

    A mail on its way this moment is locked by its sender and counts as heard: nobody waits for a mail server.
    Word to a former practitioner stays true whatever happens next.
    """
    ours = Message.objects.filter(appointment=appointment).exclude(reason__startswith="left/")
    unsent = list(ours.select_for_update(skip_locked=True).exclude(status=Status.SENT))
    Message.objects.filter(pk__in=[message.pk for message in unsent]).delete()
    withdrawn = {address for message in unsent for address in message.to}
    return withdrawn - {address for to in ours.values_list("to", flat=True) for address in to}


def _is_among(addresses: set[str], client: Client | None) -> bool:
    return client is not None and client.email in addresses


def _queue(
    kind: str, recipient: str, appointment: Appointment, *, now: datetime, send_after: datetime | None = None
) -> None:
    message = mails.compose(kind, recipient, appointment, now=now)
    person = appointment.client if recipient == "client" else appointment.practitioner
    if person is not None:
        _save(message, person.email, send_after or now)


def _tell_former(practitioner: Practitioner, appointment: Appointment, was_at: datetime, now: datetime) -> None:
    message = mails.compose("left", "former", appointment, now=now, was_at=was_at)
    message.calendar = message.calendar_method = ""
    _save(message, practitioner.email, now)


def _save(message: Message, to: str, send_after: datetime) -> None:
    from booking import tasks  # the task calls back into this module

    message.to, message.send_after = [to], send_after
    message.save(force_insert=True)
    tasks.send_message.configure(schedule_at=send_after).defer(message_pk=message.pk)
