"""Which extra shift would have met the searches that found nothing?

Every practitioner, weekday and part of the day is tried: a shift on each such day that somebody looked at, if the
practitioner was not at work or away then, the place was not closed, and one room was free all along. It takes the
searches it could have served, the shortest visits first, until it is full; so nobody is counted twice.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from booking import localtime
from booking.models import UnmetSearch, WorkingHours
from booking.reports.asked import Asked
from booking.reports.catalogue import length_of
from booking.reports.clinic_time import ClinicTime
from booking.reports.ledger import Stretch
from booking.reports.unmet import searches
from booking.reports.values import Bars, Column, Key, Report, share
from booking.week import DAYS, PARTS
from services.models import Location, OpeningHours, Practitioner

COLUMNS = (
    Column("Extra shift of"),
    Column("Weekday"),
    Column("Part of day"),
    Column("Shifts", "count"),
    Column("Searches met", "count"),
    Column("Of all searches", "share"),
)
# The shift that is tried for each part of the day, and when the last visit that counts as that part must have begun.
SHIFTS = {
    "am": (time(9), time(13), time(12)),
    "pm": (time(13), time(17), time(17)),
    "eve": (time(17), time(20), time(20)),
}
SHOWN = 30
ONE_DAY = timedelta(days=1)


class Search(NamedTuple):
    """What was looked for, how many times; `length` is what the shortest visit takes, in seconds with buffers."""

    service_id: int
    practitioner_id: int | None
    part: str
    first_day: date
    last_day: date
    times: int
    length: int


@dataclass(frozen=True, kw_only=True)
class Candidate:
    practitioner: Practitioner
    weekday: int
    part: str
    shifts: int
    met: int

    @property
    def sentence(self) -> str:
        """A Saturday morning shift of Mara Ellison"""
        weekday, part = OpeningHours.Weekday.labels[self.weekday], PARTS[self.part].lower()
        return f"a {weekday} {part} shift of {self.practitioner.name}"


def report(asked: Asked) -> Report:
    """A row for each shift that would have met any search, the best first. A query, six for each place, and the
    catalogue's."""
    asked_in_vain = list(searches(asked).select_related("service").order_by("pk"))
    whole = sum(search.count for search in asked_in_vain)
    found = sorted(
        _candidates(asked, asked_in_vain), key=lambda one: (-one.met, one.shifts, one.practitioner.position)
    )[:SHOWN]
    rows = tuple(
        (
            one.practitioner.name,
            OpeningHours.Weekday.labels[one.weekday],
            PARTS[one.part],
            one.shifts,
            one.met,
            share(one.met, whole),
        )
        for one in found
    )
    best = found[0] if found else None
    return Report(
        slug="extra-shifts",
        title="What an extra shift would have met",
        lead=_sentence(best, whole),
        columns=COLUMNS,
        rows=rows,
        is_of_visits=False,
        chart=Bars(
            title="Searches an extra shift would have met",
            description="How many of the searches that found nothing each extra shift would have met, the best first.",
            kind="count",
            bars=tuple((f"{row[0]}, {row[1]} {str(row[2]).lower()}", (row[4],)) for row in rows[:10]),
        ),
        key=Key(
            label=f"of {whole:,} searches met by {best.sentence}" if best else "searches an extra shift would have met",
            value=best.met if best else 0,
        ),
        notes=(
            "Each row by itself: two extra shifts may meet the same searches. Shifts are 9 am to 1 pm, 1 to 5 pm and "
            "5 to 8 pm, from the day after people looked, when the practitioner was neither at work nor away and a "
            "room was free; a shift is full when it is full.",
        ),
    )


def _sentence(best: Candidate | None, whole: int) -> str:
    if best is None:
        return "No extra shift would have met a search that found nothing."
    sentence = best.sentence
    return f"{sentence[0].upper()}{sentence[1:]} would have met {best.met:,} of {whole:,} searches."


def _candidates(asked: Asked, asked_in_vain: Iterable[UnmetSearch]) -> Iterator[Candidate]:
    """Every shift that would have met something, at each place that was asked about."""
    for location, found in _searches_by_place(asked, asked_in_vain):
        first_day = min(search.first_day for search in found)
        last_day = max(search.last_day for search in found)
        tried = _Tried(asked.at(location, first_day, last_day), found)
        for practitioner in tried.practitioners():
            for weekday in range(7):
                for part in SHIFTS:
                    if candidate := tried.candidate(practitioner, weekday, part):
                        yield candidate


def _searches_by_place(asked: Asked, asked_in_vain: Iterable[UnmetSearch]) -> list[tuple[Location, list[Search]]]:
    """Searches with the days on which an extra shift could still have helped."""
    by_place: dict[int, list[Search]] = defaultdict(list)
    lengths = {option.service_id: length_of(option) for option in asked.catalogue.options}  # the shortest stays
    for row in asked_in_vain:
        horizon = row.asked_date + row.service.booking_horizon
        first = max(row.first_day, row.asked_date + max(ONE_DAY, timedelta(days=row.service.lead_time.days)))
        last = min(row.first_day + timedelta(days=DAYS - 1), horizon)
        if first <= last and row.service_id in lengths:
            place = row.location_id or (asked.location or asked.home).pk
            by_place[place].append(
                Search(row.service_id, row.practitioner_id, row.part, first, last, row.count, lengths[row.service_id])
            )
    return [(asked.catalogue.places[key], found) for key, found in by_place.items()]


