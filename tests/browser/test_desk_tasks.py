"""The rest of a receptionist's ten common tasks, each with its clicks, with script and without. See docs/tasks.md."""

from datetime import timedelta

import pytest

from booking.models import Appointment, ConsultationRequest, Message
from tests.browser.desk import Desk
from tests.factory import make_request


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def desk(request, chrome, live_server, transactional_db):
    desk = Desk(chrome, live_server, javascript=request.param)
    yield desk
    desk.close()
    assert desk.errors == []


def test_a_no_show_is_charged_in_three_clicks(desk):
    visit = desk.visit("10:00")
    desk.open("/admin/diary/")
    desk.click(visit.client.name, role="link")
    desk.clicks += 1
    desk.page.locator("summary", has_text="Did not come").click()
    desk.click("Did not come", exact=True)
    found = Appointment.objects.get(pk=visit.pk)
    assert (found.status, found.fee) == ("noshow", visit.late_fee)
    assert desk.clicks == 3


def test_a_request_is_answered_in_three_clicks(desk):
    asked = make_request(now=desk.now)
    desk.open("/admin/diary/")
    desk.click("Worklist", role="link")
    desk.click(f"Answer {asked.name}", role="link")
    desk.type("Your answer", "Yes, and the first visit is longer.")
    desk.click("Answer by mail")
    assert ConsultationRequest.objects.get().status == "answered"
    assert Message.objects.filter(consultation__isnull=False, to=[asked.email], status="queued").exists()
    assert desk.clicks == 3


def test_tomorrow_is_on_paper_in_two_clicks(desk):
    """The second click is the page's Print button, or without script the browser's own."""
    visit = desk.visit("10:00", days=1)
    desk.open("/admin/diary/")
    desk.click("Next day", role="link")
    desk.page.emulate_media(media="print")
    sheet = desk.page.inner_text("body")
    assert visit.client.name in sheet and "10:00" in sheet and "Log out" not in sheet
    titles = desk.page.eval_on_selector_all(".diary__head", "heads => heads.map(head => head.dataset.title)")
    assert all(f"{(desk.today + timedelta(days=1)):%A}" in title for title in titles if title)
    assert any(desk.clinic.practitioner.name in title for title in titles if title)
    assert desk.clicks == 1
