"""The answer in words: each reason with what the asker may see of it, where to change it, and what is possible."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.urls import reverse

from booking.access import appointments_for, limited
from booking.models import TimeOff
from booking.reasons import Binds, Reason, easiest
from services.models import ServiceOption

Link = tuple[str, str]


@dataclass(frozen=True)
class Line:
    """A reason on the page: its sentence, what only some may read, and a way to what can be changed."""

    sentence: str
    detail: str = ""
    links: list[Link] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """`clinic` holds what concerns everybody, `people` the lines of each practitioner by name."""

    clinic: list[Line]
    people: list[tuple[str, list[Line]]]
    verdict: str
    may_book: bool

    @property
    def is_offered(self) -> bool:
        return not self.clinic and not self.people


def answer(found: Sequence[Reason], option: ServiceOption, *, user: Any) -> Answer:
    """What to show this person of these reasons. At most two queries, for what they may open."""
    seen = _open_to(user, found)
    clinic: list[Line] = []
    people: dict[str, list[Line]] = {}
    for reason in found:
        lines = people.setdefault(reason.practitioner.name, []) if reason.practitioner else clinic
        lines.append(_line(reason, option, user, seen))
    verdict, may_book = _verdict(easiest(found), user)
    return Answer(clinic, list(people.items()), verdict, may_book)


def _open_to(user: Any, found: Sequence[Reason]) -> set[Model]:
    """The visits and the time off among the reasons that this person may open."""
    visits = {reason.appointment.pk for reason in found if reason.appointment}
    away = {reason.time_off.pk for reason in found if reason.time_off}
    seen: set[Model] = set(appointments_for(user).filter(pk__in=visits)) if visits else set()
    return seen | set(limited(TimeOff.objects.filter(pk__in=away), user)) if away else seen


def _verdict(binds: Binds | None, user: Any) -> tuple[str, bool]:
    """What the front desk can still do, and whether this person can."""
    may_add = user.has_perm("booking.add_appointment")
    if binds is None:
        return "Clients can book this time.", may_add
    if binds is Binds.CLIENTS:
        return "The front desk can book it: what is said here binds clients who book alone.", may_add
    if binds is Binds.ALL:
        return "Nobody can be booked for it, for any reason, as long as this stands.", False
    may_override = may_add and user.has_perm("booking.override_rules")
    if may_override:
        return "You can book it all the same if you give a reason, as long as a room is free.", True
    return "Whoever may set rules aside can book it with a reason.", False


def _line(reason: Reason, option: ServiceOption, user: Any, seen: set[Model]) -> Line:
    links = [link for link in _links(reason, option, user, seen) if link]
    return Line(reason.sentence, _detail(reason, user, seen), links)


def _detail(reason: Reason, user: Any, seen: set[Model]) -> str:
    if reason.time_off and reason.time_off in seen and user.has_perm("booking.view_timeoff"):
        return reason.time_off.reason or reason.time_off.public_reason
    if reason.appointment and reason.appointment in seen:
        visit = reason.appointment
        return f"{visit.client or 'Held, no name yet'}, {visit.option.service}"
    return ""


def _links(reason: Reason, option: ServiceOption, user: Any, seen: set[Model]) -> Iterable[Link | None]:
    """Where what stands in the way can be looked at or changed, as far as this person may."""

    def to(text: str, name: str, permission: str, *args: Any) -> Link | None:
        return (text, reverse(f"admin:{name}", args=args)) if user.has_perm(permission) else None

    if reason.appointment and reason.appointment in seen:
        yield to("See the visit", "diary_visit", "booking.view_appointment", reason.appointment.pk)
    if reason.time_off and reason.time_off in seen:
        yield to("See the time off", "booking_timeoff_change", "booking.view_timeoff", reason.time_off.pk)
    for codes, make in _PLACES:
        if reason.code in codes:
            yield make(to, reason, option)


_PLACES: list[tuple[set[str], Callable[..., Link | None]]] = [
    (
        {"retired", "staff-only", "on-request", "too-soon", "too-far", "off-grid", "nobody"},
        lambda to, _, option: to(
            f"Change {option.service}", "services_service_change", "services.change_service", option.service_id
        ),
    ),
    (
        {"inactive", "not-given", "no-new-clients"},
        lambda to, reason, _: to(
            f"Change {reason.practitioner}",
            "services_practitioner_change",
            "services.change_practitioner",
            reason.practitioner.pk,
        ),
    ),
    (
        {"not-at-work", "does-not-fit"},
        lambda to, reason, _: to(
            f"See {reason.practitioner}’s week", "hours_week", "booking.view_workinghours", reason.practitioner.pk
        ),
    ),
    ({"place-closed"}, lambda to, *_: to("Locations", "services_location_changelist", "services.view_location")),
    (
        {"no-room-suits", "room-inactive"},
        lambda to, *_: to("Rooms and what they suit", "rooms", "services.view_room"),
    ),
]
