"""Writes the demo clinic's catalogue, people and hours. It only ever adds, and never touches what is there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from booking import localtime
from booking.models import TimeOff, WorkingHours
from clinic.demo import people, place
from clinic.demo.people import Person
from clinic.demo.treatments import SERVICE_TYPES, TREATMENTS, Option, Treatment
from services import content
from services.models import Equipment, Location, OpeningHours, Practitioner, Room, Service, ServiceOption, ServiceType

HOURS_SINCE = timedelta(days=120)


def make_location(**changed: object) -> Location:
    location = Location.objects.create(**place.LOCATION | changed)
    OpeningHours.objects.bulk_create(
        OpeningHours(location=location, weekday=weekday, opens=opens, closes=closes)
        for weekday, opens, closes in place.OPENING_HOURS
    )
    return location


def make_rooms(location: Location) -> list[Room]:
    """The rooms with their equipment."""
    rooms = Room.objects.bulk_create(
        Room(location=location, position=position, **facts) for position, facts in enumerate(place.ROOMS, 1)
    )
    for room in rooms:
        room.equipment.set(_equipment(place.STANDS_IN[room.name]))
    return rooms


def make_services(rooms: list[Room]) -> list[Service]:
    """Every treatment with its options; rooms are found by the names the treatment lists."""
    said_of_kinds, said = content.described_types(), content.described_services()
    kinds = ServiceType.objects.bulk_create(
        ServiceType(slug=slug, name=name, position=position, **said_of_kinds[slug].fields)
        for position, (slug, name) in enumerate(SERVICE_TYPES, 1)
    )
    kind_of, room_of = {kind.slug: kind for kind in kinds}, {room.name: room for room in rooms}
    services = []
    for position, treatment in enumerate(TREATMENTS, 1):
        texts = said[treatment.slug].fields
        service = _make_service(treatment, kind_of[treatment.kind], position=position, texts=texts)
        service.rooms.set(room_of[name] for name in treatment.rooms if name in room_of)
        service.equipment.set(_equipment(place.NEEDED_FOR.get(treatment.slug, ())))
        services.append(service)
    return services


def make_practitioners(location: Location, services: list[Service], *, day: date) -> list[Practitioner]:
    """The six people with their services and weekly hours, valid since some months before `day`."""
    service_of = {service.slug: service for service in services}
    practitioners = []
    for position, person in enumerate(people.PEOPLE, 1):
        practitioner = _make_practitioner(person, position)
        practitioner.services.set(service_of[slug] for slug in person.services)
        WorkingHours.objects.bulk_create(
            WorkingHours(
                practitioner=practitioner,
                location=location,
                weekday=weekday,
                starts=starts,
                ends=ends,
                valid_from=day - HOURS_SINCE,
            )
            for weekdays, starts, ends in person.shifts
            for weekday in weekdays
        )
        practitioners.append(practitioner)
    return practitioners


def make_time_off(location: Location, practitioners: list[Practitioner], *, day: date) -> list[TimeOff]:
    """A closure, a short holiday and an afternoon away, all after `day`."""
    person = {practitioner.slug: practitioner for practitioner in practitioners}
    closed = _weekday_from(day + timedelta(days=9))
    away = _weekday_from(day + timedelta(days=15))
    dentist = _weekday_from(day + timedelta(days=4))
    begin, end = _midnight(closed, location), _midnight(closed + timedelta(days=1), location)
    return TimeOff.objects.bulk_create(
        [
            TimeOff(
                location=location,
                starts_at=begin,
                ends_at=end,
                reason="First aid course for everyone",
                public_reason="Closed for a day of training",
            ),
            TimeOff(
                practitioner=person["mara-ellison"],
                starts_at=_midnight(away, location),
                ends_at=_midnight(away + timedelta(days=3), location),
                reason="Holiday",
            ),
            TimeOff(
                practitioner=person["adaeze-obi"],
                starts_at=_midnight(dentist, location) + timedelta(hours=11),
                ends_at=_midnight(dentist + timedelta(days=1), location),
                reason="Dentist",
            ),
        ]
    )


def _make_service(treatment: Treatment, kind: ServiceType, *, position: int, texts: dict[str, str]) -> Service:
    service = Service.objects.create(
        service_type=kind,
        slug=treatment.slug,
        name=treatment.name,
        helps_with=list(treatment.helps_with),
        position=position,
        **texts,
        **treatment.rules,
    )
    ServiceOption.objects.bulk_create(_option(service, option) for option in treatment.options)
    return service


def _equipment(names: Iterable[str]) -> list[Equipment]:
    return [Equipment.objects.get_or_create(name=name)[0] for name in names]


def _option(service: Service, option: Option) -> ServiceOption:
    rests_from, rests_until = option.rest or (None, None)
    return ServiceOption(
        service=service,
        name=option.name,
        duration=timedelta(minutes=option.minutes),
        price=option.price,
        unattended_from=None if rests_from is None else timedelta(minutes=rests_from),
        unattended_until=None if rests_until is None else timedelta(minutes=rests_until),
    )


def _make_practitioner(person: Person, position: int) -> Practitioner:
    return Practitioner.objects.create(
        slug=person.slug,
        name=person.name,
        email=f"{person.slug.split('-')[0]}@stillwater.example",
        credentials=person.credentials,
        licence=person.licence,
        languages=list(person.languages),
        tagline=person.tagline,
        bio=person.bio.strip(),
        approach=person.approach.strip(),
        position=position,
    )


def _weekday_from(day: date) -> date:
    """This day, or the Monday after it when it falls on a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _midnight(day: date, location: Location) -> datetime:
    return localtime.day_bounds(day, localtime.zone(location.timezone))[0]
