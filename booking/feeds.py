"""A practitioner's own calendar, for the calendar program on their telephone: a private address, and what it answers.

The address opens it without a sign-in, so it says no more than the mails do: a first name with an initial, what is
given, where. Nothing about anybody's health, no number, no way into the client's pages.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from icalendar import Calendar, Event

from booking import ics, links
from booking.models import Appointment, CalendarFeed, Change, TimeOff
from services.models import Practitioner

KEPT = timedelta(days=30)
ASK_AGAIN_AFTER = timedelta(minutes=15)
Status = Appointment.Status


def renew(practitioner: Practitioner, *, now: datetime) -> CalendarFeed:
    """Give the practitioner a new address; an old one stops working at once."""
    nonce, digest = links.new()
    fresh = {"link_nonce": nonce, "link_hash": digest, "created_at": now}
    feed, _ = CalendarFeed.objects.update_or_create(practitioner=practitioner, defaults=fresh)
    return feed


def revoke(practitioner: Practitioner) -> None:
    """Take the address away; nothing happens where there is none."""
    CalendarFeed.objects.filter(practitioner=practitioner).delete()


def url(feed: CalendarFeed) -> str:
    """The absolute address, on `SITE_URL`. Raises `LookupError` when no known key made it."""
    return settings.SITE_URL + reverse("booking:feed", args=[links.token(feed)])


def find(secret: str) -> CalendarFeed | None:
    """The feed this token was made for, or None when it is unknown, revoked, or of somebody who left; one query."""
    feeds = CalendarFeed.objects.select_related("practitioner").filter(practitioner__is_active=True)
    return feeds.filter(link_hash=links.hash_of(secret)).first()


def calendar(feed: CalendarFeed, *, now: datetime) -> bytes:
    """The file: visits of the past 30 days and all to come, cancelled ones for 30 days, time off; two queries.

    The same until something in it changes: a visit is stamped with its own last change, not with the clock.
    """
    file = Calendar()
    file.add("prodid", f"-//{settings.CLINIC_NAME}//Practitioner's calendar//EN")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", f"{feed.practitioner.name}, {settings.CLINIC_NAME}")
    file.add("refresh-interval", ASK_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    file.add("x-published-ttl", ASK_AGAIN_AFTER)
    for appointment in _appointments(feed.practitioner, now):
        file.add_component(_visit(appointment))
    for time_off in _time_off(feed.practitioner, now):
        file.add_component(_away(time_off, feed))
    return file.to_ical()


def _appointments(practitioner: Practitioner, now: datetime) -> QuerySet[Any]:
    changes = Change.objects.filter(appointment=OuterRef("pk")).order_by("-pk")
    last = Coalesce(Subquery(changes.values("at")[:1]), "cancelled_at", "booked_at", "visit__created_at")
    theirs = Appointment.objects.promised().filter(practitioner=practitioner, starts_at__gt=now - KEPT)
    shown = theirs.exclude(Q(status=Status.CANCELLED) & Q(cancelled_at__lte=now - KEPT))
    return shown.with_everything().annotate(changed_at=last).order_by("starts_at", "pk")


def _time_off(practitioner: Practitioner, now: datetime) -> QuerySet[TimeOff]:
    places = practitioner.working_hours.values("location")
    theirs = TimeOff.objects.filter(Q(practitioner=practitioner) | Q(location__in=places), ends_at__gt=now - KEPT)
    return theirs.order_by("starts_at", "pk")


def _visit(appointment: Any) -> Event:
    room = f", {appointment.room}" if appointment.room else ""
    event = _stretch(ics.uid(appointment), appointment.starts_at, appointment.ends_at, appointment.changed_at)
    event.add("sequence", appointment.sequence)
    event.add("summary", f"{appointment.client.short_name}, {appointment.option.service.name}{room}")
    event.add("location", ics.place(appointment))
    event.add("url", settings.SITE_URL + reverse("admin:diary_visit", args=[appointment.pk]))
    event.add("status", "CANCELLED" if appointment.is_cancelled else "CONFIRMED")
    return event


def _away(time_off: TimeOff, feed: CalendarFeed) -> Event:
    what = "Closed" if time_off.location_id else "Time off"
    reason = time_off.reason or time_off.public_reason
    event = _stretch(ics.named(f"time-off-{time_off.pk}"), time_off.starts_at, time_off.ends_at, feed.created_at)
    event.add("summary", f"{what}: {reason}" if reason else what)
    event.add("status", "CONFIRMED")
    return event


def _stretch(uid: str, starts_at: datetime, ends_at: datetime, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("dtstart", starts_at.astimezone(UTC))
    event.add("dtend", ends_at.astimezone(UTC))
    return event
