"""What is explained: articles with their reviewer and sources, and the questions."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from services import markdown, reading
from services.models import Article, Practitioner
from services.structured.node import Node, absolute, card_of, clinic_by_name, node_id, told


def article(article: Article) -> Node:
    """One article with who reviewed it, when, and what it cites. Only those about health call themselves medical."""
    kind = "WebPage" if article.kind == Article.Kind.QUESTION else "MedicalWebPage"
    reviewed = bool(article.reviewer and article.reviewed_on)
    return told(
        {
            "@type": [kind, "Article"],
            "@id": node_id(article, "article"),
            "headline": article.title,
            "description": article.summary,
            "url": absolute(article.get_absolute_url()),
            "image": card_of(article),
            "inLanguage": settings.LANGUAGE_CODE,
            "datePublished": article.published_at.isoformat(timespec="seconds") if article.published_at else None,
            "dateModified": article.updated_at.isoformat(timespec="seconds"),
            "author": clinic_by_name(),
            "publisher": {"@id": absolute("/#clinic")},
            "reviewedBy": _reviewer(article.reviewer) if article.reviewer and reviewed else None,
            "lastReviewed": article.reviewed_on.isoformat() if article.reviewed_on and reviewed else None,
            "citation": [
                told(
                    {
                        "@type": "CreativeWork",
                        "name": source.title,
                        "url": source.url,
                        "datePublished": str(source.year) if source.year else None,
                        "publisher": {"@type": "Organization", "name": source.publisher} if source.publisher else None,
                    }
                )
                for source in article.sources.all()
            ],
        }
    )


def faq(articles: Iterable[Article]) -> Node:
    return {
        "@type": "FAQPage",
        "@id": absolute(reverse("services:questions")) + "#faq",
        "mainEntity": [
            {
                "@type": "Question",
                "name": question.title,
                "acceptedAnswer": {"@type": "Answer", "text": markdown.plain(reading.opening(question))},
            }
            for question in articles
        ],
    }


def _reviewer(practitioner: Practitioner) -> Node:
    """By name; whoever has left has no page to point to."""
    node: Node = {"@type": "Person", "name": practitioner.name, "jobTitle": practitioner.credentials.partition(",")[0]}
    if practitioner.is_active:
        node |= {
            "@id": node_id(practitioner, "person"),
            "url": absolute(practitioner.get_absolute_url()),
        }
    return told(node)
