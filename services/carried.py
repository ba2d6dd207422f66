"""What a visitor asked us to carry from the chooser into the note of a booking: one signed sentence, for half an hour.

It lives in a cookie of the visitor's own browser, in an address or a database never. Without their tick there is none.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "note"
SALT = "services.carried"
FORM_SALT = "services.carried.form"
KEPT_FOR = timedelta(minutes=30)


def seal(note: str, *, to: str) -> str:
    """The note and the service it is for (blank for a consultation), signed, for a hidden field of our own form."""
    return signing.dumps([note, to], salt=FORM_SALT, compress=True)


def unseal(sealed: str) -> tuple[str, str]:
    """What `seal` took; raises `signing.BadSignature` for anything else, or when it is too old."""
    note, to = signing.loads(sealed, salt=FORM_SALT, max_age=KEPT_FOR)
    return note, to


def put(response: HttpResponse, note: str) -> None:
    """Give the browser the note to carry."""
    response.set_cookie(
        COOKIE,
        signing.dumps(note, salt=SALT, compress=True),
        max_age=KEPT_FOR,
        httponly=True,
        samesite="Lax",
        secure=settings.IS_HTTPS,
    )


def read(request: HttpRequest) -> str:
    """The carried note, or "" when there is none, it is too old, or somebody changed it."""
    try:
        note = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        return ""
    return note if isinstance(note, str) else ""


def clear(response: HttpResponse) -> None:
    """Forget the note; for the answer to a form that has taken it in."""
    response.delete_cookie(COOKIE, samesite="Lax")
