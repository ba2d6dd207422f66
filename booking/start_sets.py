"""Which starts fit? One SQL statement composes hours, time off, busy time and rooms into start sets.

A start set holds every instant at which a visit may begin, as closed stretches: working time shrunk by the
visit's own length, less the starts that each busy stretch bars around it. `booking.slots.start_set` says
the same in plain Python and is what this is tested against. Days become instants through the UTC offsets
that `localtime` passes in, never through the database's own idea of a time zone. See docs/availability.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from booking import localtime, policy
from booking.slots import Shape
from services.models import Location, Practitioner, ServiceOption

_START_SETS = """
WITH segment AS (
    SELECT * FROM unnest(
        %(segment_location)s::bigint[], %(segment_from)s::timestamptz[], %(segment_until)s::timestamptz[],
        %(segment_offset)s::interval[], %(segment_earliest)s::timestamptz[], %(segment_latest)s::timestamptz[]
    ) AS segment (location_id, begins, ends, utc_offset, earliest, latest)
), place AS (
    SELECT DISTINCT location_id, earliest, latest FROM segment
), giving AS (
    SELECT practitioner.id
    FROM services_practitioner practitioner
    JOIN services_practitioner_services gives ON gives.practitioner_id = practitioner.id
    WHERE practitioner.is_active AND gives.service_id = %(service)s
      AND CASE WHEN %(practitioners)s::bigint[] IS NULL THEN practitioner.accepts_new_clients OR %(for_staff)s
               ELSE practitioner.id = ANY (%(practitioners)s::bigint[]) END
), shift AS (
    SELECT hours.practitioner_id, hours.location_id,
           greatest((day.day + hours.starts - utc_offset) AT TIME ZONE 'UTC', segment.begins) AS begins,
           least((day.day + hours.ends - utc_offset) AT TIME ZONE 'UTC', segment.ends) AS ends
    FROM booking_workinghours hours
    JOIN giving ON giving.id = hours.practitioner_id
    JOIN segment ON segment.location_id = hours.location_id
    CROSS JOIN LATERAL (
        SELECT %(first_day)s::date
               + (hours.weekday - extract(isodow FROM %(first_day)s::date)::int + 8) %% 7 + 7 * week AS day
        FROM generate_series(0, %(weeks)s) AS week
    ) AS day
    WHERE day.day BETWEEN greatest(hours.valid_from, %(first_day)s::date)
                      AND least(coalesce(hours.valid_through, 'infinity'), %(last_day)s::date)
), away AS NOT MATERIALIZED (
    SELECT id, practitioner_id, location_id, room_id, tstzrange(starts_at, ends_at) AS during
    FROM booking_timeoff WHERE ends_at > %(from)s AND starts_at < %(until)s
), hours AS MATERIALIZED (
    SELECT practitioner_id, location_id,
           range_agg(tstzrange(begins, ends)) - coalesce((
               SELECT range_agg(away.during) FROM away
               WHERE away.practitioner_id = shift.practitioner_id OR away.location_id = shift.location_id
           ), '{}') AS working
    FROM shift WHERE begins < ends
    GROUP BY practitioner_id, location_id
), busy AS NOT MATERIALIZED (
    SELECT appointment_id, practitioner_id, room_id, during FROM booking_busytime
    WHERE during && tstzrange(%(from)s, %(until)s) AND (expires_at IS NULL OR expires_at > %(now)s)
      AND appointment_id <> ALL (%(ignoring)s::bigint[]) AND NOT %(is_calendar_empty)s
), part AS (
    SELECT * FROM unnest(%(parts_before)s::interval[], %(parts_after)s::interval[]) AS part (before, after)
), person_bar AS NOT MATERIALIZED (
    SELECT practitioner_id, appointment_id,
           tstzrange(lower(during) - part.after, upper(during) + part.before, '()') AS barred
    FROM busy CROSS JOIN part
), room_bar AS NOT MATERIALIZED (
    SELECT room_id, appointment_id, time_off_id,
           tstzrange(lower(during) - %(after)s, upper(during) + %(before)s, '()') AS barred
    FROM (
        SELECT room_id, appointment_id, NULL::bigint AS time_off_id, during FROM busy
        UNION ALL
        SELECT room_id, NULL, id, during FROM away
    ) AS taken
), room_start AS MATERIALIZED (
    SELECT room.id, room.location_id, coalesce((
        SELECT range_agg(room_bar.barred) FROM room_bar WHERE room_bar.room_id = room.id
    ), '{}') AS barred
    FROM services_room room
    JOIN services_service_rooms suits ON suits.room_id = room.id AND suits.service_id = %(service)s
    JOIN place ON place.location_id = room.location_id
    WHERE room.is_active AND %(needs_room)s
), roomless AS MATERIALIZED (
    SELECT location_id, range_intersect_agg(barred) AS barred FROM room_start GROUP BY location_id
), start_set AS MATERIALIZED (
    SELECT practitioner_id, location_id,
           (SELECT range_agg(tstzrange(lower(work) + %(before)s, upper(work) - %(after)s, '[]'))
            FROM unnest(hours.working) AS work WHERE upper(work) - lower(work) >= %(before)s + %(after)s)
           * tstzmultirange(tstzrange(place.earliest, greatest(place.earliest, place.latest), '[]'))
           - coalesce((
               SELECT range_agg(person_bar.barred) FROM person_bar
               WHERE person_bar.practitioner_id = hours.practitioner_id
           ), '{}')
           - CASE WHEN %(needs_room)s THEN coalesce(roomless.barred, '{(,)}') ELSE '{}' END AS starts
    FROM hours
    JOIN place USING (location_id)
    LEFT JOIN roomless USING (location_id)
    WHERE place.earliest <= place.latest
)
"""

_STRETCHES = """
, answer AS (
    SELECT true AS is_person, practitioner_id AS id, location_id, starts FROM start_set
    UNION ALL
    SELECT false, id, location_id, tstzmultirange(tstzrange(%(from)s, %(until)s)) - barred FROM room_start
)
SELECT is_person, id, location_id,
       (SELECT array_agg(date_part('epoch', lower(one))::bigint) FROM unnest(starts) AS one),
       (SELECT array_agg(date_part('epoch', upper(one))::bigint) FROM unnest(starts) AS one)
