"""A small part of schema.org, and what search engines ask of it: which types we use, their properties, their values.

Written from the definitions at schema.org and the documentation of Google Search (local business, article, breadcrumb).
`problems` says what is wrong with a graph; it knows nothing of our code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from urllib.parse import urlsplit

TEXT, URL, OUR_URL, DAY, MOMENT, YEAR = "text", "url", "our_url", "day", "moment", "year"
AMOUNT, NUMBER, WHOLE, WALL_TIME, WEEKDAY = "amount", "number", "whole", "wall_time", "weekday"
ORGANISATION = {"Organization", "MedicalBusiness", "HealthAndBeautyBusiness"}
THING = {
    "name": TEXT, "alternateName": TEXT, "description": TEXT, "url": OUR_URL, "image": OUR_URL, "sameAs": URL,
    "identifier": TEXT, "potentialAction": {"ReserveAction"},
}  # fmt: skip
CREATIVE_WORK = THING | {
    "headline": TEXT, "inLanguage": TEXT, "datePublished": MOMENT, "dateModified": MOMENT,
    "author": ORGANISATION | {"Person"}, "publisher": ORGANISATION | {"Person"}, "citation": {"CreativeWork"},
}  # fmt: skip
WEB_PAGE = CREATIVE_WORK | {"lastReviewed": DAY, "reviewedBy": {"Person", "Organization"}}
BUSINESS = THING | {
    "telephone": TEXT, "email": TEXT, "address": {"PostalAddress"}, "geo": {"GeoCoordinates"}, "priceRange": TEXT,
    "openingHoursSpecification": {"OpeningHoursSpecification"}, "currenciesAccepted": TEXT,
}  # fmt: skip
PRICE = {"price": AMOUNT, "minPrice": AMOUNT, "maxPrice": AMOUNT, "priceCurrency": TEXT}
# For each type: what it must have, and what it may have.
TYPES: dict[str, tuple[set[str], dict[str, object]]] = {
    "MedicalBusiness": ({"name", "address", "telephone", "url"}, BUSINESS),
    "HealthAndBeautyBusiness": ({"name", "address"}, BUSINESS),
    "Organization": ({"name", "url"}, THING),
    "PostalAddress": (
        {"streetAddress", "addressLocality", "addressCountry"},
        dict.fromkeys(("streetAddress", "addressLocality", "addressRegion", "postalCode", "addressCountry"), TEXT),
    ),
    "GeoCoordinates": ({"latitude", "longitude"}, {"latitude": NUMBER, "longitude": NUMBER}),
    "OpeningHoursSpecification": (
        {"dayOfWeek", "opens", "closes"},
        {"dayOfWeek": WEEKDAY, "opens": WALL_TIME, "closes": WALL_TIME},
    ),
    "ReserveAction": ({"target"}, {"target": OUR_URL}),
    "WebSite": ({"name", "url"}, CREATIVE_WORK),
    "WebPage": (set(), WEB_PAGE),
    "MedicalWebPage": (set(), WEB_PAGE),
    "FAQPage": ({"mainEntity"}, WEB_PAGE | {"mainEntity": {"Question"}}),
    "Question": ({"name", "acceptedAnswer"}, CREATIVE_WORK | {"acceptedAnswer": {"Answer"}}),
    "Answer": ({"text"}, CREATIVE_WORK | {"text": TEXT}),
    "Article": ({"headline", "author", "datePublished", "dateModified"}, CREATIVE_WORK),
    "CreativeWork": ({"name"}, CREATIVE_WORK | {"url": URL, "datePublished": YEAR, "publisher": {"Publisher"}}),
    "Person": (
        {"name"},
        THING
        | {
            "jobTitle": TEXT, "hasOccupation": {"Occupation"}, "knowsLanguage": TEXT, "worksFor": ORGANISATION,
            "hasCredential": {"EducationalOccupationalCredential"}, "makesOffer": {"Offer"},
        },
    ),
    "Occupation": ({"name"}, THING),
    "EducationalOccupationalCredential": ({"credentialCategory"}, THING | {"credentialCategory": TEXT}),
    "Service": (
        {"name", "url"},
        THING
        | {
            "provider": ORGANISATION, "serviceType": TEXT, "areaServed": {"City"}, "offers": {"Offer"},
            "hasOfferCatalog": {"OfferCatalog"},
        },
    ),
    "City": ({"name"}, THING),
    "OfferCatalog": ({"itemListElement"}, THING | {"itemListElement": {"Offer"}}),
    "Offer": (
        set(),
        THING
        | PRICE
        | {"itemOffered": {"Service"}, "priceSpecification": {"PriceSpecification", "UnitPriceSpecification"}},
    ),
    "PriceSpecification": ({"priceCurrency"}, PRICE),
    "UnitPriceSpecification": ({"price", "priceCurrency"}, PRICE | {"referenceQuantity": {"QuantitativeValue"}}),
    "QuantitativeValue": ({"value", "unitCode"}, {"value": WHOLE, "unitCode": TEXT}),
    "BreadcrumbList": ({"itemListElement"}, {"itemListElement": {"ListItem"}}),
    "ListItem": ({"position", "name", "item"}, {"position": WHOLE, "name": TEXT, "item": OUR_URL}),
}  # fmt: skip
WEEKDAYS = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}


def nodes(graph: dict) -> Iterator[dict]:
    """Every node of a graph that has a type, at any depth."""
    waiting = list(graph["@graph"])
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
            if "@type" in value:
                yield value


def problems(graph: dict, *, site: str) -> list[str]:
    if graph.get("@context") != "https://schema.org" or set(graph) != {"@context", "@graph"}:
        return ["The graph has another context, or more than one."]
    return [problem for node in graph["@graph"] for problem in _of_node(node, site, "graph")]


def types_of(node: dict) -> set[str]:
    kinds = node["@type"]
    return {kinds} if isinstance(kinds, str) else set(kinds)


def _of_node(node: object, site: str, place: str, allowed: set[str] | None = None) -> Iterator[str]:
    if not isinstance(node, dict):
        yield f"{place}: {node!r} is no node"
        return
    if "@id" in node and not _is_ours(node["@id"], site):
        yield f"{place}: the name {node['@id']} is not on the site"
    if set(node) == {"@id"}:
        return
    kinds = types_of(node)
    if unknown := kinds - set(TYPES):
        yield f"{place}: unknown types {unknown}"
        return
    if allowed is not None and not kinds & (allowed | ({"Organization"} if "Publisher" in allowed else set())):
        yield f"{place}: {kinds} where {allowed} belong"
    for kind in kinds:
        for name in TYPES[kind][0] - set(node):
            # A publisher of somebody else's text has a name and, for us, no address.
            if not ("Publisher" in (allowed or ()) and name == "url"):
                yield f"{place}: {kind} without {name}"
    properties = {name: value for kind in sorted(kinds) for name, value in TYPES[kind][1].items()}
    for name, value in node.items():
        if name.startswith("@"):
            continue
        if name not in properties:
            yield f"{place}: {kinds} has no {name}"
            continue
        for one in value if isinstance(value, list) else [value]:
            yield from _of_value(one, properties[name], site, f"{place}.{name}")
        if value in ([], "", None):
            yield f"{place}.{name}: says nothing"


def _of_value(value: object, wanted: object, site: str, place: str) -> Iterator[str]:
    if isinstance(wanted, set):
        yield from _of_node(value, site, place, wanted)
    elif not CHECKS[wanted](value, site):
        yield f"{place}: {value!r} is no {wanted}"


def _is_ours(value: object, site: str) -> bool:
    return isinstance(value, str) and value.startswith(f"{site}/") and " " not in value


def _is_moment(value: object) -> bool:
    return datetime.fromisoformat(str(value)).tzinfo is not None


CHECKS = {
    TEXT: lambda value, site: isinstance(value, str) and bool(value.strip()),
    URL: lambda value, site: urlsplit(value).scheme in ("http", "https") and bool(urlsplit(value).netloc),
    OUR_URL: _is_ours,
    DAY: lambda value, site: bool(date.fromisoformat(value)),
    MOMENT: lambda value, site: _is_moment(value),
    YEAR: lambda value, site: bool(re.fullmatch(r"(19|20)\d\d", value)),
    AMOUNT: lambda value, site: bool(re.fullmatch(r"\d+\.\d\d", value)),
    NUMBER: lambda value, site: type(value) is float,
    WHOLE: lambda value, site: type(value) is int and value > 0,
    WALL_TIME: lambda value, site: bool(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value)),
    WEEKDAY: lambda value, site: value in WEEKDAYS,
}
