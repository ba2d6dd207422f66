"""The front desk adds a Saturday shift and blocks an afternoon with three visits in it, clicks counted.

Peers need more: a shift on one day takes five clicks and typing in the boards we looked at, and none of them offers
clients other times; each of the three visits is moved or called by hand there.
"""

from datetime import timedelta

import pytest
from django.urls import reverse

from booking import links
from booking.models import Appointment, Message, TimeOff, WorkingHours
from tests.browser.audit import audit
from tests.browser.desk import Desk

SHIFT_CLICKS = 3
BLOCK_CLICKS = 4


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def desk(request, chrome, live_server, transactional_db):
    desk = Desk(chrome, live_server, javascript=request.param)
    yield desk
    desk.close()
    assert desk.errors == []


@pytest.fixture
def scripted(chrome, live_server, transactional_db):
    desk = Desk(chrome, live_server)
    yield desk
    desk.close()
    assert desk.errors == []


def next_saturday(desk):
    return desk.today + timedelta(days=(5 - desk.today.weekday()) % 7 or 7)


def free_the_day(desk, day):
    """Nobody works then."""
    WorkingHours.objects.filter(weekday=day.weekday()).delete()


def afternoon(desk, days=1):
    return [desk.visit(wall, days=days) for wall in ("12:00", "13:30", "15:00")]


def test_a_saturday_shift_takes_three_clicks_from_the_diary(desk):
    """One more on a Saturday or a Sunday, when the coming one is in the later week."""
    saturday = next_saturday(desk)
    free_the_day(desk, saturday)
    is_later = desk.today.weekday() >= saturday.weekday()
    desk.open("/admin/diary/")
    desk.click("Hours", role="link", exact=True)
    if is_later:
        desk.click("Later week", role="link")
    name = desk.clinic.practitioner.name
    desk.click(f"Add a shift for {name} on {saturday:%A} {saturday.day} {saturday:%B}", role="link")
    desk.click("Add the shift")
    assert "Saved." in desk.page.inner_text(".messagelist")
    row = WorkingHours.objects.get(valid_from=saturday, valid_through=saturday)
    assert (row.practitioner.name, f"{row.starts:%H:%M}-{row.ends:%H:%M}") == (name, "09:00-17:00")
    assert desk.clicks <= SHIFT_CLICKS + is_later and desk.keys == 0


def test_an_afternoon_with_three_visits_is_blocked_and_each_client_gets_other_times(desk):
    visits, person = afternoon(desk), desk.clinic.practitioner
    day = desk.today + timedelta(days=1)
    desk.open(f"/admin/time-off/new/?practitioner={person.pk}&date={day}")
    desk.tick("Afternoon, from noon on")
    desk.click("Block the time")
    for visit in visits:
        assert visit.client.last_name in desk.page.inner_text("#content-main")
    assert not TimeOff.objects.exists()
    desk.click("Block the time, then choose for each")
    assert TimeOff.objects.get().practitioner == person
    assert Message.objects.filter(reason__startswith="offer/").count() == 0
    desk.click("Do all of this")
    assert "3 offered other times by mail" in desk.page.inner_text(".messagelist")
    assert Message.objects.filter(reason__startswith="offer/").count() == 3
    assert desk.clicks <= BLOCK_CLICKS and desk.keys == 0


def test_the_client_takes_an_offered_time_with_one_press(scripted, stranger):
    visit, *_ = afternoon(scripted)
    person, day = scripted.clinic.practitioner, scripted.today + timedelta(days=1)
    scripted.open(f"/admin/time-off/new/?practitioner={person.pk}&date={day}&length=afternoon")
    for name in ("Block the time", "Block the time, then choose for each", "Do all of this"):
        scripted.click(name, exact=True)
    stranger.goto(scripted.url + reverse("booking:visit", args=[links.token(visit.visit)]))
    stranger.locator(".move_offers button.slot").first.click()
    visit.refresh_from_db()
    assert visit.practitioner == scripted.clinic.practitioners[1] or visit.starts_at != scripted.at("12:00", days=1)
    assert stranger.locator(".move_offers").count() == 0
    assert Appointment.objects.filter(offered_as__appointment=visit).count() == 0


def test_a_week_is_edited_with_buttons_alone(desk):
    desk.open(reverse("admin:hours_week", args=[desk.clinic.practitioner.pk]))
    desk.type("Monday, shift 1, to", "12:00")
    desk.click("Add a shift on Monday")
    assert desk.page.get_by_label("Monday, shift 1, to").input_value() == "12:00"
    desk.type("Monday, shift 2, from", "13:00")
    desk.type("Monday, shift 2, to", "18:30")
    desk.click("Remove Sunday, shift 1")
    desk.click("Save the week")
    rows = WorkingHours.objects.filter(practitioner=desk.clinic.practitioner, valid_from=desk.today)
    assert [(row.weekday, f"{row.starts:%H:%M}-{row.ends:%H:%M}") for row in rows.order_by("weekday", "starts")] == [
        (0, "09:00-12:00"),
        (0, "13:00-18:30"),
    ]


def test_every_page_is_accessible_light_and_dark_narrow_and_wide(scripted):
    afternoon(scripted)
    person = scripted.clinic.practitioner
    starts_at, ends_at = scripted.at("12:00", days=1), scripted.at("17:00", days=1)
    away = TimeOff.objects.create(practitioner=person, starts_at=starts_at, ends_at=ends_at)
    one = [
        reverse(f"admin:{name}", args=[person.pk]) for name in ("hours_week", "hours_copy", "hours_extra", "hours_swap")
    ]
    wizard = reverse("admin:time_off_visits", args=[away.pk])
    for path in [reverse("admin:hours"), *one, reverse("admin:time_off_new"), wizard]:
        scripted.open(path)
        audit(scripted.page, path)
    scripted.errors.clear()  # axe sets styles of its own, and our policy says so
