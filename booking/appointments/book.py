"""Booking: from a hold, or straight from a form. The client's details arrive checked; the time is checked here."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial

from django.db import transaction

from booking import availability, links, outbox
from booking.appointments import claims, holds, promise
from booking.availability import Slot
from booking.errors import ClientBusy, FormReused, SlotNotOffered, SlotTaken
from booking.models import Appointment, BusyTime, Client, Visit
from booking.slots import Shape
from services.models import Location, Practitioner, ServiceOption


@dataclass(frozen=True, kw_only=True)
class Details:
    """What the client typed, cleaned. `phone` in E.164 or blank."""

    first_name: str
    last_name: str
    email: str
    phone: str = ""
    pressure: str = Client.Pressure.DECIDE
    areas_to_avoid: list[str] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be booked, for whom, and who asks: `form_token` makes a repeat the same visit."""

    option: ServiceOption
    starts_at: datetime
    practitioner: Practitioner | None
    location: Location | None
    details: Details
    form_token: str
    now: datetime
    owner: str = ""
    by_staff: bool = False

    @property
    def digest(self) -> str:
        words = {
            **asdict(self.details),
            "option": self.option.pk,
            "starts_at": self.starts_at.timestamp(),
            "practitioner": self.practitioner.pk if self.practitioner else None,
        }
        return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()

    def earlier(self) -> Visit | None:
        """The visit this very form made before; `FormReused` when the form has changed since."""
        visit = Visit.objects.filter(form_token=self.form_token).first()
        if visit is not None and visit.form_digest != self.digest:
            raise FormReused
        return visit


def book(
    option: ServiceOption,
    *,
    starts_at: datetime,
    practitioner: Practitioner | None = None,
    location: Location | None = None,
    details: Details,
    form_token: str,
    owner: str = "",
    now: datetime,
) -> Visit:
    """Book the time and queue its mails in one transaction; the same form sent again returns the same visit.

    `owner` is the browser's key: its open hold of this time becomes the booking. Without one, or when nobody is
    at work then any more, the time is booked if it is open. Raises `SlotTaken`, `SlotNotOffered`, `NotOffered`,
    `ClientBusy`, `FormReused`.
    """
    order = Order(
        option=option,
        starts_at=starts_at,
        practitioner=practitioner,
        location=location,
        details=details,
        form_token=form_token,
        owner=owner,
        now=now,
    )
    held = holds.find_hold(option, starts_at=starts_at, practitioner=practitioner, owner=owner, now=now)
    if held is not None and (visit := _book_held(held, order)):
        return visit
    if visit := order.earlier():  # a repeat never meets the time its first try has taken
        return visit
    try:
        return claims.with_best_slot(
            partial(_book_slot, order=order),
            option,
            starts_at=starts_at,
            practitioner=practitioner,
            location=location,
            now=now,
            ignoring=holds.holds_of(owner, now=now),
        )
    except (SlotTaken, SlotNotOffered, ClientBusy):
        if visit := order.earlier():  # it was sent twice at once, and the other was first
            return visit
        raise


@transaction.atomic(durable=True)
def _book_held(held: Appointment, order: Order) -> Visit | None:
    """Turn the hold into the booking, or None when it has run out or is no longer worked."""
    claims.lock_words(order.form_token, order.owner)
    return order.earlier() or take_held(held, order)


@transaction.atomic(durable=True)
def _book_slot(slot: Slot, *, order: Order) -> Visit:
    claims.lock_words(order.form_token, order.owner)
    return order.earlier() or take_slot(slot, order)


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
    if appointment is None or not _is_worked(appointment):
        return None
    claims.refuse_unless_offered(appointment.option, by_staff=order.by_staff)
    appointment.client = _client(order.details)
    BusyTime.objects.filter(appointment=appointment).update(expires_at=None)
    appointment.hold_expires_at = None
    claims.claim_client(appointment)
    return _promise(appointment, order)


def take_slot(slot: Slot, order: Order) -> Visit:
    """Within a transaction that has locked its words: book a slot. Raises `NotOffered`, `ClientBusy`, `Beaten`."""
    claims.lock(slot.practitioner, slot.room)
    claims.refuse_unless_offered(order.option, by_staff=order.by_staff)
    holds.let_go_in_the_way(order.owner, slot, order.option, order.now)
    claims.confirm(slot, order.option, now=order.now)
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
    appointment.client = _client(order.details)
    appointment.save(force_insert=True)
    claims.claim(appointment, availability.shape_of(order.option))
    return _promise(appointment, order)


def _is_worked(held: Appointment) -> bool:
    """Whether no time off, closure or change of hours has come over the hold since it was made."""
    shape = Shape(
        duration=held.duration,
        buffer_before=held.buffer_before,
        buffer_after=held.buffer_after,
        unattended=held.unattended,
    )
    return held.location.is_active and availability.is_worked(
        held.option,
        shape=shape,
        starts_at=held.starts_at,
        practitioner=held.practitioner,
        location=held.location,
        as_of=held.visit.created_at,
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
    visit.hold_owner = visit.hold_address = ""
    visit.link_expires_at = appointment.ends_at + links.VALID_AFTER_VISIT
    visit.save()
    outbox.booked(appointment, now=order.now)
    return visit


def _client(details: Details) -> Client:
    """The client of this name and address, made if new, locked. What we already know of them is not overwritten."""
    fresh = Client(
        first_name=details.first_name,
        last_name=details.last_name,
        email=details.email,
        phone=details.phone,
        pressure=details.pressure,
        areas_to_avoid=details.areas_to_avoid,
    )
    Client.objects.bulk_create([fresh], ignore_conflicts=True)
    found = Client.objects.of(details.email, details.first_name, details.last_name)
    client = found.select_for_update(no_key=True).get()
    if details.phone and not client.phone:
        client.phone = details.phone
        client.save(update_fields=["phone"])
    return client
