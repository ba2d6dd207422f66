"""Everything that writes appointments. Each function is one durable transaction that locks before it checks.

The locking contract (docs/booking.md): what a write makes *less* available is locked, once, before the check:
practitioner, then room, then client, each in primary-key order. Making time free needs no lock.
"""

from booking.appointments.book import Details, Order, book
from booking.appointments.changes import arrive, cancel, fulfil, mark_noshow, move, undo
from booking.appointments.holds import extend, find_hold, hold, release

__all__ = [
    "Details",
    "Order",
    "arrive",
    "book",
    "cancel",
    "extend",
    "find_hold",
    "fulfil",
    "hold",
    "mark_noshow",
    "move",
    "release",
    "undo",
]
