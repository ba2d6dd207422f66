"""Appointments, and the time they take."""

from datetime import timedelta

from django.db.models import F

from tests.factory import NOW, TEN, make_client
from tests.refused.rows import HOUR, MINUTE

REFUSED = {
    "appointment_end_after_start": [
        lambda rows: rows.change(ends_at=F("starts_at")),
        lambda rows: rows.change(ends_at=F("starts_at") - HOUR),
    ],
    "appointment_price_not_negative": [
        lambda rows: rows.change(price=-1),
        lambda rows: rows.change(late_fee=-1),
    ],
    "appointment_buffers_not_negative": [
        lambda rows: rows.change(buffer_before=-MINUTE),
        lambda rows: rows.change(buffer_after=-MINUTE),
    ],
    "appointment_status_known": [lambda rows: rows.change(status="done")],
    "appointment_only_a_hold_expires": [
        lambda rows: rows.change(status="pending"),
        lambda rows: rows.change(hold_expires_at=NOW),
        lambda rows: rows.change(status="cancelled", cancelled_at=NOW, hold_expires_at=NOW),
    ],
    "appointment_has_client_once_booked": [
        lambda rows, status=status: rows.change(status=status, cancelled_at=NOW, client=None)
        for status in ("booked", "arrived", "fulfilled", "cancelled", "noshow")
    ],
    "appointment_unattended_inside": [
        lambda rows, phase=phase: rows.change(unattended_from=phase[0] * MINUTE, unattended_until=phase[1] * MINUTE)
        for phase in [(0, 30), (-5, 30), (30, 30), (40, 30), (30, 61)]
    ],
    "appointment_cancelled_has_time": [lambda rows: rows.change(status="cancelled")],
    "busy_time_practitioner_never_twice": [
        lambda rows: rows.busy(practitioner=rows.practitioner),
        lambda rows: rows.busy(TEN + HOUR - MINUTE, TEN + 2 * HOUR, practitioner=rows.practitioner),
        lambda rows: rows.busy(TEN - HOUR, TEN + 2 * HOUR, practitioner=rows.practitioner, expires_at=NOW),
    ],
    "busy_time_room_never_twice": [
        lambda rows: rows.busy(room=rows.room),
        lambda rows: rows.busy(TEN - HOUR, TEN + timedelta(microseconds=1), room=rows.room),
    ],
    "busy_time_client_never_twice": [
        lambda rows: rows.busy(client=rows.client),
        lambda rows: rows.busy(TEN + 20 * MINUTE, TEN + 30 * MINUTE, client=rows.client),
    ],
    "busy_time_of_exactly_one": [
        lambda rows: rows.busy(),
        lambda rows: rows.busy(practitioner=rows.clinic.practitioners[1], room=rows.clinic.rooms[1]),
        lambda rows: rows.busy(practitioner=rows.clinic.practitioners[1], client=make_client()),
        lambda rows: rows.busy(room=rows.clinic.rooms[1], client=make_client()),
        lambda rows: rows.busy(
            practitioner=rows.clinic.practitioners[1], room=rows.clinic.rooms[1], client=make_client()
        ),
    ],
    "busy_time_half_open_and_not_empty": [
        lambda rows: rows.busy(TEN, TEN, client=make_client()),
        lambda rows: rows.busy(bounds="[]", client=make_client()),
        lambda rows: rows.busy(bounds="(]", client=make_client()),
        lambda rows: rows.busy(bounds="()", client=make_client()),
        lambda rows: rows.busy(None, TEN, client=make_client()),
        lambda rows: rows.busy(TEN, None, client=make_client()),
    ],
    "appointment_fee_not_negative": [lambda rows: rows.change(fee=-1), lambda rows: rows.change(fee="-0.01")],
}

ALLOWED = {
    "a free visit": lambda rows: rows.change(price=0, late_fee=0),
    "a hold without a client": lambda rows: rows.change(status="pending", hold_expires_at=NOW, client=None),
    "an unattended phase to the very end": lambda rows: rows.change(
        unattended_from=MINUTE, unattended_until=60 * MINUTE
    ),
    "busy time that touches": lambda rows: rows.busy(TEN + HOUR, TEN + 2 * HOUR, practitioner=rows.practitioner),
    "a room at the same time as its practitioner": lambda rows: rows.busy(room=rows.clinic.rooms[1]),
    "another practitioner at the same time": lambda rows: rows.busy(practitioner=rows.clinic.practitioners[1]),
    "two clients at the same time": lambda rows: rows.busy(client=make_client()),
    "a fee let off, and one not decided": lambda rows: [rows.change(fee=0), rows.change(fee=None)],
}
