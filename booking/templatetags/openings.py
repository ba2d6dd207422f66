"""`{% openings … %}`: the next real times, for any page that is about something one can book.

`{% openings %}` of the clinic, or with `service=…`, `services=…`, `service_type=…`
or `practitioner=…`; `title` and `more` (an address) where the usual ones do not fit. `article=…` is the article the tag
stands on: its links carry it, so that a visit booked through them knows what led to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django import template
from django.urls import reverse
from django.utils import timezone

from booking import openings as engine
from booking.openings import Opening
from services.models import Article, Practitioner, Service, ServiceType

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
    article: Article | None = None,
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
    if article is not None:
        found, more = through(article, found), f"{more}?article={article.slug}"
    return {"openings": found, "title": title, "more": more}


def through(article: Article, found: list[Opening]) -> list[Opening]:
    """The same openings with the article in their addresses."""
    return [replace(opening, url=f"{opening.url}&article={article.slug}") for opening in found]
