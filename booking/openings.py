"""The next times one could have: for the home page, and wherever a page ends in something bookable.

Kept for twenty seconds so that readers cost nothing; a time is never sold from here, its link asks the engine again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Prefetch
from django.http import QueryDict
from django.urls import reverse

from booking import availability, localtime
from services.models import Edition, Location, Practitioner, Service, ServiceOption, ServiceType

FRESH_FOR = 20  # seconds
WITHIN = timedelta(days=14)
COUNT = 3


@dataclass(frozen=True)
class Opening:
    starts_at: datetime
    relative: str
    service: Service
    option: ServiceOption
    practitioner: Practitioner
    url: str


def of_the_clinic(*, now: datetime, count: int = COUNT) -> list[Opening]:
    """The soonest opening of each kind of care at the clinic, soonest first, at most `count`."""

    def find() -> list[Opening]:
        by_type: dict[int, Service] = {}
        for service in _bookable(mode=Service.Mode.IN_CLINIC):
            by_type.setdefault(service.service_type_id, service)
        return _soonest_of_each(by_type.values(), now)

    return _fresh("clinic", find, now)[:count]


def of_services(services: Iterable[Service], *, now: datetime, count: int = COUNT) -> list[Opening]:
    """The soonest opening of each of the services, soonest first, at most `count`; of a single one, its next times."""
    keys = sorted(service.pk for service in services)[: 2 * count]

    def find() -> list[Opening]:
        found = list(_bookable(pk__in=keys))
        return _next_of(found[0], now) if len(found) == 1 else _soonest_of_each(found, now)

    return _fresh(f"services-{'-'.join(map(str, keys))}", find, now)[:count] if keys else []


def of_type(service_type: ServiceType, *, now: datetime, count: int = COUNT) -> list[Opening]:
    """The soonest opening of each service of this kind of care."""
    return of_services(Service.objects.filter(service_type=service_type), now=now, count=count)


def of_practitioner(practitioner: Practitioner, *, now: datetime, count: int = COUNT) -> list[Opening]:
    """The next openings of one person, with the first of the services they give at the clinic."""

    def find() -> list[Opening]:
        service = _bookable(practitioners=practitioner, mode=Service.Mode.IN_CLINIC).first()
        return _next_of(service, now, practitioner=practitioner) if service else []

    return _fresh(f"practitioner-{practitioner.pk}", find, now)[:count]


def _fresh(name: str, find: Callable[[], list[Opening]], now: datetime) -> list[Opening]:
    """What `find` gave within the last twenty seconds of this edition, without what has begun since."""
    key = f"openings-{Edition.current()}-{name}"
    found = cache.get(key)
    if found is None:
        found = find()
        cache.set(key, found, FRESH_FOR)
    return [opening for opening in found if opening.starts_at > now]


def _bookable(**wanted: object):
    options = Prefetch("options", ServiceOption.objects.active().order_by("-duration"))
    return Service.objects.bookable_online().filter(**wanted).prefetch_related(options)


def _soonest_of_each(services: Iterable[Service], now: datetime) -> list[Opening]:
    found = [opening for service in services for opening in _next_of(service, now, count=1)]
    return sorted(found, key=lambda opening: opening.starts_at)


def _next_of(
    service: Service, now: datetime, *, practitioner: Practitioner | None = None, count: int = COUNT
) -> list[Opening]:
    """The first start of each person on each day, soonest first: three times that differ, not 9:00, 9:15, 9:30."""
    location = Location.objects.active().first()
    if location is None:
        return []
    option = next((one for one in service.options.all() if one.minutes <= 60), service.options.all()[0])
    option.service = service
    zone = localtime.zone(location.timezone)
    today = localtime.local_day(now, zone)
    asked = {"location": location, "first_day": today, "last_day": today + WITHIN, "now": now}
    people: dict[str, Any] = {"practitioners": [practitioner]} if practitioner else {}
    found: dict[tuple, Opening] = {}
    for slot in availability.open_slots(option, **asked, **people):
        local = slot.starts_at.astimezone(zone)
        if len(found) < count and all(local != opening.starts_at for opening in found.values()):
            relative = {0: "today", 1: "tomorrow"}.get((local.date() - today).days, "")
            opening = Opening(local, relative, service, option, slot.practitioner, _url(option, slot, local))
            found.setdefault((slot.practitioner.pk, local.date()), opening)
    return list(found.values())


def _url(option: ServiceOption, slot: availability.Slot, local: datetime) -> str:
    query = QueryDict(mutable=True)
    query.update({"starts_at": local.isoformat(), "option": str(option.pk), "practitioner": slot.practitioner.slug})
    return f"{reverse('booking:details', args=[option.service.slug])}?{query.urlencode()}"
