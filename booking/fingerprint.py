"""Has anything changed that a times page shows? One statement sums up all of it.

It reads what is committed, so a page kept under its fingerprint is never staler than the database: the next booking,
hold, expiry, price or shift makes another one. It is the edition, which hours and time off count up as well, and a sum
of the appointments that hold time, of every service, since services share people and rooms.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

# Local days begin at most this long before, and end at most this long after, the UTC day of the same date.
ZONES = timedelta(hours=14)

_FINGERPRINT = """
SELECT concat_ws('|',
    (SELECT number FROM services_edition),
    (SELECT bit_xor(hashint8extended(id, sequence * 4294967296 + coalesce(room_id, 0))) FROM booking_appointment
     WHERE starts_at > %(from)s AND starts_at < %(until)s
       AND (status IN ('booked', 'arrived') OR (status = 'pending' AND hold_expires_at > %(now)s)))
)
"""


def of_times(*, first_day: date, last_day: date, now: datetime) -> str:
    """The fingerprint of all times on these local days of any zone, as text. One query."""
    midnight = datetime.min.time()
    parameters: dict[str, Any] = {
        "from": datetime.combine(first_day, midnight, now.tzinfo) - ZONES,
        "until": datetime.combine(last_day, midnight, now.tzinfo) + timedelta(days=1) + ZONES,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FINGERPRINT, parameters)
        return cursor.fetchone()[0]
