"""Bookings through `appointments.book()` beside bare inserts under the same constraints; fifty clients on one slot."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from operator import itemgetter
from threading import Barrier

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from benchmarks.clinic import Clinic
from benchmarks.figures import Figure, milliseconds
from booking import appointments, availability, links, localtime
from booking.appointments import Details
from booking.availability import Slot
from booking.errors import BookingError
from booking.models import Appointment, Client

COUNT = 200
WARM_UP = 5
RIVALS = 50
RACE_MILLISECONDS = 2_000

INSERT_VISIT = """
INSERT INTO booking_visit (client_id, created_at, link_nonce, link_hash, form_digest, hold_owner, hold_address,
                           has_extended_hold)
VALUES (%s, %s, %s, %s, '', '', '', false) RETURNING id
"""
INSERT_APPOINTMENT = """
INSERT INTO booking_appointment (visit_id, client_id, option_id, practitioner_id, location_id, room_id, starts_at,
    ends_at, status, is_any_practitioner, price, buffer_before, buffer_after, cancellation_notice, late_fee,
    policy_text, pressure, areas_to_avoid, note, cancellation_reason, override_reason, sequence)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'booked', false, 105, '0', '15 min', '24 h', 52.5, '', 'decide', '{}', '', '',
        '', 0) RETURNING id
"""
INSERT_BUSY_TIME = """
INSERT INTO booking_busytime (appointment_id, practitioner_id, room_id, client_id, during)
VALUES (%s, %s, NULL, NULL, %s), (%s, NULL, %s, NULL, %s), (%s, NULL, NULL, %s, %s) ON CONFLICT DO NOTHING
"""


def measure() -> list[Figure]:
    clinic = Clinic()
    ours, bare, anyone = _apart(clinic, 0), _apart(clinic, 1), _well_apart(_apart(clinic, 2))
    named = _rate(ours, lambda slot: _book(clinic, slot))
    inserts = _rate(bare, lambda slot: _insert(clinic, slot))
    free = _rate(anyone, lambda slot: _book(clinic, slot, is_anyone=True))
    reference = f"{inserts:,.0f}/s, one connection"
    return [
        Figure(what="bookings, practitioner named", ours=f"{named:,.0f}/s", reference=reference, ratio=named / inserts),
        Figure(what="bookings, anyone free", ours=f"{free:,.0f}/s", reference=reference, ratio=free / inserts),
        _race(clinic),
    ]


def note() -> str:
    return "Bare inserts: client, visit, appointment, busy time in one transaction. Ours adds locks, checks, two mails."


def _apart(clinic: Clinic, turn: int) -> list[Slot]:
    """Open slots that leave each other alone: the first of each practitioner's days, a third of the days each turn."""
    zone = localtime.zone(clinic.location.timezone)
    first: dict[tuple[int, date], Slot] = {}
    for slot in availability.open_slots(
        clinic.option,
        location=clinic.location,
        first_day=clinic.first_day,
        last_day=clinic.last_day,
        now=clinic.now,
    ):
        first.setdefault((slot.practitioner.pk, localtime.local_day(slot.starts_at, zone)), slot)
    return [slot for (_, day), slot in first.items() if day.toordinal() % 3 == turn][:COUNT]


def _well_apart(slots: list[Slot]) -> list[Slot]:
    """Those at least two hours from one another, so that whoever takes one leaves all others open."""
    chosen: list[Slot] = []
    for slot in sorted(slots, key=itemgetter(0)):
        if not chosen or slot.starts_at - chosen[-1].starts_at >= timedelta(hours=2):
            chosen.append(slot)
    return chosen


def _rate(slots: list[Slot], act: Callable[[Slot], object]) -> float:
    """How many a second, after five to warm up."""
    for slot in slots[:WARM_UP]:
        act(slot)
    began = time.perf_counter()
    for slot in slots[WARM_UP:]:
        act(slot)
    return (len(slots) - WARM_UP) / (time.perf_counter() - began)


def _book(clinic: Clinic, slot: Slot, *, is_anyone: bool = False) -> object:
    return appointments.book(
        clinic.option,
        starts_at=slot.starts_at,
        practitioner=None if is_anyone else slot.practitioner,
        location=slot.location,
        details=_details(),
        form_token=secrets.token_urlsafe(16),
        now=clinic.now,
    )


def _details() -> Details:
    word = secrets.token_hex(6)
    return Details(first_name="Noor", last_name=f"Haddad {word}", email=f"noor.{word}@example.com")


def _insert(clinic: Clinic, slot: Slot) -> bool:
    """One visit's bare rows; False when another has its time."""
    details, (nonce, link_hash) = _details(), links.new()
    busy = DateTimeTZRange(slot.starts_at, slot.ends_at + timedelta(minutes=15), "[)")
    with transaction.atomic(), connection.cursor() as cursor:
        client = Client.objects.create(
            first_name=details.first_name, last_name=details.last_name, email=details.email
        ).pk
        cursor.execute(INSERT_VISIT, [client, clinic.now, nonce, link_hash])
        (visit,) = cursor.fetchone()
        whom = [slot.practitioner.pk, slot.location.pk, slot.room.pk]
        cursor.execute(INSERT_APPOINTMENT, [visit, client, clinic.option.pk, *whom, slot.starts_at, slot.ends_at])
        (made,) = cursor.fetchone()
        rest = DateTimeTZRange(slot.starts_at, slot.ends_at, "[)")
        cursor.execute(INSERT_BUSY_TIME, [made, whom[0], busy, made, whom[2], busy, made, client, rest])
        if is_beaten := cursor.rowcount != 3:
            transaction.set_rollback(True)
    return not is_beaten


def _race(clinic: Clinic) -> Figure:
    """Fifty clients, each with a connection of their own, want the same practitioner at the same time."""
    wanted, other = _apart(clinic, 0)[:2]
    taken, ours = _at_once(lambda: _outcome(clinic, wanted))
    _, bare = _at_once(lambda: _insert(clinic, other))
    booked = Appointment.objects.filter(practitioner=wanted.practitioner, starts_at=wanted.starts_at).count()
    polite = taken["slot-taken"]
    return Figure(
        what=f"{RIVALS} clients on one slot",
        ours=f"{milliseconds(ours)}, {booked} booked, {polite} told “just taken”",
        reference=f"{milliseconds(bare)} bare",
        ratio=ours / bare,
        budget="1 booked, 49 told, ≤ 2 s",
        is_kept=booked == 1 and polite == RIVALS - 1 and ours <= RACE_MILLISECONDS,
    )


def _outcome(clinic: Clinic, slot: Slot) -> str:
    try:
        _book(clinic, slot)
    except BookingError as refusal:
        return refusal.code
    return "booked"


def _at_once(act: Callable[[], object]) -> tuple[Counter[object], float]:
    """The outcomes of `RIVALS` threads that start together, and the milliseconds until the last is done."""
    start = Barrier(RIVALS + 1)

    def compete() -> object:
        start.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(RIVALS) as threads:
        running = [threads.submit(compete) for _ in range(RIVALS)]
        start.wait()
        began = time.perf_counter()
        outcomes = Counter(one.result() for one in running)
        return outcomes, (time.perf_counter() - began) * 1000
