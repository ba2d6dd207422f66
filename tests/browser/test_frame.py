"""The frame in a real browser: the menu without script, nothing under the bar."""

from django.contrib.auth.models import User

from tests.browser.audit import audit

NARROW = {"width": 320, "height": 640}


def test_the_style_guide_passes_the_audit(live_server, open_clinic, chrome):
    User.objects.create_superuser("owner", password="a long enough password")
    context = chrome.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(live_server.url + "/styleguide/")
    page.fill("#id_username", "owner")
    page.fill("#id_password", "a long enough password")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Style guide')")
    audit(page)
    context.close()


def test_the_menu_opens_and_closes_by_keyboard_without_javascript(live_server, open_clinic, stranger):
    stranger.goto(live_server.url)
    chooser = stranger.locator("#menu a", has_text="What would help?")
    assert not chooser.is_visible()
    stranger.get_by_role("button", name="Menu").focus()
    stranger.keyboard.press("Enter")
    assert chooser.is_visible()
    assert stranger.locator("#menu a", has_text="Book a consultation").is_visible()
    stranger.keyboard.press("Escape")
    assert not chooser.is_visible()


def test_the_bar_of_a_phone_never_covers_what_has_the_focus(live_server, open_clinic, chrome):
    context = chrome.new_context(viewport=NARROW, java_script_enabled=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto(live_server.url)
    bar = page.locator(".actionbar").bounding_box()["y"]
    for _ in range(60):
        page.keyboard.press("Tab")
        box = page.evaluate(
            "() => { const e = document.activeElement, r = e.getBoundingClientRect();"
            " const away = e === document.body || !!e.closest('.actionbar');"
            " return {bottom: r.bottom, away, words: e.textContent.trim()} }"
        )
        if not box["away"]:
            assert box["bottom"] <= bar + 1, box["words"]
    context.close()
