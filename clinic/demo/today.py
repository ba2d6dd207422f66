"""The demo clinic at this hour: who is here, in session, done or missing, and what the front desk knows of them.

What has happened is written as the write module would have written it: with its changes, and without the busy time of
what is over. On any other day than the clinic's own, its visits stay as they were booked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from booking import localtime
from booking.appointments import history
from booking.models import Appointment, BusyTime, Change, Client, ClientNote, Visit, WorkingHours
from services.models import Location, Practitioner

Status, Kind = Appointment.Status, Change.Kind
SUNDAY = 6
SOON = timedelta(minutes=20)
DESK = "Robin at the desk"
NOTES = [
    ("Comes by wheelchair: give the step-free room.", True),
    ("Strong nut allergy: no almond oil.", True),
    ("Please ring the bell twice, does not hear it well.", True),
    ("Likes the heavy blanket and the window open.", False),
    ("Pays by transfer, sends the receipt to their insurance.", False),
    ("Prefers to be called, rarely reads mail.", False),
    ("Is training for the coast marathon in spring.", False),
]


def make_extra_shifts(location: Location, *, day: date) -> None:
    """On a Sunday, when the clinic is closed as a rule, three people work that one day: nobody tries an empty diary."""
    if day.weekday() != SUNDAY:
        return
    WorkingHours.objects.bulk_create(
        WorkingHours(
            practitioner=practitioner,
            location=location,
            weekday=SUNDAY,
            starts=starts,
            ends=ends,
            valid_from=day,
            valid_through=day,
        )
        for practitioner in Practitioner.objects.filter(slug__in=["mara-ellison", "tomas-rivera", "samir-qureshi"])
        for starts, ends in [(time(9), time(13)), (time(14), time(19))]
    )


def make_notes(*, day: date, now: datetime) -> list[ClientNote]:
    """What the front desk noted about some of those who come today, or next."""
    random = Random(day.toordinal())
    coming = (
        Client.objects.filter(appointments__starts_at__date__gte=day).order_by("last_name", "first_name").distinct()
    )
    clients = random.sample(list(coming), k=min(len(NOTES), coming.count()))
    return ClientNote.objects.bulk_create(
        ClientNote(client=client, text=text, is_alert=is_alert, at=now - timedelta(days=7 * number + 2))
        for number, (client, (text, is_alert)) in enumerate(zip(clients, NOTES, strict=False))
    )


def play(location: Location, *, day: date, now: datetime) -> None:
    """Let the day run up to `now`."""
    zone = localtime.zone(location.timezone)
    begins, ends = localtime.day_bounds(day, zone)
    visits = Appointment.objects.filter(starts_at__gte=begins, starts_at__lt=ends, status=Status.BOOKED)
    appointments = list(visits.select_related("visit").order_by("starts_at", "practitioner__slug"))
    random = Random(day.toordinal())
    changes: list[Change] = []
    for number, appointment in enumerate(appointments):
        changes += _history(appointment, random, number, now if begins <= now < ends else begins)
    Appointment.objects.bulk_update(appointments, ["status", "confirmed_at", "started_at"], batch_size=200)
    Change.objects.bulk_create(changes)
    over = [one.pk for one in appointments if one.status not in Appointment.HOLDS_TIME]
    BusyTime.objects.filter(appointment__in=over).delete()


def _history(appointment: Appointment, random: Random, number: int, now: datetime) -> Iterator[Change]:
    """Bring the appointment to where it stands at `now`, giving each change on the way."""
    begins, ends = appointment.starts_at, appointment.ends_at
    yield _booked(appointment, now)
    if random.random() < 0.7:
        confirmed_at = max(begins - timedelta(hours=26), appointment.booked_at or begins)
        yield _become(appointment, Kind.CONFIRMED, confirmed_at, by_name="", confirmed_at=confirmed_at)
    is_missed, is_forgotten = number % 11 == 4, number % 9 == 7
    if is_forgotten and ends <= now:
        return  # nobody has said what became of it
    if is_missed and begins <= now:
        if begins + 2 * SOON <= now:
            yield _become(appointment, Kind.NOSHOW, begins + SOON, status=Status.NOSHOW)
        return
    if begins <= now or (begins - SOON <= now and number % 2):
        arrived_at = min(now, begins - timedelta(minutes=6))
        yield _become(appointment, Kind.ARRIVED, arrived_at, status=Status.ARRIVED)
    if begins + timedelta(minutes=2) <= now:
        started_at = begins + timedelta(minutes=2)
        yield _become(appointment, Kind.STARTED, started_at, started_at=started_at)
    if ends <= now:
        yield _become(appointment, Kind.FULFILLED, ends, status=Status.FULFILLED)


def _booked(appointment: Appointment, now: datetime) -> Change:
    by_name = "" if appointment.visit.source == Visit.Source.WEBSITE else DESK
    after = {name: value for name, value in history.state(appointment).items() if name in history.BOOKED}
    at = appointment.booked_at or now
    return Change(appointment=appointment, kind=Kind.BOOKED, at=at, by_name=by_name, after=after)


def _become(appointment: Appointment, kind: str, at: datetime, *, by_name: str = DESK, **columns: object) -> Change:
    """Set these columns, and say so in a change as the write module does."""
    before = history.state(appointment)
    for name, value in columns.items():
        setattr(appointment, name, value)
    after = history.state(appointment)
    changed = [name for name in after if after[name] != before[name]]
    return Change(
        appointment=appointment,
        kind=kind,
        at=at,
        by_name=by_name,
        is_told=False,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
