"""The rows behind the diary, read once each: who works, what closes, which visits. Never more than four statements,
however many people, visits and days; whose visits they are is decided by `booking.access`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from booking import access, localtime
from booking.diary import grid, marks
from booking.diary.asked import Asked
from booking.intervals import merge
from booking.models import Appointment, Change, TimeOff, WorkingHours
from services.models import Practitioner, Room

Status = Appointment.Status
_changes = Change.objects.filter(appointment=OuterRef("pk")).order_by("-pk")
LONGER_THAN_ANY_VISIT = localtime.ONE_DAY
Span = grid.Span
RELATED = (
    "client",
    "option__service",
    "practitioner",
    "room",
    "proposal__request",
    "offered_as__appointment__client",
)
COLUMNS = (  # what a card says, and no more: texts and policies stay where they are
    *("visit_id", "location_id", "starts_at", "ends_at", "status", "hold_expires_at", "note"),
    *("buffer_before", "buffer_after", "unattended_from", "unattended_until"),
    *("confirmed_at", "started_at", "cancelled_at", "cancellation_reason"),
    *("client__first_name", "client__last_name", "option__service__name", "option__service__mode"),
    *("practitioner__name", "room__name"),
    *("proposal__request__first_name", "proposal__request__last_name"),
    *("offered_as__appointment__client__first_name", "offered_as__appointment__client__last_name"),
)


@dataclass(kw_only=True)
class Sources:
    """What is true from `first` to `last`, both included. Rooms are read for the board by room alone."""

    asked: Asked
    first: date
    last: date
    people: list[Practitioner]
    hours: list[WorkingHours]
    time_off: list[TimeOff]
    visits: list[Appointment]
    rooms: list[Room] = field(default_factory=list)

    def shifts(self, day: date, practitioner: int | None = None) -> dict[int, list[Span]]:
        """Working stretches of that local day by location id, merged; of one practitioner or of everybody."""
        found: dict[int, list[Span]] = {}
        for hours in self.hours:
            if practitioner in (None, hours.practitioner_id) and _is_valid(hours, day):
                stretch = localtime.wall_stretch(day, hours.starts, hours.ends, self.asked.zone)
                found[hours.location_id] = merge([*found.get(hours.location_id, []), *stretch])
        return found

    def away(self, *, practitioner: int | None = None, room: int | None = None) -> list[tuple[Span, TimeOff]]:
        """The time off that closes this column: one's own, the room's, or the whole location's."""
        here = self.asked.location.pk
        return [
            (span_of(off.starts_at, off.ends_at), off)
            for off in self.time_off
            if off.location_id == here
            or (practitioner is not None and off.practitioner_id == practitioner)
            or (room is not None and off.room_id == room)
        ]

    def shown(self, visits: Iterable[Appointment], day: date) -> list[Appointment]:
        """Those of them that touch that local day and stand on the grid: without the cancelled ones."""
        opens, closes = grid.bounds(day, self.asked.zone)
        spans = ((span_of(visit.starts_at, visit.ends_at), visit) for visit in visits if not visit.is_cancelled)
        return [visit for (starts, ends), visit in spans if starts < closes and ends > opens]


def span_of(starts_at: datetime, ends_at: datetime) -> Span:
    """The instants as half-open epoch seconds."""
    return int(starts_at.timestamp()), int(ends_at.timestamp())


def by_practitioner(user: Any, asked: Asked, first: date, last: date) -> Sources:
    """What the people this person may see do on those days, wherever they do it. Four statements."""
    people = list(access.practitioners_for(user))
    ids = [one.pk for one in people]
    window = _window(asked, first, last)
    return Sources(
        asked=asked,
        first=first,
        last=last,
        people=people,
        hours=list(_hours(first, last).filter(practitioner__in=ids)),
        time_off=list(_time_off(asked, window).filter(room=None)),
        visits=list(_visits(access.appointments_for(user), asked, window)),
    )


def by_room(user: Any, asked: Asked) -> Sources:
    """What happens in the location's rooms that day. Four statements.

    Visits of people this person may not see are there without a name: a taken room is never shown as free.
    """
    window = _window(asked, asked.day, asked.day)
    may_open = Q(pk__in=access.appointments_for(user).values("pk"))
    here = Appointment.objects.filter(location=asked.location).annotate(may_open=may_open)
    return Sources(
        asked=asked,
        first=asked.day,
        last=asked.day,
        people=[],
        hours=list(_hours(asked.day, asked.day).filter(location=asked.location)),
        time_off=list(_time_off(asked, window).filter(practitioner=None)),
        visits=list(_visits(here, asked, window)),
        rooms=list(Room.objects.active().filter(location=asked.location)),
    )


def _window(asked: Asked, first: date, last: date) -> tuple[datetime, datetime]:
    return localtime.day_bounds(first, asked.zone)[0], localtime.day_bounds(last, asked.zone)[1]


def _hours(first: date, last: date) -> QuerySet[WorkingHours]:
    still = Q(valid_through=None) | Q(valid_through__gte=first)
    days = {(first + number * localtime.ONE_DAY).weekday() for number in range((last - first).days + 1)}
    return WorkingHours.objects.filter(
        still, valid_from__lte=last, weekday__in=days, practitioner__is_active=True
    ).order_by("starts", "pk")


def _time_off(asked: Asked, window: tuple[datetime, datetime]) -> QuerySet[TimeOff]:
    whose = Q(location=None) | Q(location=asked.location)
    return TimeOff.objects.filter(whose, starts_at__lt=window[1], ends_at__gt=window[0])


def _visits(appointments: QuerySet, asked: Asked, window: tuple[datetime, datetime]) -> QuerySet[Appointment]:
    """Everything but holds that have run out, with marks and the youngest change, in the order of the day."""
    inside = appointments.filter(
        starts_at__gt=window[0] - LONGER_THAN_ANY_VISIT, starts_at__lt=window[1], ends_at__gt=window[0]
    ).exclude(status=Status.PENDING, hold_expires_at__lte=asked.now)
    return (
        marks.annotated(inside.select_related(*RELATED).only(*COLUMNS))
        .annotate(seen=Subquery(_changes.values("pk")[:1]))
        .order_by("starts_at", "ends_at", "pk")
    )


def _is_valid(hours: WorkingHours, day: date) -> bool:
    return hours.weekday == day.weekday() and hours.valid_from <= day <= (hours.valid_through or date.max)
