"""How does a key number compare with the one before? In words, and whether that is good news."""

from __future__ import annotations

from dataclasses import dataclass

from booking.reports import wording
from booking.reports.values import Key
from booking.wording import count

GOOD, BAD, NEITHER = "better", "worse", "same"


@dataclass(frozen=True)
class Change:
    """`sign` is an arrow, `tone` one of better, worse, same."""

    sign: str
    text: str
    tone: str


def compared(now: Key, before: Key) -> Change:
    """The number before, and by how much this one is above or below it."""
    was = wording.text(before.value, before.kind)
    if now.value is None or before.value is None:
        return Change("", f"Before: {was}", NEITHER)
    difference = float(now.value) - float(before.value)
    if wording.text(now.value, now.kind) == was:
        return Change("=", f"As before: {was}", NEITHER)
    sign = "▲" if difference > 0 else "▼"
    tone = NEITHER if not now.better else GOOD if difference * now.better > 0 else BAD
    return Change(sign, f"{_by(difference, now, float(before.value))}, before: {was}", tone)


def _by(difference: float, now: Key, before: float) -> str:
    direction = "up" if difference > 0 else "down"
    if now.kind == "share":
        points = abs(round(100 * (before + difference)) - round(100 * before))  # of the shares as they are shown
        return f"{direction} {count(points, 'point')}"
    if not before:
        return f"{direction} from nothing"
    part = abs(difference / before)
    return f"{direction} {part:.0%}" if part >= 0.005 else f"{direction} by less than 1%"
