"""The benchmark clinic: twenty practitioners, twenty rooms, a long past and ninety days ahead, 60 % full.

Written set by set in SQL, so that a million visits take minutes. Days are cut into cells of 75 minutes; each cell of
each practitioner may hold one visit with its turnover, so nothing can overlap and no constraint is ever set aside.
A share of the past stays `booked`, as if nobody had closed those visits: their busy time makes that table large.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django.db import connection

from booking import links, localtime
from booking.models import Client, TimeOff, WorkingHours
from clinic.demo import catalogue, people
from services.models import Location, Practitioner, Room, ServiceOption

SEATS = 20
CELLS = 8
VISITS_A_DAY = SEATS * CELLS
CLIENTS = 20_000
DAYS_AHEAD = 90
FULL = 0.6
CHUNK = 50
MORNING, AFTERNOON = (time(8), time(13)), (time(14), time(19))
CELL = timedelta(minutes=75)
SUNDAY = 6

_PLAN = """
CREATE TEMPORARY TABLE planned ON COMMIT DROP AS
WITH cell AS (
    SELECT day.number * %(visits_a_day)s + cell * %(seats)s + seat AS n, day.number AS day, seat,
           CASE WHEN cell < %(half)s THEN day.morning + cell * %(cell)s
                ELSE day.afternoon + (cell - %(half)s) * %(cell)s END AS begins,
           (%(practitioners)s::bigint[])[1 + seat] AS practitioner_id
    FROM unnest(%(numbers)s::bigint[], %(mornings)s::timestamptz[], %(afternoons)s::timestamptz[])
         AS day (number, morning, afternoon)
    CROSS JOIN generate_series(0, %(cells)s - 1) AS cell CROSS JOIN generate_series(0, %(seats)s - 1) AS seat
), taken AS (
    SELECT *, row_number() OVER (ORDER BY n) AS row FROM cell
    WHERE n >= %(first)s AND (hashint8extended(n, 1) & 1023) < %(full)s * 1024
      AND NOT EXISTS (SELECT FROM booking_timeoff away WHERE away.practitioner_id = cell.practitioner_id
                      AND away.starts_at < begins + %(cell)s AND away.ends_at > begins)
)
SELECT nextval(pg_get_serial_sequence('booking_visit', 'id')) AS visit_id,
       nextval(pg_get_serial_sequence('booking_appointment', 'id')) AS id,
       link.nonce, link.hash, practitioner_id,
       (%(rooms)s::bigint[])[1 + (seat + day) %% %(seats)s] AS room_id,
       (%(clients)s::bigint[])[1 + n %% %(client_count)s] AS client_id,
       option.id AS option_id, option.price, option.duration, service.buffer_before, service.buffer_after,
       service.cancellation_notice, round(option.price * service.late_fee_percent / 100, 2) AS late_fee,
       begins + service.buffer_before + interval '15 minutes' * ((hashint8extended(n, 2) & 1023) %% (1 + (extract(
           epoch FROM %(cell)s - option.duration - service.buffer_before - service.buffer_after)::int / 900)))
           AS starts_at,
       CASE WHEN NOT %(is_past)s OR (hashint8extended(n, 3) & 1023) < %(unclosed)s * 1024 THEN 'booked'
            ELSE (ARRAY['noshow', 'cancelled', 'cancelled', 'fulfilled'])[
                least(4, 1 + (hashint8extended(n, 4) & 31))] END AS status
FROM taken
JOIN unnest(%(nonces)s::text[], %(hashes)s::text[]) WITH ORDINALITY AS link (nonce, hash, row) USING (row)
JOIN services_serviceoption option
     ON option.id = (%(options)s::bigint[])[1 + (hashint8extended(n, 5) & 1023) %% %(option_count)s]
JOIN services_service service ON service.id = option.service_id
"""

_VISITS = """
INSERT INTO booking_visit (id, client_id, created_at, link_nonce, link_hash, link_expires_at, form_digest,
                           hold_owner, hold_address, has_extended_hold, source)
