"""Nine weeks of visits behind the demo clinic's day and three ahead of it, written as the write module would have:
busy time exists exactly for those that still hold time. The same day gives the same visits, links apart.

Nine weeks, so that a month and the month before it can be compared on any day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, OuterRef, Subquery

from booking import links, localtime
from booking.appointments import promise
from booking.availability import shape_of
from booking.models import Appointment, BusyTime, Client, Visit
from clinic.demo import outcomes, people
from clinic.demo.diary import Diary, Plan, working_time
from services.body import AREAS
from services.models import Location, Practitioner, Room, Service, ServiceOption

PAST, AHEAD = timedelta(weeks=9), timedelta(weeks=3)
CLIENTS = 210
KNOWN_AT_FIRST = 90  # the others come for the first time, some every week
PAST_SHARE = 0.5
SHARE_TODAY, SHARE_LAST_DAY = 0.36, 0.06
Status, Source = Appointment.Status, Visit.Source
SOURCES = [Source.WEBSITE] * 7 + [Source.PHONE] * 2 + [Source.DESK]
NO_EMAIL = (17, 43)  # two who are booked by telephone alone


def make_clients(*, random: Random) -> list[Client]:
    """People with a name each; every tenth shares the address and last name of the one before, as families do."""
    names = [(first, last) for first in people.FIRST_NAMES for last in people.LAST_NAMES]
    clients: list[Client] = []
    for number, (first, last) in enumerate(random.sample(names, k=CLIENTS)):
        email = f"{first}.{last}{number}@example.com".lower().replace("ê", "e")
        if number % 10 == 9:
            first, last, email = _relative_of(clients[-1])
        if number in NO_EMAIL:
            email = ""
        clients.append(
            Client(
                first_name=first,
                last_name=last,
                email=email,
                phone=f"+150355501{number % 100:02}",
                pressure=random.choice(Client.Pressure.values),
                areas_to_avoid=[random.choice(AREAS)[0]] if random.random() < 0.15 else [],
            )
        )
    return Client.objects.bulk_create(clients)


def _relative_of(client: Client) -> tuple[str, str, str]:
    """Another first name with the same last name and e-mail address."""
    following = people.FIRST_NAMES.index(client.first_name) + 1
    return people.FIRST_NAMES[following % len(people.FIRST_NAMES)], client.last_name, client.email


def make_visits(location: Location, *, day: date) -> list[Appointment]:
    """Visits from nine weeks before `day` to three weeks after, with the busy time of those still to come."""
    random = Random(day.toordinal())
    appointments = [
        _appointment(plan, random, day) for plan in _plans(location, make_clients(random=random), random, day)
    ]
    Visit.objects.bulk_create(appointment.visit for appointment in appointments)
    Appointment.objects.bulk_create(appointments)
    BusyTime.objects.bulk_create(busy for appointment in appointments for busy in _busy_times(appointment))
    asked = Visit.objects.filter(client=OuterRef("pk")).order_by("created_at").values("created_at")
    Client.objects.filter(Exists(asked)).update(created_at=Subquery(asked[:1]))  # known since they first asked
    return appointments


def _plans(location: Location, clients: list[Client], random: Random, day: date) -> Iterator[Plan]:
    diary = Diary(location=location, clients=clients, options=_options(), rooms=_rooms(), random=random)
    practitioners = Practitioner.objects.in_bulk()
    for offset in range(-PAST.days, AHEAD.days + 1):
        share_of_time = (offset + PAST.days) / (PAST + AHEAD).days
        diary.clients = clients[: KNOWN_AT_FIRST + int((CLIENTS - KNOWN_AT_FIRST) * share_of_time)]
        for practitioner_id, work in sorted(working_time(location, day + timedelta(days=offset)).items()):
            yield from diary.fill(practitioners[practitioner_id], work, share=_share(offset))


def _share(offset: int) -> float:
    if offset < 0:
        return PAST_SHARE
    return SHARE_TODAY + (SHARE_LAST_DAY - SHARE_TODAY) * offset / AHEAD.days


def _options() -> dict[int, list[ServiceOption]]:
    """What each practitioner gives, by id; a first visit is rarer than the others."""
    options: dict[int, list[ServiceOption]] = defaultdict(list)
    for option in ServiceOption.objects.select_related("service").order_by("pk"):
        for practitioner_id in option.service.practitioners.values_list("pk", flat=True).order_by("pk"):
            options[practitioner_id] += [option] * (1 if option.name else 2)
    return options


def _rooms() -> dict[int, list[Room]]:
    return {service.pk: list(service.rooms.order_by("position")) for service in Service.objects.all()}


def _appointment(plan: Plan, random: Random, day: date) -> Appointment:
    today, _ = localtime.day_bounds(day, localtime.zone(plan.slot.location.timezone))
    is_past = plan.slot.starts_at < today
    asked_at = _asked_at(plan, random, today)
    appointment = promise.appointment(
        plan.slot,
        plan.option,
        visit=_visit(plan, asked_at, random),
        status=_status(random, is_past=is_past),
        is_any_practitioner=random.random() < 0.3,
    )
    appointment.client, appointment.booked_at = plan.client, asked_at
    appointment.policy_text = promise.policy_sentence(appointment)
    appointment.pressure, appointment.areas_to_avoid = plan.client.pressure, plan.client.areas_to_avoid
    appointment.note = random.choice(people.NOTES) if random.random() < 0.12 else ""
    outcomes.settle(appointment, random, is_past=is_past)
    return appointment


def _asked_at(plan: Plan, random: Random, today: datetime) -> datetime:
    """When it was booked: mostly days ahead, now and then on the day itself."""
    latest = min(plan.slot.starts_at, today)
    if random.random() < 0.12:
        return latest - timedelta(minutes=random.randrange(130, 1200))
    days = random.choice([1, 2, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 18, 21, 30, 45])
    return latest - timedelta(days=days, minutes=random.randrange(600))


def _visit(plan: Plan, asked_at: datetime, random: Random) -> Visit:
    nonce, link_hash = links.new()
    return Visit(
        client=plan.client,
        created_at=asked_at,
        source=random.choice(SOURCES) if plan.client.email else Source.PHONE,
        link_nonce=nonce,
        link_hash=link_hash,
        link_expires_at=plan.slot.ends_at + links.VALID_AFTER_VISIT,
    )


def _status(random: Random, *, is_past: bool) -> str:
    roll = random.random()
    if roll < 0.07:
        return Status.CANCELLED
    if not is_past:
        return Status.BOOKED
    return Status.NOSHOW if roll < 0.11 else Status.FULFILLED


def _busy_times(appointment: Appointment) -> Iterator[BusyTime]:
    if appointment.status not in Appointment.HOLDS_TIME:
        return
    shape, start = shape_of(appointment.option), appointment.starts_at
    takes = [
        ("practitioner", appointment.practitioner, shape.practitioner_busy(start)),
        ("room", appointment.room, shape.room_busy(start)),
        ("client", appointment.client, shape.client_busy(start)),
    ]
    for kind, whom, stretches in takes:
        for begins, ends in stretches if whom is not None else ():
            yield BusyTime(appointment=appointment, during=DateTimeTZRange(begins, ends, "[)"), **{kind: whom})
