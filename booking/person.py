"""Who holds a time: the browser by its cookie, and where it calls from. Neither is kept in the clear."""

from __future__ import annotations

import re
import secrets
from ipaddress import IPv6Address, ip_address, ip_network

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
    """An opaque key of where the request comes from, for counting holds and consultation requests."""
    network = _network(request.META.get("REMOTE_ADDR", ""))
    return salted_hmac("booking.address", network, algorithm="sha256").hexdigest()


def _network(address: str) -> str:
    """The address, or of an IPv6 address its first half: whoever has one has all of the other half."""
    try:
        known = ip_address(address)
    except ValueError:  # a proxy may write anything
        return address
    if isinstance(known, IPv6Address):
        return str(known.ipv4_mapped or ip_network((int(known) >> 64 << 64, 64)))
    return str(known)
