"""What pages say to programs: valid schema.org, the same as the database and as the page says to people."""

import json
import re
from copy import deepcopy
from datetime import date, time
from decimal import Decimal
from html import unescape
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client as Browser
from django.test import override_settings
from PIL import Image

from services.models import Article, OpeningHours, Service, ServiceOption, ServiceType
from tests import schema_org
from tests.factory import make_article, make_clinic, make_option, make_service

pytestmark = pytest.mark.django_db
SITE = settings.SITE_URL
SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
META = re.compile(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">')
CANONICAL = re.compile(r'<link rel="canonical" href="([^"]+)">')
CRUMBS = re.compile(r'<ol class="breadcrumb">(.*?)</ol>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")
INJECTION = "</script><script>alert(1)</script><!-- & \u2028 “é”"


@pytest.fixture(scope="module")
def cards(tmp_path_factory):
    return tmp_path_factory.mktemp("cards")


@pytest.fixture(scope="module")
def built(once, cards):
    with override_settings(MEDIA_ROOT=cards):
        return once(build)


@pytest.fixture(scope="module")
def pages(built, once, cards):
    """Every kind of public page that has a `Page`, by its address."""
    with override_settings(MEDIA_ROOT=cards):
        return once(lambda: {path: read(Browser(), path) for path in addresses(built)})


@pytest.fixture
def house(built, cards, settings, frozen):
    settings.MEDIA_ROOT = cards
    return deepcopy(built)


def build():
    """A small clinic about which everything is known, with its cards drawn."""
    found = make_clinic(practitioners=2, summary="Slow work on two places.", position=1)
    ServiceType.objects.update(summary="Slow work on the places that trouble you.")
    location = found.location
    location.latitude, location.longitude = Decimal("44.912300"), Decimal("-122.431700")
    location.social_links = ["https://www.instagram.com/stillwater.example"]
    location.save()
    for weekday in range(5):
        OpeningHours.objects.create(location=location, weekday=weekday, opens=time(8), closes=time(12))
        OpeningHours.objects.create(location=location, weekday=weekday, opens=time(13), closes=time(19))
    OpeningHours.objects.create(location=location, weekday=5, opens=time(9), closes=time(15))
    make_option(found.service, minutes=90, price=Decimal("150.50"), name="First visit")
    make_option(found.service, minutes=30, price=Decimal(20), is_active=False)
    make_option(make_service(mode="video", name="Video call", summary="See us and ask."), minutes=15, price=Decimal(0))
    person = found.practitioner
    person.credentials, person.licence, person.languages = "Licensed massage therapist, 6 years", "LMT 1", ["Spanish"]
    person.tagline = "Tell me when it is too much."
    person.save()
    for kind in Article.Kind.values:
        article = make_article(kind=kind, slug=f"a-{kind}", reviewer=person, reviewed_on=date(2026, 10, 12))
        article.sources.create(position=1, title="A review", publisher="Cochrane", url="https://x.example/1", year=2015)
        article.services.add(found.service)
    call_command("make_cards", stdout=StringIO())
    return found


def addresses(house):
    shelves = ["", "guides/", "techniques/", "conditions/", "questions/", "chooser/"]
    return [
        "/",
        "/contact/",
        "/privacy/",
        "/services/",
        "/people/",
        "/search/?q=massage",
        house.service.service_type.get_absolute_url(),
        *(one.get_absolute_url() for one in [*Service.objects.all(), *house.practitioners]),
        *(f"/learn/{shelf}" for shelf in shelves),
        *(f"/learn/a-{kind}/" for kind in Article.Kind.values),
    ]


def read(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def graph_in(page):
    scripts = SCRIPT.findall(page)
    assert len(scripts) == 1
    return json.loads(scripts[0])


def graph_of(browser, path):
    return graph_in(read(browser, path))


def node_of(browser, path, kind):
    found = [node for node in graph_of(browser, path)["@graph"] if kind in schema_org.types_of(node)]
    assert len(found) == 1, (path, kind)
    return found[0]


def test_every_page_speaks_valid_schema_org(pages):
    found = {path: schema_org.problems(graph_in(page), site=SITE) for path, page in pages.items()}
    assert {path: problems for path, problems in found.items() if problems} == {}


def test_every_kind_of_node_is_said_somewhere(pages):
    said = {
        kind
        for page in pages.values()
        for node in schema_org.nodes(graph_in(page))
        for kind in schema_org.types_of(node)
    }
    assert said == set(schema_org.TYPES)


def test_every_name_that_is_pointed_to_is_told_whole_on_some_page(pages):
    graphs = [graph_in(page) for page in pages.values()]
    told = {node["@id"] for graph in graphs for node in graph["@graph"] if "@id" in node}
    assert {name for graph in graphs for name in re.findall(r'"@id": "([^"]+)"', json.dumps(graph))} == told


def test_the_validator_finds_what_is_wrong():
    wrong = [
        {"@type": "Service", "name": "", "url": "https://elsewhere.example/", "colour": "red"},
        {"@type": "Offer", "price": "105", "itemOffered": {"@type": "Person", "name": "Mara"}},
        {"@type": "Wellness"},
        {"@type": "ListItem", "position": 1, "name": "Home"},
    ]
    said = " ".join(schema_org.problems({"@context": "https://schema.org", "@graph": wrong}, site=SITE))
    for words in (
        "name: ''",
        "url: 'https://elsewhere",
        "no colour",
        "price: '105'",
        "'Person'",
        "Wellness",
        "out item",
    ):
        assert words in said
    assert schema_org.problems({"@context": "http://other.example", "@graph": []}, site=SITE)


def test_prices_are_those_of_the_database(house, browser):
    ServiceOption.objects.filter(service=house.service, name="").update(price=Decimal("111.25"))
    node = node_of(browser, house.service.get_absolute_url(), "Service")
    said = {
        (offer["name"], Decimal(offer["price"]), offer["priceSpecification"]["referenceQuantity"]["value"])
        for offer in node["offers"]
    }
    assert said == {("60 minutes", Decimal("111.25"), 60), ("First visit", Decimal("150.50"), 90)}
    assert all(Decimal(offer["price"]) == Decimal(offer["priceSpecification"]["price"]) for offer in node["offers"])
    assert {offer["priceCurrency"] for offer in node["offers"]} == {settings.CURRENCY}
    assert {offer["url"] for offer in node["offers"]} == {f"{SITE}/book/{house.service.slug}/"}


def test_a_kind_of_care_says_the_lowest_and_the_highest_price(house, browser):
    node = node_of(browser, house.service.service_type.get_absolute_url(), "Service")
    offers = {
        offer["itemOffered"]["name"]: offer["priceSpecification"]
        for offer in node["hasOfferCatalog"]["itemListElement"]
    }
    assert (offers[house.service.name]["minPrice"], offers[house.service.name]["maxPrice"]) == ("105.00", "150.50")
    assert offers["Video call"]["maxPrice"] == "0.00"


def test_a_service_that_is_not_booked_online_names_no_address_to_book(house, browser):
    house.service.booking_mode = "on_request"
    house.service.save()
    node = node_of(browser, house.service.get_absolute_url(), "Service")
    assert not [offer for offer in node["offers"] if "url" in offer]


@pytest.mark.parametrize("path", ["/", "/contact/"])
def test_the_clinic_s_facts_are_those_of_the_database(house, browser, path):
    node = node_of(browser, path, "MedicalBusiness")
    said = {
        (day, spec["opens"], spec["closes"]) for spec in node["openingHoursSpecification"] for day in spec["dayOfWeek"]
    }
    rows = OpeningHours.objects.all()
    assert said == {(row.get_weekday_display(), f"{row.opens:%H:%M}", f"{row.closes:%H:%M}") for row in rows}
    assert len(node["openingHoursSpecification"]) == 3
    assert node["telephone"] == str(house.location.phone)
    assert node["priceRange"] == "$105–$150.50"
    assert (node["geo"]["latitude"], node["geo"]["longitude"]) == (44.9123, -122.4317)
    assert node["sameAs"] == house.location.social_links


def test_a_person_s_node_says_what_the_page_says(house, browser):
    node = node_of(browser, house.practitioner.get_absolute_url(), "Person")
    assert (node["jobTitle"], node["hasCredential"]["identifier"]) == ("Licensed massage therapist", "LMT 1")
    assert node["knowsLanguage"] == ["Spanish"]
    assert [offer["itemOffered"]["name"] for offer in node["makesOffer"]] == [house.service.name]


def test_an_article_says_who_reviewed_it_when_and_what_it_cites(house, browser):
    node = node_of(browser, "/learn/a-condition/", "Article")
    assert node["@type"] == ["MedicalWebPage", "Article"]
    assert (node["reviewedBy"]["name"], node["lastReviewed"]) == (house.practitioner.name, "2026-10-12")
    assert [(source["url"], source["datePublished"]) for source in node["citation"]] == [
        ("https://x.example/1", "2015")
    ]
    assert node_of(browser, "/learn/a-question/", "Article")["@type"] == ["WebPage", "Article"]


def test_a_reviewer_who_has_left_is_named_without_an_address(house, browser):
    house.practitioner.is_active = False
    house.practitioner.save()
    reviewer = node_of(browser, "/learn/a-guide/", "Article")["reviewedBy"]
    assert set(reviewer) == {"@type", "name", "jobTitle"}


def test_an_article_nobody_reviewed_claims_no_review(house, browser):
    Article.objects.update(reviewer=None)
    node = node_of(browser, "/learn/a-guide/", "Article")
    assert not {"reviewedBy", "lastReviewed"} & set(node)


def test_questions_are_those_of_the_page(house, browser):
    make_article(kind="question", status="draft", title="Not yet?")
    node = node_of(browser, "/learn/questions/", "FAQPage")
    (question,) = node["mainEntity"]
    assert question["name"] == Article.objects.get(slug="a-question").title
    assert question["acceptedAnswer"]["text"] == "You are asked first."


def test_breadcrumbs_are_those_that_people_see(pages):
    for path, page in pages.items():
        shown = CRUMBS.search(page)
        graph = graph_in(page)
        lists = [node for node in graph["@graph"] if node["@type"] == "BreadcrumbList"]
        if path == "/":
            assert not shown and not lists
            continue
        names = [unescape(TAG.sub("", item)).strip() for item in re.findall(r"<li>(.*?)</li>", shown[1], re.DOTALL)]
        links = [SITE + link for link in re.findall(r'href="([^"]+)"', shown[1])]
        items = lists[0]["itemListElement"]
        assert [item["name"] for item in items] == names, path
        assert [item["item"] for item in items][:-1] == links, path
        assert items[-1]["item"] == SITE + path.split("?")[0]
        assert [item["position"] for item in items] == list(range(1, len(items) + 1))


def test_a_link_shared_elsewhere_has_title_words_and_picture(pages, cards):
    for path, page in pages.items():
        metas = META.findall(page)
        facts = {name: unescape(value) for name, value in metas}
        assert len(facts) == len(metas), path
        assert facts["og:title"] and 10 < len(facts["og:description"]) < 200, path
        assert facts["og:url"] == SITE + path.split("?")[0]
        if canonical := CANONICAL.search(page):
            assert canonical[1] == facts["og:url"]
        else:
            assert 'content="noindex"' in page, path
        assert (facts["og:site_name"], facts["og:locale"]) == (settings.CLINIC_NAME, "en_US")
        assert facts["twitter:card"] == "summary_large_image"
        assert facts["og:image"].startswith(f"{SITE}/media/cards/") and facts["og:image:alt"]
        with Image.open(cards / facts["og:image"].removeprefix(f"{SITE}/media/")) as card:
            assert [str(side) for side in card.size] == [facts["og:image:width"], facts["og:image:height"]]


def test_each_article_shares_a_card_of_its_own(house, browser):
    cards = {dict(META.findall(read(browser, f"/learn/a-{kind}/")))["og:image"] for kind in Article.Kind.values}
    assert len(cards) == 4
    assert dict(META.findall(read(browser, "/learn/a-guide/")))["og:type"] == "article"


def test_a_page_without_any_card_names_no_picture(house, browser, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "empty"
    assert "og:image" not in dict(META.findall(read(browser, "/privacy/")))
    assert "image" not in node_of(browser, "/", "MedicalBusiness")


def test_a_title_cannot_end_the_script(house, browser):
    article = make_article(title=INJECTION, summary=INJECTION, body=INJECTION)
    page = read(browser, article.get_absolute_url())
    assert page.count("<script") == page.count("</script>") == 1
    assert "alert(1)</script>" not in page and "\u2028" not in SCRIPT.search(page)[1]
    assert node_of(browser, article.get_absolute_url(), "Article")["headline"] == INJECTION
    assert dict(META.findall(page))["og:title"] != INJECTION
    assert unescape(dict(META.findall(page))["og:title"]) == INJECTION