SELECT visit_id, client_id, starts_at - interval '5 days', nonce, hash, starts_at + duration + %(valid)s, '', '', '',
       false, 'website'
FROM planned
"""

_APPOINTMENTS = """
INSERT INTO booking_appointment (id, visit_id, client_id, option_id, practitioner_id, location_id, room_id, starts_at,
    ends_at, status, is_any_practitioner, price, buffer_before, buffer_after, cancellation_notice, late_fee,
    policy_text, pressure, areas_to_avoid, note, booked_at, cancelled_at, cancellation_reason, override_reason,
    fee_waiver, sequence)
SELECT id, visit_id, client_id, option_id, practitioner_id, %(location)s, room_id, starts_at, starts_at + duration,
       status, false, price, buffer_before, buffer_after, cancellation_notice, late_fee, '', 'decide', '{}', '',
       starts_at - interval '5 days', CASE WHEN status = 'cancelled' THEN starts_at - interval '3 days' END, '', '', '',
       0
FROM planned
"""

_BUSY_TIMES = """
INSERT INTO booking_busytime (appointment_id, practitioner_id, room_id, client_id, during)
SELECT id, taken.practitioner_id, taken.room_id, taken.client_id, taken.during
FROM planned CROSS JOIN LATERAL (VALUES
    (practitioner_id, NULL, NULL, tstzrange(starts_at - buffer_before, starts_at + duration + buffer_after)),
    (NULL, room_id, NULL, tstzrange(starts_at - buffer_before, starts_at + duration + buffer_after)),
    (NULL, NULL, client_id, tstzrange(starts_at, starts_at + duration))
) AS taken (practitioner_id, room_id, client_id, during)
WHERE status = 'booked'
"""


def make(*, day: date, past: int, unclosed: float) -> Iterator[int]:
    """Write the clinic, yielding the number of visits after each chunk. Needs a transaction.

    `past` visits lie before `day`, `unclosed` of them (0 to 1) still `booked`; those from `day` on all are.
    """
    location = catalogue.make_location(slug="stillwater-large", name="Stillwater (large)")
    practitioners = _make_practitioners(location, day)
    rooms = Room.objects.bulk_create(
        Room(location=location, name=f"Room {number}", position=number) for number in range(1, SEATS + 1)
    )
    options = _make_services(rooms, practitioners)
    make_chunk = _Chunks(location, practitioners, rooms, _make_clients(), options, unclosed)
    days = _days_before(day, -(-past // VISITS_A_DAY))
    first = days[0].toordinal() * VISITS_A_DAY + len(days) * VISITS_A_DAY - past if days else 0
    for some in _chunks(days):
        yield make_chunk(some, first=first, full=1, is_past=True)
    ahead = [day + timedelta(days=offset) for offset in range(DAYS_AHEAD)]
    for some in _chunks([one for one in ahead if one.weekday() != SUNDAY]):
        yield make_chunk(some, first=0, full=FULL, is_past=False)


def expected(*, past: int) -> int:
    """About how many visits there will be in all, for a progress bar."""
    return past + int(DAYS_AHEAD * 6 / 7 * VISITS_A_DAY * FULL)


class _Chunks:
    """Writes the visits of a few days in four statements."""

    def __init__(
        self,
        location: Location,
        practitioners: Sequence[Practitioner],
        rooms: Sequence[Room],
        clients: Sequence[Client],
        options: Sequence[ServiceOption],
        unclosed: float,
    ) -> None:
        self.zone = localtime.zone(location.timezone)
        self.always: dict[str, Any] = {
            "location": location.pk,
            "practitioners": [one.pk for one in practitioners],
            "rooms": [one.pk for one in rooms],
            "clients": [one.pk for one in clients],
            "client_count": len(clients),
            "options": [one.pk for one in options],
            "option_count": len(options),
            "unclosed": unclosed,
            "seats": SEATS,
            "cells": CELLS,
            "half": CELLS // 2,
            "cell": CELL,
            "visits_a_day": VISITS_A_DAY,
            "valid": links.VALID_AFTER_VISIT,
        }

    def __call__(self, days: list[date], *, first: int, full: float, is_past: bool) -> int:
        made = [links.new() for _ in range(len(days) * VISITS_A_DAY)]
        parameters = self.always | {
            "numbers": [day.toordinal() for day in days],
            "mornings": [self._begins(day, MORNING) for day in days],
            "afternoons": [self._begins(day, AFTERNOON) for day in days],
            "nonces": [nonce for nonce, _ in made],
            "hashes": [link_hash for _, link_hash in made],
            "first": first,
            "full": full,
            "is_past": is_past,
        }
        with connection.cursor() as cursor:
            cursor.execute(_PLAN, parameters)
            cursor.execute(_VISITS, parameters)
            count = cursor.rowcount
            cursor.execute(_APPOINTMENTS, parameters)
            cursor.execute(_BUSY_TIMES, parameters)
            cursor.execute("DROP TABLE planned")
        return count

    def _begins(self, day: date, shift: tuple[time, time]) -> datetime:
        return datetime.fromtimestamp(localtime.wall_stretch(day, *shift, self.zone)[0][0], UTC)


def _make_practitioners(location: Location, day: date) -> list[Practitioner]:
    """Twenty people who work Monday to Saturday in split shifts; each is away for a few days ahead."""
    practitioners = Practitioner.objects.bulk_create(
        Practitioner(
            slug=f"practitioner-{number}",
            name=f"{people.FIRST_NAMES[number]} {people.LAST_NAMES[-number]}",
            email=f"practitioner{number}@stillwater.example",
            position=number,
        )
        for number in range(1, SEATS + 1)
    )
    WorkingHours.objects.bulk_create(
        WorkingHours(
            practitioner=practitioner, location=location, weekday=weekday, starts=starts, ends=ends,
            valid_from=day - timedelta(days=365),
        )
        for practitioner in practitioners for weekday in range(SUNDAY) for starts, ends in (MORNING, AFTERNOON)
    )  # fmt: skip
    midnight, _ = localtime.day_bounds(day, localtime.zone(location.timezone))
    TimeOff.objects.bulk_create(
        TimeOff(
            practitioner=practitioner,
            starts_at=midnight + timedelta(days=10 + 3 * number),
            ends_at=midnight + timedelta(days=14 + 3 * number),
            reason="Holiday",
        )
        for number, practitioner in enumerate(practitioners)
    )
    return practitioners


def _make_services(rooms: Iterable[Room], practitioners: Sequence[Practitioner]) -> list[ServiceOption]:
    """The demo's services, which suit every room and which everybody gives; returns the options a cell can hold."""
    for service in catalogue.make_services([]):
        service.practitioners.set(practitioners)
        if service.needs_room:
            service.rooms.set(rooms)
    options = ServiceOption.objects.select_related("service").filter(unattended_from=None, service__mode="in_clinic")
    return [
        option
        for option in options.order_by("pk")
        if option.service.buffer_before + option.duration + option.service.buffer_after <= CELL
    ]


def _make_clients() -> list[Client]:
    first, last = people.FIRST_NAMES, people.LAST_NAMES
    return Client.objects.bulk_create(
        (
            Client(
                first_name=first[number % len(first)],
                last_name=last[number // len(first) % len(last)],
                email=f"client{number}@example.com",
            )
            for number in range(CLIENTS)
        ),
        batch_size=5_000,
    )


def _days_before(day: date, count: int) -> list[date]:
    """The last `count` days before `day` that are no Sundays, in order."""
    back = (day - timedelta(days=offset) for offset in range(1, 2 * count + 8))
    return sorted(islice((one for one in back if one.weekday() != SUNDAY), count))


def _chunks(days: list[date]) -> Iterator[list[date]]:
    for start in range(0, len(days), CHUNK):
        yield days[start : start + CHUNK]
