"""Times for somebody who asked: proposed and held until one is accepted, or booked for them at once.

A proposal is a hold with a longer life. Accepting it is the same booking as any other, under the same locks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from booking import availability, outbox, policy
from booking.appointments import Details, Order, best_slot, claims, holds
from booking.appointments.author import Author
from booking.appointments.book import take_held, take_slot
from booking.availability import Slot
from booking.consultations import locked
from booking.errors import HoldExpired, NotPossible, SlotTaken
from booking.models import Appointment, ConsultationRequest, Proposal, Visit
from services.models import Service, ServiceOption

Status = ConsultationRequest.Status
NOT_OPEN = "One of these times is no longer open, or two of them overlap. Nothing was sent. Choose again."
TOO_MANY = f"Propose at most {policy.PROPOSALS_AT_ONCE} times at once, those still held included."
NO_NUMBER = "They left no phone number, so we cannot call them. Offer a video call or a visit."
GONE = "We no longer hold this time for you. Tell us, and we will propose others."


@transaction.atomic(durable=True)
def propose(
    request: ConsultationRequest,
    slots: Sequence[Slot],
    held_until: datetime,
    *,
    option: ServiceOption,
    text: str = "",
    by: AbstractBaseUser | None,
    now: datetime,
) -> list[Proposal]:
    """Hold all of these times for the visitor and mail them, or none of them.

    Raises `SlotTaken` when one of them is no longer open, `NotOffered`, `NotPossible`, `RequestChanged`,
    `RequestClosed`.
    """
    current = locked.for_staff(request)
    _refuse_call_without_number(current, option)
    if not 0 < len(slots) + current.proposals.held(now).count() <= policy.PROPOSALS_AT_ONCE:
        raise NotPossible(TOO_MANY)
    claims.lock_all([slot.practitioner for slot in slots], option.service.rooms.all())
    claims.refuse_unless_offered(option, for_staff=True)
    proposals = [
        Proposal.objects.create(
            request=current, appointment=_hold_again(slot, option, held_until, now=now), created_at=now
        )
        for slot in slots
    ]
    current.answer, current.proposed_at = text or current.answer, now
    locked.handled(current, Status.ANSWERED, by=by, now=now)
    appointments = Appointment.objects.filter(proposal__request=current, hold_expires_at__gt=now).with_everything()
    until = min(appointment.hold_expires_at for appointment in appointments)
    location = proposals[0].appointment.location
    outbox.about(
        current, "proposed", "client", location=location, now=now, proposed=appointments, until=until, text=text
    )
    return proposals


@transaction.atomic(durable=True)
def accept(proposal: Proposal, *, now: datetime) -> Visit:
    """Book the proposed time for the visitor; the other proposals are free again. Accepting it twice is once.

    Raises `HoldExpired` once it is no longer held, `NotOffered`, `ClientBusy`, `RequestClosed`.
    """
    current = locked.fresh(proposal.request)
    held = Appointment.objects.with_everything().filter(proposal=proposal).first()
    if held is not None and held.visit_id == current.visit_id:
        return held.visit
    current = locked.for_visitor(current)
    if held is None:
        raise HoldExpired(GONE)
    order = Order(
        option=held.option,
        starts_at=held.starts_at,
        practitioner=held.practitioner,
        location=held.location,
        details=_details(current),
        form_token=f"consultation/{current.pk}",  # no form sends a name like this
        source=Visit.Source.CONSULTATION,
        now=now,
    )
    visit = take_held(held, order)
    if visit is None:
        raise HoldExpired(GONE)
    _scheduled(current, visit, by=None, now=now)
    return visit


def convert(
    request: ConsultationRequest,
    slot: Slot,
    *,
    option: ServiceOption,
    by: AbstractBaseUser | None,
    now: datetime,
) -> Visit:
    """Book this time for the visitor in one step, as agreed with them by telephone; the usual mails go out.

    Raises `SlotTaken`, `SlotNotOffered`, `NotOffered`, `ClientBusy`, `NotPossible`, `RequestChanged`, `RequestClosed`.
    """
    return best_slot.with_best_slot(
        partial(_convert_to, request=request, option=option, by=by, now=now),
        option,
        starts_at=slot.starts_at,
        practitioner=slot.practitioner,
        location=slot.location,
        now=now,
        ignoring=list(_held_for(request).values_list("pk", flat=True)),
    )


@transaction.atomic(durable=True)
def _convert_to(
    slot: Slot, *, request: ConsultationRequest, option: ServiceOption, by: AbstractBaseUser | None, now: datetime
) -> Visit:
    current = locked.for_staff(request)
    _refuse_call_without_number(current, option)
    claims.lock(slot.practitioner, slot.room)
    locked.let_go_of_proposals(current)  # they may stand in the way of the time agreed on instead
    order = Order(
        option=option,
        starts_at=slot.starts_at,
        practitioner=slot.practitioner,
        location=slot.location,
        details=_details(current),
        form_token=f"consultation/{current.pk}",  # no form sends a name like this
        source=Visit.Source.CONSULTATION,
        author=Author(user=by),
        now=now,
    )
    visit = take_slot(slot, order)
    _scheduled(current, visit, by=by, now=now)
    return visit


def _scheduled(request: ConsultationRequest, visit: Visit, *, by: AbstractBaseUser | None, now: datetime) -> None:
    request.visit, request.client = visit, visit.client
    locked.handled(request, Status.SCHEDULED, by=by, now=now)
    locked.let_go_of_proposals(request)


def _hold_again(slot: Slot, option: ServiceOption, held_until: datetime, *, now: datetime) -> Appointment:
    """Under the locks of every practitioner and room that could be meant: the same start, in whatever room is free."""
    found = availability.find_slot(
        option, starts_at=slot.starts_at, practitioners=[slot.practitioner], location=slot.location, now=now
    )
    if not found:
        raise SlotTaken(NOT_OPEN)
    try:
        claims.confirm(found[0], option, now=now)
        return holds.keep(found[0], option, until=policy.proposal_expires_at(held_until, slot.starts_at), now=now)
    except claims.Beaten as beaten:
        raise SlotTaken(NOT_OPEN) from beaten


def _held_for(request: ConsultationRequest):
    return Appointment.objects.filter(proposal__request=request, status=Appointment.Status.PENDING)


def _refuse_call_without_number(request: ConsultationRequest, option: ServiceOption) -> None:
    if option.service.mode == Service.Mode.PHONE and not request.phone:
        raise NotPossible(NO_NUMBER)


def _details(request: ConsultationRequest) -> Details:
    return Details(
        first_name=request.first_name,
        last_name=request.last_name,
        email=request.email,
        phone=str(request.phone) if request.phone else "",
        note=request.message,
    )