class _Tried:
    """Tries shifts at one place against the searches made there."""

    def __init__(self, asked: Asked, found: list[Search]) -> None:
        self.asked, self.time, self.catalogue = asked, asked.time, asked.catalogue
        self.wanted = _by_day(found)
        self.calls = {one.service_id for one in self.catalogue.options if not one.service.needs_room}
        self.rooms: dict[Stretch, set[frozenset[int]]] = {}

    def practitioners(self) -> list[Practitioner]:
        """Those who have ever had hours here. One query."""
        here = WorkingHours.objects.filter(location=self.asked.location)
        return list(Practitioner.objects.active().filter(pk__in=here.values("practitioner")))

    def candidate(self, practitioner: Practitioner, weekday: int, part: str) -> Candidate | None:
        """The shift on each such weekday somebody looked at; None where it would have met nothing."""
        met = [
            found
            for day, wanted in self.wanted.items()
            if day.weekday() == weekday and (found := self._met(practitioner, day, part, wanted))
        ]
        if not met:
            return None
        return Candidate(practitioner=practitioner, weekday=weekday, part=part, shifts=len(met), met=sum(met))

    def _met(self, practitioner: Practitioner, day: date, part: str, wanted: list[Search]) -> int:
        suiting = [
            search
            for search in wanted
            if search.part in ("", part)
            and search.service_id in self.catalogue.given[practitioner.pk]
            and (search.practitioner_id == practitioner.pk or _is_for_anyone(search, practitioner))
        ]
        if not suiting:
            return 0
        shift = _stretch(day, part, self.asked)
        if not self._is_off(practitioner, shift):
            return 0
        doable = self._doable(shift) or {frozenset(self.calls)}
        last_start = _last_start(day, part, self.asked)
        return max(_filled([one for one in suiting if one.service_id in kinds], shift, last_start) for kinds in doable)

    def _is_off(self, practitioner: Practitioner, shift: Stretch) -> bool:
        """Whether the practitioner was neither at work nor away then, and the place open."""
        key, time = practitioner.pk, self.time
        away = time.away[key] + time.closed[self.asked.location.pk] if self.asked.location else time.away[key]
        return not _meets(time.work[key], shift) and not any(_overlaps(one, shift) for one in away)

    def _doable(self, shift: Stretch) -> set[frozenset[int]]:
        """For each room that was free all along: the services it suits, with the calls, which need none."""
        if shift not in self.rooms:
            self.rooms[shift] = {
                frozenset(self.catalogue.suits[room.pk] | self.calls)
                for room in self.time.rooms
                if _is_free(self.time, room.pk, shift)
            }
        return self.rooms[shift]


def _filled(wanted: Iterable[Search], shift: Stretch, last_start: int) -> int:
    """How many searches a shift serves, back to back, the shortest first."""
    at, met = shift[0], 0
    for search in sorted(wanted, key=lambda search: search.length):
        for _ in range(search.times):
            if at + search.length > shift[1] or (search.part and at >= last_start):
                break
            at, met = at + search.length, met + 1
    return met


def _by_day(found: Iterable[Search]) -> dict[date, list[Search]]:
    """Each search on each of the days that would have done, those alike added up."""
    days: dict[date, Counter[tuple]] = defaultdict(Counter)
    for search in found:
        for number in range((search.last_day - search.first_day).days + 1):
            alike = (search.service_id, search.practitioner_id, search.part, search.length)
            days[search.first_day + timedelta(days=number)][alike] += search.times
    return {
        day: [
            Search(service, person, part, day, day, count, length)
            for (service, person, part, length), count in asked.items()
        ]
        for day, asked in sorted(days.items())
    }


def _is_for_anyone(search: Search, practitioner: Practitioner) -> bool:
    return search.practitioner_id is None and practitioner.accepts_new_clients


def _stretch(day: date, part: str, asked: Asked) -> Stretch:
    begins, ends, _ = SHIFTS[part]
    stretches = localtime.wall_stretch(day, begins, ends, asked.zone)
    return stretches[0][0], stretches[-1][1]


def _last_start(day: date, part: str, asked: Asked) -> int:
    return int(datetime.combine(day, SHIFTS[part][2], asked.zone).timestamp())


def _is_free(time: ClinicTime, room_id: int, shift: Stretch) -> bool:
    return not _meets(time.room_blocked[room_id], shift)


def _meets(stretches: list[Stretch], shift: Stretch) -> bool:
    """Whether any of these sorted, disjoint stretches overlaps the shift."""
    place = bisect_left(stretches, (shift[1],))
    return place > 0 and _overlaps(stretches[place - 1], shift)


def _overlaps(one: Stretch, other: Stretch) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])
