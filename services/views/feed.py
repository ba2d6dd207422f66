"""The Atom feed of what we explain: the newest texts, with their summaries."""

from __future__ import annotations

import re
from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from services.models import Article
from services.structured import absolute

LENGTH = 30
SHOWN = ("kind", "slug", "title", "summary", "published_at", "updated_at")


class ArticlesFeed(Feed):
    """Every address in it is absolute already, so that the host that was asked never matters."""

    feed_type = Atom1Feed
    language = settings.LANGUAGE_CODE
    subtitle = "Guides, techniques, conditions and short answers, each with its sources."

    def title(self) -> str:
        return f"{settings.CLINIC_NAME} {settings.CLINIC_TRADE}"

    def author_name(self) -> str:
        return settings.CLINIC_NAME

    def link(self) -> str:
        return absolute(reverse("services:library"))

    def feed_url(self) -> str:
        return absolute(reverse("services:articles_feed"))

    def feed_guid(self) -> str:
        return self.feed_url()

    def items(self) -> QuerySet[Article]:
        return Article.objects.published().only(*SHOWN).order_by("-published_at", "-pk")[:LENGTH]

    def item_title(self, item: Article) -> str:
        return _printable(item.title)

    def item_description(self, item: Article) -> str:
        return escape(_printable(item.summary))  # Atom1Feed calls a summary HTML

    def item_link(self, item: Article) -> str:
        return absolute(item.get_absolute_url())

    def item_pubdate(self, item: Article) -> datetime | None:
        return item.published_at

    def item_updateddate(self, item: Article) -> datetime:
        return item.updated_at

    def item_categories(self, item: Article) -> tuple[str, ...]:
        return (item.get_kind_display(),)


def _printable(text: str) -> str:
    """Without the control characters that no XML can hold; they come with what is pasted from slides."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split())


articles = require_safe(cache_control(public=True, max_age=600)(ArticlesFeed()))
