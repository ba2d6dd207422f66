"""Made-up rows for the style guide: instances that are never saved, with what a page would have prefetched."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from booking.models import Appointment, Client, ConsultationRequest, MoveOffer, Proposal
from services.models import (
    Article,
    Location,
    OpeningHours,
    Practitioner,
    Room,
    Service,
    ServiceOption,
    ServiceType,
    Source,
)

STARTS_AT = datetime(2030, 5, 6, 17, 0, tzinfo=UTC)
TOKEN = "a" * 43  # the length of a real link's, and the link of nobody


def having(row: Any, **related: object) -> Any:
    """The row, as if these relations had been prefetched."""
    row._prefetched_objects_cache = related
    return row


def location() -> Location:
    place = Location(
        pk=1, name="Stillwater", slug="stillwater", street="218 Alder Lane", city="Fernhollow", region="Oregon",
        postal_code="97099", phone="+15035550142", email="hello@stillwater.example", timezone="America/Los_Angeles",
        access_notes="The door is level. Two parking spaces behind the building.",
        latitude=Decimal("44.9123"), longitude=Decimal("-122.4317"),
    )  # fmt: skip
    hours = [
        OpeningHours(location=place, weekday=day, opens=time(8), closes=time(19))
        for day in OpeningHours.Weekday.values[:5]
    ]
    return having(place, opening_hours=hours)


def service_type() -> ServiceType:
    kind = ServiceType(
        pk=1, name="Therapeutic massage", slug="therapeutic", summary="Time spent on the places that trouble you."
    )
    return having(kind, services=[service(kind)])


def service(kind: ServiceType | None = None) -> Service:
    given = Service(
        pk=1,
        service_type=kind or ServiceType(pk=1, name="Therapeutic massage", slug="therapeutic"),
        name="Deep tissue massage",
        slug="deep-tissue-massage",
        summary="Slow, firm work on the deeper layers.",
    )
    return having(given, options=options(given))


def options(given: Service) -> list[ServiceOption]:
    return [
        ServiceOption(pk=1, service=given, duration=timedelta(minutes=60), price=Decimal(105)),
        ServiceOption(pk=2, service=given, duration=timedelta(minutes=75), price=Decimal("120.50"), name="First visit"),
    ]


def practitioner() -> Practitioner:
    return Practitioner(
        pk=1,
        name="Mara Ellison",
        slug="mara-ellison",
        credentials="Licensed massage therapist, 14 years",
        tagline="Tell me when it is too much.",
    )


def article() -> Article:
    text = Article(
        pk=1,
        kind=Article.Kind.GUIDE,
        slug="first-visit",
        title="Your first visit",
        summary="What happens from the door to the cup of tea, and what you may leave out.",
        reviewer=practitioner(),
        reviewed_on=date(2030, 5, 1),
    )
    sources = [
        Source(article=text, position=1, title="Massage therapy", publisher="NCCIH", url="https://www.nccih.nih.gov/"),
        Source(article=text, position=2, title="A book on our shelf", year=2019),
    ]
    return having(text, sources=sources)


def room() -> Room:
    return Room(pk=1, location=location(), name="Alder", has_low_table=True, is_quiet=True)


def appointment(**changed: object) -> Appointment:
    given = service()
    facts: dict[str, Any] = {
        "pk": 1,
        "client": Client(pk=1, first_name="Noor", last_name="Haddad", email="noor@example.org"),
        "option": options(given)[0],
        "practitioner": practitioner(),
        "location": location(),
        "room": room(),
        "starts_at": STARTS_AT,
        "ends_at": STARTS_AT + timedelta(minutes=60),
        "status": Appointment.Status.BOOKED,
        "price": Decimal(105),
        "cancellation_notice": timedelta(hours=24),
        "late_fee": Decimal("52.50"),
    }
    return Appointment(**facts | changed)


def request() -> ConsultationRequest:
    return ConsultationRequest(
        pk=1,
        kind=ConsultationRequest.Kind.QUESTION,
        first_name="Noor",
        email="noor@example.org",
        message="Does it hurt?",
    )


def offered() -> MoveOffer:
    """Another time held for a visit that cannot stay."""
    held = appointment(status=Appointment.Status.PENDING, hold_expires_at=STARTS_AT - timedelta(days=2))
    return MoveOffer(pk=1, appointment=appointment(), held=held)


def proposed() -> Appointment:
    """A time held for somebody who asked."""
    held = appointment(status=Appointment.Status.PENDING, hold_expires_at=STARTS_AT - timedelta(days=2))
    held.proposal = Proposal(pk=1, request=request(), appointment=held)
    return held
