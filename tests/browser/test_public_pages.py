"""Every kind of public page as production serves it: its weight, whom it asks, what it leaves behind, and that it
needs no script. One demo clinic for all; nothing here writes."""

import itertools
import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from django.core.management import call_command
from django.utils import timezone

from booking import localtime
from clinic.demo.place import LOCATION
from tests import serving
from tests.audit import kinds
from tests.browser.audit import audit
from tests.emptying import empty_the_database

pytestmark = pytest.mark.django_db  # else pytest alone with this file would seed and empty the database of the site

FIRST_FLIGHT = 14_600  # bytes of the first TCP flight
WIRE = {"Accept-Encoding": "br, gzip"}
EVERY = pytest.mark.parametrize("path", kinds.PUBLIC.values(), ids=kinds.PUBLIC)


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    """The demo clinic behind gunicorn; its address."""
    with django_db_blocker.unblock():
        today = localtime.local_day(timezone.now(), localtime.zone(LOCATION["timezone"]))
        call_command("seed", day=today, verbosity=0)
        with serving.web() as web:
            yield web.url
        empty_the_database()


class Parts(HTMLParser):
    """What a page makes the browser fetch, and what it would run."""

    def __init__(self, page):
        super().__init__()
        self.stylesheets, self.others, self.scripts = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "link" and given.get("rel") == "stylesheet":
            self.stylesheets.append(given["href"])
        elif tag == "link" and given.get("rel") in ("icon", "manifest", "apple-touch-icon", "preload", "preconnect"):
            self.others.append(given["href"])
        elif tag == "script" and given.get("type") != "application/ld+json":
            self.scripts.append(given.get("src", "inline"))
        elif tag in ("img", "iframe", "source", "embed", "object", "video", "audio"):
            self.others += [given[name].split()[0] for name in ("src", "srcset", "data") if name in given]


def wire_bytes(url):
    """The body's length as it crosses the wire."""
    with httpx.stream("GET", url, headers=WIRE) as response:
        assert response.status_code == 200
        return sum(len(chunk) for chunk in response.iter_raw())


@EVERY
def test_page_and_its_stylesheet_fit_the_first_flight_and_need_no_script(site, path):
    page = httpx.get(site + path)
    parts = Parts(page.text)
    assert parts.scripts == []
    assert len(parts.stylesheets) == 1
    assert wire_bytes(site + path) + wire_bytes(urljoin(site, parts.stylesheets[0])) <= FIRST_FLIGHT


@EVERY
def test_page_asks_nobody_else_for_anything(site, path, chrome):
    context = chrome.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    asked = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.goto(site + path)  # no page has a script that could ask later
    context.close()
    assert asked - {""} == {urlsplit(site).netloc}


@pytest.mark.parametrize("path", kinds.READING.values(), ids=kinds.READING)
def test_page_without_a_form_to_send_sets_no_cookie(site, path):
    answer = httpx.get(site + path)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert not re.search(r'<form[^>]+method="post"', answer.text)


@pytest.mark.parametrize("path", [*kinds.PUBLIC.values(), "/nothing/here/"], ids=[*kinds.PUBLIC, "404"])
def test_page_passes_the_audit(site, path, chrome):
    context = chrome.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(site + path)
    audit(page, path)
    context.close()


@EVERY
def test_page_s_headings_step_down_one_at_a_time_under_one_title(site, path):
    found = [int(level) for level in re.findall(r"<h([1-6])[ >]", httpx.get(site + path).text)]
    assert found.count(1) == 1
    assert found[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(found))
