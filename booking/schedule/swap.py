"""One day's work moves to another date, or to somebody else: time off for the one, one-day hours for the other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property

from django.db import transaction

from booking import intervals, localtime, wording
from booking.errors import HoursChanged, NotPossible
from booking.models import Appointment, TimeOff, WorkingHours
from booking.schedule.hours import edition
from booking.schedule.rows import minutes, shifts_on
from booking.schedule.time_off import hits, lock_people, refuse_unless_accepted, save_time_off
from services.models import Practitioner


@dataclass(kw_only=True)
class Swap:
    """What becomes of `practitioner`'s work on `day`.

    Without `other` it moves to `to_day`. With `other` they take it over; with both they give their work of `to_day`
    in return.
    """

    practitioner: Practitioner
    day: date
    to_day: date | None = None
    other: Practitioner | None = None
    time_off: list[TimeOff] = field(default_factory=list, init=False)
    extra: list[WorkingHours] = field(default_factory=list, init=False)

    @property
    def people(self) -> list[Practitioner]:
        return [self.practitioner, *([self.other] if self.other else [])]

    def plan(self) -> Swap:
        """Fill in `time_off` and `extra`. Raises `NotPossible` where there is no work to move."""
        self.time_off, self.extra = [], []
        if self.other is None:
            self._give(self.practitioner, self.day, self.practitioner, self.to_day or self.day)
        else:
            self._give(self.practitioner, self.day, self.other, self.day)
            if self.to_day is not None:
                self._give(self.other, self.to_day, self.practitioner, self.to_day)
        return self

    def hits(self, *, now: datetime) -> list[Appointment]:
        """The visits on the days that are given away, by start."""
        return [visit for away in self.time_off for visit in hits(away, now=now)]

    @cached_property
    def _rows(self) -> dict[int, list[WorkingHours]]:
        found: dict[int, list[WorkingHours]] = {one.pk: [] for one in self.people}
        for row in WorkingHours.objects.filter(practitioner__in=self.people).select_related("location"):
            found[row.practitioner_id].append(row)
        return found

    def _give(self, giver: Practitioner, day: date, taker: Practitioner, to_day: date) -> None:
        given = shifts_on(self._rows[giver.pk], day)
        if not given:
            raise NotPossible(f"{giver} has no hours on {wording.day(day)}.")
        added = [row for shift in given for row in _missing(shift, taker, to_day, self._rows[taker.pk])]
        if not added:
            raise NotPossible(f"{taker} works all of these hours on {wording.day(to_day)} already.")
        reason = f"Works {wording.day(to_day)} instead" if taker == giver else f"{taker} takes this day"
        self.time_off.append(_away(giver, day, given, reason))
        self.extra += added


@transaction.atomic(durable=True)
def save_swap(swap: Swap, *, seen: str, accepted: Collection[int], now: datetime) -> list[TimeOff]:
    """Write it and return the time off it made. Raises `HoursChanged`, `VisitsInTheWay`, `NotPossible`."""
    lock_people(swap.people)
    if seen != edition(*swap.people):
        raise HoursChanged
    swap.__dict__.pop("_rows", None)  # read again, now that nobody else writes them
    swap.plan()
    refuse_unless_accepted(swap.hits(now=now), accepted)
    for row in swap.extra:
        row.save()
    return [save_time_off(away, now=now) for away in swap.time_off]


def _missing(shift: WorkingHours, taker: Practitioner, day: date, theirs: Sequence[WorkingHours]) -> list[WorkingHours]:
    """The parts of a shift that the taker does not work that day already, as one-day rows."""
    own = [minutes(row) for row in shifts_on(theirs, day)]
    return [
        WorkingHours(
            practitioner=taker,
            location=shift.location,
            weekday=day.weekday(),
            starts=time(*divmod(begins, 60)),
            ends=time(*divmod(ends, 60)),
            valid_from=day,
            valid_through=day,
        )
        for begins, ends in intervals.subtract([minutes(shift)], own)
    ]


def _away(giver: Practitioner, day: date, shifts: Sequence[WorkingHours], reason: str) -> TimeOff:
    """Time off over all of that day's shifts, from the first one's start to the last one's end."""
    stretches = [
        stretch
        for row in shifts
        for stretch in localtime.wall_stretch(day, row.starts, row.ends, localtime.zone(row.location.timezone))
    ]
    if not stretches:
        raise NotPossible("The clock skips these hours that day.")
    return TimeOff(
        practitioner=giver,
        starts_at=datetime.fromtimestamp(min(begins for begins, _ in stretches), UTC),
        ends_at=datetime.fromtimestamp(max(ends for _, ends in stretches), UTC),
        reason=reason[:120],
    )
