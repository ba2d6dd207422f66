"""A stranger books in a real browser: without JavaScript, by keyboard alone, on a narrow screen."""

import re
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from booking import availability
from booking.models import Appointment, Message
from tests.browser.audit import audit
from tests.factory import make_appointment

FIELDS = {"first_name": "Noor", "last_name": "Haddad", "email": "noor@example.org", "phone": "503 555 0187"}


def times_url(live_server, clinic):
    return live_server.url + reverse("booking:times", args=[clinic.service.slug])


def fill(page):
    for name, value in FIELDS.items():
        page.fill(f"#id_{name}", value)
    page.check("#id_accept_policy")


def next_week(page):
    page.get_by_role("link", name="Later").click()


def test_stranger_books_from_the_home_page_without_javascript(live_server, open_clinic, stranger):
    stranger.goto(live_server.url)
    stranger.get_by_role("link", name="Book online").first.click()
    stranger.get_by_role("link", name=open_clinic.service.name).first.click()
    next_week(stranger)
    stranger.locator("button.slot").nth(3).click()
    assert stranger.get_by_text("This time is yours until").is_visible()
    fill(stranger)
    stranger.get_by_label("Medium").check()
    stranger.get_by_label("Neck").check()
    stranger.get_by_role("button", name=re.compile("^Book ")).click()
    assert "/visits/" in stranger.url
    appointment = Appointment.objects.get()
    assert (appointment.status, appointment.pressure, appointment.areas_to_avoid) == ("booked", "medium", ["b-neck"])
    assert Message.objects.filter(to=["noor@example.org"], subject__startswith="Booked:").count() == 1
    assert {cookie["name"] for cookie in stranger.context.cookies()} == {"csrf", "hold"}


def test_booking_stands_in_the_practitioner_s_list_and_on_the_mail_page(live_server, open_clinic, chrome):
    appointment = make_appointment(open_clinic, starts_at=_next_nine(open_clinic), now=timezone.now())
    User.objects.create_superuser("owner", password="a long enough password")
    context = chrome.new_context(viewport={"width": 1280, "height": 900})
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(live_server.url + "/admin/")
    page.fill("#id_username", "owner")
    page.fill("#id_password", "a long enough password")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Front desk")
    page.goto(f"{live_server.url}/admin/booking/appointment/?practitioner__id__exact={appointment.practitioner_id}")
    assert appointment.client.name in page.inner_text("#result_list")
    page.goto(live_server.url + "/admin/booking/message/?status__exact=queued")
    page.click("#result_list a:has-text('Booked:')")
    page.wait_for_selector("text=Send again")
    assert "Your visit is booked." in page.inner_text("#content")
    context.close()
    assert said == []  # no script or style was blocked


def test_refused_form_moves_to_the_summary_and_back_to_the_field(live_server, open_clinic, stranger):
    stranger.goto(times_url(live_server, open_clinic))
    next_week(stranger)
    stranger.locator("button.slot").first.click()
    stranger.fill("#id_first_name", "Noor")
    stranger.get_by_role("button", name=re.compile("^Book ")).click()
    assert stranger.title().startswith("Error: ")
    assert stranger.input_value("#id_first_name") == "Noor"
    stranger.locator(".errors a").first.click()
    assert stranger.url.endswith("#id_last_name")


def test_time_taken_meanwhile_is_replaced_in_two_clicks_with_the_form_kept(live_server, open_clinic, stranger):
    stranger.goto(times_url(live_server, open_clinic))
    next_week(stranger)
    slot = stranger.locator("button.slot").nth(2)
    starts_at = slot.get_attribute("value")
    service = reverse("booking:details", args=[open_clinic.service.slug])
    stranger.goto(f"{live_server.url}{service}?starts_at={starts_at.replace('+', '%2B')}")
    fill(stranger)
    for practitioner in open_clinic.practitioners:
        make_appointment(
            open_clinic, practitioner=practitioner, starts_at=datetime.fromisoformat(starts_at), now=timezone.now()
        )
    stranger.get_by_role("button", name=re.compile("^Book ")).click()
    assert stranger.get_by_role("heading", name="That time has just been taken").is_visible()
    stranger.locator("button.slot").first.click()
    assert stranger.input_value("#id_email") == "noor@example.org"
    stranger.check("#id_accept_policy")
    stranger.get_by_role("button", name=re.compile("^Book ")).click()
    assert Appointment.objects.filter(client__email="noor@example.org", status="booked").count() == 1


def test_whole_journey_by_keyboard_alone_with_focus_always_seen(live_server, open_clinic, chrome):
    context = chrome.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(times_url(live_server, open_clinic) + "?from=" + _later())
    _tab_to(page, "button.slot")
    page.keyboard.press("Enter")
    page.wait_for_url("**/details/**")
    for name, value in FIELDS.items():
        _tab_to(page, f"#id_{name}")
        page.keyboard.type(value)
    _tab_to(page, "#id_accept_policy")
    page.keyboard.press("Space")
    _tab_to(page, "form.form .btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/visits/**")
    assert Appointment.objects.get().status == "booked"
    context.close()


def test_every_page_of_the_journey_passes_the_audit(live_server, open_clinic, chrome):
    context = chrome.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(times_url(live_server, open_clinic) + "?from=" + _later())
    audit(page, "times")
    page.locator("button.slot").first.click()
    audit(page, "details")
    page.locator("form.form .btn-primary").click()
    audit(page, "error")
    fill(page)
    page.locator("form.form .btn-primary").click()
    page.wait_for_url("**/visits/**")
    audit(page, "visit")
    visit = page.url
    for name in ("move/", "cancel/"):
        assert page.goto(visit + name).ok, name  # an error's page would pass any audit
        audit(page, name)
    page.goto(f"{times_url(live_server, open_clinic)}details/?starts_at=2020-01-01T00:00:00Z")
    audit(page, "problem")
    context.close()


def _tab_to(page, selector):
    """Press Tab until the element has focus; it must then be seen: inside the window, outlined, not covered."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            break
    else:
        raise AssertionError(f"Tab never reached {selector}")
    assert page.evaluate(
        """() => {
            const box = document.activeElement.getBoundingClientRect();
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            const isUncovered = document.activeElement.contains(top) || top?.closest('label') !== null;
            return isUncovered && getComputedStyle(document.activeElement).outlineStyle !== 'none';
        }"""
    ), f"{selector} has focus and nobody can see it"


def _next_nine(clinic):
    """The first slot a week from now."""
    day = (timezone.now() + timedelta(days=7)).date()
    found = availability.open_slots(clinic.option, first_day=day, last_day=day, now=timezone.now())
    return found[0].starts_at


def _later():
    return (timezone.now() + timedelta(days=7)).date().isoformat()
