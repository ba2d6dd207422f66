"""A page between a form and its saving: what would change, which booked visits it touches, and the same form again.

The button carries the ids of the visits that were shown, so that one booked meanwhile is shown before a save.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from booking.admin import display
from booking.models import Appointment
from booking.staff.page import page
from clinic.text import is_id

CONFIRMED, ACCEPTED, SEEN = "confirmed", "confirm", "seen"


def is_confirmed(request: HttpRequest) -> bool:
    return request.POST.get(CONFIRMED) == "yes"


def accepted(request: HttpRequest) -> set[int]:
    """The ids of the visits that were shown before this was sent; empty when nothing was."""
    if not is_confirmed(request):
        return set()
    return {int(value) for value in request.POST.getlist(ACCEPTED) if is_id(value)}


def confirm_page(
    request: HttpRequest,
    *,
    title: str,
    label: str,
    back: str,
    seen: str = "",
    visits: Sequence[Appointment] = (),
    changes: Iterable[tuple[str, list[str]]] = (),
    template: str = "admin/hours/confirm.html",
    **context: Any,
) -> HttpResponse:
    """Ask before saving. `changes` are headings with what happens below each, `label` is the button's."""
    dropped = ("csrfmiddlewaretoken", CONFIRMED, ACCEPTED, SEEN)
    now = timezone.now()
    kept = [(name, value) for name, values in request.POST.lists() for value in values if name not in dropped]
    return page(
        request,
        template,
        title=title,
        label=label,
        back=back,
        changes=list(changes),
        rows=[(display.near_start_of(visit, now=now), visit) for visit in visits],
        hidden=[*kept, (CONFIRMED, "yes"), (SEEN, seen), *[(ACCEPTED, str(visit.pk)) for visit in visits]],
        may_see=request.user.has_perm("booking.view_appointment"),
        **context,
    )
