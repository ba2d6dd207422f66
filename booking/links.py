"""The secret link of a visit, of a consultation request or of a practitioner's calendar: unguessable, revocable,
expiring, and never stored.

A link's token is derived from its row's nonce and the site's key, so that a mail can be written at any
time; the database keeps its SHA-256 alone, and a copy of the database opens nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import b32encode, urlsafe_b64encode
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from booking.models import CalendarFeed, ConsultationRequest, Visit

VALID_AFTER_VISIT = timedelta(days=30)
VALID_AFTER_REQUEST = timedelta(days=60)
LINK, ROOM = "booking.links", "booking.rooms"


def new() -> tuple[str, str]:
    """A fresh (nonce, hash) pair; giving it to an existing row revokes the old link."""
    nonce = secrets.token_urlsafe(32)
    return nonce, hash_of(_text(_digest(LINK, nonce, settings.SECRET_KEY)))


def token(row: Visit | ConsultationRequest | CalendarFeed) -> str:
    """The 43 characters in the row's address. Raises `LookupError` when no known key made them."""
    return _text(_digest(LINK, row.link_nonce, _key_of(row)))


def url(visit: Visit) -> str:
    """The absolute address of the visit's page, on `SITE_URL`."""
    return settings.SITE_URL + reverse("booking:visit", args=[token(visit)])


def request_url(request: ConsultationRequest) -> str:
    """The absolute address of the request's page, on `SITE_URL`."""
    return settings.SITE_URL + reverse("booking:consultation_request", args=[token(request)])


def call_url(visit: Visit) -> str:
    """The way into the visit's video call, or blank without a place for calls. It tells nothing about the link."""
    if not settings.VIDEO_CALL_BASE_URL:
        return ""
    room = b32encode(_digest(ROOM, visit.link_nonce, _key_of(visit))).decode().lower()[:32]
    return f"{settings.VIDEO_CALL_BASE_URL.rstrip('/')}/{room}"


def find(secret: str) -> Visit | None:
    """The visit this token was made for, or None when it is unknown or revoked; one query."""
    return Visit.objects.filter(link_hash=hash_of(secret)).first()


def find_request(secret: str) -> ConsultationRequest | None:
    """The consultation request this token was made for, or None; one query."""
    return ConsultationRequest.objects.select_related("service", "visit").filter(link_hash=hash_of(secret)).first()


def is_spent(row: Visit | ConsultationRequest, *, now: datetime) -> bool:
    """Whether the link has expired: a month after the visit, two months after the request's last change."""
    return row.link_expires_at is not None and row.link_expires_at <= now


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _key_of(row: Visit | ConsultationRequest | CalendarFeed) -> str | bytes:
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if secrets.compare_digest(hash_of(_text(_digest(LINK, row.link_nonce, key))), row.link_hash):
            return key
    raise LookupError("The key that made this link is neither SECRET_KEY nor one of its fallbacks.")


def _digest(salt: str, nonce: str, key: str | bytes) -> bytes:
    return salted_hmac(salt, nonce, secret=key, algorithm="sha256").digest()


def _text(digest: bytes) -> str:
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
