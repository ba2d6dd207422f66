"""The next times one could have: for the home page, and wherever a page ends in something bookable.

Kept for half a minute so that readers cost nothing; a time is never sold from here, its link asks the engine again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Prefetch
from django.http import QueryDict
from django.urls import reverse

from booking import availability, localtime
from services.models import Location, Practitioner, Service, ServiceOption

FRESH_FOR = 30  # seconds
WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class Opening:
    starts_at: datetime
    relative: str
    service: Service
    option: ServiceOption
    practitioner: Practitioner
    url: str


def next_openings(*, now: datetime, count: int = 3) -> list[Opening]:
    """The soonest opening of each kind of care, soonest first, at most `count`; true within the last half minute."""
    found = cache.get("next_openings")
    if found is None:
        found = _soonest_of_each_type(now)
        cache.set("next_openings", found, FRESH_FOR)
    return [opening for opening in found if opening.starts_at > now][:count]


def _soonest_of_each_type(now: datetime) -> list[Opening]:
    location = Location.objects.active().first()
    if location is None:
        return []
    options = Prefetch("options", ServiceOption.objects.active().order_by("-duration"))
    by_type: dict[int, Service] = {}
    in_clinic = Service.objects.bookable_online().filter(mode=Service.Mode.IN_CLINIC)
    for service in in_clinic.prefetch_related(options):
        by_type.setdefault(service.service_type_id, service)
    found = [_soonest(service, location, now) for service in by_type.values()]
    return sorted((opening for opening in found if opening), key=lambda opening: opening.starts_at)


def _soonest(service: Service, location: Location, now: datetime) -> Opening | None:
    option = next((one for one in service.options.all() if one.minutes <= 60), service.options.all()[0])
    option.service = service
    zone = localtime.zone(location.timezone)
    today = localtime.local_day(now, zone)
    slots = availability.open_slots(option, location=location, first_day=today, last_day=today + WITHIN, now=now)
    if not slots:
        return None
    slot, local = slots[0], slots[0].starts_at.astimezone(zone)
    relative = {0: "today", 1: "tomorrow"}.get((local.date() - today).days, "")
    return Opening(local, relative, service, option, slot.practitioner, _url(option, slot, local))


def _url(option: ServiceOption, slot: availability.Slot, local: datetime) -> str:
    query = QueryDict(mutable=True)
    query.update({"starts_at": local.isoformat(), "option": str(option.pk), "practitioner": slot.practitioner.slug})
    return f"{reverse('booking:details', args=[option.service.slug])}?{query.urlencode()}"
