"""Seven days of slots as a page shows them: headings, parts of the day, and why a day is empty.

It words what the engine answered and decides nothing about time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from booking import availability, localtime, wording
from booking.availability import Slot
from booking.models import TimeOff
from services.models import Location, Practitioner, ServiceOption

DAYS = 7
PARTS = {"am": "Morning", "pm": "Afternoon", "eve": "Evening"}


@dataclass(frozen=True)
class ShownSlot:
    """A start as a button: `iso` is RFC 3339 with the clinic's own offset."""

    iso: str
    label: str
    full_label: str
    is_best_fit: bool


@dataclass
class Part:
    code: str
    name: str
    slots: list[ShownSlot] = field(default_factory=list)


@dataclass
class Day:
    date: date
    relative: str
    parts: list[Part]
    empty_reason: str = ""


@dataclass
class Week:
    title: str
    days: list[Day]
    earlier_url: str = ""
    later_url: str = ""
    nothing_reason: str = ""
    next_open_day: date | None = None
    next_open_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the reader asked the times page for. `first_day` lies between today and the horizon."""

    option: ServiceOption
    location: Location
    practitioner: Practitioner | None
    part: str
    first_day: date
    now: datetime
    ignoring: Sequence[int] = ()

    @property
    def zone(self) -> ZoneInfo:
        return localtime.zone(self.location.timezone)

    @property
    def practitioners(self) -> list[Practitioner] | None:
        return None if self.practitioner is None else [self.practitioner]

    @property
    def today(self) -> date:
        return localtime.local_day(self.now, self.zone)

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=DAYS - 1)

    @property
    def horizon_day(self) -> date:
        return localtime.local_day(self.now + self.option.service.booking_horizon, self.zone)


def build(wanted: Wanted, url_for: Callable[[date], str]) -> Week:
    """The week from `first_day`; `url_for` gives the address of the same page from another day."""
    slots = availability.open_slots(
        wanted.option,
        practitioners=wanted.practitioners,
        location=wanted.location,
        first_day=wanted.first_day,
        last_day=wanted.last_day,
        now=wanted.now,
        ignoring=wanted.ignoring,
    )
    by_day = _by_day(slots, wanted)
    week = Week(
        title=_title(wanted.first_day, wanted.last_day), days=[_day(day, by_day, wanted) for day in _days(wanted)]
    )
    _explain_empty_days(week, wanted)
    if wanted.first_day > wanted.today:
        week.earlier_url = url_for(max(wanted.today, wanted.first_day - timedelta(days=DAYS)))
    if wanted.last_day < wanted.horizon_day:
        week.later_url = url_for(wanted.last_day + timedelta(days=1))
    if not any(by_day.values()):
        _offer_next_open_day(week, wanted, url_for)
    return week


def shown(slot: Slot, zone: ZoneInfo) -> ShownSlot:
    """The slot in the clinic's own time; the hour that exists twice says which one it is."""
    local = slot.starts_at.astimezone(zone)
    label, clock = f"{local.hour % 12 or 12}:{local:%M}", wording.clock(local)
    if localtime.is_repeated_hour(slot.starts_at, zone):
        label, clock = f"{label} {local:%Z}", f"{clock} {local:%Z}"
    return ShownSlot(local.isoformat(), label, f"{clock}, {wording.day(local.date())}", slot.is_best_fit)


def _by_day(slots: Iterable[Slot], wanted: Wanted) -> dict[date, dict[str, list[ShownSlot]]]:
    """One button a start, however many people could take it; only the asked part of the day."""
    found: dict[date, dict[str, list[ShownSlot]]] = {}
    previous = None
    for slot in slots:
        if slot.starts_at == previous:
            continue
        previous = slot.starts_at
        local = slot.starts_at.astimezone(wanted.zone)
        part = localtime.part_of_day(local)
        if wanted.part in ("", part):
            found.setdefault(local.date(), {}).setdefault(part, []).append(shown(slot, wanted.zone))
    return found


def _days(wanted: Wanted) -> list[date]:
    return [wanted.first_day + timedelta(days=number) for number in range(DAYS)]


def _day(day: date, by_day: dict[date, dict[str, list[ShownSlot]]], wanted: Wanted) -> Day:
    relative = {0: "today", 1: "tomorrow"}.get((day - wanted.today).days, "")
    found = by_day.get(day, {})
    return Day(day, relative, [Part(code, name, found[code]) for code, name in PARTS.items() if code in found])


def _title(first: date, last: date) -> str:
    if first.month == last.month:
        return f"{first.day} to {last.day} {last:%B}"
    return f"{first.day} {first:%B} to {last.day} {last:%B}"


def _explain_empty_days(week: Week, wanted: Wanted) -> None:
    empty = [day for day in week.days if not day.parts]
    if not empty:
        return
    workable = set(_workable_days(wanted))
    closures = _closures(wanted)
    for day in empty:
        day.empty_reason = _reason(day.date, wanted, day.date in workable, closures)


def _workable_days(wanted: Wanted) -> list[date]:
    """The days on which the service could start if nobody had booked."""
    return availability.days_with_openings(
        wanted.option,
        practitioners=wanted.practitioners,
        location=wanted.location,
        first_day=wanted.first_day,
        last_day=wanted.last_day,
        now=wanted.now,
        is_calendar_empty=True,
    )


def _closures(wanted: Wanted) -> list[TimeOff]:
    opens, _ = localtime.day_bounds(wanted.first_day, wanted.zone)
    _, closes = localtime.day_bounds(wanted.last_day, wanted.zone)
    whose = Q(location=wanted.location)
    if wanted.practitioner is not None:
        whose |= Q(practitioner=wanted.practitioner)
    return list(TimeOff.objects.filter(whose, ends_at__gt=opens, starts_at__lt=closes))


def _reason(day: date, wanted: Wanted, is_workable: bool, closures: list[TimeOff]) -> str:
    if is_workable and wanted.part:
        return f"No {PARTS[wanted.part].lower()} time is open."
    if is_workable:
        return f"{wanted.practitioner.name} is fully booked." if wanted.practitioner else "Every time is taken."
    opens, closes = localtime.day_bounds(day, wanted.zone)
    for closure in closures:
        if closure.starts_at < closes and closure.ends_at > opens:
            return (
                closure.public_reason
                or f"{closure.practitioner.name if closure.practitioner else 'The clinic'} is away."
            )
    if day > wanted.horizon_day:
        return "Not open for booking yet."
    if day <= localtime.local_day(wanted.now + wanted.option.service.lead_time, wanted.zone):
        return "Too soon to book online. Call us, and we will see."
    return (
        f"{wanted.practitioner.name} does not work on {day:%A}s." if wanted.practitioner else f"Not given on {day:%A}s."
    )


def _offer_next_open_day(week: Week, wanted: Wanted, url_for: Callable[[date], str]) -> None:
    whose = f"with {wanted.practitioner.name} " if wanted.practitioner else ""
    week.nothing_reason = f"No time {whose}is open in these seven days."
    later = availability.days_with_openings(
        wanted.option,
        practitioners=wanted.practitioners,
        location=wanted.location,
        first_day=wanted.last_day + timedelta(days=1),
        last_day=wanted.horizon_day,
        now=wanted.now,
    )
    if later:
        week.next_open_day, week.next_open_url = later[0], url_for(later[0])
    else:
        week.nothing_reason += " Nor is any later one, as far ahead as we plan. Call us: someone may cancel."
