"""The client's journey over Django's own test client: every page, every refusal, nothing lost."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from booking import links
from booking.models import Appointment, BusyTime, Message, Visit
from services.models import Practitioner, Service, ServiceOption
from tests.factory import NOW, TEN, make_appointment, make_clinic, make_time_off

pytestmark = pytest.mark.django_db

LA_TEN = "2026-11-23T10:00:00-08:00"
TYPED = {
    "first_name": "Noor",
    "last_name": "Haddad",
    "email": "noor@example.org",
    "phone": "(503) 555-0187",
    "pressure": "medium",
    "areas_to_avoid": ["b-neck", "f-r-knee"],
    "note": "No lavender.",
    "accept_policy": "on",
    "form_token": "t" * 43,
}


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def browser():
    return Browser(enforce_csrf_checks=True)


def page(browser, url, **params):
    return browser.get(url, params)


def post(browser, url, data):
    """Post as a page's own form would: with the CSRF token that the times page gave this browser."""
    times = browser.get(reverse("booking:times", args=[Service.objects.first().slug])).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', times)[1]
    return browser.post(url, {**data, "csrfmiddlewaretoken": token})


def choice(clinic, **given):
    return {
        "option": clinic.option.pk,
        "practitioner": "",
        "location": clinic.location.slug,
        "starts_at": LA_TEN,
        **given,
    }


def url(clinic, name):
    return reverse(f"booking:{name}", args=[clinic.service.slug])


def book(browser, clinic, **given):
    return post(browser, url(clinic, "details"), {**choice(clinic), **TYPED, **given})


def test_times_page_offers_buttons_with_the_instant_and_a_full_name(browser, clinic):
    text = page(browser, url(clinic, "times")).content.decode()
    assert f'value="{LA_TEN}"' in text
    assert f'<time datetime="{LA_TEN}">10:00</time>' in text
    assert "10:00 am, Monday 23 November" in text
    assert "Los Angeles time (PST, UTC−8)" in text


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
    "query",
    ["from=9999-12-31", "from=0001-01-01", "from=x", "duration=7", "duration=%00", "part=night", "practitioner=%00"],
)
def test_times_page_reads_what_it_can_of_its_filters(browser, clinic, query):
    assert browser.get(f"{url(clinic, 'times')}?{query}").status_code == 200


@pytest.mark.parametrize(
    "address", ["/book/nothing/", "/visits/" + "a" * 43 + "/", "/visits/%00/", "/visits/x/", "/book/%00/"]
)
def test_what_is_not_there_is_not_found(browser, clinic, address):
    assert browser.get(address).status_code == 404


def test_empty_week_says_why_and_offers_the_next_open_day(browser, clinic):
    clinic.practitioner.working_hours.exclude(weekday=2).delete()
    clinic.practitioner.working_hours.update(valid_from="2026-12-05")
    text = page(browser, url(clinic, "times")).content.decode()
    assert "No time is open in these seven days" in text
    assert "Next open day: Wednesday 9 December" in text


def test_filters_ask_the_engine_by_person_and_part_of_day(browser):
    clinic = make_clinic(practitioners=2, rooms=2)
    make_appointment(clinic, practitioner=clinic.practitioners[0])
    by_person = page(browser, url(clinic, "times"), practitioner=clinic.practitioners[0].slug).content.decode()
    assert f'value="{LA_TEN}"' not in by_person and "T11:00:00" in by_person
    evening = page(browser, url(clinic, "times"), part="am").content.decode()
    assert "T13:00:00" not in evening and f'value="{LA_TEN}"' in evening


def test_own_hold_is_unseen_by_its_owner_and_seen_by_others(browser, clinic):
    post(browser, url(clinic, "hold"), choice(clinic))
    assert f'value="{LA_TEN}"' in page(browser, url(clinic, "times")).content.decode()
    assert f'value="{LA_TEN}"' not in page(Browser(), url(clinic, "times")).content.decode()


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


def test_openings_for_programs_are_the_times_page_s_own(browser, clinic):
    asked = {"service": clinic.service.slug, "from": "2026-11-23", "to": "2026-11-23"}
    found = browser.get("/api/v1/openings", asked).json()["openings"]
    assert {
        "starts_at": LA_TEN,
        "ends_at": "2026-11-23T11:00:00-08:00",
        "practitioner": clinic.practitioner.slug,
    } in found
    assert browser.get("/api/v1/openings", {"service": "x"}).status_code == 422


def test_times_page_needs_the_same_queries_for_any_number_of_people_and_visits(browser):
    small, large = make_clinic(), make_clinic(practitioners=6, rooms=6)
    for hour in range(5):
        make_appointment(large, starts_at=TEN + timedelta(hours=hour))
    page(browser, url(small, "times"))  # the first one gives the cookie
    counts = []
    for clinic in (small, large):
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            page(browser, url(clinic, "times"), location=clinic.location.slug)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 14


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


def kept_page(browser, clinic):
    return page(browser, url(clinic, "times")).content.decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda clinic: make_appointment(clinic),
        lambda clinic: clinic.practitioner.working_hours.update(ends="09:30"),
        lambda clinic: make_time_off(location=clinic.location, starts_at=TEN, ends_at=TEN + timedelta(hours=1)),
        lambda clinic: clinic.rooms[0].services.clear(),
        lambda clinic: Practitioner.objects.update(is_active=False),
        lambda clinic: clinic.practitioner.services.clear(),
        lambda clinic: ServiceOption.objects.update(duration=timedelta(hours=8)),
        lambda clinic: Service.objects.update(lead_time=timedelta(days=5)),
    ],
)
def test_kept_times_page_is_as_true_as_a_fresh_one(clinic, change):
    assert f'value="{LA_TEN}"' in kept_page(Browser(), clinic)
    change(clinic)
    assert f'value="{LA_TEN}"' not in kept_page(Browser(), clinic)


def test_kept_times_page_shows_a_time_again_when_its_hold_expires(browser, clinic, frozen):
    frozen.shift(timedelta(seconds=1))
    post(browser, url(clinic, "hold"), choice(clinic))
    assert f'value="{LA_TEN}"' not in kept_page(Browser(), clinic)
    frozen.shift(timedelta(minutes=10))
    assert f'value="{LA_TEN}"' in kept_page(Browser(), clinic)


def test_kept_times_page_carries_each_reader_s_own_token(clinic):
    kept_page(Browser(), clinic)
    browser = Browser(enforce_csrf_checks=True)
    with CaptureQueriesContext(connection) as captured:
        kept_page(browser, clinic)
    assert len(captured) == 1
    assert post(browser, url(clinic, "hold"), choice(clinic)).status_code == 303
