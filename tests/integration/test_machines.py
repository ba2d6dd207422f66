"""Files for programs: sitemap, robots, feed, security.txt, manifest and icons, and what a browser may fetch ahead."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import XML

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse
from PIL import Image

from clinic import machines
from clinic.management.commands import make_icons
from tests.factory import NOW, make_appointment, make_article, make_clinic, make_practitioner, make_service

pytestmark = pytest.mark.django_db
SITE = settings.SITE_URL
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LATER = NOW + timedelta(days=3)
ELSEWHERE = {"headers": {"Host": "127.0.0.1"}}  # allowed, and not the site's own name


def sitemap(client):
    root = XML(client.get("/sitemap.xml", **ELSEWHERE).content)
    return {url.findtext(f"{SITEMAP}loc"): url.findtext(f"{SITEMAP}lastmod") for url in root}


def feed(client):
    return XML(client.get("/feeds/articles.xml", **ELSEWHERE).content)


def rule_names(client):
    answer = client.get("/speculation-rules.json")
    (rule,) = json.loads(answer.content)["prefetch"]
    wanted, unwanted = rule["where"]["and"]
    return rule, wanted["href_matches"], unwanted["not"]["href_matches"]


def test_the_sitemap_lists_what_is_published_and_nothing_else(client):
    clinic = make_clinic()
    article = make_article(kind="condition", updated_at=LATER)
    hidden = [make_article(status="draft"), make_service(is_active=False), make_practitioner(is_active=False)]
    shown = sitemap(client)
    for owner in (article, clinic.service, clinic.service.service_type, clinic.practitioner):
        assert SITE + owner.get_absolute_url() in shown
    assert not {SITE + owner.get_absolute_url() for owner in hidden} & set(shown)
    assert f"{SITE}/" in shown and f"{SITE}/learn/chooser/" in shown
    assert not [address for address in shown if re.search("/(visits|admin|search|hold|details)/", address)]


def test_every_address_of_the_sitemap_answers_and_is_its_own_canonical(client):
    make_clinic()
    make_article()
    for address in sitemap(client):
        answer = client.get(urlsplit(address).path)
        assert answer.status_code == 200, address
        assert f'<link rel="canonical" href="{address}">' in answer.content.decode()


def test_the_sitemap_s_days_are_those_of_the_last_change(client):
    make_clinic()
    make_article(kind="guide", updated_at=NOW)
    article = make_article(kind="condition", updated_at=LATER)
    shown = sitemap(client)
    assert shown[SITE + article.get_absolute_url()] == shown[f"{SITE}/learn/conditions/"] == f"{LATER:%Y-%m-%d}"
    assert shown[f"{SITE}/learn/"] == f"{LATER:%Y-%m-%d}" and shown[f"{SITE}/learn/guides/"] == f"{NOW:%Y-%m-%d}"
    assert shown[f"{SITE}/learn/techniques/"] is None and shown[f"{SITE}/"] is None


def test_the_sitemap_costs_the_same_for_any_number_of_rows(client, django_assert_num_queries):
    make_clinic(practitioners=3)
    for _ in range(3):
        make_article()
        make_service()
    with django_assert_num_queries(9):  # of each kind of row the count and the rows, and the days of the shelves
        sitemap(client)


def test_robots_are_told_where_the_sitemap_is_and_where_not_to_go(client, frozen):
    appointment = make_appointment(make_clinic())
    text = client.get("/robots.txt").content.decode()
    assert f"Sitemap: {SITE}/sitemap.xml\n" in text
    closed = [line.removeprefix("Disallow: ") for line in text.splitlines() if line.startswith("Disallow")]
    patterns = [re.escape(path).replace(r"\*", ".*") for path in closed]
    slug = appointment.option.service.slug
    for path in (
        "/admin/",
        "/visits/abc/",
        "/search/?q=x",
        f"/book/{slug}/details/?starts_at=1",
        f"/book/{slug}/hold/",
    ):
        assert any(re.match(pattern, path) for pattern in patterns), path
    for path in (
        "/",
        "/services/",
        "/learn/compare/",
        "/book/",
        f"/book/{slug}/",
        "/consultation/",
        "/media/cards/1.png",
    ):
        assert not any(re.match(pattern, path) for pattern in patterns), path


def test_the_feed_has_the_newest_articles_with_summaries(client):
    old = make_article(title="Old & <b>bold</b>", summary="Less than < more & so on.", kind="question")
    new = make_article(published_at=LATER, updated_at=LATER, kind="technique")
    make_article(status="draft", published_at=None)
    root = feed(client)
    entries = root.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [new.title, old.title]
    assert entries[1].findtext(f"{ATOM}summary") == "Less than &lt; more &amp; so on."
    assert entries[0].find(f"{ATOM}category").get("term") == "Technique"
    assert datetime.fromisoformat(root.findtext(f"{ATOM}updated")) == LATER
    assert datetime.fromisoformat(entries[1].findtext(f"{ATOM}published")) == NOW


def test_the_feed_survives_signs_that_xml_cannot_hold(client):
    make_article(title="Line\x0bbroken", summary="Pasted\x0b from\x1b slides.")
    entry = feed(client).find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Line broken"
    assert entry.findtext(f"{ATOM}summary") == "Pasted from slides."


def test_every_address_in_the_feed_is_on_the_site(client):
    article = make_article()
    root = feed(client)
    links = {(link.get("rel"), link.get("href")) for link in root.findall(f"{ATOM}link")}
    assert links == {("self", f"{SITE}/feeds/articles.xml"), ("alternate", f"{SITE}/learn/")}
    entry = root.find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}link").get("href") == entry.findtext(f"{ATOM}id") == SITE + article.get_absolute_url()
    assert root.findtext(f"{ATOM}author/{ATOM}name") == settings.CLINIC_NAME


def test_the_feed_is_announced_cached_and_not_sent_twice(client):
    make_article()
    answer = client.get("/feeds/articles.xml")
    assert answer["Content-Type"].startswith("application/atom+xml")
    assert "public" in answer["Cache-Control"]
    assert client.get("/feeds/articles.xml", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert 'href="/feeds/articles.xml" type="application/atom+xml"' in client.get("/privacy/").content.decode()


def test_an_empty_feed_is_still_a_feed(client):
    assert feed(client).findtext(f"{ATOM}id") == f"{SITE}/feeds/articles.xml"


def test_security_txt_says_whom_to_tell_for_less_than_a_year(client, frozen):
    location = make_clinic().location
    answer = client.get("/.well-known/security.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    facts = dict(line.split(": ", 1) for line in reversed(answer.content.decode().splitlines()))
    assert facts["Contact"] == f"mailto:{location.email}"
    assert facts["Canonical"] == f"{SITE}/.well-known/security.txt"
    assert facts["Preferred-Languages"] == "en"
    expires = datetime.fromisoformat(facts["Expires"])
    assert expires.tzinfo == UTC and NOW + timedelta(days=90) < expires < NOW + timedelta(days=365)


def test_security_txt_names_somebody_even_before_there_is_a_clinic(client):
    assert "Contact: mailto:hello@stillwater.example\n" in client.get("/.well-known/security.txt").content.decode()


def test_the_manifest_s_icons_are_there_and_of_the_size_it_says(client):
    answer = client.get("/site.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    manifest = json.loads(answer.content)
    assert {manifest["start_url"], manifest["scope"]} == {"/"}
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
        ("any", "any"),
    }
    for icon in manifest["icons"]:
        file = finders.find(icon["src"].removeprefix("/static/"))
        assert file, icon["src"]
        if icon["type"] == "image/png":
            with Image.open(file) as image:
                assert f"{image.width}x{image.height}" == icon["sizes"]


def test_pages_name_icons_and_manifest_that_are_there(client):
    page = client.get("/privacy/").content.decode()
    for rel in ("icon", "apple-touch-icon", "manifest"):
        href = re.search(rf'<link rel="{rel}" href="([^"]+)"', page)[1]
        name = href.removeprefix("/static/")
        assert client.get(href).status_code == 200 if name == href else finders.find(name), rel


def test_colours_of_the_manifest_are_those_of_the_stylesheet():
    tokens = Path(finders.find("css/tokens.css")).read_text()
    for name, value in (("--paper-1", machines.PAPER), ("--pine-9", machines.PINE)):
        assert f"{name}: {value};" in tokens


def test_the_icon_that_programs_ask_for_by_name_is_an_icon(client, tmp_path):
    answer = client.get("/favicon.ico")
    assert answer["Content-Type"] == "image/x-icon"
    (tmp_path / "favicon.ico").write_bytes(answer.content)
    with Image.open(tmp_path / "favicon.ico") as icon:
        assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}


def test_the_icons_in_the_repository_are_those_of_the_sign(monkeypatch, tmp_path, settings):
    kept = make_icons.FOLDER
    monkeypatch.setattr(make_icons, "FOLDER", tmp_path)
    settings.BASE_DIR = tmp_path.parent
    make_icons.Command().handle()
    for name in make_icons.ICONS:
        with Image.open(kept / name) as old, Image.open(tmp_path / name) as new:
            assert old.convert("RGB").tobytes() == new.convert("RGB").tobytes(), f"{name}: run manage.py make_icons"


@pytest.mark.parametrize("name", ["robots_txt", "security_txt", "manifest", "favicon", "speculation_rules", "sitemap"])
def test_files_for_programs_may_be_cached_and_set_no_cookie(client, name):
    answer = client.get(reverse(name))
    assert answer.status_code == 200 and not answer.cookies
    if name != "sitemap":
        assert "public" in answer["Cache-Control"]
        assert client.post(reverse(name)).status_code == 405


def test_pages_for_reading_tell_browsers_what_to_fetch_ahead(client):
    clinic = make_clinic()
    for path in ("/", "/services/", clinic.service.get_absolute_url(), "/people/", "/learn/", "/book/", "/contact/"):
        assert client.get(path)["Speculation-Rules"] == '"/speculation-rules.json"', path
    assert client.get("/speculation-rules.json")["Content-Type"] == "application/speculationrules+json"


def test_nothing_else_does(client, frozen):
    clinic = make_clinic()
    appointment = make_appointment(clinic)
    slug = clinic.service.slug
    paths = [
        "/admin/login/",
        f"/book/{slug}/",
        f"/book/{slug}/details/",
        f"/visits/{appointment.visit_id}/",
        "/search/?q=x",
        "/robots.txt",
        "/learn/nothing/",
        "/healthz",
    ]
    for path in paths:
        assert "Speculation-Rules" not in client.get(path), path
    assert "Speculation-Rules" not in client.post("/services/")
    assert "Speculation-Rules" not in client.head("/services/")


def test_only_pages_that_cost_nothing_are_fetched_ahead(client):
    """As browsers read these patterns; a real one reads them in tests/browser/test_fetch_ahead.py."""
    rule, wanted, unwanted = rule_names(client)
    assert (rule["source"], rule["eagerness"]) == ("document", "conservative")
    assert wanted == ["/services/*", "/people/*", "/learn/*", "/book/"]
    assert unwanted == ["/learn/chooser/*", r"/*\?(.+)"]


def test_what_is_fetched_ahead_sets_no_cookie(client):
    clinic = make_clinic()
    article = make_article()
    for path in ("/services/", clinic.service.get_absolute_url(), "/people/", article.get_absolute_url(), "/book/"):
        assert not client.get(path).cookies, path
