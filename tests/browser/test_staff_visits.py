"""The front desk at work in a real browser: by pointer, by keyboard and without JavaScript, with the clicks counted."""

from datetime import timedelta

import pytest

from booking.models import Appointment, Visit
from tests.browser.audit import audit
from tests.browser.desk import Desk
from tests.factory import make_client

MOVE, CANCEL = "is-moving", "Not moved."


@pytest.fixture
def desk(chrome, live_server):
    found = Desk(chrome, live_server)
    yield found
    assert not found.errors
    found.close()


@pytest.fixture
def plain(chrome, live_server):
    """The same without JavaScript."""
    found = Desk(chrome, live_server, javascript=False)
    yield found
    found.close()


def fresh(visit):
    return Appointment.objects.get(pk=visit.pk)


def card(desk, visit):
    return desk.page.locator(f"article[data-visit='{visit.pk}']")


def cell(desk, wall, practitioner=0):
    column = desk.page.locator(f"[data-practitioner='{desk.clinic.practitioners[practitioner].pk}']")
    return column.locator(f".diary__cells button[value='{wall}']")


def open_card(desk, visit):
    desk.clicks += 1
    card(desk, visit).locator("h3 a").click()
    desk.page.wait_for_selector("#panel [data-visit]")


@pytest.mark.parametrize("javascript", [True, False])
def test_arrived_takes_two_clicks(chrome, live_server, javascript):
    desk = Desk(chrome, live_server, javascript=javascript)
    visit = desk.visit("15:00")
    desk.open("/admin/diary/")
    open_card(desk, visit)
    desk.click("Arrived", exact=True)
    assert fresh(visit).status == "arrived" and desk.clicks == 2
    if javascript:  # the board has heard of it
        card(desk, visit).locator("text=Here").wait_for()
    desk.close()


@pytest.mark.parametrize("javascript", [True, False])
def test_booking_a_known_client_by_telephone_takes_three_clicks(chrome, live_server, javascript):
    desk = Desk(chrome, live_server, javascript=javascript)
    known = make_client(first_name="Ines", last_name="Duarte", phone="+15035550187")
    desk.open("/admin/diary/")
    desk.clicks += 1
    cell(desk, "15:00").click(force=True)
    desk.page.wait_for_selector("text=New visit")
    desk.type("Find a client", "0187")
    if not javascript:
        desk.click("Search")
    desk.click("Ines Duarte")
    desk.click("Book", exact=True)
    made = Appointment.objects.get()
    assert (made.client, made.starts_at) == (known, desk.at("15:00"))
    assert made.practitioner == desk.clinic.practitioners[0] and made.visit.source == Visit.Source.PHONE
    assert desk.clicks == (3 if javascript else 4)
    assert f"visit={made.pk}" in desk.page.url
    desk.close()


def test_dragging_asks_what_it_means_and_one_more_click_moves_it(desk):
    visit = desk.visit("15:00")
    desk.open("/admin/diary/")
    desk.drag(card(desk, visit), cell(desk, "16:00", practitioner=1))
    strip = desk.page.locator("#strip")
    strip.get_by_text("is open").wait_for()
    assert fresh(visit).starts_at == desk.at("15:00")
    desk.click("Move", within=strip, exact=True)
    assert fresh(visit).starts_at == desk.at("16:00")
    assert fresh(visit).practitioner == desk.clinic.practitioners[1]
    assert desk.clicks == 2
    desk.page.get_by_role("button", name="Undo").click()
    desk.page.get_by_text("Taken back.").wait_for()
    assert fresh(visit).starts_at == desk.at("15:00")


def test_dragging_to_another_day_of_the_week_keeps_the_practitioner(desk):
    monday = 7 - desk.today.weekday()
    visit = desk.visit("15:00", days=monday)
    monday_on = desk.today + timedelta(days=monday)
    desk.open(f"/admin/diary/?view=week&practitioner={visit.practitioner_id}&date={monday_on}")
    tuesday = desk.page.locator(f"[data-day='{monday_on + timedelta(days=1)}']")
    desk.drag(card(desk, visit), tuesday.locator(".diary__cells button[value='16:00']"))
    strip = desk.page.locator("#strip")
    strip.get_by_text("is open").wait_for()
    desk.click("Move", within=strip, exact=True)
    assert fresh(visit).starts_at == desk.at("16:00", days=monday + 1)
    assert fresh(visit).practitioner == visit.practitioner


def test_dragging_to_another_room_changes_the_room_alone(desk):
    visit = desk.visit("15:00")
    other = next(room for room in desk.clinic.rooms if room != visit.room)
    desk.open("/admin/diary/?by=room")
    room = desk.page.locator(f"[data-room='{other.pk}']")
    desk.drag(card(desk, visit), room.locator(".diary__cells button[value='15:00']"))
    desk.click("Move", within=desk.page.locator("#strip"), exact=True)
    moved = fresh(visit)
    assert (moved.room, moved.starts_at, moved.practitioner) == (other, visit.starts_at, visit.practitioner)


def test_leaving_a_drag_moves_nothing_and_does_not_open_the_card(desk):
    visit = desk.visit("15:00")
    desk.open("/admin/diary/")
    desk.drag(card(desk, visit), cell(desk, "16:00"))
    desk.page.locator("#strip").get_by_role("link", name="Leave it").click()
    assert not desk.page.locator("#strip").count() and not desk.page.locator(".diary__ghost").count()
    assert fresh(visit).starts_at == desk.at("15:00") and not desk.page.locator("#panel [data-visit]").count()


