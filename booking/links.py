"""The secret link of a visit: unguessable, revocable, expiring, and never stored.

A link's token is derived from the visit's nonce and the site's key, so that a mail can be written at any
time; the database keeps its SHA-256 alone, and a copy of the database opens nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from booking.models import Visit

VALID_AFTER_VISIT = timedelta(days=30)


def new() -> tuple[str, str]:
    """A fresh (nonce, hash) pair for a visit; giving it to an existing visit revokes the old link."""
    nonce = secrets.token_urlsafe(32)
    return nonce, hash_of(_derive(nonce, settings.SECRET_KEY))


def token(visit: Visit) -> str:
    """The 43 characters in the visit's address. Raises `LookupError` when no known key made them."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        found = _derive(visit.link_nonce, key)
        if secrets.compare_digest(hash_of(found), visit.link_hash):
            return found
    raise LookupError("The key that made this link is neither SECRET_KEY nor one of its fallbacks.")


def url(visit: Visit) -> str:
    """The absolute address of the visit's page, on `SITE_URL`."""
    return settings.SITE_URL + reverse("booking:visit", args=[token(visit)])


def find(secret: str) -> Visit | None:
    """The visit this token was made for, or None when it is unknown or revoked; one query."""
    return Visit.objects.filter(link_hash=hash_of(secret)).first()


def is_spent(visit: Visit, *, now: datetime) -> bool:
    """Whether the link has expired: a month after the visit."""
    return visit.link_expires_at is not None and visit.link_expires_at <= now


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _derive(nonce: str, key: str | bytes) -> str:
    digest = salted_hmac("booking.links", nonce, secret=key, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
