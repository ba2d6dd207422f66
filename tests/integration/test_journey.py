"""Holding a time, the details form and booking: every refusal is a sentence, and nothing typed is lost."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser

from booking.models import Appointment, BusyTime, Visit
from tests.factory import NOW, TEN, make_appointment, make_clinic
from tests.journey import LA_TEN, TYPED, book, choice, page, post, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def test_hold_then_details_then_booked(browser, clinic, frozen):
    held = post(browser, url(clinic, "hold"), choice(clinic))
    assert held.status_code == 303
    assert BusyTime.objects.exclude(expires_at=NOW + timedelta(minutes=10)).count() == 0
    form = browser.get(held["Location"])
    assert "This time is yours until" in form.content.decode()
    frozen.shift(timedelta(minutes=5))
    done = book(browser, clinic)
    assert done.status_code == 303
    appointment = Appointment.objects.get()
    assert (appointment.status, appointment.client.name, appointment.note) == ("booked", "Noor Haddad", "No lavender.")
    assert appointment.areas_to_avoid == ["b-neck", "f-r-knee"]
    assert str(appointment.client.phone) == "+15035550187"
    confirmation = browser.get(done["Location"]).content.decode()
    assert "See you on Monday, Noor." in confirmation
    assert "10:00 am" in confirmation
    assert "$105" in confirmation


def test_deep_link_opens_the_form_without_a_hold_and_says_so(browser, clinic):
    form = page(browser, url(clinic, "details"), starts_at=LA_TEN, duration=60)
    assert form.status_code == 200
    assert "open, but not held" in form.content.decode()
    assert not Visit.objects.exists()
    assert book(browser, clinic).status_code == 303


def test_refused_form_keeps_what_was_typed_and_points_at_each_field(browser, clinic):
    refused = book(browser, clinic, email="not an address", phone="12", accept_policy="")
    text = refused.content.decode()
    assert refused.status_code == 422
    assert 'href="#id_email"' in text and 'href="#id_phone"' in text and 'href="#id_accept_policy"' in text
    assert 'value="not an address"' in text and "No lavender." in text
    assert re.search(r'value="b-neck"[^>]*checked', text)
    assert "<title>Error: " in text.replace("\n", "")
    assert not Visit.objects.exists()


def test_time_just_taken_offers_the_three_nearest_and_keeps_the_form(browser, clinic):
    make_appointment(clinic)
    lost = book(browser, clinic)
    text = lost.content.decode()
    assert lost.status_code == 409
    assert "just been taken" in text
    offered = re.findall(r'name="starts_at" value="([^"]+)"', text)
    assert offered == ["2026-11-23T09:00:00-08:00", "2026-11-23T11:00:00-08:00", "2026-11-23T11:15:00-08:00"]
    assert 'name="first_name" value="Noor"' in text and 'name="areas_to_avoid" value="f-r-knee"' in text
    kept = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', text))
    again = post(
        browser, url(clinic, "hold"), {**kept, "starts_at": offered[1], "areas_to_avoid": TYPED["areas_to_avoid"]}
    )
    form = again.content.decode()
    assert again.status_code == 200
    assert 'value="Noor"' in form and "No lavender." in form and "This time is yours until" in form
    assert not re.search(r'name="accept_policy"[^>]*checked', form)


def test_hold_that_ran_out_says_so_when_the_time_is_gone(browser, clinic, frozen):
    post(browser, url(clinic, "hold"), choice(clinic))
    frozen.shift(timedelta(minutes=11))
    make_appointment(clinic, now=NOW + timedelta(minutes=11))
    lost = book(browser, clinic, held="yes")
    assert lost.status_code == 409
    assert "Your hold has run out" in lost.content.decode()


def test_time_never_offered_is_refused(browser, clinic):
    refused = book(browser, clinic, starts_at="2026-11-23T03:00:00-08:00")
    assert refused.status_code == 409
    assert "not open" in refused.content.decode()
    assert not Visit.objects.exists()


def test_double_submit_shows_the_first_booking(browser, clinic):
    first, second = book(browser, clinic), book(browser, clinic)
    assert first["Location"] == second["Location"]
    assert Visit.objects.count() == 1


def test_same_form_with_other_answers_is_refused(browser, clinic):
    book(browser, clinic)
    assert book(browser, clinic, first_name="Someone").status_code == 409
    assert Visit.objects.count() == 1


@pytest.mark.parametrize(
    "extra",
    [{"price": "1"}, {"status": "fulfilled"}, {"room": "1"}, {"ends_at": LA_TEN}, {"duration": "5"}, {"client": "1"}],
)
def test_what_the_form_does_not_ask_changes_nothing(browser, clinic, extra):
    assert book(browser, clinic, **extra).status_code == 303
    appointment = Appointment.objects.get()
    assert (appointment.price, appointment.status, appointment.ends_at - TEN) == (105, "booked", timedelta(hours=1))


@pytest.mark.parametrize(
    "tampered",
    [
        {"starts_at": "9999-12-31T23:30:00Z"},
        {"starts_at": "0001-01-01T00:00:00Z"},
        {"starts_at": "2026-11-23"},
        {"starts_at": "\x00"},
        {"starts_at": ""},
        {"option": "999999"},
        {"option": "9" * 40},
        {"option": "x"},
        {"practitioner": "nobody"},
        {"practitioner": "\x00"},
        {"location": "nowhere"},
    ],
)
@pytest.mark.parametrize("way", ["details", "hold", "extend"])
def test_nonsense_is_answered_with_a_sentence(browser, clinic, tampered, way):
    answer = post(browser, url(clinic, way), {**choice(clinic), **TYPED, **tampered})
    assert answer.status_code == 400
    assert "Choose a time from the list" in answer.content.decode()
    assert not Visit.objects.exists()


def test_option_of_another_service_is_refused(browser, clinic):
    other = make_clinic()
    assert book(browser, clinic, option=other.option.pk).status_code == 400
    assert book(browser, clinic, practitioner=other.practitioner.slug).status_code == 400


@pytest.mark.parametrize(
    "address", ["/book/nothing/", "/visits/" + "a" * 43 + "/", "/visits/%00/", "/visits/x/", "/book/%00/"]
)
def test_what_is_not_there_is_not_found(browser, clinic, address):
    assert browser.get(address).status_code == 404


def test_hold_is_extended_once_by_its_button(browser, clinic):
    post(browser, url(clinic, "hold"), choice(clinic))
    assert post(browser, url(clinic, "extend"), choice(clinic)).status_code == 303
    assert Appointment.objects.get().hold_expires_at == NOW + timedelta(minutes=20)
    assert post(browser, url(clinic, "extend"), choice(clinic)).status_code == 409


def test_third_hold_of_one_address_opens_the_form_without_a_hold(clinic):
    second, third = make_clinic(), make_clinic()
    for place in (clinic, second, third):
        stranger = Browser(enforce_csrf_checks=True)
        answer = post(stranger, url(place, "hold"), choice(place))
    assert answer.status_code == 303
    assert "open, but not held" in stranger.get(answer["Location"]).content.decode()
    assert Appointment.objects.count() == 2


@pytest.mark.parametrize("way", ["hold", "extend", "details"])
def test_post_without_a_csrf_token_is_refused(browser, clinic, way):
    assert browser.post(url(clinic, way), choice(clinic)).status_code == 403


def test_client_who_is_elsewhere_then_is_told(browser):
    clinic = make_clinic(practitioners=2, rooms=2)
    book(browser, clinic)
    assert book(browser, clinic, form_token="u" * 43).status_code == 409


@pytest.mark.parametrize("text", ["Noor\r\nBcc: all@example.org", "No\u202eor", "No\x00or", "  Noor  "])
def test_names_travel_clean(browser, clinic, text):
    answer = book(browser, clinic, first_name=text)
    if answer.status_code == 303:
        assert not re.search(r"[\x00-\x1f\u202e]", Appointment.objects.get().client.first_name)
    else:
        assert answer.status_code == 422


@pytest.mark.parametrize("text", ["Win at https://evil.example", "www.evil.example", "evil.example/prize"])
def test_name_that_would_put_an_address_into_a_mail_is_refused(browser, clinic, text):
    answer = book(browser, clinic, first_name=text)
    assert answer.status_code == 422
    assert "Enter a name without a web address." in answer.content.decode()
    assert not Appointment.objects.exists()


def test_call_is_booked_without_a_room_and_without_questions_about_touch(browser):
    clinic = make_clinic(mode="video", rooms=0)
    form = page(browser, url(clinic, "details"), starts_at=LA_TEN, duration=60).content.decode()
    assert 'name="pressure"' not in form
    done = book(browser, clinic)
    assert "Video call" in browser.get(done["Location"]).content.decode()
    assert Appointment.objects.get().room is None


@pytest.mark.parametrize("way", ["hold", "extend"])
def test_address_of_a_post_opened_by_hand_leads_to_the_times(browser, clinic, way):
    answer = browser.get(url(clinic, way))
    assert answer.status_code == 302
    assert answer["Location"] == url(clinic, "times")
    assert not Visit.objects.exists()


def test_every_get_address_leaves_the_database_as_it_is(browser, clinic):
    visit = book(browser, clinic)["Location"]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET TRANSACTION READ ONLY")
    addresses = [
        "/", "/book/", "/contact/", "/privacy/", "/healthz", "/readyz", "/api/v1/openings",
        *(url(clinic, way) for way in ("times", "hold", "extend")),
        f"{url(clinic, 'details')}?starts_at={LA_TEN}",
        *(visit + way for way in ("", "undo/", "cancel/", "move/", "calendar.ics")),
    ]  # fmt: skip
    for address in addresses:
        assert browser.get(address).status_code != 500, address
        assert browser.head(address).status_code != 500, address
