"""One rule that keeps a start from being offered: a value with a code, a sentence and what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from booking.models import Appointment, TimeOff
from services.models import Practitioner, Room


class Binds(IntEnum):
    """Whom a rule binds; a higher one binds more people."""

    CLIENTS = 1  # who book alone; the front desk is free
    RULES = 2  # the front desk too, unless they give a reason
    ALL = 3  # everybody, whatever the reason


@dataclass(frozen=True, kw_only=True)
class Reason:
    """`practitioner` says whom it concerns, when it is not the clinic; `appointment` and `time_off` what stands there.

    The sentence names no client and repeats no note: whoever shows it decides who may read those.
    """

    code: str
    sentence: str
    binds: Binds
    practitioner: Practitioner | None = None
    room: Room | None = None
    appointment: Appointment | None = None
    time_off: TimeOff | None = None


def easiest(reasons: Iterable[Reason]) -> Binds | None:
    """What the front desk would meet at the least: the clinic's rules, and those of the person with the mildest.

    None when nothing stands in the way.
    """
    common: list[Binds] = []
    people: dict[int, list[Binds]] = {}
    for reason in reasons:
        if reason.practitioner is None:
            common.append(reason.binds)
        else:
            people.setdefault(reason.practitioner.pk, []).append(reason.binds)
    mildest = min((max(binds) for binds in people.values()), default=None)
    return max([*common, *([mildest] if mildest else [])], default=None)
