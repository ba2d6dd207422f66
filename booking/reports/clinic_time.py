"""Who worked when, what was sold of it, and which rooms were taken, over some days? Nine queries whatever their
number; read from appointments, since busy time is only kept for visits still to come.

Stretches are half-open epoch seconds. What counts as sold: visits booked, here, done, and missed without a word; the
time was theirs. A needles-in phase counts, too: somebody lies on that practitioner's table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property

from django.db.models import Q

from booking import intervals, localtime
from booking.models import Appointment, TimeOff, WorkingHours
from booking.reports.ledger import Ledger, Need, Stretch, account
from booking.reports.period import Period
from services.models import Location, Practitioner, Room, Service, ServiceOption

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
    places: dict[int, set[int]]
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


def read(period: Period, *, location: Location | None, begins: datetime, ends: datetime) -> ClinicTime:
    """The time of these days at a location, or at all of them."""
    here = Q(location=location) if location else Q()
    away, closed, shut = _time_off(begins, ends)
    by_place = _shifts(period, here)
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
        needs=_needs({room.pk for room in rooms}),
        work=_merged(work),
        places=_places(by_place),
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


def _places(keys: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    places: dict[int, set[int]] = defaultdict(set)
    for practitioner_id, location_id in keys:
        places[practitioner_id].add(location_id)
    return places


def _shifts(period: Period, here: Q) -> dict[tuple[int, int], list[Stretch]]:
    """Working hours as instants, by practitioner and location, time off not yet taken away. One query."""

    @cache
    def wall(day: date, starts: time, ends: time, zone_name: str) -> list[Stretch]:
        return localtime.wall_stretch(day, starts, ends, localtime.zone(zone_name))

    valid = WorkingHours.objects.filter(here, valid_from__lte=period.last_day).exclude(
        valid_through__lt=period.first_day
    )
    shifts: dict[tuple[int, int], list[Stretch]] = defaultdict(list)
    zones = dict(Location.objects.values_list("pk", "timezone"))
    for hours in valid:
        for day in _days(hours, period):
            shifts[hours.practitioner_id, hours.location_id] += wall(
                day, hours.starts, hours.ends, zones[hours.location_id]
            )
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


def _needs(rooms_here: set[int]) -> dict[int, list[Need]]:
    """What each practitioner can sell: the shortest length for each set of rooms that suits. Two queries.

    What is given for nothing is not sold: a free call would make every gap look useful. Whoever gives nothing else
    is measured by that.
    """
    lengths = _shortest_lengths()
    rooms = _rooms_of_services(rooms_here)
    needs: dict[int, list[Need]] = {}
    given: dict[int, set[int]] = defaultdict(set)
    for practitioner_id, service_id in Practitioner.services.through.objects.values_list(
        "practitioner_id", "service_id"
    ):
        given[practitioner_id].add(service_id)
    for practitioner_id, service_ids in given.items():
        offered = {key: lengths[key] for key in service_ids if key in lengths}
        sold = {key: one for key, one in offered.items() if one[1]} or offered
        shortest: dict[frozenset[int] | None, int] = {}
        for key, (length, _, needs_room) in sold.items():
            suiting = frozenset(rooms.get(key, ())) if needs_room else None
            shortest[suiting] = min(length, shortest.get(suiting, length))
        needs[practitioner_id] = [Need(length, suiting) for suiting, length in shortest.items()]
    return needs


def _shortest_lengths() -> dict[int, tuple[int, bool, bool]]:
    """By service: the seconds its shortest option takes with buffers, whether it costs money and needs a room."""
    found: dict[int, tuple[int, bool, bool]] = {}
    options = ServiceOption.objects.active().filter(service__is_active=True).select_related("service")
    for option in options.order_by("price", "-duration"):  # those that cost something, the shortest of them, come last
        service = option.service
        length = int((service.buffer_before + option.duration + service.buffer_after).total_seconds())
        was = found.get(service.pk)
        is_priced = option.price > 0
        if was is None or was[1] != is_priced or length < was[0]:
            found[service.pk] = (length, is_priced, service.needs_room)
    return found


def _rooms_of_services(rooms_here: set[int]) -> dict[int, set[int]]:
    suits: dict[int, set[int]] = defaultdict(set)
    for service_id, room_id in Service.rooms.through.objects.values_list("service_id", "room_id"):
        if room_id in rooms_here:
            suits[service_id].add(room_id)
    return suits
