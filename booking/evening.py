"""The mail of the evening before: what tomorrow brings, to each practitioner who has visits and wants to be told.

Safe to run as often as one likes, on as many workers: a practitioner's day has one reason, and so one mail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from booking import localtime, outbox
from booking.models import Appointment
from services.models import Practitioner

HOUR = 18  # on the clock where tomorrow's first visit is
LOOKS_AHEAD = timedelta(days=2)
ENDINGS = ("_subject.txt", ".txt", ".html")
SHORTEST_GAP = timedelta(minutes=30)
Status = Appointment.Status


def tell(*, now: datetime) -> int:
    """Queue the mails that are due at `now` and were not queued before; how many. One query, and two a mail."""
    queued = [_queue(practitioner, visits, now) for practitioner, visits in due(now=now)]
    return sum(queued)


def due(*, now: datetime) -> Iterator[tuple[Practitioner, list[Appointment]]]:
    """Whose evening it is at `now`, with tomorrow's visits by start. Wherever it is before six, nobody."""
    for practitioner, visits in groupby(_coming(now), key=lambda visit: visit.practitioner):
        tomorrows = [visit for visit in visits if _is_tomorrow(visit, now)]
        if tomorrows and localtime.to_local(now, _zone(tomorrows[0])).hour >= HOUR:
            yield practitioner, tomorrows


def lines(visits: Iterable[Appointment]) -> list[dict[str, Any]]:
    """The day by time: visits, and the gaps between them that are long enough to use."""
    found: list[dict[str, Any]] = []
    free_from: datetime | None = None
    for visit in visits:
        if free_from and visit.starts_at - free_from >= SHORTEST_GAP:
            found.append({"visit": None, "starts_at": free_from, "ends_at": visit.starts_at})
        found.append({"visit": visit, "starts_at": visit.starts_at, "ends_at": visit.ends_at})
        free_from = max(free_from or visit.ends_at, visit.ends_at)  # one may lie within the rest of another
    return found


def _coming(now: datetime) -> Iterable[Any]:
    kept = Appointment.objects.filter(client=OuterRef("client"), starts_at__lt=OuterRef("starts_at"))
    kept = kept.promised().exclude(status__in=[Status.CANCELLED, Status.NOSHOW])
    return (
        Appointment.objects.filter(
            status=Status.BOOKED,
            starts_at__gt=now,
            starts_at__lt=now + LOOKS_AHEAD,
            practitioner__is_active=True,
            practitioner__wants_evening_mail=True,
        )
        .with_everything()
        .annotate(is_first=~Exists(kept))
        .order_by("practitioner_id", "starts_at", "pk")
    )


def _is_tomorrow(visit: Appointment, now: datetime) -> bool:
    zone = _zone(visit)
    return localtime.local_day(visit.starts_at, zone) == localtime.local_day(now, zone) + localtime.ONE_DAY


def _zone(visit: Appointment) -> Any:
    return localtime.zone(visit.location.timezone)


def _queue(practitioner: Practitioner, visits: list[Appointment], now: datetime) -> bool:
    zone = _zone(visits[0])
    day: date = localtime.local_day(visits[0].starts_at, zone)
    context = {
        "clinic_name": settings.CLINIC_NAME,
        "location": visits[0].location,
        "practitioner": practitioner,
        "day": day,
        "zone": localtime.zone_label(zone, visits[0].starts_at),
        "lines": lines(visits),
        "count": len(visits),
        "diary_url": f"{settings.SITE_URL}{reverse('admin:diary')}?date={day:%Y-%m-%d}",
    }
    with timezone.override(zone):
        subject, text, html = (render_to_string(f"emails/evening_practitioner{end}", context) for end in ENDINGS)
    reason = f"evening/{practitioner.pk}/{day:%Y-%m-%d}"
    return bool(
        outbox.queue_mail(
            reason=reason, to=practitioner.email, subject=subject, text=text.strip() + "\n", html=html, now=now
        )
    )
