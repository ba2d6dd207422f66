"""Speculation rules as Chromium reads them: accepted under our policy, and obeyed where they should be."""

import pytest

from tests.factory import make_article


@pytest.fixture
def reader(chrome):
    context = chrome.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.heard = {"ruleSetUpdated": [], "preloadingAttemptSourcesUpdated": [], "prefetchStatusUpdated": []}
    session = context.new_cdp_session(page)
    for event, heard in page.heard.items():
        session.on(f"Preload.{event}", lambda said, heard=heard: heard.append(said))
    session.send("Preload.enable")
    yield page
    context.close()


def candidates(page):
    """Addresses that the browser would fetch ahead, as it said last."""
    page.wait_for_timeout(1000)
    sources = page.heard["preloadingAttemptSourcesUpdated"]
    return {source["key"]["url"] for source in sources[-1]["preloadingAttemptSources"]} if sources else set()


def test_chromium_accepts_the_rules_and_fetches_a_page_whose_link_somebody_presses(live_server, open_clinic, reader):
    kind = open_clinic.service.service_type.get_absolute_url()
    reader.goto(f"{live_server.url}/services/")
    found = candidates(reader)
    (rules,) = [heard["ruleSet"] for heard in reader.heard["ruleSetUpdated"]]
    assert "errorType" not in rules and rules["url"] == f"{live_server.url}/speculation-rules.json"
    assert live_server.url + kind in found
    reader.locator(f"main a[href='{kind}']").first.hover()
    assert not reader.heard["prefetchStatusUpdated"]
    reader.mouse.down()
    reader.wait_for_timeout(2000)
    said = [(heard["prefetchUrl"], heard["status"]) for heard in reader.heard["prefetchStatusUpdated"]]
    assert (live_server.url + kind, "Ready") in said


def test_chromium_fetches_no_form_no_times_and_no_search_ahead(live_server, open_clinic, reader):
    make_article(slug="first-visit").services.add(open_clinic.service)
    for path in ("/", "/learn/first-visit/", open_clinic.service.get_absolute_url()):
        reader.goto(live_server.url + path)
        paths = {url.removeprefix(live_server.url).partition("#")[0] for url in candidates(reader)}
        assert paths, "the rules are obeyed on this page"
        assert not [one for one in paths if one.startswith("/book/") and one != "/book/"]
        assert all(one == "/book/" or one.startswith(("/services/", "/people/", "/learn/")) for one in paths)
        assert not [one for one in paths if "?" in one or "chooser" in one or "details" in one]
        assert reader.locator(f"a[href^='/book/{open_clinic.service.slug}/']").count() or path == "/"
    assert not reader.context.cookies()
