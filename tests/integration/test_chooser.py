"""The chooser as a visitor walks it: questions, an answer with real times, the answers carried only if they say so."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from services import body, carried
from services.chooser import note
from services.chooser.questions import WATCH
from services.forms import CarryForm, ChooserForm
from tests.factory import NOW, make_clinic, make_option, make_service
from tests.journey import TYPED, choice
from tests.journey import url as booking_url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

URL = "/learn/chooser/"
SAID = {
    "goal": "pain",
    "places": ["b-lower", "b-neck"],
    "since": "weeks",
    "strength": "some",
    "first_time": "no",
    "needles": "no",
    "pregnancy": "no",
    "watch": ["none"],
}


@pytest.fixture
def massage(db):
    return make_clinic(slug="therapeutic-massage", name="Therapeutic massage")


def send(browser, url=URL, **given):
    """Post as the page's own form would, with the CSRF token that it gave this browser."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(URL).content.decode())[1]
    return browser.post(url, {**given, "csrfmiddlewaretoken": token})


def sealed_in(response):
    return re.search(r'name="sealed" value="([^"]+)"', response.content.decode())[1]


def test_questions_are_asked_without_an_answer(browser, massage):
    response = browser.get(URL)
    text = response.content.decode()
    assert response.status_code == 200
    assert 'id="answer"' not in text
    assert text.count("<legend") == len(ChooserForm.base_fields) + 1  # two sides of one body
    assert "no-store" in response["Cache-Control"]


def test_answer_says_what_why_what_not_for_and_shows_times_that_can_be_booked(browser, massage):
    response = send(browser, **SAID)
    text = response.content.decode()
    assert response.status_code == 200
    assert re.search(
        r'id="answer-title"><a href="/services/therapeutic/therapeutic-massage/">Therapeutic massage', text
    )
    assert "It has been a few weeks" in text and "What it is not for" in text
    times = re.findall(r'class="opening" href="([^"]+)"', text)
    assert times
    assert browser.get(times[0].replace("&amp;", "&")).status_code == 200


def test_the_answer_s_times_are_in_the_clinic_s_own_time(browser, massage):
    text = send(browser, **SAID).content.decode()
    assert '<time class="opening__time" datetime="2026-11-22T14:00:00-08:00">2:00 pm</time>' in text


def test_answers_are_kept_in_the_form_and_are_in_no_address(browser, massage):
    response = send(browser, **SAID)
    text = response.content.decode()
    assert 'value="pain" id="id_goal_0" checked' in text
    assert re.search(r'value="b-lower" id="id_places_\d+" checked', text)
    assert response.request["QUERY_STRING"] == ""
    assert not re.search(r'href="[^"]*(?:goal|pregnancy|watch)=', text)


def test_questions_in_an_address_are_not_read(browser, massage):
    text = browser.get(URL, SAID).content.decode()
    assert 'id="answer"' not in text and not re.search(r"<input[^>]* checked", text)


def test_a_red_flag_shows_the_emergency_number_and_nothing_to_book(browser, massage):
    text = send(browser, **SAID | {"watch": ["chest"]}).content.decode()
    main = text[text.index("<main") : text.index("</main>")]
    assert "Call 911 now" in main and 'href="tel:911"' in main
    assert 'class="opening"' not in main and "/book/" not in main and reverse("services:chooser_note") not in main
    assert 'class="actionbar"' not in text


def test_cancer_treatment_leads_to_a_talk(browser, massage):
    call = make_service(name="Video consultation", slug="video-consultation", mode="video")
    make_option(call, minutes=15, price=0)
    call.practitioners.set([massage.practitioner])
    text = send(browser, **SAID | {"watch": ["cancer"]}).content.decode()
    assert "A talk with us, first" in text and "Ask your cancer team" in text
    assert 'href="/book/video-consultation/details/' in text
    assert 'href="/book/therapeutic-massage/details/' not in text


def test_a_service_that_is_not_offered_is_not_advised(browser, massage):
    massage.service.booking_mode = "on_request"
    massage.service.save()
    response = send(browser, **SAID)
    assert response.status_code == 200
    assert "A talk with us, first" in response.content.decode()


def test_missing_answers_are_named_kindly_and_what_was_said_stays(browser, massage):
    response = send(browser, goal="rest", watch=["none", "thinners"])
    text = response.content.decode()
    assert response.status_code == 422
    assert 'href="#id_since_0"' in text and "Choose an answer to “Are you pregnant?”" in text
    assert "Untick one of them" in text
    assert 'value="rest" id="id_goal_1" checked' in text
    assert "<title>Error: " in text


