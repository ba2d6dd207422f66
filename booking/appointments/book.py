"""Booking: from a hold, or straight from a form. The client's details arrive checked; the time is checked here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from booking import availability, links, outbox
from booking.appointments import best_slot, claims, clients, history, holds, promise
from booking.appointments.author import CLIENT, Author
from booking.appointments.details import Details, Order, Source, details_of
from booking.availability import Slot
from booking.errors import ClientBusy, NotPossible, SlotNotOffered, SlotTaken
from booking.models import Appointment, BusyTime, Client, Visit
from services.models import Article, Location, Practitioner, Room, ServiceOption


def book(
    option: ServiceOption,
    *,
    starts_at: datetime,
    practitioner: Practitioner | None = None,
    location: Location | None = None,
    details: Details | None = None,
    client: Client | None = None,
    form_token: str,
    owner: str = "",
    now: datetime,
    author: Author = CLIENT,
    room: Room | None = None,
    override: str = "",
    source: str = Source.WEBSITE,
    article: Article | None = None,
) -> Visit:
    """Book the time and queue its mails in one transaction; the same form sent again returns the same visit.

    `owner` is the browser's key: its open hold of this time becomes the booking. Without one, or when nobody is
    at work then any more, the time is booked if it is open. Staff name a `client` or give `details`, may choose the
    `room`, and with an `override`, their reason, book against every rule but the constraints.
    Raises `SlotTaken`, `SlotNotOffered`, `NotOffered`, `ClientBusy`, `FormReused`, `NoLongerHere` for a client who was
    deleted, and `NotPossible` for an override.
    """
    if details is None:
        if client is None:
            raise TypeError("A visit is booked for a client or for somebody's details.")
        details = details_of(client)
    order = Order(
        option=option, starts_at=starts_at, practitioner=practitioner, location=location, details=details,
        client=client, form_token=form_token, owner=owner, now=now, author=author, room=room,
        override=override.strip(), article=article,
        source=Source.DESK if author.is_staff and source == Source.WEBSITE else source,
    )  # fmt: skip
    held = holds.find_hold(option, starts_at=starts_at, practitioner=practitioner, owner=owner, now=now)
    if held is not None and (visit := _book_held(held, order)):
        return visit
    if visit := order.earlier():  # a repeat never meets the time its first try has taken
        return visit
    try:
        return _with_slot(order)
    except (SlotTaken, SlotNotOffered, ClientBusy) as error:
        if visit := order.earlier():  # it was sent twice at once, and the other was first
            return visit
        raise author.told(error) from error


def book_again(
    appointment: Appointment,
    *,
    starts_at: datetime,
    practitioner: Practitioner | None = None,
    form_token: str,
    now: datetime,
    author: Author,
    override: str = "",
) -> Visit:
    """Book the same option for the same client and as comfortable; `practitioner` None means the same one.

    Raises what `book` raises, and `NotPossible` for a hold, which is nobody's yet.
    """
    earlier = Appointment.objects.with_everything().get(pk=appointment.pk)
    if earlier.client is None:
        raise NotPossible
    comfort = replace(
        details_of(earlier.client), pressure=earlier.pressure, areas_to_avoid=list(earlier.areas_to_avoid)
    )
    return book(
        earlier.option,
        starts_at=starts_at,
        practitioner=practitioner or earlier.practitioner,
        location=earlier.location,
        details=comfort,
        client=earlier.client,
        form_token=form_token,
        now=now,
        author=author,
        override=override,
    )


def take_held(held: Appointment, order: Order) -> Visit | None:
    """Within a transaction that has locked its words: book what is held; None once it has run out or nobody works.

    Raises `NotOffered`, `ClientBusy`.
    """
    claims.lock(held.practitioner, held.room)
    appointment = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("visit", "option__service", "location", "practitioner")
        .filter(pk=held.pk, hold_expires_at__gt=order.now)
        .first()
    )
    if appointment is None or not _is_worked(appointment, for_staff=order.for_staff):
        return None
    claims.refuse_unless_offered(appointment.option, for_staff=order.for_staff)
    appointment.client = clients.locked(order.client, order.details)
    BusyTime.objects.filter(appointment=appointment).update(expires_at=None)
    appointment.hold_expires_at = None
    claims.claim_client(appointment)
    return _promise(appointment, order)


def take_slot(slot: Slot, order: Order) -> Visit:
    """Within a transaction that has locked its words: book a slot. Raises `NotOffered`, `ClientBusy`, `Beaten`."""
    claims.lock(slot.practitioner, slot.room)
    claims.refuse_unless_offered(order.option, for_staff=order.for_staff)
    holds.let_go_in_the_way(order.owner, slot, order.option, order.now)
    if order.override:
        claims.clear_the_way(slot, order.option, now=order.now)
    else:
        claims.confirm(slot, order.option, now=order.now, for_staff=order.for_staff)
    nonce, link_hash = links.new()
    visit = Visit(created_at=order.now, link_nonce=nonce, link_hash=link_hash)
    visit.save(force_insert=True)
    appointment = promise.appointment(
        slot,
        order.option,
        visit=visit,
        status=Appointment.Status.BOOKED,
        is_any_practitioner=order.practitioner is None,
    )
    appointment.override_reason = order.override[:200]
    appointment.client = clients.locked(order.client, order.details)
    appointment.save(force_insert=True)
    claims.claim(appointment, availability.shape_of(order.option))
    return _promise(appointment, order)


def _with_slot(order: Order) -> Visit:
    asked: dict[str, Any] = {
        "starts_at": order.starts_at,
        "practitioner": order.practitioner,
        "location": order.location,
        "room": order.room,
        "now": order.now,
        "ignoring": holds.holds_of(order.owner, now=order.now),
    }
    act = partial(_book_slot, order=order)
    if order.override:
        return best_slot.with_free_place(act, order.option, **asked)
    return best_slot.with_best_slot(act, order.option, for_staff=order.for_staff, **asked)


@transaction.atomic(durable=True)
def _book_held(held: Appointment, order: Order) -> Visit | None:
    """Turn the hold into the booking, or None when it has run out or is no longer worked."""
    claims.lock_words(order.form_token, order.owner)
    return order.earlier() or take_held(held, order)


@transaction.atomic(durable=True)
def _book_slot(slot: Slot, *, order: Order) -> Visit:
    claims.lock_words(order.form_token, order.owner)
    return order.earlier() or take_slot(slot, order)


def _is_worked(held: Appointment, *, for_staff: bool) -> bool:
    """Whether no time off, closure or change of hours has come over the hold since it was made."""
    return held.location.is_active and availability.is_worked(
        held.option,
        shape=held.shape,
        starts_at=held.starts_at,
        practitioner=held.practitioner,
        location=held.location,
        room=held.room,
        as_of=held.visit.created_at,
        for_staff=for_staff,
    )


def _promise(appointment: Appointment, order: Order) -> Visit:
    details = order.details
    appointment.status = Appointment.Status.BOOKED
    appointment.booked_at = order.now
    appointment.pressure, appointment.note = details.pressure, details.note
    appointment.areas_to_avoid = details.areas_to_avoid
    appointment.policy_text = promise.policy_sentence(appointment)
    appointment.save()
    visit = appointment.visit
    visit.client, visit.form_token, visit.form_digest = appointment.client, order.form_token, order.digest
    visit.source, visit.article = order.source, order.article
    visit.hold_owner = visit.hold_address = ""
    visit.link_expires_at = appointment.ends_at + links.VALID_AFTER_VISIT
    visit.save()
    told = outbox.booked(appointment, now=order.now, wait=order.wait, tells_client=order.author.tells_client)
    history.note_booking(appointment, author=order.author, now=order.now, told=told)
    return visit
