"""The frame of every page: whatever page one is on, help, booking and the way back are in reach."""

from html.parser import HTMLParser

import pytest
from django.core.cache import cache
from django.template.loader import render_to_string
from django.urls import reverse

from booking import links
from services.models import Article
from tests.factory import NOW, TEN, make_appointment, make_article, make_option, make_service

SOCIAL = ["https://www.instagram.com/stillwater.example", "https://stillwater.social/@clinic"]
pytestmark = pytest.mark.usefixtures("frozen")


class Reader(HTMLParser):
    """Links by address with their words, and every id."""

    def __init__(self, html):
        super().__init__()
        self.links, self.ids, self.tags, self.inside = {}, [], [], None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a":
            self.inside = attributes.get("href", "")
            self.links.setdefault(self.inside, "")

    def handle_data(self, text):
        if self.inside is not None:
            self.links[self.inside] += text

    def handle_endtag(self, tag):
        if tag == "a":
            self.inside = None


@pytest.fixture
def site(clinic):
    """A clinic with a page of every kind: their addresses by name."""
    clinic.location.social_links = SOCIAL
    clinic.location.save()
    call = make_service(mode="video", name="Video call", slug="video-call")
    make_option(call, minutes=15, price=0)
    slugs = {kind: make_article(kind=kind, slug=f"a-{kind}").slug for kind in Article.Kind.values}
    make_article(slug="compare")
    visit = make_appointment(clinic).visit
    service, token = clinic.service, links.token(visit)
    details = reverse("booking:details", args=[service.slug])
    return {
        "home": "/",
        "contact": "/contact/",
        "privacy": "/privacy/",
        "services": "/services/",
        "type": service.service_type.get_absolute_url(),
        "service": service.get_absolute_url(),
        "people": "/people/",
        "person": clinic.practitioner.get_absolute_url(),
        "library": "/learn/",
        "guides": "/learn/guides/",
        "questions": "/learn/questions/",
        "compare": "/learn/compare/",
        **{kind: f"/learn/{slug}/" for kind, slug in slugs.items()},
        "chooser": "/learn/chooser/",
        "search": "/search/?q=massage",
        "choose": "/book/",
        "times": reverse("booking:times", args=[service.slug]),
        "details": f"{details}?starts_at={TEN.replace(hour=20).isoformat().replace('+', '%2B')}",
        "visit": f"/visits/{token}/",
        "cancel": f"/visits/{token}/cancel/",
        "move": f"/visits/{token}/move/",
        "consultation": "/consultation/",
        "missing": "/nothing/here/",
    }


KINDS = [
    "home", "contact", "privacy", "services", "type", "service", "people", "person", "library", "guides", "questions",
    "compare", *Article.Kind.values, "chooser", "search", "choose", "times", "details", "visit", "cancel", "move",
    "consultation", "missing",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_keeps_help_and_booking_in_reach(client, site, kind):
    answer = client.get(site[kind])
    assert answer.status_code == (404 if kind == "missing" else 200)
    page = Reader(answer.text)
    assert "tel:+15035550142" in page.links
    assert "Book online" in page.links[reverse("booking:choose")]
    assert "Book a consultation" in page.links["/consultation/"]
    assert "video call" in page.links[reverse("booking:times", args=["video-call"])]
    assert "Instagram" in page.links[SOCIAL[0]]
    assert "stillwater.social" in page.links[SOCIAL[1]]


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_begins_with_a_skip_link_and_ends_with_the_way_up(client, site, kind):
    page = Reader(client.get(site[kind]).text)
    assert next(iter(page.links)) == "#main"
    assert list(page.links).index("#top") > list(page.links).index("#main")
    assert {"main", "top"} <= set(page.ids)


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_things_on_a_page_have_the_same_id(client, site, kind):
    ids = Reader(client.get(site[kind]).text).ids
    assert len(ids) == len(set(ids)), sorted(name for name in set(ids) if ids.count(name) > 1)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("home", "missing")])
def test_every_page_says_where_it_is(client, site, kind):
    html = client.get(site[kind]).text
    crumbs = Reader(html.partition('aria-label="You are here"')[2].partition("</nav>")[0])
    assert next(iter(crumbs.links)) == "/"
    assert [attributes for tag, attributes in crumbs.tags if attributes.get("aria-current") == "page"]


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/services/", ("/services/", "page")),
        ("/services/therapeutic/", ("/services/", "true")),
        ("/learn/chooser/", ("/learn/chooser/", "page")),
        ("/learn/a-guide/", ("/learn/", "true")),
        ("/contact/", ("/contact/", "page")),
        ("/book/", None),
    ],
)
def test_the_menu_marks_the_place_one_is_in(client, site, path, current):
    html = client.get(path).text.partition('id="menu"')[2].partition("</nav>")[0]
    marked = [(a["href"], a["aria-current"]) for tag, a in Reader(html).tags if "aria-current" in a]
    assert marked == ([current] if current else [])


def test_the_video_call_leads_to_the_consultation_form_while_none_can_be_booked(client, clinic):
    page = Reader(client.get("/").text)
    assert "Free 15-minute video call" in page.links["/consultation/"]


def test_a_page_without_a_location_still_stands(client, db):
    page = Reader(client.get("/contact/").text)
    assert not [address for address in page.links if address.startswith("tel:+")]
    assert reverse("booking:choose") in page.links


def test_contact_marks_today_by_the_clinic_s_own_calendar(client, clinic, frozen):
    for day in range(7):
        clinic.location.opening_hours.create(weekday=day, opens="08:00", closes="19:00")
    frozen.move_to(NOW.replace(day=23, hour=7))  # still Sunday evening in Los Angeles
    html = client.get("/contact/").text
    assert "Sunday (today)" in html
    assert html.count("(today)") == 1


def test_a_day_without_hours_is_closed(client, clinic):
    clinic.location.opening_hours.create(weekday=0, opens="08:00", closes="12:30")
    html = client.get("/contact/").text
    assert "8 am to 12:30 pm" in html
    assert html.count("Closed") == 6


def test_the_sketch_of_the_streets_is_shown_for_the_place_it_was_drawn_for(client, clinic):
    assert "Sketch map" not in client.get("/contact/").text
    clinic.location.slug = "stillwater"
    clinic.location.save()
    cache.clear()
    assert "Sketch map" in client.get("/contact/").text


@pytest.mark.parametrize("status", [400, 500, 503])
def test_pages_for_the_worst_day_need_neither_context_nor_database(status):
    page = Reader(render_to_string(f"{status}.html"))  # without the database's fixture a query would fail
    assert {"/", "/book/", "/contact/", "/learn/questions/"} <= set(page.links)
