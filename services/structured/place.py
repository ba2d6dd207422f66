"""The clinic itself, its site, and where on the site a page is."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Max, Min
from django.urls import reverse

from services import cards, pricing
from services.models import Location, OpeningHours, ServiceOption
from services.structured.node import Node, absolute, told


def website() -> Node:
    return {
        "@type": "WebSite",
        "@id": absolute("/#site"),
        "name": settings.CLINIC_NAME,
        "alternateName": f"{settings.CLINIC_NAME} {settings.CLINIC_TRADE}",
        "url": absolute("/"),
        "publisher": {"@id": absolute("/#clinic")},
    }


def clinic(location: Location, *, name: str) -> Node:
    """The whole clinic; two queries, for its hours and its prices."""
    return told(
        {
            "@type": ["MedicalBusiness", "HealthAndBeautyBusiness"],
            "@id": absolute("/#clinic"),
            "name": name,
            "url": absolute("/"),
            "image": absolute(card) if (card := cards.default_url()) else None,
            "telephone": str(location.phone),
            "email": location.email,
            "address": _address(location),
            "geo": _geo(location),
            "openingHoursSpecification": _opening_hours(location.opening_hours.all()),
            "priceRange": _price_range(),
            "currenciesAccepted": settings.CURRENCY,
            "sameAs": list(location.social_links),
            "potentialAction": {"@type": "ReserveAction", "target": absolute(reverse("booking:choose"))},
        }
    )


def breadcrumbs(crumbs: Iterable[tuple[str, str]]) -> Node:
    """The way from Home to this page, as the page shows it."""
    places = [("Home", "/"), *crumbs]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": absolute(path)}
            for number, (name, path) in enumerate(places, 1)
        ],
    }


def _address(location: Location) -> Node:
    return told(
        {
            "@type": "PostalAddress",
            "streetAddress": location.street,
            "addressLocality": location.city,
            "addressRegion": location.region,
            "postalCode": location.postal_code,
            "addressCountry": location.country,
        }
    )


def _geo(location: Location) -> Node | None:
    if location.latitude is None or location.longitude is None:
        return None
    return {
        "@type": "GeoCoordinates",
        "latitude": float(location.latitude),
        "longitude": float(location.longitude),
    }


def _opening_hours(rows: Iterable[OpeningHours]) -> list[Node]:
    """One node for all days with the same hours; a split day is in two."""
    days: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        name = OpeningHours.Weekday(row.weekday).name.capitalize()
        days.setdefault((f"{row.opens:%H:%M}", f"{row.closes:%H:%M}"), []).append(name)
    return [
        {"@type": "OpeningHoursSpecification", "dayOfWeek": names, "opens": opens, "closes": closes}
        for (opens, closes), names in days.items()
    ]


def _price_range() -> str | None:
    """“$62–$140”, over everything that is offered and not free."""
    paid = ServiceOption.objects.active().filter(service__is_active=True, price__gt=0)
    found = paid.order_by().aggregate(least=Min("price"), most=Max("price"))
    if found["least"] is None:
        return None
    return "–".join(dict.fromkeys([pricing.money(found["least"]), pricing.money(found["most"])]))
