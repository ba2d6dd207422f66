"""From an explanation to a visit, and from a doubt to a request: no script, keyboard alone, 320 px wide."""

import re

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from booking import localtime
from booking.models import Appointment, ConsultationRequest
from clinic.demo.place import LOCATION

ZOOMED = {"width": 320, "height": 256}  # 1280 × 1024 at 400 %


@pytest.fixture
def demo_clinic(transactional_db):
    today = localtime.local_day(timezone.now(), localtime.zone(LOCATION["timezone"]))
    call_command("seed", day=today, verbosity=0)


@pytest.fixture
def keyboard(chrome):
    """A page without scripts in the window of somebody who zooms to 400 %, used by keys alone."""
    context = chrome.new_context(java_script_enabled=False, viewport=ZOOMED, reduced_motion="reduce")
    yield Keys(context.new_page())
    context.close()


class Keys:
    """Reaches everything with Tab and checks that what has focus is on the screen."""

    def __init__(self, page):
        self.page = page

    def to(self, selector, *, within=250):
        wanted = self.page.locator(selector).first
        expect(wanted).to_be_attached()
        for _ in range(within):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("node => node === document.activeElement"):
                box = wanted.bounding_box()
                assert box is not None
                assert box["y"] < ZOOMED["height"]
                assert box["y"] + box["height"] > 0
                return self
        raise AssertionError(f"Tab never reaches {selector}")

    def choose(self, name, value):
        """Tab to the group of radio buttons, then the arrow keys to one of them."""
        radios = self.page.locator(f"[name={name}]")
        checked = f"[name={name}]:checked"
        self.to(checked if self.page.locator(checked).count() else f"[name={name}]").press("Space")
        wanted = self.page.locator(f"[name={name}][value={value}]")
        for _ in range(radios.count()):
            if wanted.is_checked():
                return self
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"The arrow keys never reach {name} {value}")

    def press(self, key):
        self.page.keyboard.press(key)
        self.page.wait_for_load_state()
        return self

    def type(self, words):
        self.page.keyboard.type(words)
        return self


def test_reader_of_a_guide_books_a_visit(live_server, demo_clinic, keyboard):
    before = Appointment.objects.count()
    keyboard.page.goto(f"{live_server.url}/learn/low-back-pain/")
    keyboard.to("main a.opening").press("Enter")
    keyboard.to("[name=first_name]").type("Noor")
    keyboard.to("[name=last_name]").type("Haddad")
    keyboard.to("[name=email]").type("noor@example.org")
    keyboard.to("[name=phone]").type("503 555 0142")
    keyboard.to("[name=accept_policy]").press("Space")
    keyboard.to("form.form .btn-primary").press("Enter")
    keyboard.page.wait_for_url(re.compile(r"/visits/"))
    assert Appointment.objects.count() == before + 1
    assert Appointment.objects.order_by("-pk").first().client.email == "noor@example.org"


def test_doubting_visitor_asks_for_a_consultation_with_the_answers_carried_along(live_server, demo_clinic, keyboard):
    before = ConsultationRequest.objects.count()
    keyboard.page.goto(f"{live_server.url}/learn/chooser/")
    for name, value in {
        "goal": "pain",
        "since": "months",
        "strength": "some",
        "first_time": "yes",
        "needles": "no",
    }.items():
        keyboard.choose(name, value)
    keyboard.choose("pregnancy", "early")
    keyboard.to("[name=watch][value=none]").press("Space")
    keyboard.to("form.ask .btn-primary").press("Enter")
    expect(keyboard.page.locator("#answer")).to_contain_text("A talk with us, first")
    keyboard.to("[name=carry]").press("Space")
    keyboard.to("#answer .btn-primary").press("Enter")
    keyboard.page.wait_for_url("**/consultation/")
    keyboard.page.wait_for_timeout(2100)  # nobody fills in a form within two seconds
    keyboard.choose("kind", "question")
    keyboard.to("[name=first_name]").type("Noor")
    keyboard.to("[name=last_name]").type("Haddad")
    keyboard.to("[name=email]").type("noor@example.org")
    keyboard.to("[name=message]").type(" Is it safe for me?")
    keyboard.to("[name=consent]").press("Space")
    keyboard.to("form.form .btn-primary").press("Enter")
    expect(keyboard.page).to_have_url(re.compile(r"/consultation/[\w-]{43}/"))
    assert ConsultationRequest.objects.count() == before + 1
    message = ConsultationRequest.objects.order_by("-pk").first().message
    assert "12 weeks" in message
    assert "Is it safe for me?" in message
