"""Which room suits which service, how the rooms are used, and who can go where when one is out of use.

What suits is what staff ticked; equipment explains it and says where the two disagree, and never decides.
"""

from booking.rooms.suitability import Disagreement, Suitability, disagreements, save_suitability, suitability
from booking.rooms.swaps import Swap, apply_swaps, swaps
from booking.rooms.use import Use, out_of_use, use_of

__all__ = [
    "Disagreement",
    "Suitability",
    "Swap",
    "Use",
    "apply_swaps",
    "disagreements",
    "out_of_use",
    "save_suitability",
    "suitability",
    "swaps",
    "use_of",
]
