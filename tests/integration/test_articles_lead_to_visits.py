"""From a link on an article to the visit: the article goes along, and what is no article is forgotten."""

from __future__ import annotations

import re

import pytest
from django.test import Client as Browser
from django.urls import reverse

from booking.models import Visit
from services.models import Article
from tests.factory import make_article, make_clinic
from tests.journey import LA_TEN, TYPED, book, choice, page, post, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
HIDDEN = '<input type="hidden" name="article" value="first-visit"'


@pytest.fixture
def article(clinic):
    article = make_article(slug="first-visit")
    article.services.add(clinic.service)
    return article


def test_every_booking_link_of_an_article_carries_it(browser, article):
    text = page(browser, article.get_absolute_url()).content.decode()
    booking_links = re.findall(r'href="(/book/[^"]*)"', text)
    booking_links.remove("/book/")  # the footer is the same on every page
    assert len(booking_links) >= 5  # three openings, all of them, the bars
    assert all(link.endswith("article=first-visit") for link in booking_links)


def test_other_pages_carry_none(browser, article, clinic):
    for path in ("/", clinic.service.get_absolute_url(), reverse("booking:choose")):
        assert "article=" not in page(browser, path).content.decode()


def test_article_goes_along_from_choice_to_visit(browser, clinic, article):
    chosen = page(browser, reverse("booking:choose"), article="first-visit").content.decode()
    assert f"{url(clinic, 'times')}?article=first-visit" in chosen
    assert f"?practitioner={clinic.practitioner.slug}&amp;article=first-visit" in chosen
    times = page(browser, url(clinic, "times"), article="first-visit").content.decode()
    assert times.count(HIDDEN) == 2  # the filters, and the form of times
    assert "article=first-visit&amp;from=2026-11-29" in times
    held = post(browser, url(clinic, "hold"), choice(clinic, article="first-visit"))
    assert "article=first-visit" in held["Location"]
    details = page(browser, held["Location"]).content.decode()
    assert HIDDEN in details and "?from=2026-11-23&amp;article=first-visit" in details
    book(browser, clinic, article="first-visit")
    visit = Visit.objects.get(client__isnull=False)
    assert (visit.source, visit.article) == (Visit.Source.WEBSITE, article)


def test_a_deep_link_without_a_hold_carries_it_too(browser, clinic, article):
    asked = {"starts_at": LA_TEN, "option": clinic.option.pk, "article": "first-visit"}
    assert HIDDEN in page(browser, url(clinic, "details"), **asked).content.decode()


def test_a_lost_time_keeps_the_article(browser, clinic, article):
    book(Browser(enforce_csrf_checks=True), clinic)
    answer = book(browser, clinic, article="first-visit", form_token="u" * 43, email="other@example.org")
    assert answer.status_code == 409
    assert HIDDEN in answer.content.decode()
    assert "article=first-visit" in re.search(r'class="week__next" href="([^"]+)"', answer.content.decode())[1]


@pytest.mark.parametrize("slug", ["nothing-like-it", "draft", "x" * 5_000, "a b", "ä", ""])
def test_what_is_no_published_article_is_forgotten(browser, clinic, slug):
    make_article(slug="draft", status=Article.Status.DRAFT, published_at=None)
    times = page(browser, url(clinic, "times"), article=slug)
    assert times.status_code == 200 and 'name="article"' not in times.content.decode()
    assert page(browser, reverse("booking:choose"), article=slug).status_code == 200
    assert book(browser, clinic, article=slug).status_code in (302, 303)
    assert Visit.objects.get().article is None


def test_a_refused_form_keeps_the_article(browser, clinic, article):
    answer = book(browser, clinic, article="first-visit", first_name="")
    assert answer.status_code == 422
    assert HIDDEN in answer.content.decode()


def test_readers_of_an_article_do_not_get_the_times_page_of_others(browser, clinic, article):
    with_article = page(Browser(), url(clinic, "times"), article="first-visit").content.decode()
    without = page(Browser(), url(clinic, "times")).content.decode()
    assert HIDDEN in with_article and HIDDEN not in without


def test_the_same_form_again_is_the_same_visit_with_its_article(browser, article, clinic):
    book(browser, clinic, article="first-visit"), book(browser, clinic, article="first-visit")
    assert Visit.objects.get().article == article
    assert TYPED["form_token"] == Visit.objects.get().form_token


def test_a_second_clinic_s_service_is_as_good(browser, article):
    other = make_clinic(name="Other")
    assert HIDDEN in page(browser, url(other, "times"), article="first-visit").content.decode()
