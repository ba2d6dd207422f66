"""Which pages search engines should know, and since when each is as it is. A day is given only where we know it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.urls import reverse

from services import reading
from services.models import Article, Practitioner, Service, ServiceType


class OurSitemap(Sitemap):
    """Addresses are on `SITE_URL`, whatever host was asked."""

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc


class Pages(OurSitemap):
    """The pages that are always there, and the shelves of the library as old as what they hold."""

    names = (
        "home",
        "services:services",
        "services:people",
        "services:chooser",
        "booking:choose",
        "booking:consultation",
        "contact",
        "privacy",
    )
    shelves = {
        "services:library": None,
        "services:guides": Article.Kind.GUIDE,
        "services:techniques": Article.Kind.TECHNIQUE,
        "services:conditions": Article.Kind.CONDITION,
        "services:questions": Article.Kind.QUESTION,
    }

    def items(self) -> list[tuple[str, datetime | None]]:
        rows = Article.objects.published().order_by().values("kind").annotate(changed=Max("updated_at"))
        changed = {row["kind"]: row["changed"] for row in rows}
        changed[None] = max(changed.values(), default=None)
        return [(name, None) for name in self.names] + [
            (name, changed.get(kind)) for name, kind in self.shelves.items()
        ]

    def location(self, item: tuple[str, datetime | None]) -> str:
        return reverse(item[0])

    def lastmod(self, item: tuple[str, datetime | None]) -> datetime | None:
        return item[1]


class Articles(OurSitemap):
    def items(self) -> QuerySet[Article]:
        return Article.objects.published().only("slug", "updated_at")

    def lastmod(self, item: Article) -> datetime:
        return item.updated_at


class ServiceTypes(OurSitemap):
    def items(self) -> QuerySet[ServiceType]:
        return ServiceType.objects.filter(services__is_active=True).distinct()


class Services(OurSitemap):
    def items(self) -> QuerySet[Service]:
        return Service.objects.active().select_related("service_type")


class People(OurSitemap):
    def items(self) -> QuerySet[Practitioner]:
        return reading.people()


SITEMAPS: dict[str, type[Sitemap]] = {
    "pages": Pages,
    "articles": Articles,
    "service-types": ServiceTypes,
    "services": Services,
    "people": People,
}
