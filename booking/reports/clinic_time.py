"""Who worked when, what was sold of it, and which rooms were taken, over some days? Five queries whatever their
number, beside those of the catalogue; read from appointments, since busy time is only kept for visits still to come.

Stretches are half-open epoch seconds. What counts as sold: visits booked, here, done, and missed without a word; the
time was theirs. A needles-in phase counts, too: somebody lies on that practitioner's table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property

from django.db.models import Q

from booking import intervals, localtime
from booking.models import Appointment, TimeOff, WorkingHours
from booking.reports.catalogue import Catalogue, length_of
from booking.reports.ledger import Ledger, Need, Stretch, account
from booking.reports.period import Period
from services.models import Location, Practitioner, Room

Stretches = dict[int, list[Stretch]]
SOLD = [Appointment.Status.BOOKED, Appointment.Status.ARRIVED, Appointment.Status.FULFILLED, Appointment.Status.NOSHOW]
HALF_A_DAY = timedelta(hours=12)


def _lists() -> Stretches:
    return defaultdict(list)


@dataclass(frozen=True, kw_only=True)
class ClinicTime:
    """By practitioner: `work` (merged), `visits` and `taken` (with buffers); by room: the same and `shut`."""

    practitioners: list[Practitioner]
    rooms: list[Room]
    needs: dict[int, list[Need]]
    work: Stretches
    open: Stretches
    visits: Stretches = field(default_factory=_lists)
    taken: Stretches = field(default_factory=_lists)
    room_visits: Stretches = field(default_factory=_lists)
    room_taken: Stretches = field(default_factory=_lists)
    room_shut: Stretches = field(default_factory=_lists)
    away: Stretches = field(default_factory=_lists)
    closed: Stretches = field(default_factory=_lists)

    def ledger(self, practitioner: Practitioner) -> Ledger:
        """Where this practitioner's shift went."""
        key = practitioner.pk
        needs = self.needs.get(key, [])
        return account(self.work[key], self.visits[key], self.taken[key], needs, blocked=self.room_blocked)

    def sold(self, practitioner: Practitioner) -> list[Stretch]:
        """The parts of their shifts that were sold."""
        return intervals.intersect(self.work[practitioner.pk], self.visits[practitioner.pk])

    @cached_property
    def room_blocked(self) -> Stretches:
        """When each room was not to be had: taken, buffers included, or out of use."""
        return _merged({room.pk: self.room_taken[room.pk] + self.room_shut[room.pk] for room in self.rooms})

    def room_hours(self, room: Room) -> list[Stretch]:
        """When somebody was at work where the room is, and it could be used."""
        return intervals.subtract(self.open[room.location_id], self.room_shut[room.pk])


def read(
    period: Period, catalogue: Catalogue, *, location: Location | None, begins: datetime, ends: datetime
) -> ClinicTime:
    """The time of these days at a location, or at all of them."""
    here = Q(location=location) if location else Q()
    away, closed, shut = _time_off(begins, ends)
    by_place = _shifts(period, catalogue, here)
    work, open_at = _lists(), _lists()
    for (practitioner_id, location_id), stretches in by_place.items():
        present = intervals.subtract(stretches, away[practitioner_id] + closed[location_id])
        work[practitioner_id] += present
        open_at[location_id] += present
    visits = _visits(here, begins, ends)
    rooms = list(Room.objects.filter(here, Q(is_active=True) | Q(pk__in=visits[2])).select_related("location"))
    practitioners = list(Practitioner.objects.filter(Q(pk__in=work) | Q(pk__in=visits[0])))
    return ClinicTime(
        practitioners=practitioners,
        rooms=rooms,
        needs=_needs(catalogue, {room.pk for room in rooms}),
        work=_merged(work),
        open=_merged(open_at),
        visits=visits[0],
        taken=visits[1],
        room_visits=visits[2],
        room_taken=visits[3],
        room_shut=shut,
        away=away,
        closed=closed,
    )


def _merged(lists: Stretches) -> Stretches:
    return defaultdict(list, {key: intervals.merge(stretches) for key, stretches in lists.items()})


