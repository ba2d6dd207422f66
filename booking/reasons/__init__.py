"""Why is this time not offered? The exact rules that forbid one start, from the engine itself.

`why` is empty exactly when clients can book the start: its facts are the engine's own rows
(`start_sets.evidence`), so an answer cannot drift from what is offered. It reads and never writes.
"""

from booking.reasons.reason import Binds, Reason, easiest
from booking.reasons.why import why

__all__ = ["Binds", "Reason", "easiest", "why"]
