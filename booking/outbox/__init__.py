"""Which mails go out, and when. A mail is a row and a job, both written in the transaction that caused it.

So a booking that is acknowledged has its mails queued, and one rolled back leaves none. A mail is sent at
least once; it can come twice only where a sender died between the mail server's yes and our note of it, and
then both copies carry the same Message-ID.
"""

from booking.outbox.delivery import ATTEMPTS, GivenUp, as_sent, deliver, rendered
from booking.outbox.news import Told, booked, cancelled, moved, room_changed, taken_back
from booking.outbox.queue import about, queue_mail, resend, tell_client, write_letter
from booking.outbox.unsent import VERSIONED

__all__ = [
    "ATTEMPTS",
    "VERSIONED",
    "GivenUp",
    "Told",
    "about",
    "as_sent",
    "booked",
    "cancelled",
    "deliver",
    "moved",
    "queue_mail",
    "rendered",
    "resend",
    "room_changed",
    "taken_back",
    "tell_client",
    "write_letter",
]
