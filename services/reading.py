"""What reading pages show: rows with everything that their templates touch, in a number of queries that never grows."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from services.models import Article, Practitioner, Room, Service, ServiceOption, ServiceType

OPTIONS = Prefetch("options", ServiceOption.objects.active().order_by("duration", "pk"))


def services() -> QuerySet[Service]:
    """Active services with their type and lengths, shortest first. Two queries."""
    return Service.objects.active().select_related("service_type", "picture").prefetch_related(OPTIONS)


def bookable_services() -> QuerySet[Service]:
    """As `services`, but only those whose times one can book online. Two queries."""
    return Service.objects.bookable_online().select_related("service_type").prefetch_related(OPTIONS)


def service_types() -> QuerySet[ServiceType]:
    """Kinds of care that have an active service, with those. Three queries."""
    shown = Prefetch("services", services())
    return ServiceType.objects.filter(services__is_active=True).distinct().prefetch_related(shown)


def people() -> QuerySet[Practitioner]:
    return Practitioner.objects.active().select_related("portrait")


def articles() -> QuerySet[Article]:
    """Published articles as lists show them, without their texts. One query."""
    return Article.objects.published().defer("body", "not_for", "doctor_first", "words")


def whole_service() -> QuerySet[Service]:
    """A service with its people, rooms and articles. Five queries."""
    return services().prefetch_related(
        Prefetch("practitioners", people()),
        Prefetch("rooms", Room.objects.active()),
        Prefetch("articles", articles()),
    )


def whole_person() -> QuerySet[Practitioner]:
    """Somebody with the services they give. Three queries."""
    return people().prefetch_related(Prefetch("services", services()))


def whole_article() -> QuerySet[Article]:
    """A published article with reviewer, sources, services to book and what to read on. Five queries."""
    return (
        Article.objects.published()
        .defer("words")
        .select_related("reviewer", "reviewer__portrait", "picture")
        .prefetch_related("sources", Prefetch("services", services()), Prefetch("related", articles()))
    )


def opening(article: Article) -> str:
    """The first paragraph of its text, which answers at once; Markdown."""
    return article.body.strip().partition("\n\n")[0]