@pytest.mark.parametrize("nonsense", [{"goal": "x"}, {"goal": "pa\0in"}, {"places": ["b-tail"]}, {"watch": ["\0"]}])
def test_nonsense_is_refused_and_never_crashes(browser, massage, nonsense):
    assert send(browser, **SAID | nonsense).status_code == 422


def test_posting_without_a_token_is_refused(browser, massage):
    assert browser.post(URL, SAID).status_code == 403
    assert browser.post(reverse("services:chooser_note"), {"sealed": "x"}).status_code == 403


def test_nothing_is_written_to_the_database(browser, massage):
    send(browser, **SAID)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        send(browser, **SAID)
    assert queries.captured_queries
    assert not [q["sql"] for q in queries.captured_queries if not q["sql"].startswith("SELECT")]


def test_without_the_tick_nothing_is_carried(browser, massage):
    response = send(browser, reverse("services:chooser_note"), sealed=sealed_in(send(browser, **SAID)))
    assert response.status_code == 303 and response.url == booking_url(massage, "times")
    assert carried.COOKIE not in response.cookies


def test_with_the_tick_the_answers_wait_in_the_note_and_are_forgotten_once_booked(browser, massage):
    sealed = sealed_in(send(browser, **SAID))
    response = send(browser, reverse("services:chooser_note"), sealed=sealed, carry="on")
    cookie = response.cookies[carried.COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["max-age"] == 1800

    details = browser.get(booking_url(massage, "details"), choice(massage)).content.decode()
    typed = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", details, re.S)[1]
    assert "Where: Neck, Lower back." in typed and "Since: A few weeks." in typed

    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', details)[1]
    booked = browser.post(
        booking_url(massage, "details"), {**choice(massage), **TYPED, "note": typed, "csrfmiddlewaretoken": token}
    )
    assert booked.status_code == 303 and booked.url.startswith("/visits/")
    assert booked.cookies[carried.COOKIE].value == "" and booked.cookies[carried.COOKIE]["max-age"] == 0


def test_nobody_who_carried_nothing_gets_a_note_or_a_cookie_of_it(browser, massage):
    details = browser.get(booking_url(massage, "details"), choice(massage)).content.decode()
    assert "From the questions on your site" not in details
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', details)[1]
    booked = browser.post(booking_url(massage, "details"), {**choice(massage), **TYPED, "csrfmiddlewaretoken": token})
    assert booked.status_code == 303
    assert carried.COOKIE not in booked.cookies


def test_a_carried_note_is_forgotten_after_half_an_hour(browser, massage, frozen):
    sealed = sealed_in(send(browser, **SAID))
    send(browser, reverse("services:chooser_note"), sealed=sealed, carry="on")
    frozen.move_to(NOW + timedelta(minutes=31))
    kept = browser.cookies[carried.COOKIE].value
    details = browser.get(booking_url(massage, "details"), choice(massage)).content.decode()
    assert kept and "From the questions on your site" not in details


@pytest.mark.parametrize("forged", ["", "x", "a:b:c", "other salt"])
def test_a_note_that_we_did_not_write_is_not_carried(browser, massage, forged):
    if forged == "other salt":
        forged = signing.dumps(["Forged words", "therapeutic-massage"])
    response = send(browser, reverse("services:chooser_note"), sealed=forged, carry="on")
    assert response.url == URL and carried.COOKIE not in response.cookies
    browser.cookies[carried.COOKIE] = forged or "x"
    details = browser.get(booking_url(massage, "details"), choice(massage))
    assert details.status_code == 200 and "Forged words" not in details.content.decode()


def test_the_longest_note_fits_into_a_small_cookie(browser, massage):
    everything = SAID | {"goal": "recovery", "strength": "much", "pregnancy": "early", "watch": [*WATCH]}
    form = ChooserForm(everything | {"places": [code for code, _ in body.AREAS]})
    assert form.is_valid(), form.errors
    response = HttpResponse()
    carried.put(response, note(form.answers))
    assert len(response.cookies[carried.COOKIE].value) <= 1500
    assert CarryForm({"sealed": carried.seal(note(form.answers), to="lymphatic-drainage")}).is_valid()
