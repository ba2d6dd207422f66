"""Did a person send this form? A sealed field says when the form was opened, and names it once.

The seal keeps a program from inventing either. Nothing about the visitor is in it.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import NamedTuple

from django.core.signing import BadSignature, Signer

SALT = "booking.spam"
MILLISECONDS = 1000


class Opened(NamedTuple):
    """A form as we gave it out: `token` is its own, once."""

    token: str
    at: datetime


def seal(*, now: datetime) -> str:
    """The sealed field of a form that is given out now."""
    return Signer(salt=SALT).sign_object([secrets.token_urlsafe(24), int(now.timestamp() * MILLISECONDS)])


def opened(sealed: str) -> Opened | None:
    """What the seal says, or None when we did not make it."""
    try:
        token, milliseconds = Signer(salt=SALT).unsign_object(sealed)
        return Opened(token, datetime.fromtimestamp(milliseconds / MILLISECONDS, UTC))
    except (BadSignature, ValueError, TypeError):
        return None
