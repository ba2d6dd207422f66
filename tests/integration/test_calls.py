"""How a call comes about: the way into a video call, the number we ring, on the page, in mails and in calendars."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from icalendar import Calendar

from booking import links, outbox
from booking.models import Message, Visit
from tests.factory import NOW, TEN, make_appointment, make_clinic, make_details

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

BASE = "https://meet.example/clinic/"
ROOM = re.compile(r"https://meet\.example/clinic/[a-z2-7]{32}\b")
DAY = timedelta(days=1)


@pytest.fixture
def base(settings):
    settings.VIDEO_CALL_BASE_URL = BASE


def call(mode="video", *, starts_at=TEN, now=NOW, **given):
    clinic = make_clinic(mode=mode, rooms=0)
    return make_appointment(clinic, starts_at=starts_at, now=now, details=make_details(**given))


def page(client, appointment):
    return client.get(f"/visits/{links.token(appointment.visit)}/").content.decode()


def mail(appointment, kind):
    message = Message.objects.get(reason__startswith=f"{kind}/{appointment.pk}/")
    return message, *outbox.rendered(message)


def attached(message):
    """The calendar file as it goes out."""
    [part] = [part for part in outbox.as_sent(message).attachments if part.get_content_type() == "text/calendar"]
    return Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0]


@pytest.mark.usefixtures("base")
def test_way_in_is_shown_from_the_day_before_until_it_is_over(client, frozen):
    appointment = call(starts_at=TEN + 2 * DAY)
    for instant, is_shown in [
        (NOW, False),
        (appointment.starts_at - DAY - timedelta(seconds=1), False),
        (appointment.starts_at - DAY, True),
        (appointment.ends_at - timedelta(seconds=1), True),
        (appointment.ends_at, False),
    ]:
        frozen.move_to(instant)
        assert bool(ROOM.search(page(client, appointment))) == is_shown, instant


@pytest.mark.usefixtures("base")
def test_room_is_not_the_link_and_changes_with_it():
    visit = call().visit
    before = links.call_url(visit)
    assert ROOM.fullmatch(before)
    assert links.token(visit)[:16].lower() not in before
    assert links.call_url(visit) == before
    visit.link_nonce, visit.link_hash = links.new()
    assert links.call_url(visit) != before
    assert links.call_url(call(starts_at=TEN + DAY).visit) != before


@pytest.mark.usefixtures("base")
def test_room_stays_the_same_when_the_sites_key_is_changed(settings):
    visit = call().visit
    before = links.call_url(visit)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-" + "y" * 50
    assert links.call_url(visit) == before


@pytest.mark.usefixtures("base")
def test_mails_bring_the_way_in_and_the_database_does_not_hold_it():
    appointment = call()
    way_in = links.call_url(appointment.visit)
    for kind in ("confirmation", "new"):
        message, text, _ = mail(appointment, kind)
        assert way_in in text
        assert str(attached(message)["URL"]) == way_in
        assert "meet.example" not in message.text + message.html + message.calendar
    assert way_in in mail(appointment, "confirmation")[2]


@pytest.mark.usefixtures("base")
def test_early_mail_says_where_the_way_in_will_be_and_tells_the_practitioner_already():
    appointment = call(starts_at=TEN + 2 * DAY)
    message, text, html = mail(appointment, "confirmation")
    assert "the link to join is on the page of your visit" in text and "meet.example" not in text + html
    assert "URL" not in attached(message)
    assert links.call_url(appointment.visit) in mail(appointment, "new")[1]


@pytest.mark.usefixtures("base")
@pytest.mark.ignore_template_errors
def test_front_desk_sees_the_way_in_at_any_time(admin_client):
    appointment = call(starts_at=TEN + 2 * DAY)
    text = admin_client.get(f"/admin/booking/appointment/{appointment.pk}/change/").content.decode()
    assert links.call_url(appointment.visit) in text


def test_without_a_place_for_calls_we_send_the_link(client, settings):
    settings.VIDEO_CALL_BASE_URL = ""
    appointment = call()
    assert "We send you the link before the call." in page(client, appointment)
    message, text, _ = mail(appointment, "confirmation")
    assert "We send you the link before the call." in text
    assert "invalid" not in text + mail(appointment, "new")[1]
    assert str(attached(message)["LOCATION"]) == "Video call"


def test_phone_call_says_which_number_to_the_client_alone(client):
    appointment = call("phone", phone="+15035550187")
    assert "We call you on (503) 555-0187." in page(client, appointment)
    message, text, html = mail(appointment, "confirmation")
    assert "We call you on (503) 555-0187." in text and "We call you on (503) 555-0187." in html
    practitioners, practitioners_text, _ = mail(appointment, "new")
    assert "555-0187" not in practitioners_text + practitioners.calendar + message.calendar
    assert "By telephone" in str(attached(message)["LOCATION"])


def test_visit_at_the_clinic_says_nothing_of_calls(client, clinic, settings):
    settings.VIDEO_CALL_BASE_URL = BASE
    appointment = make_appointment(clinic)
    assert "meet.example" not in page(client, appointment) + mail(appointment, "confirmation")[1]
    assert Visit.objects.count() == 1


@pytest.mark.usefixtures("base")
def test_long_addresses_are_folded_as_calendars_want_them(settings):
    settings.VIDEO_CALL_BASE_URL = "https://meet.example/" + "a-rather-long-name/" * 4
    message, *_ = mail(call(), "confirmation")
    [part] = [part for part in outbox.as_sent(message).attachments if part.get_content_type() == "text/calendar"]
    lines = part.get_payload(decode=True).decode().split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert str(attached(message)["URL"]).startswith(settings.VIDEO_CALL_BASE_URL)