def _shifts(period: Period, catalogue: Catalogue, here: Q) -> dict[tuple[int, int], list[Stretch]]:
    """Working hours as instants, by practitioner and location, time off not yet taken away. One query."""

    @cache
    def wall(day: date, starts: time, ends: time, zone_name: str) -> list[Stretch]:
        return localtime.wall_stretch(day, starts, ends, localtime.zone(zone_name))

    valid = WorkingHours.objects.filter(here, valid_from__lte=period.last_day).exclude(
        valid_through__lt=period.first_day
    )
    shifts: dict[tuple[int, int], list[Stretch]] = defaultdict(list)
    for hours in valid:
        for day in _days(hours, period):
            zone_name = catalogue.places[hours.location_id].timezone
            shifts[hours.practitioner_id, hours.location_id] += wall(day, hours.starts, hours.ends, zone_name)
    return shifts


def _days(hours: WorkingHours, period: Period) -> Iterator[date]:
    """The days of the period on which these hours apply."""
    first = max(hours.valid_from, period.first_day)
    last = min(hours.valid_through or period.last_day, period.last_day)
    day = first + timedelta(days=(hours.weekday - first.weekday()) % 7)
    while day <= last:
        yield day
        day += timedelta(days=7)


def _time_off(begins: datetime, ends: datetime) -> tuple[Stretches, Stretches, Stretches]:
    """Of practitioners, of locations, of rooms. One query."""
    away, closed, shut = _lists(), _lists(), _lists()
    for off in TimeOff.objects.filter(ends_at__gt=begins - HALF_A_DAY, starts_at__lt=ends + HALF_A_DAY):
        stretch = (int(off.starts_at.timestamp()), int(off.ends_at.timestamp()))
        for key, lists in (off.practitioner_id, away), (off.location_id, closed), (off.room_id, shut):
            if key is not None:
                lists[key].append(stretch)
    return away, closed, shut


def _visits(here: Q, begins: datetime, ends: datetime) -> tuple[Stretches, Stretches, Stretches, Stretches]:
    """By practitioner and by room, each without and with buffers. One query."""
    visits, taken, room_visits, room_taken = _lists(), _lists(), _lists(), _lists()
    rows = Appointment.objects.filter(here, status__in=SOLD, starts_at__gte=begins, starts_at__lt=ends).order_by()
    names = ("practitioner_id", "room_id", "starts_at", "ends_at", "buffer_before", "buffer_after")
    for practitioner_id, room_id, starts_at, ends_at, before, after in rows.values_list(*names):
        first, last = int(starts_at.timestamp()), int(ends_at.timestamp())
        whole = (first - int(before.total_seconds()), last + int(after.total_seconds()))
        visits[practitioner_id].append((first, last))
        taken[practitioner_id].append(whole)
        if room_id is not None:
            room_visits[room_id].append((first, last))
            room_taken[room_id].append(whole)
    return visits, taken, room_visits, room_taken


def _needs(catalogue: Catalogue, rooms_here: set[int]) -> dict[int, list[Need]]:
    """What each practitioner can sell: the shortest length for each set of rooms that suits.

    What is given for nothing is not sold: a free call would make every gap look useful. Whoever gives nothing else
    is measured by that.
    """
    # By service the shortest option that costs something, or the shortest if none does: the last one stays.
    shortest = {one.service_id: one for one in sorted(catalogue.options, key=lambda one: one.price > 0)}
    rooms: dict[int, set[int]] = defaultdict(set)
    for room_id in rooms_here:
        for service_id in catalogue.suits[room_id]:
            rooms[service_id].add(room_id)
    needs: dict[int, list[Need]] = {}
    for practitioner_id, service_ids in catalogue.given.items():
        offered = [shortest[key] for key in service_ids if key in shortest]
        lengths: dict[frozenset[int] | None, int] = {}
        for option in [one for one in offered if one.price] or offered:
            suiting = frozenset(rooms[option.service_id]) if option.service.needs_room else None
            lengths[suiting] = min(length_of(option), lengths.get(suiting, length_of(option)))
        needs[practitioner_id] = [Need(length, suiting) for suiting, length in lengths.items()]
    return needs
