"""Everything that writes appointments. Each function is one durable transaction that locks before it checks.

The locking contract (docs/booking.md): what a write makes *less* available is locked, once, before the check:
practitioner, then room, then client, each in primary-key order. Making time free needs no lock. Who acts says so with
an `Author`; each act leaves a `Change`.
"""

from booking.appointments.author import CLIENT, Author
from booking.appointments.book import book, book_again
from booking.appointments.cancel import cancel, may_cancel, undo, undo_until
from booking.appointments.details import Details, Order, details_of
from booking.appointments.history import seen_of
from booking.appointments.holds import extend, find_hold, hold, release
from booking.appointments.move import change_room, may_move, move
from booking.appointments.steps import arrive, confirm, fulfil, mark_noshow, start
from booking.appointments.take_back import take_back

__all__ = [
    "CLIENT",
    "Author",
    "Details",
    "Order",
    "arrive",
    "book",
    "book_again",
    "cancel",
    "change_room",
    "confirm",
    "details_of",
    "extend",
    "find_hold",
    "fulfil",
    "hold",
    "mark_noshow",
    "may_cancel",
    "may_move",
    "move",
    "release",
    "seen_of",
    "start",
    "take_back",
    "undo",
    "undo_until",
]
