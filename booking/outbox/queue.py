"""Writing mails down to be sent: the row, and the job that sends it, in the caller's transaction."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from booking import mails
from booking.models import Appointment, ConsultationRequest, Message
from services.models import Location, Practitioner

AT_ONCE = timedelta(0)
SAME_LETTER = timedelta(minutes=10)
Status = Message.Status


@transaction.atomic
def tell_client(kind: str, appointment: Appointment, *, now: datetime, **extra: object) -> Message | None:
    """Write to the client about their visit, at once, from `emails/<kind>_client`; None without an address.

    `extra` goes to the templates. Every call is a mail of its own, and no change of the visit withdraws it.
    """
    if appointment.client is None or not appointment.client.email:
        return None
    message = mails.compose(kind, "client", appointment, now=now, **extra)
    message.calendar = message.calendar_method = ""
    mails.give_reason(message, f"{message.reason}/{secrets.token_hex(4)}")
    save(message, appointment.client.email, now)
    return message


@transaction.atomic
def write_letter(appointment: Appointment, words: str, *, now: datetime) -> None:
    """Write these words to the client; sent twice within ten minutes, even at once, they are one mail."""
    list(Appointment.objects.select_for_update(of=("self",)).filter(pk=appointment.pk))
    lately = Message.objects.filter(
        appointment=appointment, reason__startswith="letter/", queued_at__gt=now - SAME_LETTER
    )
    if not lately.filter(text__contains=f"\n\n{words}\n\n").exists():  # as the template sets them
        tell_client("letter", appointment, now=now, letter=words)


@transaction.atomic
def queue_mail(*, reason: str, to: str, subject: str, text: str, html: str = "", now: datetime) -> Message | None:
    """Queue a mail about no appointment; None without an address, or when this reason had its mail before."""
    if not to or Message.objects.filter(reason=reason).exists():
        return None
    message = Message(subject=" ".join(subject.split())[:200], text=text, html=html, queued_at=now)
    mails.give_reason(message, reason)
    try:
        with transaction.atomic():
            save(message, to, now)
    except IntegrityError:  # queued by another worker this moment
        return None
    return message


def about(
    request: ConsultationRequest, kind: str, recipient: str, *, location: Location, now: datetime, **extra: object
) -> None:
    """Write to the person who asked for a consultation (`client`), or to the `clinic`, at once."""
    message = mails.compose_about(request, kind, recipient, location=location, now=now, **extra)
    save(message, request.email if recipient == "client" else location.email, now)


@transaction.atomic
def resend(message: Message, *, now: datetime) -> None:
    """Queue the same mail again, under the same Message-ID, to the address that its reader has now."""
    from booking import tasks

    Message.objects.filter(pk=message.pk).update(
        status=Status.QUEUED, sent_at=None, send_after=now, attempts=0, to=_address_now(message) or message.to
    )
    tasks.send_message.configure(schedule_at=now).defer(message_pk=message.pk)


def about_visit(
    kind: str, recipient: str, appointment: Appointment, *, now: datetime, wait: timedelta = AT_ONCE
) -> bool:
    """Queue this mail; whether there was an address for it."""
    person = appointment.client if recipient == "client" else appointment.practitioner
    if person is None or not person.email:
        return False
    save(mails.compose(kind, recipient, appointment, now=now), person.email, now + wait)
    return True


def tell_former(
    practitioner: Practitioner, appointment: Appointment, was_at: datetime, now: datetime, wait: timedelta
) -> None:
    if not practitioner.email:
        return
    message = mails.compose("left", "former", appointment, now=now, was_at=was_at)
    message.calendar = message.calendar_method = ""
    save(message, practitioner.email, now + wait)


def _address_now(message: Message) -> list[str]:
    """Where the client reads mail by now, if it is to them; a wrong address is put right on their page."""
    if not message.reason.endswith("/client") and "/client/" not in message.reason:
        return []
    person = message.consultation or (message.appointment and message.appointment.client)
    return [person.email] if person and person.email else []


def save(message: Message, to: str, send_after: datetime) -> None:
    from booking import tasks  # the task calls back into this module

    message.to, message.send_after = [to], send_after
    message.save(force_insert=True)
    tasks.send_message.configure(schedule_at=send_after).defer(message_pk=message.pk)
