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


@pytest.fixture
def pages(client, site):
    """What each of them says, by its name."""
    answers = {kind: client.get(address) for kind, address in site.items()}
    assert {kind for kind, answer in answers.items() if answer.status_code != 200} == {"missing"}
    assert answers["missing"].status_code == 404
    return {kind: answer.text for kind, answer in answers.items()}


def test_every_page_keeps_help_and_booking_in_reach(pages):
    for kind, html in pages.items():
        links = Reader(html).links
        assert "tel:+15035550142" in links, kind
        assert "Book online" in links[reverse("booking:choose")], kind
        assert "Book a consultation" in links["/consultation/"], kind
        assert "video call" in links[reverse("booking:times", args=["video-call"])], kind
        assert "Instagram" in links[SOCIAL[0]], kind
        assert "stillwater.social" in links[SOCIAL[1]], kind


def test_every_page_begins_with_a_skip_link_and_ends_with_the_way_up(pages):
    for kind, html in pages.items():
        page = Reader(html)
        assert next(iter(page.links)) == "#main", kind
        assert list(page.links).index("#top") > list(page.links).index("#main"), kind
        assert {"main", "top"} <= set(page.ids), kind


def test_no_two_things_on_a_page_have_the_same_id(pages):
    for kind, html in pages.items():
        ids = Reader(html).ids
        assert len(ids) == len(set(ids)), (kind, sorted(name for name in set(ids) if ids.count(name) > 1))


def test_every_page_says_where_it_is(pages):
    for kind in pages.keys() - {"home", "missing"}:
        crumbs = Reader(pages[kind].partition('aria-label="You are here"')[2].partition("</nav>")[0])
        assert next(iter(crumbs.links)) == "/", kind
        assert [attributes for tag, attributes in crumbs.tags if attributes.get("aria-current") == "page"], kind


def test_the_menu_marks_the_place_one_is_in(pages):
    def marked(html):
        tags = Reader(html.partition('id="menu"')[2].partition("</nav>")[0]).tags
        return [(a["href"], a["aria-current"]) for _, a in tags if "aria-current" in a]

    assert marked(pages["services"]) == [("/services/", "page")]
    assert marked(pages["type"]) == [("/services/", "true")]
    assert marked(pages["chooser"]) == [("/learn/chooser/", "page")]
    assert marked(pages["guide"]) == [("/learn/", "true")]
    assert marked(pages["contact"]) == [("/contact/", "page")]
    assert marked(pages["choose"]) == []


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
