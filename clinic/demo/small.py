"""The demo clinic "Stillwater": a whole small clinic around one day, all of it or nothing."""

from __future__ import annotations

from datetime import date

from booking.models import Appointment
from clinic.demo import catalogue, requests, visits


def make(*, day: date) -> list[Appointment]:
    """Write catalogue, people, hours, time off, requests and visits; returns the appointments. Needs a transaction."""
    location = catalogue.make_location()
    services = catalogue.make_services(catalogue.make_rooms(location))
    practitioners = catalogue.make_practitioners(location, services, day=day)
    catalogue.make_time_off(location, practitioners, day=day)
    requests.make_requests(location, day=day)
    return visits.make_visits(location, day=day)
