"""The rooms' pages and "why not" in a real browser: without script, on a phone, in the dark; an audit finds nothing."""

from datetime import timedelta

import pytest

from booking.models import TimeOff
from services.models import Equipment
from tests.browser.audit import audit
from tests.browser.desk import Desk


@pytest.fixture
def desk(chrome, live_server, transactional_db):
    made = []

    def make(**given):
        made.append(Desk(chrome, live_server, **given))
        return made[-1]

    yield make
    for one in made:
        one.close()


def equip(clinic):
    sink = Equipment.objects.create(name="Sink")
    clinic.service.equipment.add(sink)
    clinic.rooms[1].equipment.add(sink)


def test_a_room_goes_out_of_use_with_its_visits_in_three_clicks_without_javascript(desk):
    hand = desk(javascript=False)
    visit = hand.visit("10:00", days=1)
    hand.open("/admin/rooms/")
    hand.click(f"Take {visit.room} out of use", role="link")
    form = hand.page.locator(".staff-form")
    hand.type("Day", (hand.today + timedelta(days=1)).isoformat(), within=form)
    hand.type("Reason, for staff", "Leak")
    hand.click("Show what it touches")
    assert hand.page.get_by_label(f"Room for {visit.client}").input_value() == str(hand.clinic.rooms[1].pk)
    assert not TimeOff.objects.exists()
    hand.click("Do all of this")
    assert hand.clicks == 3
    assert "1 visit moved to another room." in hand.page.content()
    visit.refresh_from_db()
    assert visit.room == hand.clinic.rooms[1]
    assert TimeOff.objects.get().room == hand.clinic.rooms[0]


def test_why_a_time_is_not_offered_is_asked_and_answered_without_javascript(desk):
    hand = desk(javascript=False)
    hand.clinic.rooms[0].delete()
    visit = hand.visit("10:00", days=1)
    tomorrow = (hand.today + timedelta(days=1)).isoformat()
    hand.open(f"/admin/diary/why/?practitioner={visit.practitioner.pk}&date={tomorrow}&at=10:00")
    hand.page.get_by_label("Service").select_option(str(hand.clinic.option.pk))
    hand.click("Say why")
    assert hand.page.get_by_text(f"{visit.practitioner} has a visit from 10:00 am to 11:00 am.").is_visible()
    hand.click("See the visit", role="link")
    assert f"/admin/diary/visits/{visit.pk}/" in hand.page.url


def test_the_pages_pass_the_audit_and_never_scroll_sideways(desk):
    hand = desk()
    equip(hand.clinic)
    visit = hand.visit("10:00", days=1)
    hand.visit("10:00", days=1, practitioner=1)
    starts_at = visit.starts_at.isoformat().replace("+", "%2B")
    asked = f"/admin/diary/why/?option={visit.option_id}&starts_at={starts_at}"
    out = f"/admin/rooms/{visit.room_id}/out/"
    for path in ("/admin/rooms/", out, "/admin/diary/why/", asked, f"{asked}&starts_at=&date=x&at=x"):
        hand.open(path)
        audit(hand.page, path)
    hand.open(out)
    form = hand.page.locator(".staff-form")
    hand.type("Day", (hand.today + timedelta(days=1)).isoformat(), within=form)
    hand.click("Show what it touches")
    audit(hand.page, "the plan")
