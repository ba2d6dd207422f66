"""Which times can the front desk give? Open starts as buttons, one wish checked against the rules, and the nearest.

It asks the one engine, for staff; nothing here decides about time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from booking import availability, localtime, reasons, wording
from booking.access import practitioners_for
from booking.availability import Slot
from booking.policy import STAFF_HORIZON
from booking.reasons import Binds
from booking.staff import wall
from clinic.text import is_id
from services.models import Location, Practitioner, Room, ServiceOption

DAYS, DAYS_OF_OTHERS, NEAREST = 7, 2, 3
AROUND = timedelta(days=3)
NO_ROOM_THEN = "This room is taken then, out of use, or does not suit."


@dataclass(frozen=True)
class Time:
    """A start as a button: what it sends, and what it says."""

    value: str
    words: str
    who: str = ""


@dataclass(frozen=True)
class Day:
    heading: str
    times: list[Time]


@dataclass(frozen=True)
class Person:
    """One practitioner's open starts by day."""

    practitioner: Practitioner
    days: list[Day]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants to put where.

    `ignoring` is the visit being moved, which is not in its own way; `own` its practitioner and start, not offered.
    """

    option: ServiceOption
    location: Location | None
    user: Any
    now: datetime
    zone: localtime.ZoneInfo
    ignoring: Sequence[int] = ()
    own: tuple[int, datetime] | None = None

    def people(self) -> list[Practitioner]:
        """Who gives it, among those whose diary this person may open."""
        return list(practitioners_for(self.user).filter(services=self.option.service))

    def open_slots(self, people: Sequence[Practitioner], first_day: date, last_day: date) -> list[Slot]:
        """Open starts from now on but its own; none for nobody."""
        if not people:
            return []
        found = availability.open_slots(
            self.option,
            practitioners=people,
            location=self.location,
            first_day=first_day,
            last_day=last_day,
            now=self.now,
            ignoring=self.ignoring,
            for_staff=True,
        )
        later = (slot for slot in found if slot.starts_at >= self.now)
        return [slot for slot in later if (slot.practitioner.pk, slot.starts_at) != self.own]

    def at(self, starts_at: datetime, people: Sequence[Practitioner], room: Room | None = None) -> list[Slot]:
        """Who of them could take it at exactly this instant."""
        if not people:
            return []
        return availability.find_slot(
            self.option,
            starts_at=starts_at,
            practitioners=people,
            location=room.location if room else self.location,
            now=self.now,
            ignoring=self.ignoring,
            for_staff=True,
            room=room,
        )


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Whether a start can be had by the rules; if not, the rules that forbid it, and the nearest that can."""

    starts_at: datetime
    practitioner: Practitioner
    room: Room | None
    words: str
    is_open: bool
    why: list[str] = field(default_factory=list)
    nearest: list[Time] = field(default_factory=list)
    may_override: bool = False
    why_url: str = ""

    @property
    def value(self) -> str:
        return value_of(self.practitioner, self.starts_at)


def value_of(practitioner: Practitioner, starts_at: datetime) -> str:
    return f"{practitioner.pk} {starts_at.isoformat()}"


def picked(value: str, *, user: Any, now: datetime) -> tuple[Practitioner | None, datetime | None]:
    """The practitioner and the instant of a button; None for what it does not name, or nobody's to see."""
    key, _, start = value.partition(" ")
    who = practitioners_for(user).filter(pk=key).first() if is_id(key) else None
    return who, within_reach(wall.clean_instant(start), now)


def within_reach(starts_at: datetime | None, now: datetime) -> datetime | None:
    """The instant, if staff may write a visit there at all."""
    return starts_at if starts_at and abs(starts_at - now) < STAFF_HORIZON else None


