"""Holding a time for ten minutes while somebody fills in the form, and letting it go."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from booking import availability, links, policy
from booking.appointments import best_slot, claims, promise
from booking.availability import Slot
from booking.errors import HoldExpired, HoldLimit, NotPossible
from booking.models import Appointment, BusyTime, Visit
from services.models import Location, Practitioner, Service, ServiceOption


def hold(
    option: ServiceOption,
    *,
    starts_at: datetime,
    practitioner: Practitioner | None = None,
    location: Location | None = None,
    owner: str,
    address: str,
    now: datetime,
) -> Appointment:
    """Keep the time for its chooser until `policy.hold_expires_at(now)`.

    `owner` and `address` are opaque keys of the browser and of where it calls from. Choosing again lets the
    same service's earlier hold go, and the oldest beyond two. Raises `HoldLimit` when others at this address
    hold as many as one person may, `SlotTaken`, `SlotNotOffered`.
    """
    mine = _open_holds(owner, now).values_list("pk", flat=True)
    return best_slot.with_best_slot(
        partial(_hold_slot, option=option, owner=owner, address=address, is_any=practitioner is None, now=now),
        option,
        starts_at=starts_at,
        practitioner=practitioner,
        location=location,
        now=now,
        ignoring=list(mine),
    )


def find_hold(
    option: ServiceOption,
    *,
    starts_at: datetime,
    practitioner: Practitioner | None = None,
    owner: str,
    now: datetime,
) -> Appointment | None:
    """The owner's open hold of this time, or None. With `practitioner` None any of theirs will do."""
    found = _open_holds(owner, now).filter(option=option, starts_at=starts_at)
    if practitioner is not None:
        found = found.filter(practitioner=practitioner)
    return found.with_everything().order_by("-pk").first() if owner else None


def holds_of(owner: str, *, now: datetime) -> list[int]:
    """Primary keys of the owner's open holds, for `open_slots(ignoring=…)`: nobody is in their own way."""
    return list(_open_holds(owner, now).values_list("pk", flat=True)) if owner else []


@transaction.atomic(durable=True)
def extend(appointment: Appointment, *, now: datetime) -> Appointment:
    """Hold it ten minutes longer, once. Raises `HoldExpired`, or `NotPossible` the second time."""
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("visit")
    held = rows.filter(pk=appointment.pk).first()  # none when it expired and somebody else has the time
    if held is None or held.hold_expires_at is None or held.hold_expires_at <= now:
        raise HoldExpired
    if held.visit.has_extended_hold:
        raise NotPossible("We can hold a time longer once. Book it, or choose it again when this hold ends.")
    held.hold_expires_at += policy.HOLD_LENGTH
    held.save(update_fields=["hold_expires_at"])
    BusyTime.objects.filter(appointment=held).update(expires_at=held.hold_expires_at)
    Visit.objects.filter(pk=held.visit_id).update(has_extended_hold=True)
    return held


@transaction.atomic(durable=True)
def release(appointment: Appointment, *, now: datetime) -> None:
    """Let a hold go; an appointment that is no longer a hold is left alone."""
    claims.let_go(Appointment.objects.filter(pk=appointment.pk, status=Appointment.Status.PENDING))


@transaction.atomic(durable=True)
def _hold_slot(
    slot: Slot, *, option: ServiceOption, owner: str, address: str, is_any: bool, now: datetime
) -> Appointment:
    claims.lock_words(owner, address)
    claims.lock(slot.practitioner, slot.room)
    claims.refuse_unless_offered(option)
    _make_room_for_another(option.service, owner, address, now)
    let_go_in_the_way(owner, slot, option, now)
    claims.confirm(slot, option, now=now)
    expires_at = policy.hold_expires_at(now)
    return keep(slot, option, until=expires_at, now=now, is_any=is_any, owner=owner, address=address)


def keep(
    slot: Slot,
    option: ServiceOption,
    *,
    until: datetime,
    now: datetime,
    is_any: bool = False,
    owner: str = "",
    address: str = "",
) -> Appointment:
    """Within a transaction, once the slot is locked and confirmed: hold it. Without an owner it counts as nobody's."""
    nonce, link_hash = links.new()
    visit = Visit.objects.create(
        created_at=now, link_nonce=nonce, link_hash=link_hash, hold_owner=owner, hold_address=address
    )
    appointment = promise.appointment(
        slot, option, visit=visit, status=Appointment.Status.PENDING, is_any_practitioner=is_any
    )
    appointment.hold_expires_at = until
    appointment.save(force_insert=True)
    claims.claim(appointment, availability.shape_of(option))
    return appointment


def let_go_in_the_way(owner: str, slot: Slot, option: ServiceOption, now: datetime) -> None:
    """Within a transaction: a person's own hold never keeps them from a time that overlaps it."""
    if owner:
        shape = availability.shape_of(option)
        during = DateTimeTZRange(slot.starts_at - shape.before, slot.starts_at + shape.after, "[)")
        claims.let_go(_open_holds(owner, now).filter(busy_times__during__overlap=during))


def _make_room_for_another(service: Service, owner: str, address: str, now: datetime) -> None:
    mine = _open_holds(owner, now)
    claims.let_go(mine.filter(option__service=service))
    surplus = mine.order_by("-pk").values_list("pk", flat=True)[policy.HOLDS_PER_PERSON - 1 :]
    claims.let_go(mine.filter(pk__in=list(surplus)))
    here = Appointment.objects.filter(hold_expires_at__gt=now, visit__hold_address=address)
    if here.exclude(visit__hold_owner=owner).count() >= policy.HOLDS_PER_PERSON:
        raise HoldLimit


def _open_holds(owner: str, now: datetime):
    """Never anybody's without an owner: those are proposals of the front desk."""
    held = Appointment.objects.filter(visit__hold_owner=owner, hold_expires_at__gt=now)
    return held if owner else held.none()
