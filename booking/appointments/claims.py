"""Taking time and giving it back: the row locks, and the busy-time rows behind the three exclusion constraints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q, QuerySet

from booking import availability
from booking.availability import Slot
from booking.errors import ClientBusy, NotOffered
from booking.models import Appointment, BusyTime, Client, Visit
from booking.slots import Shape
from services.models import Location, Practitioner, Room, Service, ServiceOption

COLUMNS = "booking_busytime (appointment_id, practitioner_id, room_id, client_id, during, expires_at)"


class Beaten(Exception):
    """The slot went between our look and our lock, taken or with whom it was deleted; the next one may still do."""


def lock(practitioner: Practitioner, room: Room | None) -> None:
    """Hold practitioner, then room, until the transaction ends; `Beaten` when either was deleted.

    The client's turn comes last: `lock_client`.
    """
    if not Practitioner.objects.select_for_update(no_key=True).filter(pk=practitioner.pk).exists():
        raise Beaten
    if room is not None:
        lock_room(room)


def lock_all(practitioners: Iterable[Practitioner], rooms: Iterable[Room]) -> None:
    """`lock` for several at once, each kind in primary-key order."""
    people, places = {one.pk for one in practitioners}, {one.pk for one in rooms}
    list(Practitioner.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk"))
    list(Room.objects.select_for_update(no_key=True).filter(pk__in=places).order_by("pk"))


def lock_room(room: Room) -> None:
    """Hold the room until the transaction ends; `Beaten` when it was deleted."""
    if not Room.objects.select_for_update(no_key=True).filter(pk=room.pk).exists():
        raise Beaten


def lock_client(client: Client) -> None:
    """Hold the client of a visit until the transaction ends; nobody who has one can be deleted."""
    Client.objects.select_for_update(no_key=True).get(pk=client.pk)


def lock_words(*words: str) -> None:
    """Serialise with every transaction that names the same words: a form token, a hold's owner; blank ones not."""
    with connection.cursor() as cursor:
        for word in sorted(filter(None, set(words))):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [word])


def refuse_unless_offered(option: ServiceOption, *, for_staff: bool = False) -> None:
    """Raise `NotOffered` for what was retired, as the database says now; clients book only what they may book alone."""
    offered = ServiceOption.objects.filter(pk=option.pk, is_active=True, service__is_active=True)
    if not for_staff:
        offered = offered.filter(service__booking_mode=Service.BookingMode.INSTANT)
    if not offered.exists():
        raise NotOffered


def confirm(
    slot: Slot, option: ServiceOption, *, now: datetime, ignoring: Sequence[int] = (), for_staff: bool = False
) -> None:
    """Sweep expired holds out of a locked slot's way and ask the engine again; `Beaten` when it is gone.

    Raises `NotOffered` when the place has closed for good.
    """
    clear_the_way(slot, option, now=now)
    again = availability.find_slot(
        option,
        starts_at=slot.starts_at,
        practitioners=[slot.practitioner],
        location=slot.location,
        now=now,
        ignoring=ignoring,
        for_staff=for_staff,
        room=slot.room,
    )
    if not again:
        raise Beaten


def clear_the_way(slot: Slot, option: ServiceOption, *, now: datetime) -> None:
    """Sweep expired holds out of a locked slot's way. Raises `NotOffered` when the place has closed for good."""
    if not Location.objects.active().filter(pk=slot.location.pk).exists():
        raise NotOffered
    sweep(availability.shape_of(option), slot.starts_at, practitioner=slot.practitioner, room=slot.room, now=now)


def sweep(
    shape: Shape, starts_at: datetime, *, practitioner: Practitioner | None, room: Room | None, now: datetime
) -> None:
    """Delete expired holds that overlap: free for everyone, their rows still stand in the constraint's way."""
    during = DateTimeTZRange(starts_at - shape.before, starts_at + shape.after, "[)")
    whose = Q(practitioner__isnull=False, practitioner=practitioner) | Q(room__isnull=False, room=room)
    in_the_way = BusyTime.objects.filter(whose, expires_at__lte=now, during__overlap=during)
    let_go(Appointment.objects.filter(pk__in=in_the_way.values("appointment"), hold_expires_at__lte=now))


def claim(appointment: Appointment, shape: Shape) -> None:
    """Insert the appointment's busy time; `Beaten` or `ClientBusy` when any of it is taken already."""
    start, expires_at = appointment.starts_at, appointment.hold_expires_at
    people = [(appointment.practitioner_id, None, None, during) for during in shape.practitioner_busy(start)]
    rooms = _rooms(appointment, shape)
    if not _insert(appointment, people + rooms, expires_at):
        raise Beaten
    if appointment.client_id is not None:
        claim_client(appointment)


def claim_room(appointment: Appointment) -> None:
    """Take the room it has now, then give back the one it had; `Beaten` when it is taken.

    In this order: two visits that want each other's room are both refused, and neither waits for the other.
    """
    if not _insert(appointment, _rooms(appointment, appointment.shape), None):
        raise Beaten
    BusyTime.objects.filter(appointment=appointment, room__isnull=False).exclude(room=appointment.room_id).delete()


def _rooms(appointment: Appointment, shape: Shape) -> list[tuple]:
    if appointment.room_id is None:
        return []
    return [(None, appointment.room_id, None, during) for during in shape.room_busy(appointment.starts_at)]


def claim_client(appointment: Appointment) -> None:
    """Insert the client's busy time, without buffers; `ClientBusy` when they are elsewhere then.

    As long as the appointment says: its option may have changed since it was held.
    """
    during = (appointment.starts_at, appointment.ends_at)
    if not _insert(appointment, [(None, None, appointment.client_id, during)], appointment.hold_expires_at):
        raise ClientBusy


def give_back(appointment: Appointment) -> None:
    BusyTime.objects.filter(appointment=appointment).delete()


def let_go(holds: QuerySet[Appointment], *, waits: bool = True) -> None:
    """Delete holds with their visits. Each is locked before, so that one just booked by its owner stays.

    Called after `lock`, never before: who waits for a practitioner while having deleted a hold can deadlock.
    """
    locked = holds.select_for_update(of=("self",), skip_locked=not waits).order_by("pk")
    visits = list(locked.values_list("visit_id", flat=True))
    Visit.objects.filter(pk__in=visits).delete()


def let_go_of_offers(appointment: Appointment) -> None:
    """Free every time that is held as an offer for this visit (`booking.offers`). Called as `let_go` is.

    One that is being swept away this moment is left to its sweeper, who may be waiting for our client.
    """
    held = Appointment.objects.filter(offered_as__appointment=appointment, status=Appointment.Status.PENDING)
    let_go(held, waits=False)


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
