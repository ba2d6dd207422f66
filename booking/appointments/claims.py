"""Taking time and giving it back: the row locks, and the busy-time rows behind the three exclusion constraints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, QuerySet, Sum

from booking import availability, localtime
from booking.availability import Slot
from booking.errors import ClientBusy, NotOffered, SlotNotOffered, SlotTaken
from booking.models import Appointment, BusyTime, Client, Visit
from booking.slots import Shape
from services.models import Location, Practitioner, Room, Service, ServiceOption

ATTEMPTS = 40  # each means that somebody else was served; a clinic has fewer practitioners
NO_TIME = timedelta()
COLUMNS = "booking_busytime (appointment_id, practitioner_id, room_id, client_id, during, expires_at)"
Result = TypeVar("Result")


class Beaten(Exception):
    """Somebody took the slot between our look and our lock; the next candidate may still do."""


def lock(practitioner: Practitioner, room: Room | None) -> None:
    """Hold practitioner, then room, until the transaction ends. The client's turn comes last: `lock_client`."""
    Practitioner.objects.select_for_update(no_key=True).get(pk=practitioner.pk)
    if room is not None:
        Room.objects.select_for_update(no_key=True).get(pk=room.pk)


def lock_all(practitioners: Iterable[Practitioner], rooms: Iterable[Room]) -> None:
    """`lock` for several at once, each kind in primary-key order."""
    people, places = {one.pk for one in practitioners}, {one.pk for one in rooms}
    list(Practitioner.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk"))
    list(Room.objects.select_for_update(no_key=True).filter(pk__in=places).order_by("pk"))


def lock_client(client: Client) -> None:
    Client.objects.select_for_update(no_key=True).get(pk=client.pk)


def lock_words(*words: str) -> None:
    """Serialise with every transaction that names the same words: a form token, a hold's owner; blank ones not."""
    with connection.cursor() as cursor:
        for word in sorted(filter(None, set(words))):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [word])


def with_best_slot(
    act: Callable[[Slot], Result],
    option: ServiceOption,
    *,
    starts_at: datetime,
    practitioner: Practitioner | None,
    location: Location | None,
    now: datetime,
    ignoring: Sequence[int] = (),
) -> Result:
    """Run `act` with the best slot at this start: the least loaded practitioner first, the next one if beaten.

    Raises `SlotTaken` when the clinic works then and is full, `SlotNotOffered` when it never offered that start.
    """
    practitioners = None if practitioner is None else [practitioner]
    asked: dict[str, Any] = {"starts_at": starts_at, "practitioners": practitioners, "location": location, "now": now}
    for _ in range(ATTEMPTS):
        slots = availability.find_slot(option, ignoring=ignoring, **asked)
        if not slots:
            break
        try:
            return act(_least_loaded(slots))
        except Beaten:
            continue
    else:
        raise SlotTaken
    raise SlotTaken if availability.is_taken(option, **asked) else SlotNotOffered


def refuse_unless_offered(option: ServiceOption, *, by_staff: bool = False) -> None:
    """Raise `NotOffered` for what was retired, as the database says now; clients book only what they may book alone."""
    offered = ServiceOption.objects.filter(pk=option.pk, is_active=True, service__is_active=True)
    if not by_staff:
        offered = offered.filter(service__booking_mode=Service.BookingMode.INSTANT)
    if not offered.exists():
        raise NotOffered


def confirm(slot: Slot, option: ServiceOption, *, now: datetime, ignoring: Sequence[int] = ()) -> None:
    """Sweep expired holds out of a locked slot's way and ask the engine again; `Beaten` when it is gone.

    Raises `NotOffered` when the place has closed for good.
    """
    if not Location.objects.active().filter(pk=slot.location.pk).exists():
        raise NotOffered
    shape = availability.shape_of(option)
    _sweep_expired_holds(slot, shape, now)
    again = availability.find_slot(
        option,
        starts_at=slot.starts_at,
        practitioners=[slot.practitioner],
        location=slot.location,
        now=now,
        ignoring=ignoring,
    )
    if slot.room not in {found.room for found in again}:
        raise Beaten


def claim(appointment: Appointment, shape: Shape) -> None:
    """Insert the appointment's busy time; `Beaten` or `ClientBusy` when any of it is taken already."""
    start, expires_at = appointment.starts_at, appointment.hold_expires_at
    people = [(appointment.practitioner_id, None, None, during) for during in shape.practitioner_busy(start)]
    rooms = [(None, appointment.room_id, None, during) for during in shape.room_busy(start) if appointment.room_id]
    if not _insert(appointment, people + rooms, expires_at):
        raise Beaten
    if appointment.client_id is not None:
        claim_client(appointment)


def claim_client(appointment: Appointment) -> None:
    """Insert the client's busy time, without buffers; `ClientBusy` when they are elsewhere then.

    As long as the appointment says: its option may have changed since it was held.
    """
    during = (appointment.starts_at, appointment.ends_at)
    if not _insert(appointment, [(None, None, appointment.client_id, during)], appointment.hold_expires_at):
        raise ClientBusy


def give_back(appointment: Appointment) -> None:
    BusyTime.objects.filter(appointment=appointment).delete()


def let_go(holds: QuerySet[Appointment]) -> None:
    """Delete holds with their visits. Each is locked before, so that one just booked by its owner stays.

    Called after `lock`, never before: who waits for a practitioner while having deleted a hold can deadlock.
    """
    visits = list(holds.select_for_update(of=("self",)).order_by("pk").values_list("visit_id", flat=True))
    Visit.objects.filter(pk__in=visits).delete()


def _insert(appointment: Appointment, rows: list[tuple], expires_at: datetime | None) -> bool:
    """Insert all rows or say no. A conflict waits for nobody's deadlock and leaves the transaction usable."""
    values = [
        value
        for practitioner_id, room_id, client_id, (begins, ends) in rows
        for value in (
            appointment.pk, practitioner_id, room_id, client_id, DateTimeTZRange(begins, ends, "[)"), expires_at,
        )
    ]  # fmt: skip
    places = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {COLUMNS} VALUES {places} ON CONFLICT DO NOTHING",  # noqa: S608 - placeholders alone
            values,
        )
        return cursor.rowcount == len(rows)


def _sweep_expired_holds(slot: Slot, shape: Shape, now: datetime) -> None:
    """Delete expired holds that overlap: free for everyone, their rows still stand in the constraint's way."""
    during = DateTimeTZRange(slot.starts_at - shape.before, slot.starts_at + shape.after, "[)")
    in_the_way = BusyTime.objects.filter(expires_at__lte=now, during__overlap=during)
    whose = in_the_way.filter(practitioner=slot.practitioner)
    if slot.room is not None:
        whose |= in_the_way.filter(room=slot.room)
    let_go(Appointment.objects.filter(pk__in=whose.values("appointment"), hold_expires_at__lte=now))


def _least_loaded(slots: list[Slot]) -> Slot:
    if len(slots) == 1:
        return slots[0]
    day = localtime.local_day(slots[0].starts_at, localtime.zone(slots[0].location.timezone))
    begins, ends = localtime.day_bounds(day, localtime.zone(slots[0].location.timezone))
    load = dict(
        Appointment.objects.filter(
            practitioner__in=[slot.practitioner.pk for slot in slots],
            status__in=Appointment.HOLDS_TIME,
            starts_at__gte=begins,
            starts_at__lt=ends,
        )
        .order_by()
        .values_list("practitioner")
        .annotate(minutes=Sum(F("ends_at") - F("starts_at")))
    )
    return min(slots, key=lambda slot: load.get(slot.practitioner.pk, NO_TIME))