def answer(wish: Wish, *, starts_at: datetime, practitioner: Practitioner, room: Room | None = None) -> Answer:
    """What the engine says of this start."""
    words = f"{wall.moment(starts_at, wish.zone)} with {practitioner}" + (f" in {room}" if room else "")
    known: dict[str, Any] = {"starts_at": starts_at, "practitioner": practitioner, "room": room, "words": words}
    if wish.at(starts_at, [practitioner], room):
        return Answer(**known, is_open=True)
    place = (room.location if room else wish.location) or _place_of(practitioner)
    found = _reasons(wish, starts_at, practitioner, place)
    told = [reason.sentence for reason in found if reason.binds >= Binds.RULES] or [NO_ROOM_THEN]
    return Answer(
        **known,
        is_open=False,
        why=list(dict.fromkeys(told)),
        nearest=nearest(wish, starts_at, practitioner),
        may_override=wish.user.has_perm("booking.override_rules") and reasons.easiest(found) != Binds.ALL,
        why_url=_why_url(wish, starts_at, practitioner, place),
    )


def nearest(wish: Wish, starts_at: datetime, practitioner: Practitioner) -> list[Time]:
    """The closest open starts of this practitioner, else of anybody, sorted by start."""
    day = localtime.local_day(max(starts_at, wish.now), wish.zone)
    for people in ([practitioner], wish.people()):
        slots = wish.open_slots(people, day - AROUND, day + AROUND)
        closest = sorted(slots, key=lambda slot: (abs(slot.starts_at - starts_at), slot.starts_at))[:NEAREST]
        if closest:
            return [_time(slot, wall.moment(slot.starts_at, wish.zone)) for slot in sorted(closest, key=_start)]
    return []


def by_person(wish: Wish, first_day: date, own: Practitioner) -> list[Person]:
    """Open starts by person and day: a week of whoever it is with first, then two days of the others."""
    people = wish.people()
    mine = wish.open_slots([own] if own in people else [], first_day, first_day + timedelta(days=DAYS - 1))
    others = [one for one in people if one != own]
    theirs = wish.open_slots(others, first_day, first_day + timedelta(days=DAYS_OF_OTHERS - 1))
    found = [Person(own, _days(mine, wish.zone))]
    found += [Person(one, _days([slot for slot in theirs if slot.practitioner == one], wish.zone)) for one in others]
    return [person for person in found if person.days or person.practitioner == own]


def instead(wish: Wish, starts_at: datetime, own: Practitioner) -> list[Time]:
    """Who else could take it at the same time."""
    others = [one for one in wish.people() if one != own]
    return [_time(slot, slot.practitioner.name) for slot in wish.at(starts_at, others)]


def _start(slot: Slot) -> datetime:
    return slot.starts_at


def _time(slot: Slot, words: str) -> Time:
    return Time(value_of(slot.practitioner, slot.starts_at), words, slot.practitioner.name)


def _days(slots: Iterable[Slot], zone: localtime.ZoneInfo) -> list[Day]:
    rows = [(localtime.to_local(slot.starts_at, zone), slot) for slot in slots]
    return [
        Day(wording.day(day), [_time(slot, wording.clock(local)) for local, slot in group])
        for day, group in groupby(rows, key=lambda row: row[0].date())
    ]


def _reasons(wish: Wish, starts_at: datetime, practitioner: Practitioner, place: Location | None) -> list[Any]:
    if place is None:
        return []
    return reasons.why(
        wish.option,
        starts_at=starts_at,
        location=place,
        practitioner=practitioner,
        now=wish.now,
        ignoring=wish.ignoring,
    )


def _place_of(practitioner: Practitioner) -> Location | None:
    places = Location.objects.active()
    return places.filter(working_hours__practitioner=practitioner).first() or places.first()


def _why_url(wish: Wish, starts_at: datetime, practitioner: Practitioner, place: Location | None) -> str:
    asked: dict[str, Any] = {"option": wish.option.pk, "practitioner": practitioner.pk}
    asked |= {"starts_at": starts_at.isoformat(), "location": place.pk if place else ""}
    asked |= {"visit": wish.ignoring[0]} if wish.ignoring else {}
    return f"{reverse('admin:diary_why')}?{urlencode(asked)}"
