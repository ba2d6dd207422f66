"""Brings the articles of `services/content/` into the database, and never over what staff have written.

A row carries the digest of what was last seeded into it. While its content still has that digest it follows its file;
once somebody has edited it, it is theirs. Publishing and unpublishing is always theirs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from services.content import ArticleText
from services.models import Article, Practitioner, Service, Source

FIELDS = ("kind", "title", "summary", "body", "not_for", "doctor_first", "position")
State = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """Slugs of the articles that were added, that follow their changed file, and whose edits were kept."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    unreviewed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Known:
    """What the articles may point to: keys by slug."""

    articles: Mapping[str, int | None]
    services: Mapping[str, int]
    practitioners: Mapping[str, int]


@transaction.atomic
def seed_articles(
    texts: Collection[ArticleText], *, now: datetime, force: Collection[str] = (), publish_unreviewed: bool = False
) -> Outcome:
    """Add and update. What a text names and this clinic has not is left out; a reviewer who does not work here
    reviewed nothing here, so such an article begins as a draft. Writes nothing where nothing changes; 6 queries then.
    """
    _wait_for_others()
    rows = {row.slug: row for row in _rows()}
    known = _Known(
        articles={text.slug: None for text in texts} | {slug: row.pk for slug, row in rows.items()},
        services=dict(Service.objects.values_list("slug", "pk")),
        practitioners=dict(Practitioner.objects.values_list("slug", "pk")),
    )
    outcome, written = Outcome(), []
    for text in texts:
        wanted = _state_of_text(text, known)
        row = rows.get(text.slug)
        if row is None:
            row = _new(text, publish=publish_unreviewed or bool(wanted["reviewer"]))
            (outcome.added if row.is_published else outcome.unreviewed).append(text.slug)
        elif not _may_follow(row, wanted, force=text.slug in force):
            if _state_of_row(row) != wanted:
                outcome.kept.append(text.slug)
            continue
        else:
            outcome.changed.append(text.slug)
        _write(row, wanted, known, now=now)
        written.append((row, wanted))
    _relate(written)
    return outcome


def _may_follow(row: Article, wanted: State, *, force: bool) -> bool:
    state = _state_of_row(row)
    if state == wanted:
        return row.seeded_digest != _digest(wanted)  # somebody wrote what the file says: it follows again
    return force or _digest(state) == row.seeded_digest


def _wait_for_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('services.seeding', 0))")


def _rows():
    return Article.objects.select_related("reviewer").prefetch_related("sources", "services", "related")


def _state_of_text(text: ArticleText, known: _Known) -> State:
    reviewed = text.reviewer in known.practitioners
    return {
        **{name: getattr(text, name) for name in FIELDS},
        "reviewer": text.reviewer if reviewed else "",
        "reviewed_on": text.reviewed_on.isoformat() if reviewed else "",
        "services": sorted(slug for slug in text.services if slug in known.services),
        "related": sorted(slug for slug in text.related if slug in known.articles),
        "sources": [[source.title, source.publisher, source.url, source.year] for source in text.sources],
    }


def _state_of_row(row: Article) -> State:
    return {
        **{name: _newlines(getattr(row, name)) for name in FIELDS},
        "reviewer": row.reviewer.slug if row.reviewer else "",
        "reviewed_on": row.reviewed_on.isoformat() if row.reviewed_on else "",
        "services": sorted(service.slug for service in row.services.all()),
        "related": sorted(article.slug for article in row.related.all()),
        "sources": [[source.title, source.publisher, source.url, source.year] for source in row.sources.all()],
    }


def _newlines(value: Any) -> Any:
    """As the file has them, whatever a browser's form sent."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _digest(state: State) -> str:
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()


def _new(text: ArticleText, *, publish: bool) -> Article:
    return Article(slug=text.slug, status=Article.Status.PUBLISHED if publish else Article.Status.DRAFT)


def _write(row: Article, wanted: State, known: _Known, *, now: datetime) -> None:
    for name in FIELDS:
        setattr(row, name, wanted[name])
    row.reviewer_id = known.practitioners.get(wanted["reviewer"])
    row.reviewed_on = wanted["reviewed_on"] or None
    row.seeded_digest = _digest(wanted)
    row.stamp(now=now)
    row.save()
    row.services.set(known.services[slug] for slug in wanted["services"])
    row.sources.all().delete()
    Source.objects.bulk_create(
        Source(article=row, position=position, title=title, publisher=publisher, url=url, year=year)
        for position, (title, publisher, url, year) in enumerate(wanted["sources"], 1)
    )


def _relate(written: list[tuple[Article, State]]) -> None:
    """Once every article is there."""
    keys = dict(Article.objects.values_list("slug", "pk")) if written else {}
    for row, wanted in written:
        row.related.set(keys[slug] for slug in wanted["related"])
