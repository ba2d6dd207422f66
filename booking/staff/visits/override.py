"""Setting a rule aside: with a reason, by whoever may, and only where a rule forbids what is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from booking.errors import SlotNotOffered, SlotTaken
from clinic.text import clean_line

LONGEST = 200
Result = TypeVar("Result")


def typed(request: HttpRequest) -> str:
    """The reason as it was sent, to be shown again; blank for none."""
    return clean_line(request.POST.get("override", ""))[:LONGEST]


def reason_of(request: HttpRequest) -> str:
    """The reason that the form gives, blank for none; 403 for who may not set rules aside."""
    reason = typed(request)
    refuse_unless_allowed(request, reason)
    return reason


def refuse_unless_allowed(request: HttpRequest, reason: str) -> None:
    if reason and not request.user.has_perm("booking.override_rules"):
        raise PermissionDenied


def where_needed(write: Callable[..., Result], reason: str) -> Result:
    """Call `write` by the rules; where they forbid it, once more with the reason as its `override`, if there is one."""
    try:
        return write()
    except (SlotNotOffered, SlotTaken):
        if not reason:
            raise
    return write(override=reason)
