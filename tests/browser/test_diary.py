"""The diary in a real browser: nothing an audit finds, heads that stay, one person at a time on a phone, a clean
sheet on paper, and a board that is fresh without losing one's place."""

from datetime import timedelta

import pytest

from booking import appointments
from booking.models import Appointment
from tests.browser.audit import audit
from tests.browser.desk import Desk

PAGES = ["", "?by=room", "?view=week", "?view=month", "?private=1"]


@pytest.fixture
def desk(chrome, live_server, transactional_db, request):
    made = Desk(chrome, live_server, **getattr(request, "param", {}))
    yield made
    made.close()


def test_every_kind_of_page_passes_the_audit_without_scrolling_sideways(desk):
    desk.visit("14:00", note="Lavender gives me a headache.")
    late = desk.visit("10:00")
    Appointment.objects.filter(pk=late.pk).update(status="noshow")
    for query in PAGES:
        desk.open(f"/admin/diary/{query}")
        assert not desk.errors, query
        audit(desk.page, query)
        desk.errors.clear()  # the audit fetches style sheets in its own way


def test_heads_and_hours_stay_while_the_grid_scrolls(desk):
    desk.page.set_viewport_size({"width": 420, "height": 500})
    desk.open("/admin/diary/")
    desk.page.evaluate("board.scrollTo(200, 200)")
    board = desk.page.locator("#board").bounding_box()
    assert desk.page.locator(".diary__times").bounding_box()["x"] - board["x"] <= 2
    assert desk.page.locator(".diary__head").first.bounding_box()["y"] - board["y"] <= 2


@pytest.mark.parametrize("desk", [{"javascript": False, "width": 390, "height": 844}], indirect=True)
def test_on_a_phone_each_person_is_a_step_away_without_javascript(desk):
    desk.open("/admin/diary/")
    first, second = (str(one) for one in desk.clinic.practitioners)
    assert desk.page.get_by_role("link", name=f"{second} →").is_visible()
    desk.click(f"{second} →", role="link")
    desk.page.wait_for_timeout(300)
    assert desk.page.get_by_role("link", name=f"← {first}").is_visible()
    box = desk.page.locator(".diary__col").nth(1).bounding_box()
    assert box["x"] >= 50 and box["x"] + box["width"] <= 390


def test_a_refresh_brings_what_is_new_and_keeps_ones_place(desk):
    visit = desk.visit("14:00")
    desk.open("/admin/diary/")
    desk.page.evaluate("board.scrollTop = 120")
    Appointment.objects.filter(pk=visit.pk).update(status="arrived")
    with desk.page.expect_response("**/admin/diary/**"):
        desk.page.evaluate("htmx.trigger('#board', 'stale')")
    desk.page.locator(".visit--here").wait_for()
    assert desk.page.evaluate("board.scrollTop") == 120


def test_a_card_opens_its_panel_beside_the_board_and_a_reload_keeps_it(desk):
    visit = desk.visit("14:00", first_name="Noor")
    desk.open("/admin/diary/")
    desk.page.locator(f"#v{visit.pk}").click()
    desk.page.locator("#panel h2").wait_for()
    assert f"visit={visit.pk}" in desk.page.url
    desk.page.reload()
    assert "Noor" in desk.page.locator("#panel h2").inner_text()
    assert desk.page.locator('.visit[aria-current="true"]').count() == 1


def test_on_paper_each_day_is_a_list_in_black_on_white(desk):
    desk.visit("14:00", note="Lavender gives me a headache.", first_name="Noor")
    desk.open("/admin/diary/")
    desk.page.emulate_media(media="print")
    for hidden in (".board__bar", ".diary__times", ".key", ".diary__book", "#header"):
        assert not desk.page.locator(hidden).first.is_visible(), hidden
    card = desk.page.locator(".visit").first
    assert "2:00–3:00 Noor" in card.inner_text()
    assert "Note" in card.inner_text() and "Lavender" in card.inner_text()


def test_a_hold_counts_down(desk):
    held = appointments.hold(
        desk.clinic.option, starts_at=desk.at("15:00") + timedelta(days=1), owner="alice", address="home", now=desk.now
    )
    desk.open(f"/admin/diary/?date={(desk.today + timedelta(days=1)).isoformat()}")
    word = desk.page.locator("[data-until]")
    before = word.inner_text()
    assert "left" in before
    desk.page.wait_for_function("before => document.querySelector('[data-until]').textContent !== before", arg=before)
    assert "left" in word.inner_text() and word.inner_text() != before
    assert held.status == "pending"
