"""What pages say to programs: schema.org nodes, as plain dictionaries without `@context`."""

from __future__ import annotations

from collections.abc import Iterable

from services.models import Article, Location, Practitioner, Service, ServiceType

Node = dict[str, object]


def clinic(location: Location, *, name: str) -> Node:
    return {}


def service(service: Service) -> Node:
    return {}


def service_type(service_type: ServiceType) -> Node:
    return {}


def person(practitioner: Practitioner) -> Node:
    return {}


def article(article: Article) -> Node:
    return {}


def faq(articles: Iterable[Article]) -> Node:
    return {}
