"""What we offer: every kind of care, one kind, one service."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from services import markdown, reading, structured
from services.kept import kept
from services.models import Article
from services.page import Crumb, Page


@require_safe
@kept
def services(request: HttpRequest) -> HttpResponse:
    page = Page(
        title="Kinds of care and prices",
        description="Relaxation, therapeutic and medical massage, acupuncture and free consultations: what each is, "
        "how long it takes and what it costs.",
        crumbs=(_root(),),
    )
    return render(request, "services/services.html", {"page": page, "service_types": reading.service_types()})


@require_safe
@kept
def service_type(request: HttpRequest, slug: str) -> HttpResponse:
    kind = get_object_or_404(reading.service_types(), slug=slug)
    page = Page(
        title=kind.name,
        description=kind.summary or markdown.plain(kind.explanation)[:155],
        crumbs=(_root(), (kind.name, kind.get_absolute_url())),
        structured=(structured.service_type(kind),),
    )
    context = {
        "page": page,
        "service_type": kind,
        "services": kind.services.all(),
        "people": reading.people().filter(services__in=kind.services.all()).distinct(),
        "guides": reading.articles().filter(kind=Article.Kind.GUIDE, services__in=kind.services.all()).distinct(),
    }
    return render(request, "services/type.html", context)


@require_safe
@kept
def service(request: HttpRequest, service_type: str, slug: str) -> HttpResponse:
    found = get_object_or_404(reading.whole_service(), slug=slug, service_type__slug=service_type)
    kind, articles = found.service_type, found.articles.all()
    page = Page(
        title=found.name,
        description=found.summary or markdown.plain(found.explanation)[:155],
        crumbs=(_root(), (kind.name, kind.get_absolute_url()), (found.name, found.get_absolute_url())),
        structured=(structured.service(found),),
        image=found.social_image or None,
    )
    context = {
        "page": page,
        "service": found,
        "techniques": [article for article in articles if article.kind == Article.Kind.TECHNIQUE],
        "guides": [article for article in articles if article.kind in (Article.Kind.GUIDE, Article.Kind.CONDITION)],
    }
    return render(request, "services/service.html", context)


def _root() -> Crumb:
    return "Kinds of care", reverse("services:services")
