"""What could become of a visit that cannot stay: its own time in another room or with somebody else, or another time.

Reads the engine and proposes; what is proposed for one visit is not proposed for the next: all are held at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from booking import availability, localtime, offers
from booking.access import practitioners_for
from booking.admin import display
from booking.appointments import seen_of
from booking.availability import Slot
from booking.models import Appointment, MoveOffer
from booking.staff import wall
from booking.staff.visits.times import value_of
from services.models import Practitioner

AT_ONCE = 12  # visits looked at on one page
BEFORE, AFTER = timedelta(days=3), timedelta(days=14)
SOONEST_BY_MAIL = timedelta(hours=2)
OFFER, CALL, ROOM, WAIT, MOVE, WITHDRAW = "offer", "call", "room", "wait", "move", "withdraw"


class Option(NamedTuple):
    """One thing to choose: what the form sends, and what people read."""

    value: str
    words: str


@dataclass
class Case:
    """One visit and what can become of it. `times` are offered by mail, `moves` are done at once."""

    visit: Appointment
    start: str
    seen: int
    moves: list[Option] = field(default_factory=list)
    times: list[Option] = field(default_factory=list)
    room: str = ""
    offered: list[MoveOffer] = field(default_factory=list)

    @property
    def may_mail(self) -> bool:
        return bool(self.visit.client and self.visit.client.email)

    @property
    def is_held(self) -> bool:
        return self.visit.status == Appointment.Status.PENDING

    @property
    def default(self) -> str:
        """What asks the client before it changes their day."""
        if self.offered:
            return WAIT
        if self.room:
            return ROOM
        return OFFER if self.times and self.may_mail else CALL


class Proposer:
    """Looks for times for several visits, one after the other, without proposing one time twice.

    Of colleagues only with those whose diary the person may open.
    """

    def __init__(self, *, user: Any, now: datetime) -> None:
        self.user, self.now = user, now
        self.taken: list[tuple[int, datetime, datetime]] = []

    def case(self, visit: Appointment) -> Case:
        """About a dozen queries a visit, whatever the clinic's size."""
        found = Case(visit, display.near_start_of(visit, now=self.now), seen_of(visit))
        if visit.status != Appointment.Status.BOOKED or visit.starts_at <= self.now:
            return found
        found.offered = list(offers.open_for(visit, now=self.now))
        if found.offered:
            return found
        colleagues = _colleagues(visit, self.user)
        now_free = self._at_its_time(visit, [visit.practitioner, *colleagues])
        same = next((slot for slot in now_free if slot.practitioner == visit.practitioner), None)
        if same is not None and same.room != visit.room and same.room is not None:
            found.room = same.room.name
        near = self._near(visit, colleagues)
        at_once = [slot for slot in now_free if slot.practitioner != visit.practitioner][:2]
        later = [slot for slot in near if slot.starts_at != visit.starts_at][:2]
        found.moves = [_option(slot) for slot in [*at_once, *later]]
        soonest = self.now + SOONEST_BY_MAIL
        if visit.starts_at >= soonest:  # an offer ends when the visit would begin
            found.times = [_option(slot) for slot in near if slot.starts_at >= soonest]
        return found

    def _at_its_time(self, visit: Appointment, people: Sequence[Practitioner]) -> list[Slot]:
        return availability.find_slot(
            visit.option,
            starts_at=visit.starts_at,
            practitioners=people,
            location=visit.location,
            now=self.now,
            ignoring=[visit.pk],
            for_staff=True,
        )

    def _near(self, visit: Appointment, colleagues: Sequence[Practitioner]) -> list[Slot]:
        """Up to three that can be held: the same time with a colleague first, then with their own practitioner."""
        zone = localtime.zone(visit.location.timezone)
        day, today = localtime.local_day(visit.starts_at, zone), localtime.local_day(self.now, zone)
        slots = availability.open_slots(
            visit.option,
            practitioners=[visit.practitioner, *colleagues],
            location=visit.location,
            first_day=max(day - BEFORE, today),
            last_day=day + AFTER,
            now=self.now,
            for_staff=True,
        )
        coming = [slot for slot in slots if slot.starts_at > self.now]
        same_time = [slot for slot in coming if slot.starts_at == visit.starts_at]
        own = sorted(
            (slot for slot in coming if slot.practitioner == visit.practitioner),
            key=lambda slot: (abs(slot.starts_at - visit.starts_at), slot.starts_at),
        )
        return self._pick(visit, same_time, 1) + self._pick(visit, own, offers.AT_ONCE - bool(same_time))

    def _pick(self, visit: Appointment, slots: Iterable[Slot], most: int) -> list[Slot]:
        """The first ones that overlap nothing proposed so far, buffers included."""
        shape = availability.shape_of(visit.option)
        picked: list[Slot] = []
        for slot in slots:
            if len(picked) == most:
                break
            key, begins, ends = slot.practitioner.pk, slot.starts_at - shape.before, slot.starts_at + shape.after
            if all(who != key or ends <= first or last <= begins for who, first, last in self.taken):
                self.taken.append((key, begins, ends))
                picked.append(slot)
        return picked


def cases(visits: Iterable[Appointment], *, user: Any, now: datetime) -> list[Case]:
    """A case for each visit, in their order."""
    proposer = Proposer(user=user, now=now)
    return [proposer.case(visit) for visit in visits]


def _colleagues(visit: Appointment, user: Any) -> list[Practitioner]:
    others = practitioners_for(user).filter(services=visit.option.service).exclude(pk=visit.practitioner_id)
    return list(others.order_by("position", "pk"))


def _option(slot: Slot) -> Option:
    start = wall.moment(slot.starts_at, localtime.zone(slot.location.timezone))
    return Option(value_of(slot.practitioner, slot.starts_at), f"{start}, with {slot.practitioner.name}")
