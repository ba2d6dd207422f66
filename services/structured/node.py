"""What all nodes share: absolute addresses, names that point from one node to another, nothing that is not known."""

from __future__ import annotations

from urllib.parse import urljoin

from django.conf import settings

from services.models import Article, Practitioner, Service, ServiceType

Node = dict[str, object]


def absolute(address: str) -> str:
    """The address on `SITE_URL`; one that is absolute already stays."""
    return urljoin(settings.SITE_URL + "/", address)


def told(node: Node) -> Node:
    """Without what is not known."""
    return {name: value for name, value in node.items() if value not in (None, "", [])}


def node_id(owner: Article | Service | ServiceType | Practitioner, part: str) -> str:
    return f"{absolute(owner.get_absolute_url())}#{part}"


def clinic_by_name() -> Node:
    return {
        "@type": "Organization",
        "@id": absolute("/#clinic"),
        "name": settings.CLINIC_NAME,
        "url": absolute("/"),
    }


def card_of(owner: Article | Service) -> str | None:
    return absolute(owner.social_image.url) if owner.social_image else None
