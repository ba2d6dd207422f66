"""Where did a shift go? Its seconds fall into exactly five heaps: sold, buffers, gaps, no room, free.

Pure arithmetic on half-open stretches; whatever it is given, the five add up to the shift, and a visit outside the
shift is in none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from booking import intervals

Stretch = tuple[int, int]


class Need(NamedTuple):
    """The shortest thing that can be sold: its length with buffers, and the rooms that suit; None needs no room."""

    length: int
    rooms: frozenset[int] | None


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Seconds of one practitioner. `gaps`: too short for anything they sell; `roomless`: they were free, and no room
    that suits was, for long enough."""

    shift: int
    sold: int
    buffers: int
    gaps: int
    roomless: int
    free: int

    @property
    def lost(self) -> int:
        return self.buffers + self.gaps + self.roomless


def account(
    work: Iterable[Stretch],
    visits: Iterable[Stretch],
    taken: Iterable[Stretch],
    needs: Iterable[Need],
    *,
    blocked: Mapping[int, list[Stretch]],
) -> Ledger:
    """Part the shift. `taken` are the visits with their buffers; `blocked` is when each room was not to be had."""
    work, needs = intervals.merge(work), list(needs)
    sold = intervals.intersect(work, visits)
    spare = intervals.subtract(work, [*sold, *taken])
    shortest = min((need.length for need in needs), default=0)
    long_enough = [stretch for stretch in spare if stretch[1] - stretch[0] >= shortest]
    sellable = _sellable(long_enough, needs, blocked) if needs else long_enough
    shift, free = length(work), length(sellable)
    return Ledger(
        shift=shift,
        sold=length(sold),
        buffers=shift - length(sold) - length(spare),
        gaps=length(spare) - length(long_enough),
        roomless=length(long_enough) - free,
        free=free,
    )


def length(stretches: Iterable[Stretch]) -> int:
    """Seconds in all of them together; they do not overlap."""
    return sum(end - start for start, end in stretches)


def _sellable(spare: list[Stretch], needs: list[Need], blocked: Mapping[int, list[Stretch]]) -> list[Stretch]:
    """What lies in a stretch in which something could be sold, a room that suits being free all along."""
    found: list[Stretch] = []
    for need in needs:
        for stretches in _with_room(spare, need, blocked):
            found = intervals.merge(found + [one for one in stretches if one[1] - one[0] >= need.length])
            if found == spare:
                return found
    return found


def _with_room(spare: list[Stretch], need: Need, blocked: Mapping[int, list[Stretch]]) -> Iterable[list[Stretch]]:
    if need.rooms is None:
        return [spare]
    return (intervals.subtract(spare, blocked.get(room, [])) for room in sorted(need.rooms))
