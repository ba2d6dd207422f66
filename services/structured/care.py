"""What is offered and who gives it: services with their prices, kinds of care, people."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.urls import reverse

from services.models import Location, Practitioner, Service, ServiceOption, ServiceType
from services.structured.node import Node, absolute, card_of, clinic_by_name, node_id, told


def service(service: Service) -> Node:
    """One service with an offer for each length; one query, for the place it serves."""
    return told(
        {
            "@type": "Service",
            "@id": node_id(service, "service"),
            "name": service.name,
            "description": service.summary,
            "url": absolute(service.get_absolute_url()),
            "image": card_of(service),
            "serviceType": service.service_type.name,
            "areaServed": _area(service),
            "provider": clinic_by_name(),
            "offers": [_offer(service, option) for option in _options(service)],
        }
    )


def service_type(service_type: ServiceType) -> Node:
    """One kind of care with what it offers, each with its lowest and highest price."""
    services = [service for service in service_type.services.all() if service.is_active]
    return told(
        {
            "@type": "Service",
            "@id": node_id(service_type, "service"),
            "name": service_type.name,
            "description": service_type.summary,
            "url": absolute(service_type.get_absolute_url()),
            "provider": clinic_by_name(),
            "hasOfferCatalog": {
                "@type": "OfferCatalog",
                "name": service_type.name,
                "itemListElement": [_offer_of(service, _price_span(service)) for service in services],
            },
        }
    )


def person(practitioner: Practitioner) -> Node:
    """Somebody who gives care; their credentials up to the first comma are what they work as."""
    work = practitioner.credentials.partition(",")[0]
    return told(
        {
            "@type": "Person",
            "@id": node_id(practitioner, "person"),
            "name": practitioner.name,
            "description": practitioner.tagline,
            "url": absolute(practitioner.get_absolute_url()),
            "image": absolute(practitioner.portrait.url) if practitioner.portrait else None,
            "jobTitle": work,
            "hasOccupation": {"@type": "Occupation", "name": work} if work else None,
            "hasCredential": _licence(practitioner),
            "knowsLanguage": list(practitioner.languages),
            "worksFor": clinic_by_name(),
            "makesOffer": [_offer_of(service, {}) for service in practitioner.services.all() if service.is_active],
        }
    )


def _area(service: Service) -> Node | None:
    """The town for what happens at the clinic; calls have no bounds that we could state."""
    city = Location.objects.active().values_list("city", flat=True).first() if service.needs_room else None
    return {"@type": "City", "name": city} if city else None


def _options(service: Service) -> list[ServiceOption]:
    return [option for option in service.options.all() if option.is_active]


def _offer(service: Service, option: ServiceOption) -> Node:
    """The price of one length; where clients book it themselves, the address of its times."""
    times = absolute(reverse("booking:times", args=[service.slug])) if service.is_bookable_online else None
    return told(
        {
            "@type": "Offer",
            "name": option.name or f"{option.minutes} minutes",
            "url": times,
            "price": _amount(option.price),
            "priceCurrency": settings.CURRENCY,
            "priceSpecification": {
                "@type": "UnitPriceSpecification",
                "price": _amount(option.price),
                "priceCurrency": settings.CURRENCY,
                "referenceQuantity": {"@type": "QuantitativeValue", "value": option.minutes, "unitCode": "MIN"},
            },
        }
    )


def _offer_of(service: Service, price: Node) -> Node:
    """An offer on another page, by name and address."""
    item = {
        "@type": "Service",
        "@id": node_id(service, "service"),
        "name": service.name,
        "url": absolute(service.get_absolute_url()),
    }
    return {"@type": "Offer", "itemOffered": item, **price}


def _price_span(service: Service) -> Node:
    prices = [option.price for option in _options(service)]
    if not prices:
        return {}
    return {
        "priceSpecification": {
            "@type": "PriceSpecification",
            "minPrice": _amount(min(prices)),
            "maxPrice": _amount(max(prices)),
            "priceCurrency": settings.CURRENCY,
        }
    }


def _amount(price: Decimal) -> str:
    return f"{price:.2f}"


def _licence(practitioner: Practitioner) -> Node | None:
    if not practitioner.licence:
        return None
    return {
        "@type": "EducationalOccupationalCredential",
        "credentialCategory": "license",
        "identifier": practitioner.licence,
    }