FROM answer WHERE NOT isempty(starts)
"""

_DAYS = """
SELECT DISTINCT ((lower(one) AT TIME ZONE 'UTC') + segment.utc_offset)::date
FROM start_set CROSS JOIN LATERAL unnest(starts) AS one
JOIN segment ON segment.location_id = start_set.location_id
            AND lower(one) >= segment.begins AND lower(one) < segment.ends
ORDER BY 1
"""

# What holds for and against one start: each row a fact, of the very rows above.
_EVIDENCE = """
, needed AS (
    SELECT tstzrange(%(start)s::timestamptz - %(before)s, %(start)s::timestamptz + %(after)s) AS during
), worked AS (
    SELECT practitioner_id, range_agg(tstzrange(begins, ends)) AS during
    FROM shift WHERE begins < ends GROUP BY practitioner_id
)
SELECT 'person', id, NULL::bigint, NULL::timestamptz, NULL::timestamptz FROM giving
UNION ALL
SELECT 'place', location_id, NULL, earliest, latest FROM place
UNION ALL
SELECT 'shift', practitioner_id, NULL, lower(one), upper(one) FROM worked CROSS JOIN unnest(during) AS one
UNION ALL
SELECT 'worked', practitioner_id, NULL, NULL, NULL FROM worked JOIN needed ON worked.during @> needed.during
UNION ALL
SELECT 'away', id, NULL, NULL, NULL FROM away JOIN needed ON away.during && needed.during
WHERE practitioner_id IN (SELECT id FROM giving) OR location_id IN (SELECT location_id FROM place)
UNION ALL
SELECT 'busy', practitioner_id, appointment_id, NULL, NULL FROM person_bar
WHERE barred @> %(start)s::timestamptz AND practitioner_id IN (SELECT id FROM giving)
UNION ALL
SELECT 'room', id, NULL, NULL, NULL FROM room_start
UNION ALL
SELECT CASE WHEN time_off_id IS NULL THEN 'taken' ELSE 'out' END, room_id, coalesce(appointment_id, time_off_id),
       NULL, NULL
