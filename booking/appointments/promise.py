"""What a booking promises: the appointment row with price, length, buffers and policy as they stand now."""

from __future__ import annotations

from booking import localtime, policy, wording
from booking.availability import Slot
from booking.models import Appointment, Visit
from services.models import ServiceOption


def appointment(
    slot: Slot, option: ServiceOption, *, visit: Visit, status: str, is_any_practitioner: bool
) -> Appointment:
    """An unsaved appointment that stores everything the client was shown."""
    service = option.service
    return Appointment(
        visit=visit,
        option=option,
        practitioner=slot.practitioner,
        location=slot.location,
        room=slot.room,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        status=status,
        is_any_practitioner=is_any_practitioner,
        price=option.price,
        buffer_before=service.buffer_before,
        buffer_after=service.buffer_after,
        unattended_from=option.unattended_from,
        unattended_until=option.unattended_until,
        cancellation_notice=service.cancellation_notice,
        late_fee=policy.late_fee(option.price, service.late_fee_percent),
    )


def policy_sentence(appointment: Appointment) -> str:
    """The cancellation policy with its exact deadline in the location's own time, as shown and as stored."""
    zone = localtime.zone(appointment.location.timezone)
    deadline = localtime.to_local(appointment.deadline_at, zone)
    when = f"{wording.day(deadline)}, {wording.clock(deadline)}, {localtime.zone_label(zone, deadline)}"
    later = (
        f"After that we charge {appointment.late_fee_label}."
        if appointment.late_fee
        else "Later, too, it costs nothing."
    )
    return f"Change or cancel free until {when}. {later}"
