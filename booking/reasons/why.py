"""From the engine's facts about one start to the rules that forbid it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from booking import intervals, localtime
from booking.models import Appointment
from booking.reasons.case import Case
from booking.reasons.reason import Binds, Reason
from services.models import Location, Practitioner, Room, Service, ServiceOption

NOTHING = timedelta()


def why(
    option: ServiceOption,
    *,
    starts_at: datetime,
    location: Location,
    practitioner: Practitioner | None = None,
    now: datetime,
    ignoring: Sequence[int] = (),
) -> list[Reason]:
    """The rules that keep clients from booking this start there, the clinic's first; empty when they can.

    `practitioner` None asks for anyone: then the answer holds each person's own reasons, unless somebody could
    come and only the clinic's rules forbid it. `ignoring` as `availability.open_slots` takes it. At most six queries.
    """
    case = Case(option, starts_at, location, practitioner, now, ignoring)
    common = [*_of_the_offer(case), *_of_the_time(case), *_of_the_place(case), *_of_the_rooms(case)]
    people = [list(_of_person(case, one)) for one in case.people]
    if not people:
        nobody = f"Nobody gives {option.service}."
        return [*common, Reason(code="nobody", sentence=nobody, binds=Binds.RULES)]
    if not all(people):  # somebody could come
        return common
    return [*common, *(reason for reasons in people for reason in reasons)]


def _of_the_offer(case: Case) -> Iterator[Reason]:
    """Rules of what is offered to clients at all."""
    service = case.service
    if not (case.option.is_active and service.is_active):
        what = service if not service.is_active else case.option
        yield Reason(code="retired", sentence=f"{what} is no longer offered.", binds=Binds.ALL)
    if not case.location.is_active:
        yield Reason(code="place-closed", sentence=f"{case.location} is no longer in use.", binds=Binds.ALL)
    if service.booking_mode == Service.BookingMode.STAFF_ONLY:
        sentence = f"Only the front desk books {service}; clients cannot."
        yield Reason(code="staff-only", sentence=sentence, binds=Binds.CLIENTS)
    if service.booking_mode == Service.BookingMode.ON_REQUEST:
        sentence = f"Clients ask for {service} and we answer; they cannot book it alone."
        yield Reason(code="on-request", sentence=sentence, binds=Binds.CLIENTS)


def _of_the_time(case: Case) -> Iterator[Reason]:
    """Notice and horizon."""
    (place,) = case.all("place")
    service = case.service
    if case.starts_at < case.now:
        is_today = localtime.local_day(case.now, case.zone) == case.words.day
        binds = Binds.CLIENTS if is_today else Binds.RULES
        yield Reason(code="past", sentence="This time has passed.", binds=binds)
    elif place.begins and case.starts_at < place.begins:
        on_grid = localtime.next_on_grid(case.starts_at, case.zone, service.slot_step) == case.starts_at
        last_moment = case.starts_at - service.lead_time if on_grid else None
        sentence = case.words.too_soon(service.name, service.lead_time, last_moment=last_moment, first=place.begins)
        yield Reason(code="too-soon", sentence=sentence, binds=Binds.CLIENTS)
    if place.ends and case.starts_at > place.ends:
        opens = case.starts_at - service.booking_horizon
        sentence = case.words.too_far(service.name, service.booking_horizon, opens=opens)
        yield Reason(code="too-far", sentence=sentence, binds=Binds.CLIENTS)


def _of_the_place(case: Case) -> Iterator[Reason]:
    for time_off in case.away(location_id=case.location.pk):
        sentence = case.words.away(f"{case.location} is closed", (time_off.starts_at, time_off.ends_at))
        yield Reason(code="closure", sentence=sentence, binds=Binds.RULES, time_off=time_off)


def _of_the_rooms(case: Case) -> Iterator[Reason]:
    """When no suitable room is free: what each of them is doing."""
    if not case.service.needs_room:
        return
    barred = {fact.id for fact in [*case.all("taken"), *case.all("out")]}
    if {fact.id for fact in case.all("room")} - barred:
        return
    rooms = list(Room.objects.filter(location=case.location, services=case.service).order_by("position", "pk"))
    if not rooms:
        sentence = f"No room at {case.location} suits {case.service}."
        yield Reason(code="no-room-suits", sentence=sentence, binds=Binds.RULES)
    for room in rooms:
        yield from _of_room(case, room)


def _of_room(case: Case, room: Room) -> Iterator[Reason]:
    if not room.is_active:
        sentence = f"{room} is not in use any more."
        yield Reason(code="room-inactive", sentence=sentence, binds=Binds.RULES, room=room)
    for fact in case.all("out", room.pk):
        off = case.time_off[fact.with_id or 0]
        sentence = case.words.away(f"{room} is out of use", (off.starts_at, off.ends_at))
        yield Reason(code="room-out", sentence=sentence, binds=Binds.RULES, room=room, time_off=off)
    for fact in case.all("taken", room.pk):
        visit = case.visits[fact.with_id or 0]
        sentence = case.words.busy(f"{room} is taken by a visit", *_when(visit))
        yield Reason(code="room-taken", sentence=sentence, binds=Binds.RULES, room=room, appointment=visit)


def _of_person(case: Case, who: Practitioner) -> Iterator[Reason]:
    """What keeps this one person from giving it then; empty when they could."""
    if who.pk not in case.considered:
        yield _not_considered(case, who)
        return
    if case.asked is None and not who.accepts_new_clients:
        sentence = f"{who} takes no new clients: only people who ask for them by name are offered their times."
        yield Reason(code="no-new-clients", sentence=sentence, binds=Binds.CLIENTS, practitioner=who)
    yield from _of_hours(case, who)
    for time_off in case.away(practitioner_id=who.pk):
        sentence = case.words.away(f"{who} is away", (time_off.starts_at, time_off.ends_at))
        yield Reason(code="time-off", sentence=sentence, binds=Binds.RULES, practitioner=who, time_off=time_off)
    for pk in sorted({fact.with_id or 0 for fact in case.all("busy", who.pk)}):
        yield _of_visit(case, who, case.visits[pk])
    yield from _of_grid(case, who)


def _not_considered(case: Case, who: Practitioner) -> Reason:
    if not who.is_active:
        return Reason(code="inactive", sentence=f"{who} no longer works here.", binds=Binds.ALL, practitioner=who)
    sentence = f"{who} does not give {case.service}."
    return Reason(code="not-given", sentence=sentence, binds=Binds.RULES, practitioner=who)


def _of_hours(case: Case, who: Practitioner) -> Iterator[Reason]:
    if case.all("worked", who.pk):
        return
    shifts = [(fact.begins, fact.ends) for fact in case.all("shift", who.pk) if fact.begins and fact.ends]
    inside = [shift for shift in shifts if shift[0] <= case.starts_at < shift[1]]
    if inside:
        sentence = case.words.does_not_fit(str(who), inside[0], case.whole)
        yield Reason(code="does-not-fit", sentence=sentence, binds=Binds.RULES, practitioner=who)
        return
    today = [shift for shift in shifts if localtime.local_day(shift[0], case.zone) == case.words.day]
    sentence = case.words.not_at_work(str(who), str(case.location), today)
    yield Reason(code="not-at-work", sentence=sentence, binds=Binds.RULES, practitioner=who)


def _of_visit(case: Case, who: Practitioner, visit: Appointment) -> Reason:
    """Another visit of theirs: at that very time, or so near that the turnover is missing."""
    there, here = (
        replace(shape, buffer_before=NOTHING, buffer_after=NOTHING).practitioner_busy(starts_at)
        for shape, starts_at in ((visit.shape, visit.starts_at), (case.shape, case.starts_at))
    )
    stretch, held_until = _when(visit)
    code, sentence = "turnover", case.words.turnover(str(who), stretch)
    if any(intervals.overlaps(one, other) for one in here for other in there):
        code, sentence = "busy", case.words.busy(f"{who} has a visit", stretch, held_until)
    return Reason(code=code, sentence=sentence, binds=Binds.ALL, practitioner=who, appointment=visit)


def _of_grid(case: Case, who: Practitioner) -> Iterator[Reason]:
    for fact in case.all("start", who.pk):
        if fact.begins is None or fact.ends is None:
            continue
        offered = case.offered(fact.begins, fact.ends)
        if case.starts_at in offered:
            continue
        before = max((one for one in offered if one < case.starts_at), default=None)
        after = min((one for one in offered if one > case.starts_at), default=None)
        sentence = case.words.off_grid(case.service.slot_step, before=before, after=after)
        yield Reason(code="off-grid", sentence=sentence, binds=Binds.CLIENTS, practitioner=who)


def _when(visit: Appointment) -> tuple[tuple[datetime, datetime], datetime | None]:
    return (visit.starts_at, visit.ends_at), visit.hold_expires_at
