"""What we explain: the library, its four shelves, and one article."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from services import markdown, reading, structured
from services.kept import kept
from services.models import Article, Service
from services.page import Crumb, Page

COMPARE = "compare"
OUTLINE_FROM = 3
SHELVES = {
    Article.Kind.GUIDE: "Guides",
    Article.Kind.TECHNIQUE: "Techniques",
    Article.Kind.CONDITION: "Conditions",
    Article.Kind.QUESTION: "Questions",
}


@require_safe
@kept
def library(request: HttpRequest) -> HttpResponse:
    page = Page(
        title="Learn",
        description="Plain guides to massage and acupuncture, the techniques, what people come with, and short answers "
        "to common questions, each with its sources.",
        crumbs=(_root(),),
    )
    articles = list(reading.articles())
    shelves = [
        (name, _address(kind), [article for article in articles if article.kind == kind])
        for kind, name in SHELVES.items()
    ]
    return render(request, "services/library.html", {"page": page, "shelves": shelves})


@require_safe
@kept
def guides(request: HttpRequest) -> HttpResponse:
    return _shelf(
        request,
        Article.Kind.GUIDE,
        "How to choose between massages and acupuncture, what happens on a first visit, and how safe it is.",
    )


@require_safe
@kept
def techniques(request: HttpRequest) -> HttpResponse:
    return _shelf(
        request,
        Article.Kind.TECHNIQUE,
        "What the hands and the needles do, stroke by stroke: how each feels, what it is used for and what it is not.",
    )


@require_safe
@kept
def conditions(request: HttpRequest) -> HttpResponse:
    return _shelf(
        request,
        Article.Kind.CONDITION,
        "What people come with, from back pain to poor sleep: what research has found, and when a doctor comes first.",
    )


@require_safe
@kept
def questions(request: HttpRequest) -> HttpResponse:
    found = Article.objects.published().questions().defer("words")
    page = Page(
        title="Questions",
        description="Short answers before you book: whether it hurts, what to wear, how often to come, what it costs "
        "to cancel.",
        crumbs=(_root(), (SHELVES[Article.Kind.QUESTION], request.path)),
        structured=(structured.faq(found),),
    )
    return render(request, "services/questions.html", {"page": page, "questions": found})


@require_safe
@kept
def article(request: HttpRequest, slug: str) -> HttpResponse:
    return article_page(request, get_object_or_404(reading.whole_article(), slug=slug))


def article_page(request: HttpRequest, found: Article) -> HttpResponse:
    """The page of an article that has with it what `reading.whole_article` brings; staff preview it as well."""
    kind = Article.Kind(found.kind)
    page = Page(
        title=found.title,
        description=found.summary,
        crumbs=(_root(), (SHELVES[kind], _address(kind)), (found.title, found.get_absolute_url())),
        structured=(structured.article(found),),
        image=found.social_image or None,
        kind="article",
    )
    headings = markdown.outline(found.body)
    compared = reading.service_types().filter(services__mode=Service.Mode.IN_CLINIC)
    context = {
        "page": page,
        "article": found,
        "headings": headings if len(headings) >= OUTLINE_FROM else [],
        "compared": compared if found.slug == COMPARE else [],
    }
    return render(request, "services/article.html", context)


def _shelf(request: HttpRequest, kind: Article.Kind, description: str) -> HttpResponse:
    name = SHELVES[kind]
    page = Page(title=name, description=description, crumbs=(_root(), (name, request.path)))
    articles = reading.articles().filter(kind=kind)
    return render(request, "services/shelf.html", {"page": page, "articles": articles})


def _root() -> Crumb:
    return "Learn", reverse("services:library")


def _address(kind: Article.Kind) -> str:
    return reverse(f"services:{kind}s")
