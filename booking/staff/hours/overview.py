"""One week of everybody's shifts at a glance: who works when, who is away, and who has no hours at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from booking import access, localtime
from booking.models import TimeOff, WorkingHours
from booking.schedule import is_single_day, shifts_on
from booking.staff.hours import whose, words
from booking.staff.page import allowed, page
from services.models import Location, Practitioner

WEEK = timedelta(days=7)


@dataclass
class Cell:
    """One person's day: shifts as (words, place or blank, whether it is extra), and why they are away."""

    day: date
    shifts: list[tuple[str, str, bool]]
    away: list[str]
    is_past: bool


@dataclass
class Row:
    practitioner: Practitioner
    cells: list[Cell]

    @property
    def has_none(self) -> bool:
        return not any(cell.shifts for cell in self.cells)


@require_safe
@allowed(*whose.READ)
def hours(request: HttpRequest) -> HttpResponse:
    today = whose.today(timezone.now())
    asked = whose.asked_day(request, "from", today)
    monday = asked - timedelta(days=asked.weekday())
    rows = week_rows(list(access.practitioners_for(request.user)), monday, today=today)
    return page(
        request,
        "admin/hours/overview.html",
        title="Working hours",
        rows=rows,
        days=[monday + timedelta(days=number) for number in range(7)],
        today=today,
        first=max(monday, today),
        earlier=monday - WEEK,
        later=monday + WEEK,
        without=[row.practitioner for row in rows if row.has_none],
        may_change=request.user.has_perm(whose.CHANGE),
        may_be_away=request.user.has_perm("booking.add_timeoff"),
    )


def week_rows(practitioners: Sequence[Practitioner], monday: date, *, today: date) -> list[Row]:
    """A row each, of the seven days from that Monday; three queries."""
    locations = whose.locations()
    shifts = WorkingHours.objects.filter(practitioner__in=practitioners, valid_from__lt=monday + WEEK)
    shifts = shifts.filter(Q(valid_through__isnull=True) | Q(valid_through__gte=monday)).select_related("location")
    by_person: dict[int, list[WorkingHours]] = {}
    for row in shifts:
        by_person.setdefault(row.practitioner_id, []).append(row)
    away = _away(monday)
    return [
        Row(
            one, [_cell(one, monday + timedelta(days=number), by_person, away, locations, today) for number in range(7)]
        )
        for one in practitioners
    ]


def _away(monday: date) -> list[TimeOff]:
    """Time off of people and closures anywhere near this week."""
    zone = timezone.get_current_timezone()
    opens, closes = localtime.day_bounds(monday - WEEK, zone)[0], localtime.day_bounds(monday + 2 * WEEK, zone)[0]  # type: ignore[arg-type]
    return list(TimeOff.objects.filter(room__isnull=True, starts_at__lt=closes, ends_at__gt=opens))


def _cell(
    practitioner: Practitioner,
    day: date,
    by_person: dict[int, list[WorkingHours]],
    away: Sequence[TimeOff],
    locations: Sequence[Location],
    today: date,
) -> Cell:
    found = shifts_on(by_person.get(practitioner.pk, []), day)
    places = {row.location_id: row.location for row in found} or {one.pk: one for one in locations[:1]}
    reasons = []
    for place in places.values():
        opens, closes = localtime.day_bounds(day, localtime.zone(place.timezone))
        for one in away:
            theirs = one.practitioner_id == practitioner.pk or one.location_id == place.pk
            if theirs and one.starts_at < closes and one.ends_at > opens:
                reasons.append(words.time_off_words(one, opens=opens, closes=closes, place=place))
    shifts = [
        (words.short_span(row), row.location.name if len(locations) > 1 else "", is_single_day(row)) for row in found
    ]
    return Cell(day, shifts, list(dict.fromkeys(reasons)), day < today)
