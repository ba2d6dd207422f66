"""A few people who have asked the demo clinic something before its day: waiting, answered and closed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from booking import links, localtime
from booking.models import ConsultationRequest
from services.models import Location, Service

Kind, Status = ConsultationRequest.Kind, ConsultationRequest.Status


class Asked(NamedTuple):
    """Who asked what, how long before the day began; `answer` is blank while they wait."""

    kind: str
    first_name: str
    last_name: str
    about: str
    message: str
    hours_ago: int
    parts: tuple[str, ...] = ()
    days: str = ""
    status: str = Status.NEW
    answer: str = ""


REQUESTS = [
    Asked(
        Kind.VIDEO,
        "Wren",
        "Abbott",
        "acupuncture",
        "I have never had needles and I faint at blood tests. Could somebody show me on the screen what happens, and "
        "whether one can begin with very few?",
        15,
        ("am",),
        "Any weekday but Wednesday",
    ),
    Asked(
        Kind.PHONE,
        "Marcus",
        "Delgado",
        "deep-tissue-massage",
        "I sit at a desk all day and my shoulders feel like wood. Is deep tissue the right one, or will it only hurt?",
        4,
        ("pm", "eve"),
        "After four",
    ),
    Asked(
        Kind.QUESTION,
        "Ottilie",
        "Brandt",
        "pregnancy-massage",
        "I am in my seventh month. Can I lie on my side the whole time?",
        30,
        status=Status.ANSWERED,
        answer="Yes, with pillows wherever you want them, and you turn over when you please. Ask your midwife whether "
        "anything speaks against it in your case, and tell us what she says when you come.",
    ),
    Asked(
        Kind.QUESTION,
        "Ray",
        "Sutton",
        "",
        "Do you sell oils by the litre?",
        70,
        status=Status.DECLINED,
        answer="We do not sell anything but time on the table. The shop in Mill Street has what we use.",
    ),
]


def make_requests(location: Location, *, day: date) -> list[ConsultationRequest]:
    """Write the requests as they stand when `day` begins. Links are new each time."""
    begins, _ = localtime.day_bounds(day, localtime.zone(location.timezone))
    services = {service.slug: service for service in Service.objects.all()}
    return ConsultationRequest.objects.bulk_create(
        _request(asked, services.get(asked.about), begins, number) for number, asked in enumerate(REQUESTS)
    )


def _request(asked: Asked, service: Service | None, begins: datetime, number: int) -> ConsultationRequest:
    nonce, link_hash = links.new()
    created_at = begins - timedelta(hours=asked.hours_ago, minutes=7 * number)
    return ConsultationRequest(
        kind=asked.kind,
        first_name=asked.first_name,
        last_name=asked.last_name,
        email=f"{asked.first_name}.{asked.last_name}@example.com".lower(),
        phone="+15035550164" if asked.kind != Kind.QUESTION else "",
        service=service,
        message=asked.message,
        preferred_parts=list(asked.parts),
        preferred_text=asked.days,
        status=asked.status,
        answer=asked.answer,
        created_at=created_at,
        handled_at=None if asked.status == Status.NEW else created_at + timedelta(hours=3),
        form_token=link_hash,
        form_digest=link_hash,
        link_nonce=nonce,
        link_hash=link_hash,
        link_expires_at=created_at + links.VALID_AFTER_REQUEST,
        sequence=0 if asked.status == Status.NEW else 1,
    )