def test_a_drag_over_somebody_else_says_so_and_offers_what_is_near(desk):
    visit, other = desk.visit("15:00"), desk.visit("14:00", practitioner=1)
    desk.open("/admin/diary/")
    desk.drag(card(desk, visit), card(desk, other))
    strip = desk.page.locator("#strip")
    strip.get_by_text("is not open").wait_for()
    strip.locator("button[name=pick]").first.click()
    desk.page.wait_for_load_state("networkidle")
    assert fresh(visit).practitioner == desk.clinic.practitioners[1]
    assert fresh(visit).starts_at != desk.at("14:00")


def test_a_visit_moves_by_keyboard_alone(desk):
    visit = desk.visit("15:00")
    desk.open("/admin/diary/")
    card(desk, visit).locator("h3 a").focus()
    desk.press("m", "ArrowDown", "ArrowDown", "ArrowRight")
    said = desk.page.locator("[aria-live=assertive]")
    assert "3:30 pm" in said.inner_text() and desk.clinic.practitioners[1].name in said.inner_text()
    desk.press("Enter")
    desk.page.locator("#strip").get_by_text("is open").wait_for()
    desk.page.wait_for_function("document.activeElement.textContent === 'Move'")
    desk.press("Enter")
    desk.page.wait_for_load_state("networkidle")
    desk.page.get_by_text("Moved to").wait_for()
    assert fresh(visit).starts_at == desk.at("15:30")
    assert fresh(visit).practitioner == desk.clinic.practitioners[1]
    assert desk.clicks == 0


def test_escape_leaves_a_visit_where_it_was(desk):
    visit = desk.visit("15:00")
    desk.open("/admin/diary/")
    card(desk, visit).locator("h3 a").focus()
    desk.press("m", "ArrowDown", "Escape")
    assert desk.page.locator("[aria-live=assertive]").inner_text() == CANCEL
    assert not desk.page.locator(f".{MOVE}").count() and fresh(visit).starts_at == desk.at("15:00")


def test_arrow_keys_lead_from_cell_to_cell_and_enter_books_there(desk):
    desk.open("/admin/diary/")
    cell(desk, "15:00").focus()
    desk.press("ArrowDown", "ArrowRight", "ArrowUp")
    assert desk.page.evaluate("document.activeElement.value") == "15:00"
    desk.press("Enter")
    desk.page.wait_for_url("**/diary/new/**")
    assert desk.page.locator("#id_practitioner").input_value() == str(desk.clinic.practitioners[1].pk)


def test_on_a_phone_the_panel_comes_to_whoever_opened_a_card(chrome, live_server):
    desk = Desk(chrome, live_server, width=390, height=800)
    visit = desk.visit("15:00")
    desk.open("/admin/diary/")
    open_card(desk, visit)
    desk.page.wait_for_function("document.activeElement.matches('[data-panel-head]')")
    desk.page.wait_for_function("document.getElementById('panel').getBoundingClientRect().top < 200")
    desk.close()


def test_what_was_done_stands_on_top_of_a_long_panel(chrome, live_server):
    desk = Desk(chrome, live_server, height=500)
    visit = desk.visit("15:00")
    desk.open("/admin/diary/")
    open_card(desk, visit)
    desk.page.locator("#panel summary", has_text="Cancel").click()
    desk.page.get_by_role("button", name="Cancel the visit").click()
    desk.page.wait_for_selector("#panel .panel__said")
    assert "told by mail" in desk.page.inner_text("#panel .panel__said")
    assert desk.page.evaluate("document.getElementById('panel').scrollTop") == 0
    desk.close()


def test_moving_without_javascript(plain):
    visit = plain.visit("15:00")
    plain.open("/admin/diary/")
    open_card(plain, visit)
    plain.click("Move", role="link", exact=True)
    plain.click("4:00 pm")
    assert fresh(visit).starts_at == plain.at("16:00") and plain.clicks == 3


def test_no_show_with_a_waived_fee_without_javascript(plain):
    visit = plain.visit("13:00")
    Appointment.objects.filter(pk=visit.pk).update(starts_at=plain.now - timedelta(minutes=30))
    plain.open(f"/admin/diary/visits/{visit.pk}/")
    plain.clicks += 1
    plain.page.locator("summary", has_text="Did not come").click()
    plain.tick("No fee, because")
    plain.type("Why no fee", "Flat tyre")
    plain.click("Did not come")
    assert (fresh(visit).status, fresh(visit).fee_waiver) == ("noshow", "Flat tyre")


def test_panel_move_and_new_pass_the_audit(chrome, live_server):
    desk = Desk(chrome, live_server)
    visit = desk.visit("15:00", days=1)
    where = f"/admin/diary/visits/{visit.pk}/"
    cell_of = f"practitioner={desk.clinic.practitioner.pk}&date={desk.today}&at=15:00"
    pages = [where, f"{where}move/", f"{where}move/?shift=600", f"{where}again/", f"{where}room/", f"{where}message/"]
    for path in [*pages, f"{where}receipt/", f"/admin/diary/new/?{cell_of}", f"/admin/diary/?visit={visit.pk}"]:
        desk.open(path)
        desk.page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
        audit(desk.page, path)
    desk.close()
