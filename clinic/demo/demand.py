"""What people read before they booked at the demo clinic, and what they looked for and did not find."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from booking.models import Appointment, UnmetSearch, Visit
from services.models import Article, Location, Practitioner, Service

DAYS = 56
READ_MOST = [Article.Kind.GUIDE, Article.Kind.CONDITION, Article.Kind.QUESTION, Article.Kind.TECHNIQUE]


class Wish(NamedTuple):
    """A service that is often asked for in vain: with whom (blank for anyone), when, and how often a day at most."""

    service: str
    practitioner: str
    part: str
    often: int


WISHES = [
    Wish("deep-tissue-massage", "mara-ellison", "am", 3),
    Wish("deep-tissue-massage", "", "eve", 2),
    Wish("therapeutic-massage", "mara-ellison", "", 2),
    Wish("acupuncture", "jun-takeda", "eve", 2),
    Wish("medical-massage", "adaeze-obi", "pm", 2),
    Wish("lymphatic-drainage", "", "eve", 1),
    Wish("pregnancy-massage", "wren-halloran", "am", 1),
]


def link_articles(*, day: date) -> None:
    """Say of some visits booked on the website which article led to them: one that is about what was booked."""
    random = Random(day.toordinal())
    about: dict[int, list[Article]] = defaultdict(list)
    articles_by_kind = Article.objects.published().prefetch_related("services").order_by("position", "slug")
    for article in sorted(articles_by_kind, key=lambda article: READ_MOST.index(article.kind)):
        for service in article.services.all():
            about[service.pk].append(article)
    visits = []
    booked = Appointment.objects.filter(visit__source=Visit.Source.WEBSITE).select_related("visit", "option")
    for appointment in booked.order_by("starts_at", "practitioner__slug"):
        articles = about[appointment.option.service_id][:8]
        if articles and random.random() < 0.22:
            # the first ones are read most
            appointment.visit.article = articles[min(int(random.expovariate(0.8)), len(articles) - 1)]
            visits.append(appointment.visit)
    Visit.objects.bulk_update(visits, ["article"], batch_size=500)


def make_unmet_searches(location: Location, *, day: date) -> list[UnmetSearch]:
    """Eight weeks of searches that found nothing, up to the day before; more of them towards the weekend."""
    random = Random(day.toordinal())
    services = {service.slug: service for service in Service.objects.all()}
    people = {practitioner.slug: practitioner for practitioner in Practitioner.objects.all()}
    counts: Counter[tuple] = Counter()
    for offset in range(1, DAYS + 1):
        asked = day - timedelta(days=offset)
        for wish in WISHES:
            often = random.randint(0, wish.often + (asked.weekday() >= 3))
            ahead = random.choice([0, 0, 0, 7, 1])
            counts[asked, wish.service, wish.practitioner, asked + timedelta(days=ahead), wish.part] += often
    return UnmetSearch.objects.bulk_create(
        UnmetSearch(
            asked_date=asked,
            service=services[service],
            practitioner=people.get(practitioner),
            location=location,
            first_day=first_day,
            part=part,
            count=count,
        )
        for (asked, service, practitioner, first_day, part), count in counts.items()
        if count
    )
