"""Words to and fro: somebody asks, we answer or decline; they want other times, or withdraw."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from booking import links, outbox, policy
from booking.appointments import claims
from booking.consultations import locked
from booking.errors import FormReused, TooManyRequests
from booking.models import ConsultationRequest

log = logging.getLogger(__name__)
Status = ConsultationRequest.Status


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the visitor typed, cleaned. `phone` in E.164 or blank; `service` the primary key of what it is about."""

    kind: str
    first_name: str
    last_name: str
    email: str
    phone: str = ""
    service: int | None = None
    message: str
    preferred_parts: list[str] = field(default_factory=list)
    preferred_text: str = ""

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@transaction.atomic(durable=True)
def submit(asked: Asked, *, form_token: str, address: str, now: datetime) -> ConsultationRequest:
    """Take a request in and tell both sides; the same form sent again returns the first.

    `address` is an opaque key of where it came from. Raises `TooManyRequests`, `FormReused`.
    """
    claims.lock_words(form_token, address)
    if earlier := ConsultationRequest.objects.filter(form_token=form_token).first():
        if earlier.form_digest != asked.digest:
            raise FormReused
        return earlier
    _refuse_floods(address, now)
    location = locked.clinic_location()
    words = asdict(asked)
    nonce, link_hash = links.new()
    request = ConsultationRequest.objects.create(
        service_id=words.pop("service"),
        **words,
        created_at=now,
        form_token=form_token,
        form_digest=asked.digest,
        link_nonce=nonce,
        link_hash=link_hash,
        link_expires_at=now + links.VALID_AFTER_REQUEST,
        sent_from=address,
    )
    outbox.about(request, "received", "client", location=location, now=now)
    outbox.about(request, "received", "clinic", location=location, now=now)
    return request


@transaction.atomic(durable=True)
def answer(
    request: ConsultationRequest, *, text: str, by: AbstractBaseUser | None, now: datetime
) -> ConsultationRequest:
    """Answer in writing, by mail. Times that are held stay so. Raises `RequestChanged`, `RequestClosed`."""
    current = locked.for_staff(request)
    current.answer = text
    locked.handled(current, Status.ANSWERED, by=by, now=now)
    outbox.about(current, "answered", "client", location=locked.clinic_location(), now=now)
    return current


@transaction.atomic(durable=True)
def decline(
    request: ConsultationRequest, *, text: str = "", by: AbstractBaseUser | None, now: datetime
) -> ConsultationRequest:
    """Say that we cannot help, free what was held, and mail it. Raises `RequestChanged`, `RequestClosed`."""
    current = locked.for_staff(request)
    current.answer = text or current.answer
    locked.handled(current, Status.DECLINED, by=by, now=now)
    locked.let_go_of_proposals(current)
    outbox.about(current, "declined", "client", location=locked.clinic_location(), now=now, text=text)
    return current


@transaction.atomic(durable=True)
def turn_down(request: ConsultationRequest, *, note: str, now: datetime) -> ConsultationRequest:
    """What we answered does not suit: what was held is free, and the request is new again. Raises `RequestClosed`."""
    current = locked.for_visitor(request)
    if current.status == Status.NEW:
        return current  # sent twice, or there is nothing yet to turn down
    current.reply, current.proposed_at = note, None
    locked.handled(current, Status.NEW, by=None, now=now)
    locked.let_go_of_proposals(current)
    outbox.about(current, "turned_down", "clinic", location=locked.clinic_location(), now=now)
    return current


@transaction.atomic(durable=True)
def withdraw(request: ConsultationRequest, *, now: datetime) -> ConsultationRequest:
    """The visitor no longer needs us. Raises `RequestClosed` unless it was they who closed it."""
    if (earlier := locked.fresh(request)).withdrawn_at is not None:
        return earlier
    current = locked.for_visitor(request)
    current.withdrawn_at = now
    locked.handled(current, Status.DECLINED, by=None, now=now)
    locked.let_go_of_proposals(current)
    outbox.about(current, "withdrawn", "clinic", location=locked.clinic_location(), now=now)
    return current


def _refuse_floods(address: str, now: datetime) -> None:
    """Count what came from this address and from everywhere; keys of addresses are forgotten after a day."""
    recent = ConsultationRequest.objects.filter(created_at__gt=now - policy.DAY)
    last_hour = recent.filter(created_at__gt=now - policy.HOUR)
    if policy.is_too_many(last_hour.filter(sent_from=address).count(), recent.filter(sent_from=address).count()):
        raise TooManyRequests
    if last_hour.count() + 1 >= policy.REQUESTS_THAT_ALARM:
        log.error("More consultation requests came within the hour than people send: %s.", last_hour.count() + 1)
    old = ConsultationRequest.objects.exclude(sent_from="").filter(created_at__lte=now - policy.DAY)
    old.update(sent_from="")
