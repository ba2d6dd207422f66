"""`{% openings … %}`: the next real times, for any page that is about something one can book.

`{% openings %}` of the clinic, or with `service=…`, `services=…`, `service_type=…`
or `practitioner=…`; `title` and `more` (an address) where the usual ones do not fit.
"""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.urls import reverse
from django.utils import timezone

from booking import openings as engine
from services.models import Practitioner, Service, ServiceType

register = template.Library()


@register.inclusion_tag("components/openings.html")
def openings(
    *,
    service: Service | None = None,
    services: Iterable[Service] | None = None,
    service_type: ServiceType | None = None,
    practitioner: Practitioner | None = None,
    title: str = "The next openings",
    more: str = "",
) -> dict[str, object]:
    now = timezone.now()
    more = more or reverse("booking:choose")
    if practitioner is not None:
        found = engine.of_practitioner(practitioner, now=now)
    elif service_type is not None:
        found = engine.of_type(service_type, now=now)
    elif service is not None:
        found, more = engine.of_services([service], now=now), reverse("booking:times", args=[service.slug])
    elif services is not None:
        found = engine.of_services(services, now=now)
    else:
        found = engine.of_the_clinic(now=now)
    return {"openings": found, "title": title, "more": more}
