"""The visit's own pages behind its link: undo, cancel, move, calendar, and who may not see them."""

from datetime import timedelta

import pytest

from booking import links
from booking.models import Appointment, BusyTime, Message, Visit
from tests.factory import TEN, make_appointment
from tests.journey import book, post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def test_undo_cancel_move_and_calendar_work_from_the_visit_page(browser, clinic):
    visit = book(browser, clinic)["Location"]
    assert browser.get(visit + "calendar.ics").content.startswith(b"BEGIN:VCALENDAR")
    assert post(browser, visit + "undo/", {}).status_code == 303
    assert "The booking is undone" in browser.get(visit).content.decode()
    assert not Message.objects.exists()


def test_cancelling_is_asked_first_and_done_once(browser, clinic):
    visit = book(browser, clinic)["Location"]
    assert browser.get(visit + "cancel/").status_code == 200
    assert Appointment.objects.get().status == "booked"
    assert post(browser, visit + "cancel/", {}).status_code == 303
    assert post(browser, visit + "cancel/", {}).status_code == 303
    assert not BusyTime.objects.exists()
    assert "cancelled" in browser.get(visit).content.decode()


def test_moving_a_visit_offers_times_and_loses_none(browser, clinic):
    visit = book(browser, clinic, starts_at="2026-11-26T10:00:00-08:00")["Location"]
    offered = browser.get(visit + "move/", {"from": "2026-11-27"}).content.decode()
    assert 'value="2026-11-27T09:00:00-08:00"' in offered
    make_appointment(clinic, starts_at=TEN + timedelta(days=4))
    lost = post(browser, visit + "move/", {"starts_at": "2026-11-27T10:00:00-08:00"})
    assert lost.status_code == 409
    assert f'action="{visit}move/"' in lost.content.decode()
    assert post(browser, visit + "move/", {"starts_at": "2026-11-27T12:00:00-08:00"}).status_code == 303
    assert Appointment.objects.filter(starts_at=TEN + timedelta(days=4, hours=2)).exists()


def test_spent_link_says_so(browser, clinic, frozen):
    visit = book(browser, clinic)["Location"]
    frozen.shift(timedelta(days=40))
    assert browser.get(visit).status_code == 410


def test_link_is_stored_as_a_hash_alone(browser, clinic):
    token = book(browser, clinic)["Location"].split("/")[2]
    visit = Visit.objects.get()
    assert visit.link_hash == links.hash_of(token)
    assert not Message.objects.filter(text__contains=token).exists()
    assert token not in str(list(Visit.objects.values()))


def test_visit_pages_are_neither_cached_nor_indexed(browser, clinic):
    answer = browser.get(book(browser, clinic)["Location"])
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "same-origin"
