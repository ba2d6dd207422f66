"""Chromium against the live site: Debian's browser, the clinic's real pages, the real database."""

import pytest
from playwright.sync_api import sync_playwright

from tests import chromium, factory


def pytest_collection_modifyitems(items):
    for item in items:
        if "/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if not chromium.is_there() and not chromium.is_required():
                item.add_marker(pytest.mark.skip(reason="There is no Chromium here."))


@pytest.fixture(scope="module")
def chrome():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.EXECUTABLE, args=chromium.FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def stranger(chrome):
    """A visitor with JavaScript off, on a phone; fails the test when a page asks anyone else for anything."""
    context = chrome.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    yield page
    context.close()
    assert not [url for url in asked if "://localhost" not in url and not url.startswith("data:")]


@pytest.fixture
def open_clinic(transactional_db):
    return factory.make_clinic(practitioners=2, rooms=2)
