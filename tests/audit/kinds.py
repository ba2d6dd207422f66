"""The kinds of page of the demo clinic: an address each, and the private ones by walking the journey to them."""

from __future__ import annotations

from playwright.sync_api import Browser

READING = {
    "home": "/",
    "services": "/services/",
    "type": "/services/therapeutic/",
    "service": "/services/acupuncture/acupuncture/",
    "people": "/people/",
    "practitioner": "/people/mara-ellison/",
    "library": "/learn/",
    "guide": "/learn/first-visit/",
    "compare": "/learn/compare/",
    "technique": "/learn/effleurage/",
    "condition": "/learn/low-back-pain/",
    "question": "/learn/insurance/",
    "guides": "/learn/guides/",
    "techniques": "/learn/techniques/",
    "conditions": "/learn/conditions/",
    "questions": "/learn/questions/",
    "search": "/search/?q=siatica",
    "contact": "/contact/",
    "policies": "/privacy/",
}
FORMS = {
    "chooser": "/learn/chooser/",
    "consultation": "/consultation/",
    "choose": "/book/",
    "times": "/book/therapeutic-massage/",
}
PUBLIC = READING | FORMS
PRIVATE = ["details", "confirmation", "search"]  # not for search engines


def all_of(browser: Browser, site: str) -> dict[str, str]:
    """Name → absolute address of every kind; books one visit on the way."""
    return {name: site + path for name, path in PUBLIC.items()} | _booked(browser, site)


def _booked(browser: Browser, site: str) -> dict[str, str]:
    page = browser.new_page()
    page.goto(site)
    found = {"details": site + (page.locator("a.opening").last.get_attribute("href") or "")}
    page.locator("a.opening").first.click()
    page.fill("[name=first_name]", "Noor")
    page.fill("[name=last_name]", "Haddad")
    page.fill("[name=email]", "noor@example.org")
    page.fill("[name=phone]", "503 555 0142")
    page.check("[name=accept_policy]")
    page.locator("form.form .btn-primary").click()
    page.wait_for_url("**/visits/**")
    found["confirmation"] = page.url
    page.close()
    return found
