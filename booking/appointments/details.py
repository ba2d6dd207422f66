"""What is to be booked, for whom, and what they typed: values, checked before they get here."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from booking.appointments.author import CLIENT, Author
from booking.errors import FormReused
from booking.models import Client, Visit
from services.models import Article, Location, Practitioner, Room, ServiceOption

Source = Visit.Source
BY_STAFF = (Source.PHONE, Source.DESK)


@dataclass(frozen=True, kw_only=True)
class Details:
    """What the client typed, or staff for them, cleaned. `phone` in E.164 or blank; `email` blank by staff alone."""

    first_name: str
    last_name: str
    email: str = ""
    phone: str = ""
    pressure: str = Client.Pressure.DECIDE
    areas_to_avoid: list[str] = field(default_factory=list)
    note: str = ""


def details_of(client: Client) -> Details:
    """The details of somebody we know, their comfort card included."""
    return Details(
        first_name=client.first_name,
        last_name=client.last_name,
        email=client.email,
        phone=str(client.phone) if client.phone else "",
        pressure=client.pressure,
        areas_to_avoid=list(client.areas_to_avoid),
    )


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be booked, for whom, and who asks: `form_token` makes a repeat the same visit."""

    option: ServiceOption
    starts_at: datetime
    practitioner: Practitioner | None
    location: Location | None
    details: Details
    form_token: str
    now: datetime
    client: Client | None = None
    owner: str = ""
    author: Author = CLIENT
    room: Room | None = None
    override: str = ""
    source: str = Source.WEBSITE
    article: Article | None = None

    @property
    def digest(self) -> str:
        words = {
            **asdict(self.details),
            "option": self.option.pk,
            "starts_at": self.starts_at.timestamp(),
            "practitioner": self.practitioner.pk if self.practitioner else None,
        }
        if self.author.is_staff:
            words |= {"client": self.client.pk if self.client else None, "room": self.room.pk if self.room else None}
        return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()

    @property
    def for_staff(self) -> bool:
        """Whether rules for people who book alone do not count; nor do they for what staff have proposed."""
        return self.author.is_staff or self.source == Source.CONSULTATION

    @property
    def wait(self) -> timedelta:
        """How long its mails stay here: until it can no longer be undone in silence."""
        return settings.STAFF_UNDO_WINDOW if self.source in BY_STAFF else settings.UNDO_WINDOW

    def earlier(self) -> Visit | None:
        """The visit this very form made before; `FormReused` when the form has changed since."""
        visit = Visit.objects.filter(form_token=self.form_token).first()
        if visit is not None and visit.form_digest != self.digest:
            raise FormReused
        return visit
