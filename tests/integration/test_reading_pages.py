"""The pages one reads: what stands on each, that it equals the database, what is not there, and what reading costs."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from services import kept
from services.models import Article, Practitioner, Service, ServiceType, Source
from tests.factory import (
    NOW,
    TEN,
    make_appointment,
    make_article,
    make_clinic,
    make_option,
    make_practitioner,
    make_room,
    make_service,
    make_working_hours,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

KINDS = ["guide", "technique", "condition", "question"]


@pytest.fixture
def clinic(db):
    """One service told in full, given by one person, and one article of each kind about it."""
    clinic = make_clinic(
        name="Deep massage",
        slug="deep-massage",
        summary="Slow and firm.",
        explanation="It goes **slowly**.",
        experience="You breathe.",
        suits="- Sore backs",
        not_for="- Blood thinners",
        needs_health_history=True,
    )
    ServiceType.objects.update(summary="Where it hurts.", explanation="We ask first.", suits="- Stiff necks")
    Practitioner.objects.update(
        name="Mara Ellison",
        slug="mara-ellison",
        credentials="Licensed massage therapist",
        licence="OR-LMT 20417",
        languages=["English", "German"],
        tagline="Say when it is too much.",
        bio="Came from carpentry.",
        approach="Slow before *firm*.",
    )
    for kind in KINDS:
        article = make_article(
            kind=kind,
            slug=f"a-{kind}",
            title=f"About a {kind}?",
            reviewer=clinic.practitioner,
            reviewed_on=NOW.date(),
            not_for="- A fever",
            doctor_first="- Call 911 for chest pain",
        )
        Source.objects.create(article=article, position=1, title="A review of trials", publisher="Cochrane", year=2015)
        article.services.set([clinic.service])
    return clinic


def text(url):
    response = Browser().get(url)
    assert response.status_code == 200, url
    return response.content.decode()


PAGES = [
    "/services/",
    "/services/therapeutic/",
    "/services/therapeutic/deep-massage/",
    "/people/",
    "/people/mara-ellison/",
    "/learn/",
    "/learn/guides/",
    "/learn/techniques/",
    "/learn/conditions/",
    "/learn/questions/",
    *(f"/learn/a-{kind}/" for kind in KINDS),
]


def test_every_page_answers_with_one_title_a_description_and_where_it_stands(clinic):
    for url in PAGES:
        page = text(url)
        assert page.count("<h1") == 1, url
        assert re.search(r"<title>[^<]{3,80} · ", page), url
        assert re.search(r'<meta name="description" content="[^"]{10,}"', page), url
        assert f'<link rel="canonical" href="http://localhost:8000{url}">' in page
        assert 'aria-current="page"' in page, url
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids)), f"every id on {url} is one of a kind"


def test_reading_sets_no_cookie_and_may_be_kept_for_seconds_only(clinic):
    for url in PAGES:
        response = Browser().get(url)
        assert not response.cookies, url
        assert "public" in response["Cache-Control"] and "stale-while-revalidate" in response["Cache-Control"], url
        assert int(re.search(r"max-age=(\d+)", response["Cache-Control"])[1]) <= 20, url
        again = Browser().get(url, headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304, url


@pytest.mark.parametrize("cookie", ["csrf", "session"])
def test_a_page_that_comes_with_a_cookie_is_kept_by_nobody_else(clinic, cookie):
    browser = Browser()
    browser.cookies[cookie] = "spoilt"
    response = browser.get("/people/")
    assert cookie in response.cookies, "the spoilt one is replaced or taken back"
    assert response["Cache-Control"] == "private"


@pytest.mark.parametrize(
    ("accepted", "coding"), [("gzip, br", "br"), ("BR;q=0.5", "br"), ("br;q=0, gzip", "gzip"), ("br; q=0.000", None)]
)
def test_a_page_comes_in_a_coding_that_the_browser_takes(clinic, accepted, coding):
    assert Browser().get("/people/", headers={"Accept-Encoding": accepted}).get("Content-Encoding") == coding


def test_pages_are_read_not_sent(clinic):
    assert {url: Browser().post(url).status_code for url in PAGES} == dict.fromkeys(PAGES, 405)


NOT_THERE = [
    "/services/nothing/",
    "/services/therapeutic/nothing/",
    "/services/relaxation/deep-massage/",
    "/services/%00/",
    "/services/therapeutic/%00/",
    "/services/therapeutic/deep-massage%00/",
    "/people/nobody/",
    "/people/%00/",
    "/people/MARA-ELLISON'/",
    "/learn/nothing/",
    "/learn/%00/",
    "/learn/a-guide%0d%0a/",
    "/learn/..%2f..%2fetc/",
    f"/learn/{'a' * 4000}/",
]


def test_what_is_not_there_is_not_found(clinic):
    assert {url: Browser().get(url).status_code for url in NOT_THERE} == dict.fromkeys(NOT_THERE, 404)


def test_drafts_inactive_services_and_people_who_left_are_not_found(clinic):
    Article.objects.filter(slug="a-guide").update(status="draft")
    Service.objects.update(is_active=False)
    Practitioner.objects.update(is_active=False)
    for url in (
        "/learn/a-guide/",
        "/services/therapeutic/deep-massage/",
        "/services/therapeutic/",
        "/people/mara-ellison/",
    ):
        assert Browser().get(url).status_code == 404, url
    assert "About a guide?" not in text("/learn/") + text("/learn/guides/")
    assert "Deep massage" not in text("/services/")
    assert "Mara Ellison" not in text("/people/")


def test_a_service_says_lengths_and_prices_as_the_database_has_them(clinic):
    make_option(clinic.service, minutes=90, price=Decimal("152.50"))
    make_option(clinic.service, minutes=45, price=80, is_active=False)
    page = text("/services/therapeutic/deep-massage/")
    assert re.findall(r'<th scope="row">(\d+) minutes</th>\s*<td>([^<]+)</td>', page) == [
        ("60", "$105"),
        ("90", "$152.50"),
    ]
    assert "60 or 90 minutes, from $105" in text("/services/")


def test_a_service_says_what_it_is_who_it_suits_and_until_when_one_may_cancel(clinic):
    Service.objects.update(cancellation_notice=timedelta(hours=48), late_fee_percent=50)
    page = " ".join(text("/services/therapeutic/deep-massage/").split())
    for words in (
        "<strong>slowly</strong>",
        "You breathe.",
        "Sore backs",
        "Blood thinners",
        "free of charge until 48 hours before it starts. After that we charge half the price.",
        "health history with you",
    ):
        assert words in page


def test_a_service_tells_how_its_unattended_minutes_are_spent(clinic):
    clinic.option.unattended_from, clinic.option.unattended_until = timedelta(minutes=10), timedelta(minutes=40)
    clinic.option.save()
    page = text("/services/therapeutic/deep-massage/")
    assert "Of the 60 minutes, the needles rest for 30: from minute 10 to minute 40" in page


def test_a_service_names_its_people_its_rooms_and_what_to_read(clinic):
    clinic.service.rooms.set([make_room(clinic.location, name="Moss", has_low_table=True, is_quiet=True)])
    clinic.service.rooms.add(make_room(clinic.location, name="Attic", is_step_free=False))
    page = " ".join(text("/services/therapeutic/deep-massage/").split())
    assert 'href="/people/mara-ellison/"' in page
    assert '<h3>Moss</h3> <p class="article-list__text">Step-free, a low table, on the quiet side.</p>' in page
    assert '<h3>Attic</h3> <p class="article-list__text">Reached by steps.</p>' in page
    assert 'href="/learn/a-technique/"' in page and 'href="/learn/a-condition/"' in page


def test_times_on_pages_are_the_engine_s_own_in_the_clinic_s_time(clinic):
    for url in (
        "/services/therapeutic/deep-massage/",
        "/services/therapeutic/",
        "/people/mara-ellison/",
        "/learn/a-condition/",
    ):
        page = text(url)
        assert '<time class="opening__time" datetime="2026-11-22T14:00:00-08:00">2:00 pm</time>' in page, url
        link = re.search(r'class="opening" href="([^"]+)"', page)[1].replace("&amp;", "&")
        assert Browser().get(link).status_code == 200


def test_a_service_on_request_leads_to_a_consultation_and_one_of_the_desk_to_the_telephone(clinic):
    Service.objects.update(booking_mode="on_request")
    page = text("/services/therapeutic/deep-massage/")
    assert '<a class="openings__more" href="/consultation/">Ask for a time</a>' in page
    assert 'class="opening"' not in page
    cache.clear()
    Service.objects.update(booking_mode="staff_only")
    assert "The front desk books this one" in text("/services/therapeutic/deep-massage/")


def test_a_person_s_page_says_who_they_are_and_what_they_give(clinic):
    page = text("/people/mara-ellison/")
    for words in (
        "Licensed massage therapist",
        "OR-LMT 20417",
        "English, German",
        "Say when it is too much.",
        "Came from carpentry.",
        "<em>firm</em>",
        "60 minutes, $105",
        "/book/deep-massage/?practitioner=mara-ellison",
    ):
        assert words in page
    assert "No new clients" not in page


def test_somebody_who_takes_no_new_clients_says_so(clinic):
    Practitioner.objects.update(accepts_new_clients=False)
    assert "No new clients at present." in text("/people/mara-ellison/")


@pytest.mark.parametrize("kind", KINDS)
def test_an_article_has_reviewer_limits_sources_and_times(clinic, kind):
    page = text(f"/learn/a-{kind}/")
    assert '<a href="/people/mara-ellison/">Mara Ellison</a>' in page and "22 November 2026" in page
    assert "A fever" in page and "Call 911 for chest pain" in page
    assert 'href="#source-1"' in page and 'id="source-1"' in page and "Cochrane, 2015" in page
    assert 'class="opening"' in page


def test_a_condition_says_first_who_should_see_a_doctor(clinic):
    page = text("/learn/a-condition/")
    assert page.index('class="doctor"') < page.index("You are asked first.")
    guide = text("/learn/a-guide/")
    assert guide.index('href="#doctor-title"') < guide.index("You are asked first.")


def test_an_outline_stands_only_where_there_are_three_headings(clinic):
    assert 'class="outline"' not in text("/learn/a-guide/")
    Article.objects.filter(slug="a-condition").update(body="First.\n\n## One\n\na\n\n## Two\n\nb\n\n## Three\n\nc")
    assert '<a href="#three">Three</a>' in text("/learn/a-condition/")


def test_related_articles_are_listed_unless_they_are_drafts(clinic):
    article = Article.objects.get(slug="a-guide")
    article.related.set([make_article(slug="shown", title="Shown"), make_article(slug="hidden", status="draft")])
    page = text("/learn/a-guide/")
    assert 'href="/learn/shown/"' in page and "/learn/hidden/" not in page


def test_questions_answer_on_one_page_and_cite_the_sources_of_their_own(clinic):
    page = text("/learn/questions/")
    assert 'id="a-question">About a question?</h2>' in page and "You are asked first." in page
    assert "You may stop at any time." not in page, "the rest is on its own page"
    assert 'href="/learn/a-question/#source-1"' in page and 'href="#source-1"' not in page


def test_the_library_shows_guides_first_and_searches(clinic):
    page = text("/learn/")
    places = [page.index(f"/learn/a-{kind}/") for kind in KINDS]
    assert places == sorted(places)
    assert re.search(r'<main.*<form class="search-form"[^>]* action="/search/".*</main>', page, re.S)


def test_the_comparison_has_lengths_prices_and_the_next_time_of_each_kind(clinic):
    make_article(slug="compare", title="Compared")
    quiet = make_service(name="Call", mode="video", service_type=ServiceType.objects.create(name="Talk", slug="talk"))
    make_option(quiet, minutes=15, price=0)
    page = text("/learn/compare/")
    row = r'data-kind="Therapeutic massage">'
    assert re.search(row + "60 minutes", page) and re.search(row + r"\$105", page)
    assert re.search(
        row + r'<a href="/book/deep-massage/details/[^"]+"><time datetime="2026-11-22T14:00:00-08:00">', page
    )
    assert 'data-kind="Talk"' not in page


def queries_of(url):
    """How many queries the page costs with the open times known, once somebody has read it before."""
    key = kept._key(RequestFactory().get(url))
    cache.delete(key)
    text(url)
    cache.delete(key)
    with CaptureQueriesContext(connection) as captured:
        text(url)
    return len(captured)


def make_more(clinic):
    for number in range(4):
        service = make_service(name=f"More {number}", slug=f"more-{number}", rooms=clinic.rooms)
        make_option(service, minutes=30)
        make_option(service, minutes=60)
        service.rooms.add(make_room(clinic.location))
        person = make_practitioner(service, clinic.service)
        clinic.practitioner.services.add(service)
        clinic.service.rooms.add(make_room(clinic.location))
        make_working_hours(person, clinic.location)
        for kind in KINDS:
            article = make_article(kind=kind, reviewer=person, reviewed_on=NOW.date())
            article.services.set([service, clinic.service])
            article.related.set(Article.objects.exclude(pk=article.pk))
            Source.objects.create(article=article, position=1, title="Another")
            ours = Article.objects.get(slug=f"a-{kind}")
            ours.related.add(article)
            ours.services.add(service)
            Source.objects.create(article=ours, position=number + 2, title="More")


def test_queries_do_not_grow_with_what_a_page_shows(clinic):
    few = {url: queries_of(url) for url in PAGES}
    make_more(clinic)
    assert {url: queries_of(url) for url in PAGES} == few
    assert max(few.values()) <= 8


def test_a_page_that_was_just_read_costs_no_query(clinic, django_assert_num_queries):
    text("/learn/a-guide/")
    with django_assert_num_queries(0):
        text("/learn/a-guide/")


@pytest.mark.django_db(transaction=True)
def test_an_edited_title_is_seen_at_once(clinic, frozen):
    assert "About a guide?" in text("/learn/a-guide/")
    Article.objects.filter(slug="a-guide").update(title="A new title")
    frozen.shift(timedelta(seconds=3))  # a process trusts the edition's number for two
    page = text("/learn/a-guide/")
    assert "A new title" in page and "About a guide?" not in page
    assert "A new title" in text("/learn/")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("url", ["/services/therapeutic/deep-massage/", "/people/mara-ellison/", "/learn/a-guide/"])
def test_a_sold_time_is_gone_within_a_minute(clinic, frozen, url):
    frozen.move_to(TEN - timedelta(hours=2))
    ten = 'datetime="2026-11-23T10:00:00-08:00"'
    assert ten in text(url)
    make_appointment(clinic, starts_at=TEN, now=TEN - timedelta(hours=2))
    frozen.shift(timedelta(seconds=60))
    assert ten not in text(url)


@pytest.mark.django_db(transaction=True)
def test_a_time_on_a_page_goes_with_what_it_was_a_time_for(clinic):
    assert "/book/deep-massage/details/" in text("/people/mara-ellison/")
    Service.objects.update(is_active=False)
    cache.delete("edition")  # two seconds later
    assert "/book/deep-massage/" not in text("/people/mara-ellison/")
