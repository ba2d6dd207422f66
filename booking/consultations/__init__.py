"""Everything that writes consultation requests. Each function is one durable transaction.

Whoever writes a request first locks the request's own word (docs/consultation.md), so that its visitor and the front
desk never act at once; then times are locked as for any booking. `request` is the row as the caller saw it: staff
who saw an older one are told so, and nothing happens.
"""

from booking.consultations.requests import Asked, answer, decline, submit, turn_down, withdraw
from booking.consultations.times import GONE, accept, convert, propose

__all__ = ["GONE", "Asked", "accept", "answer", "convert", "decline", "propose", "submit", "turn_down", "withdraw"]
