"""What every page knows about the clinic: its name, its main location, the free call, what to read first.

Read once an edition of the catalogue, so that the frame of a page costs no query.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db.models import Subquery
from django.http import HttpRequest
from django.urls import reverse

from services.models import Article, Edition, Location, Service

KEPT_FOR = 60  # seconds
FIRST_READING = {"compare": "Which massage?", "first-visit": "Your first visit"}


@dataclass(frozen=True)
class Facts:
    """`video_call` is the slug of its service, or blank."""

    location: Location | None = None
    video_call: str = ""
    reading: tuple[tuple[str, str], ...] = ()

    @classmethod
    def current(cls) -> Facts:
        """As of the current edition; at most two queries, usually none."""
        key = f"clinic:{Edition.current()}"
        facts = cache.get(key)
        if facts is None:
            facts = cls.read()
            cache.set(key, facts, KEPT_FOR)
        return facts

    @classmethod
    def read(cls) -> Facts:
        """All of it in one query; a clinic without a location has nothing to tell yet."""
        calls = Service.objects.bookable_online().filter(mode=Service.Mode.VIDEO)
        articles = Article.objects.published().filter(slug__in=FIRST_READING)
        location = (
            Location.objects.active()
            .annotate(video_call=Subquery(calls.values("slug")[:1]), reading=ArraySubquery(articles.values("slug")))
            .first()
        )
        if location is None:
            return cls()
        reading = tuple(
            (name, reverse("services:article", args=[slug]))
            for slug, name in FIRST_READING.items()
            if slug in location.reading
        )
        return cls(location, location.video_call or "", reading)


class ClinicFacts:
    """`name`, `trade` and `url` from the settings; the rest is read when a page first asks for it."""

    name = settings.CLINIC_NAME
    trade = settings.CLINIC_TRADE
    url = settings.SITE_URL

    @cached_property
    def facts(self) -> Facts:
        return Facts.current()

    @property
    def location(self) -> Location | None:
        """The first active one."""
        return self.facts.location

    @property
    def reading(self) -> tuple[tuple[str, str], ...]:
        """Names and addresses of the articles most people want first, as far as they are published."""
        return self.facts.reading


def clinic(request: HttpRequest) -> dict[str, object]:
    """Context processor; a view that has a `Page` overrides the None."""
    return {"clinic": ClinicFacts(), "page": None}
