"""The demo clinic "Stillwater": a whole small clinic around one day, all of it or nothing."""

from __future__ import annotations

from datetime import date, datetime

from booking.models import Appointment
from clinic.demo import catalogue, demand, requests, today, visits
from services.models import Location


def make(*, day: date) -> list[Appointment]:
    """Write catalogue, people, hours, time off, requests and visits; returns the appointments. Needs a transaction."""
    location = catalogue.make_location()
    services = catalogue.make_services(catalogue.make_rooms(location))
    practitioners = catalogue.make_practitioners(location, services, day=day)
    today.make_extra_shifts(location, day=day)
    catalogue.make_time_off(location, practitioners, day=day)
    requests.make_requests(location, day=day)
    return visits.make_visits(location, day=day)


def enliven(*, day: date, now: datetime) -> None:
    """Once its articles are there: what led people to it, what they missed, and how the day stands at `now`."""
    location = Location.objects.get()
    demand.link_articles(day=day)
    demand.make_unmet_searches(location, day=day)
    today.make_notes(day=day, now=now)
    today.play(location, day=day, now=now)
