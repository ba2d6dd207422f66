"""Who holds a time: the browser by its cookie, and where it calls from. Neither is kept in the clear."""

from __future__ import annotations

import re
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from booking import links

COOKIE = "hold"
COOKIE_AGE = 24 * 60 * 60
SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def owner_key(request: HttpRequest) -> str:
    """The key of this browser's holds, or blank when it has none."""
    secret = request.COOKIES.get(COOKIE, "")
    return links.hash_of(secret) if SECRET.fullmatch(secret) else ""


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def remember(response: HttpResponse, secret: str) -> None:
    """Give the browser its cookie; it is sent to the booking pages alone."""
    response.set_cookie(
        COOKIE, secret, max_age=COOKIE_AGE, path="/book/", httponly=True, samesite="Lax", secure=settings.IS_HTTPS
    )


def address_key(request: HttpRequest) -> str:
    """An opaque key of the network address, for counting holds."""
    return salted_hmac("booking.address", request.META.get("REMOTE_ADDR", ""), algorithm="sha256").hexdigest()
