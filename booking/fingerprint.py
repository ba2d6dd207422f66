"""Has anything changed that a service's times page shows? One statement sums up all of it.

It reads what is committed, so a page kept under its fingerprint is never staler than the database: the next
booking, hold, expiry, price or shift makes another fingerprint. Cheaper than the engine because it adds up hashes;
it looks at every service's appointments since they share people and rooms.
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
)
SELECT concat_ws('|',
    (SELECT hash_record_extended(service, 0) FROM service),
    (SELECT bit_xor(hash_record_extended(option, 0)) FROM services_serviceoption option),
    (SELECT bit_xor(hash_record_extended(location, 0)) FROM services_location location),
    (SELECT bit_xor(hash_record_extended(room, 0)) FROM services_room room),
    (SELECT bit_xor(hash_record_extended(practitioner, 0)) FROM services_practitioner practitioner),
    (SELECT bit_xor(hash_record_extended(hours, 0)) FROM booking_workinghours hours),
    (SELECT bit_xor(hash_record_extended(away, 0)) FROM booking_timeoff away WHERE away.ends_at > %(from)s),
    (SELECT bit_xor(hashint8extended(practitioner_id, 0)) FROM services_practitioner_services
     WHERE service_id = (SELECT id FROM service)),
    (SELECT bit_xor(hashint8extended(room_id, 0)) FROM services_service_rooms
     WHERE service_id = (SELECT id FROM service)),
    (SELECT bit_xor(hashint8extended(id, sequence)) FROM booking_appointment
     WHERE starts_at > %(from)s AND starts_at < %(until)s
       AND (status IN ('booked', 'arrived') OR (status = 'pending' AND hold_expires_at > %(now)s)))
)
"""


def of_times(slug: str, *, first_day: date, last_day: date, now: datetime) -> str:
    """The fingerprint of a service's times on these local days of any zone, as text. One query."""
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
