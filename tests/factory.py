"""Plain makers of rows. Each takes what the test is about by name and fills in the rest."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

from django.contrib.auth.models import User

from booking import appointments, consultations
from booking.appointments import Author, Details
from booking.models import Appointment, Client, ConsultationRequest, TimeOff, WorkingHours
from services.models import Article, Location, Practitioner, Room, Service, ServiceOption, ServiceType

numbers = count(1)

# A Sunday noon in Los Angeles; Monday 2026-11-23 follows.
NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
TEN = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # Monday 10:00 in Los Angeles


# Somebody at the front desk, for acts whose author is not looked up again.
DESK = Author(user=User(username="desk", first_name="Ana", last_name="Ruiz"))


def make_location(**given) -> Location:
    number = next(numbers)
    return Location.objects.create(
        **{
            "name": f"Location {number}",
            "slug": f"location-{number}",
            "street": "218 Alder Lane",
            "city": "Fernhollow",
            "region": "OR",
            "phone": "+15035550142",
            "email": "hello@stillwater.example",
            "timezone": "America/Los_Angeles",
            **given,
        }
    )


def make_room(location: Location, **given) -> Room:
    return Room.objects.create(location=location, **{"name": f"Room {next(numbers)}", **given})


def make_service(*, rooms=(), **given) -> Service:
    number = next(numbers)
    kind, _ = ServiceType.objects.get_or_create(slug="therapeutic", defaults={"name": "Therapeutic massage"})
    service = Service.objects.create(
        **{"service_type": kind, "name": f"Massage {number}", "slug": f"massage-{number}", **given}
    )
    service.rooms.set(rooms)
    return service


def make_option(service: Service, *, minutes: int = 60, **given) -> ServiceOption:
    return ServiceOption.objects.create(
        service=service, **{"duration": timedelta(minutes=minutes), "price": Decimal(105), **given}
    )


def make_article(**given) -> Article:
    number = next(numbers)
    return Article.objects.create(
        **{
            "kind": Article.Kind.GUIDE,
            "slug": f"guide-{number}",
            "title": f"Guide {number}",
            "summary": "What happens on the day, from the door to the cup of tea, and what you may leave out.",
            "body": "You are asked first.[1]\n\n## On the table\n\nYou may stop at any time.",
            "status": Article.Status.PUBLISHED,
            "published_at": NOW,
            "updated_at": NOW,
            **given,
        }
    )


def make_practitioner(*services: Service, **given) -> Practitioner:
    number = next(numbers)
    practitioner = Practitioner.objects.create(
        **{
            "name": f"Mara {number}",
            "slug": f"mara-{number}",
            "email": f"mara{number}@stillwater.example",
            **given,
        }
    )
    practitioner.services.set(services)
    return practitioner


def make_working_hours(practitioner: Practitioner, location: Location, *, weekdays=range(7), **given) -> None:
    for weekday in weekdays:
        WorkingHours.objects.create(
            practitioner=practitioner,
            location=location,
            weekday=weekday,
            **{"starts": time(9), "ends": time(17), "valid_from": date(2020, 1, 1), **given},
        )


def make_time_off(**given) -> TimeOff:
    return TimeOff.objects.create(**given)


def make_client(**given) -> Client:
    number = next(numbers)
    return Client.objects.create(
        **{
            "first_name": "Noor",
            "last_name": f"Haddad {number}",
            "email": f"noor{number}@example.org",
            **given,
        }
    )


def make_details(**given) -> Details:
    number = next(numbers)
    return Details(
        **{
            "first_name": "Noor",
            "last_name": f"Haddad {number}",
            "email": f"noor{number}@example.org",
            **given,
        }
    )


def make_clinic(*, practitioners: int = 1, rooms: int = 1, minutes: int = 60, **service) -> Clinic:
    """One location, one service with one option, practitioners at work 9 to 17 every day."""
    return Clinic(practitioners, rooms, minutes, service)


class Clinic:
    """A small clinic's rows by name."""

    def __init__(self, practitioners: int, rooms: int, minutes: int, service: dict) -> None:
        self.location = make_location()
        self.rooms = [make_room(self.location, position=place) for place in range(rooms)]
        self.service = make_service(rooms=self.rooms, **service)
        self.option = make_option(self.service, minutes=minutes)
        self.practitioners = [make_practitioner(self.service, position=place) for place in range(practitioners)]
        for practitioner in self.practitioners:
            make_working_hours(practitioner, self.location)

    @property
    def practitioner(self) -> Practitioner:
        return self.practitioners[0]


def make_appointment(clinic: Clinic, *, starts_at: datetime = TEN, now: datetime = NOW, **given) -> Appointment:
    """A booked appointment, made through the write module as a client would."""
    details = given.pop("details", None) or make_details()
    visit = appointments.book(
        given.pop("option", clinic.option),
        starts_at=starts_at,
        practitioner=given.pop("practitioner", None),
        details=details,
        form_token=f"form-{next(numbers)}",
        now=now,
    )
    return visit.appointments.get()


def make_request(*, now: datetime = NOW, address: str = "", **given) -> ConsultationRequest:
    """A consultation request, sent through the write module as a visitor would. The clinic has a location."""
    number = next(numbers)
    asked = consultations.Asked(
        **{
            "kind": "video",
            "first_name": "Ada",
            "last_name": f"Brook {number}",
            "email": f"ada{number}@example.org",
            "phone": "+15035550177",
            "message": "Would acupuncture suit me?",
            **given,
        }
    )
    address = address or f"address-{number}"
    return consultations.submit(asked, form_token=f"request-{number}".ljust(32, "x"), address=address, now=now)
