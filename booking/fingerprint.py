"""Has anything changed that a service's times page shows? One statement sums up all of it as a hash.

It reads what is committed, so a page kept under its fingerprint is never staler than the database: the next
booking, hold, expiry, price or shift makes another fingerprint. Cheaper than the engine because it adds up ids.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

# Local days begin at most this long before, and end at most this long after, the UTC day of the same date.
ZONES = timedelta(hours=14)

_FINGERPRINT = """
WITH service AS (
    SELECT * FROM services_service WHERE slug = %(slug)s
), giving AS (
    SELECT practitioner.id, practitioner.name, practitioner.slug, practitioner.position,
           practitioner.is_active, practitioner.accepts_new_clients
    FROM services_practitioner practitioner
    JOIN services_practitioner_services gives ON gives.practitioner_id = practitioner.id
    JOIN service ON service.id = gives.service_id
), suiting AS (
    SELECT room.id, room.is_active, room.position FROM services_room room
    JOIN services_service_rooms suits ON suits.room_id = room.id JOIN service ON service.id = suits.service_id
), busy AS (
    SELECT id FROM booking_busytime
    WHERE practitioner_id IN (SELECT id FROM giving) AND during && tstzrange(%(from)s, %(until)s)
      AND (expires_at IS NULL OR expires_at > %(now)s)
    UNION ALL
    SELECT id FROM booking_busytime
    WHERE room_id IN (SELECT id FROM suiting) AND during && tstzrange(%(from)s, %(until)s)
      AND (expires_at IS NULL OR expires_at > %(now)s)
)
SELECT md5(concat_ws('|',
    (SELECT service::text FROM service),
    (SELECT string_agg(option::text, ',' ORDER BY option.id)
     FROM services_serviceoption option WHERE option.service_id IN (SELECT id FROM service)),
    (SELECT string_agg(location::text, ',' ORDER BY location.id) FROM services_location location),
    (SELECT string_agg(giving::text, ',' ORDER BY id) FROM giving),
    (SELECT string_agg(suiting::text, ',' ORDER BY id) FROM suiting),
    (SELECT string_agg(hours::text, ',' ORDER BY hours.id)
     FROM booking_workinghours hours WHERE hours.practitioner_id IN (SELECT id FROM giving)),
    (SELECT string_agg(away::text, ',' ORDER BY away.id) FROM booking_timeoff away WHERE away.ends_at > %(from)s),
    (SELECT concat(count(*), ':', bit_xor(hashint8extended(id, 0))) FROM busy)
))
"""


def of_times(slug: str, *, first_day: date, last_day: date, now: datetime) -> str:
    """The fingerprint of a service's times on these local days of any zone; 32 hexadecimal digits. One query."""
    midnight = datetime.min.time()
    parameters: dict[str, Any] = {
        "slug": slug,
        "from": datetime.combine(first_day, midnight, now.tzinfo) - ZONES,
        "until": datetime.combine(last_day, midnight, now.tzinfo) + timedelta(days=1) + ZONES,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FINGERPRINT, parameters)
        return cursor.fetchone()[0]
