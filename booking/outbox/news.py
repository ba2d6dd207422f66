"""Who hears of a change, and who need not: word of the old state that has not gone out is replaced by the new one.

A mail is told by what it is about, to whom, and of which state of the visit (its sequence).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from booking import mails
from booking.models import Appointment, Client
from booking.outbox import queue, unsent
from booking.outbox.queue import AT_ONCE
from booking.outbox.unsent import Status
from services.models import Practitioner

FAREWELL = "left/former"


@dataclass(frozen=True)
class Told:
    """What an act did to the mails: whether one to the client was queued, and which unsent ones it withdrew.

    Those are named by kind and recipient, such as `confirmation/client`, to be put back if the act is taken back.
    """

    is_client_told: bool = False
    withdrew: list[str] = field(default_factory=list)


def booked(
    appointment: Appointment, *, now: datetime, wait: timedelta | None = None, tells_client: bool = True
) -> Told:
    """Confirm to the client and tell the practitioner, once the booking can no longer be undone in silence."""
    wait = settings.UNDO_WINDOW if wait is None else wait
    is_told = tells_client and queue.about_visit("confirmation", "client", appointment, now=now, wait=wait)
    queue.about_visit("new", "practitioner", appointment, now=now, wait=wait)
    return Told(is_told)


def moved(
    appointment: Appointment,
    *,
    was_with: Practitioner,
    was_at: datetime,
    now: datetime,
    wait: timedelta = AT_ONCE,
    tells_client: bool = True,
) -> Told:
    """Tell everyone of the new time; whoever has not yet heard of the old one hears of the new one alone."""
    withdrew, unheard = unsent.withdraw(appointment)
    is_told = _tell_client_of("moved", appointment, withdrew, unheard, now=now, wait=wait, tells_client=tells_client)
    with_whom = appointment.practitioner
    was_unheard = was_with.email in unheard
    if was_with == with_whom:
        queue.about_visit("new" if was_unheard else "moved", "practitioner", appointment, now=now, wait=wait)
        return Told(is_told, withdrew)
    news = "new"
    if unsent.withdraw_farewell(appointment, with_whom):  # not read yet: they simply have it at another time
        news, withdrew = "moved", [*withdrew, FAREWELL]
    queue.about_visit(news, "practitioner", appointment, now=now, wait=wait)
    if not was_unheard:
        queue.tell_former(was_with, appointment, was_at, now, wait)
    return Told(is_told, withdrew)


def cancelled(appointment: Appointment, *, now: datetime, wait: timedelta = AT_ONCE, tells_client: bool = True) -> Told:
    """Tell whoever has heard of the booking; a booking undone before any mail went out leaves no mail at all."""
    withdrew, unheard = unsent.withdraw(appointment)
    is_told = False
    if tells_client and not _is_among(unheard, appointment.client):
        is_told = queue.about_visit("cancelled", "client", appointment, now=now, wait=wait)
    if appointment.practitioner.email not in unheard:
        queue.about_visit("cancelled", "practitioner", appointment, now=now, wait=wait)
    return Told(is_told, withdrew)


def taken_back(
    appointment: Appointment,
    *,
    had_withdrawn: Sequence[str],
    was_with: Practitioner,
    was_at: datetime,
    now: datetime,
    wait: timedelta,
    tells_client: bool = True,
) -> Told:
    """A move or a cancelling is undone: `was_with` and `was_at` are what it had made of the appointment.

    Its unsent mails go, and those it had kept from going out are put back. Whoever has read one hears how it stands.
    """
    withdrew, _ = unsent.withdraw(appointment)
    with_whom = appointment.practitioner
    if was_with != with_whom:
        unsent.withdraw_farewell(appointment, with_whom)
    read = unsent.kinds_of(appointment, appointment.sequence - 1)
    is_told = False
    if "cancelled/client" in read or "moved/client" in read or "confirmation/client" in read:
        news = "confirmation" if "cancelled/client" in read else "moved"
        is_told = tells_client and queue.about_visit(news, "client", appointment, now=now, wait=wait)
    else:
        is_told = _put_back("client", had_withdrawn, appointment, now=now, wait=wait)
    has_read_ours = {f"{kind}/practitioner" for kind in ("moved", "new", "cancelled")} & read
    if was_with != with_whom and (has_read_ours or FAREWELL in had_withdrawn):
        queue.tell_former(was_with, appointment, was_at, now, wait)
    if FAREWELL in read or "cancelled/practitioner" in read:
        queue.about_visit("new", "practitioner", appointment, now=now, wait=wait)
    elif was_with == with_whom and has_read_ours:
        queue.about_visit("moved", "practitioner", appointment, now=now, wait=wait)
    else:
        _put_back("practitioner", had_withdrawn, appointment, now=now, wait=wait)
    return Told(is_told, withdrew)


def room_changed(appointment: Appointment, *, now: datetime) -> None:
    """Nobody is mailed for a room; what is to go out to the practitioner names the new one."""
    ours = unsent.versioned(appointment).filter(reason__endswith="/practitioner").exclude(status=Status.SENT)
    for message in ours.select_for_update(skip_locked=True):
        fresh = mails.compose(message.reason.split("/")[0], "practitioner", appointment, now=now)
        message.text, message.calendar = fresh.text, fresh.calendar
        message.save(update_fields=["text", "calendar"])


def _tell_client_of(
    kind: str,
    appointment: Appointment,
    withdrew: list[str],
    unheard: set[str],
    *,
    now: datetime,
    wait: timedelta,
    tells_client: bool,
) -> bool:
    """The news, or the confirmation to who has none yet: on its way already, it goes out as things stand now."""
    if _is_among(unheard, appointment.client):
        return queue.about_visit("confirmation", "client", appointment, now=now, wait=wait)
    if tells_client or any(one.endswith("/client") for one in withdrew):
        return queue.about_visit(kind, "client", appointment, now=now, wait=wait)
    return False


def _put_back(
    recipient: str, withdrawn: Sequence[str], appointment: Appointment, *, now: datetime, wait: timedelta
) -> bool:
    kinds = [one.split("/")[0] for one in withdrawn if one.endswith(f"/{recipient}")]
    return bool(kinds) and queue.about_visit(kinds[-1], recipient, appointment, now=now, wait=wait)


def _is_among(addresses: set[str], client: Client | None) -> bool:
    return client is not None and client.email in addresses