FROM room_bar WHERE barred @> %(start)s::timestamptz AND room_id IN (SELECT id FROM room_start)
UNION ALL
SELECT 'start', practitioner_id, NULL, lower(one), upper(one) FROM start_set CROSS JOIN unnest(starts) AS one
WHERE one @> %(start)s::timestamptz
ORDER BY 1, 2, 3, 4
"""

Stretches = list[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class Question:
    """For whom, where and when a start is looked for; `ignoring` holds appointments that count as absent,
    `is_calendar_empty` counts all of them so. `for_staff` leaves out the rules for people who book alone."""

    option: ServiceOption
    shape: Shape
    locations: Sequence[Location]
    practitioners: Sequence[Practitioner] | None
    first_day: date
    last_day: date
    now: datetime
    ignoring: Sequence[int] = ()
    is_calendar_empty: bool = False
    for_staff: bool = False


class Fact(NamedTuple):
    """One thing the engine knows about one start.

    `what` is: person (`id` may be asked for it), place (with its first and last start), shift (of `id`), worked
    (`id` is at work for all of it, time off aside), away (time off `id` covers some of it), busy (`id` is, with
    appointment `with_id`), room (`id` suits it), taken (room `id`, by appointment `with_id`), out (room `id`,
    through time off `with_id`), start (`id` has it, in this closed stretch of starts).
    """

    what: str
    id: int
    with_id: int | None
    begins: datetime | None
    ends: datetime | None


def evidence(question: Question, starts_at: datetime) -> list[Fact]:
    """Every fact for and against one start at the question's only location, sorted. One query."""
    return [Fact(*row) for row in _rows(_START_SETS + _EVIDENCE, question, start=starts_at)]


def stretches(question: Question) -> tuple[dict[tuple[int, int], Stretches], dict[int, Stretches]]:
    """Start sets by (practitioner id, location id) and by room id, as sorted closed epoch-second stretches.

    One query. The practitioners' sets are already met with the rooms' and clipped to lead time and horizon.
    """
    people: dict[tuple[int, int], Stretches] = {}
    rooms: dict[int, Stretches] = {}
    for is_person, key, location_id, firsts, lasts in _rows(_START_SETS + _STRETCHES, question):
        pairs = list(zip(firsts, lasts, strict=True))
        if is_person:
            people[key, location_id] = pairs
        else:
            rooms[key] = pairs
    return people, rooms


def days(question: Question) -> list[date]:
    """The local days that hold at least one start, sorted. One query."""
    return [day for (day,) in _rows(_START_SETS + _DAYS, question)]


def _rows(statement: str, question: Question, **more: datetime) -> Iterable[tuple]:
    if not question.locations or question.first_day > question.last_day:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, _parameters(question) | more)
        return cursor.fetchall()


def _parameters(question: Question) -> dict[str, Any]:
    shape, service = question.shape, question.option.service
    begins, ends = _window(question)
    return {
        **_segments(question),
        "service": service.pk,
        "needs_room": service.needs_room,
        "practitioners": None if question.practitioners is None else [one.pk for one in question.practitioners],
        "first_day": question.first_day,
        "last_day": question.last_day,
        "weeks": (question.last_day - question.first_day).days // 7,
        "from": begins,
        "until": ends,
        "now": question.now,
        "ignoring": list(question.ignoring),
        "is_calendar_empty": question.is_calendar_empty,
        "for_staff": question.for_staff,
        "before": shape.before,
        "after": shape.after,
        "parts_before": [before for before, _ in shape.practitioner_parts],
        "parts_after": [after for _, after in shape.practitioner_parts],
    }


def _segments(question: Question) -> dict[str, list]:
    """Each location's UTC offsets over the days asked for, with the first and last start its rules allow."""
    rows = [
        (
            location.pk,
            _instant(begins),
            _instant(ends),
            timedelta(seconds=offset),
            *_bounds(question, location),
        )
        for location in question.locations
        for begins, ends, offset in localtime.offset_segments(
            localtime.zone(location.timezone), question.first_day, question.last_day
        )
    ]
    names = ["location", "from", "until", "offset", "earliest", "latest"]
    return {f"segment_{name}": list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


def _window(question: Question) -> tuple[datetime, datetime]:
    """All of the days asked for, wherever they begin first and end last: no visit in them reaches beyond."""
    zones = [localtime.zone(location.timezone) for location in question.locations]
    begins = min(localtime.day_bounds(question.first_day, zone)[0] for zone in zones)
    return begins, max(localtime.day_bounds(question.last_day, zone)[1] for zone in zones)


def _bounds(question: Question, location: Location) -> tuple[datetime, datetime]:
    zone, service = localtime.zone(location.timezone), question.option.service
    opens, _ = localtime.day_bounds(question.first_day, zone)
    _, closes = localtime.day_bounds(question.last_day, zone)
    if question.for_staff:
        soonest, _ = localtime.day_bounds(localtime.local_day(question.now, zone), zone)
        latest = policy.latest_start(question.now, policy.STAFF_HORIZON)
    else:
        earliest = policy.earliest_start(question.now, service.lead_time)
        soonest = localtime.next_on_grid(earliest, zone, service.slot_step)
        latest = policy.latest_start(question.now, service.booking_horizon)
    return max(opens, soonest), min(closes - localtime.SECOND, latest.replace(microsecond=0))  # whole seconds


def _instant(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
