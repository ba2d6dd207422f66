"""Other times offered to a client whose visit cannot stay where it is: held, mailed, accepted or let go.

An offered time is a hold with a longer life, as a proposal is (docs/consultation.md). The visit stays where it is until
the client accepts one; the others are free again then. Offers end by themselves, and the worklist shows who has not
answered (docs/hours.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from booking import availability, outbox, policy
from booking.appointments import claims, holds
from booking.appointments.author import CLIENT
from booking.appointments.move import Wish, take
from booking.availability import Slot
from booking.errors import HoldExpired, NotPossible, SlotTaken
from booking.models import Appointment, Message, MoveOffer

AT_ONCE = 3
NOT_OPEN = "One of these times is no longer open. Nothing was sent."
GONE = "We no longer hold this time for you. Your visit has not been moved; call us and we will find another."
NOT_BOOKED = "This visit is no longer booked, so there is nothing to offer."
NO_ADDRESS = "They left no email address. Call them instead."
TOO_MANY = f"Offer one to {AT_ONCE} times."
KIND, WITHDRAWN = "offer", "offer_withdrawn"


@transaction.atomic(durable=True)
def make(appointment: Appointment, slots: Sequence[Slot], *, by: User | None, now: datetime) -> list[MoveOffer]:
    """Hold these times for the visit's client for 48 hours and mail them, or none; earlier offers of it are let go.

    Raises `SlotTaken` when one of them is no longer open, `NotPossible`, `NotOffered`.
    """
    if not 0 < len(slots) <= AT_ONCE:
        raise NotPossible(TOO_MANY)
    claims.lock_all([slot.practitioner for slot in slots], appointment.option.service.rooms.all())
    current = _booked(appointment, now=now)
    if current.client is None or not current.client.email:
        raise NotPossible(NO_ADDRESS)
    claims.let_go_of_offers(current)
    until = min(now + policy.PROPOSAL_LENGTH, current.starts_at)
    made = [
        MoveOffer.objects.create(appointment=current, held=_hold(slot, current, until, now=now), created_at=now, by=by)
        for slot in slots
    ]
    times = list(Appointment.objects.filter(offered_as__appointment=current).with_everything().order_by("starts_at"))
    outbox.tell_client(KIND, current, now=now, times=times, until=min(one.hold_expires_at or until for one in times))
    return made


@transaction.atomic(durable=True)
def accept(offer: MoveOffer, *, now: datetime) -> Appointment:
    """Move the visit to the offered time, whatever the notice; the other offers are free again.

    Raises `HoldExpired` once it is no longer held or worked, `NotPossible`, `ClientBusy`.
    """
    held = Appointment.objects.with_everything().filter(offered_as=offer.pk).first()
    if held is None:
        raise HoldExpired(GONE)
    claims.lock(held.practitioner, held.room)
    current = Appointment.objects.with_everything().get(pk=offer.appointment_id)
    if current.client is not None:
        claims.lock_client(current.client)
    _lock_rows(current)  # before anything is freed: who waits for a row while having freed time can deadlock
    if not Appointment.objects.select_for_update(of=("self",)).filter(pk=held.pk, hold_expires_at__gt=now).exists():
        raise HoldExpired(GONE)
    claims.let_go_of_offers(current)
    slot = Slot(held.starts_at, held.ends_at, held.practitioner, held.room, held.location, False)
    wish = Wish(appointment=current, is_any=False, author=CLIENT, override="", now=now, is_invited=True)
    try:
        return take(slot, wish=wish)
    except claims.Beaten as beaten:
        raise HoldExpired(GONE) from beaten


@transaction.atomic(durable=True)
def withdraw(appointment: Appointment, *, tells_client: bool, now: datetime) -> None:
    """Free what is offered for this visit, at staff's word. The client is told that it stays as it was."""
    current = Appointment.objects.select_for_update(of=("self",)).with_everything().get(pk=appointment.pk)
    if not current.move_offers.exists():
        return
    claims.let_go_of_offers(current)
    if tells_client and current.status == Appointment.Status.BOOKED:
        outbox.tell_client(WITHDRAWN, current, now=now)


@transaction.atomic(durable=True)
def decline(appointment: Appointment) -> None:
    """The client says that none of the times suits: they are free again, and the visit waits for a call."""
    claims.let_go_of_offers(appointment)


def open_for(appointment: Appointment, *, now: datetime) -> QuerySet[MoveOffer]:
    """The times still held for this visit, by start, each with all its page shows; one query."""
    related = ("held__practitioner", "held__room", "held__location", "held__option__service__service_type")
    return appointment.move_offers.open(now).select_related(*related).order_by("held__starts_at", "pk")


def unanswered(now: datetime) -> QuerySet[Appointment]:
    """Booked visits to come whose client was offered other times, took none, and has none open; by start, one query.

    Told by the mails, because offers that ended are swept away by whoever books their time. A change of the visit, or
    word that the offer is withdrawn, answers it.
    """
    of_this_state = Concat(
        Value(f"^({KIND}|{WITHDRAWN})/"),
        OuterRef("pk"),
        Value("/"),
        OuterRef("sequence"),
        Value("/"),
        output_field=CharField(),
    )
    mails = Message.objects.filter(appointment=OuterRef("pk"), reason__regex=of_this_state).order_by("-pk")
    return (
        Appointment.objects.filter(status=Appointment.Status.BOOKED, starts_at__gt=now)
        .alias(last_word=Subquery(mails.values("reason")[:1]))
        .filter(last_word__startswith=f"{KIND}/")
        .exclude(Exists(MoveOffer.objects.open(now).filter(appointment=OuterRef("pk"))))
        .with_everything()
        .order_by("starts_at", "pk")
    )


def _booked(appointment: Appointment, *, now: datetime) -> Appointment:
    """The visit under its lock; `NotPossible` when it is not one that still lies ahead."""
    found = Appointment.objects.select_for_update(of=("self",)).with_everything().get(pk=appointment.pk)
    if found.status != Appointment.Status.BOOKED or found.starts_at <= now:
        raise NotPossible(NOT_BOOKED)
    return found


def _hold(slot: Slot, appointment: Appointment, until: datetime, *, now: datetime) -> Appointment:
    """Under the locks of every practitioner and room that could be meant: the same start, in whatever room is free."""
    option = appointment.option
    found = availability.find_slot(
        option,
        starts_at=slot.starts_at,
        practitioners=[slot.practitioner],
        location=slot.location,
        now=now,
        for_staff=True,
    )
    if not found:
        raise SlotTaken(NOT_OPEN)
    try:
        claims.confirm(found[0], option, now=now, for_staff=True)
        expires_at = policy.proposal_expires_at(until, slot.starts_at)
        return holds.keep(found[0], option, until=expires_at, now=now)
    except claims.Beaten as beaten:
        raise SlotTaken(NOT_OPEN) from beaten


def _lock_rows(appointment: Appointment) -> None:
    list(Appointment.objects.select_for_update(of=("self",)).filter(pk=appointment.pk))
