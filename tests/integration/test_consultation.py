"""Asking before booking: the form, the mails, the request's own page, the times we hold, and who is kept out."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import links, outbox, policy
from booking.errors import (
    TooManyRequests,
)
from booking.models import Appointment, ConsultationRequest, Message
from clinic.logs import redacted
from services import carried
from tests.asking import DAY, FORM, HOUR, SECOND, TYPED, ask, opened, press, propose, reasons
from tests.factory import (
    NOW,
    make_appointment,
    make_clinic,
    make_request,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


class TestTheForm:
    def test_request_is_kept_both_sides_are_told_and_its_page_says_what_happens_next(self, browser, calls, frozen):
        answer = ask(browser, frozen)
        assert answer.status_code == 303
        request = ConsultationRequest.objects.get()
        assert answer["Location"] == reverse("booking:consultation_request", args=[links.token(request)])
        assert (request.name, request.email, request.status) == ("Ada Brook", "ada@example.org", "new")
        assert (request.preferred_parts, request.preferred_text) == (["am", "eve"], "Tuesdays")
        assert reasons() == {f"consultation_received/{request.pk}/0/{who}" for who in ("client", "clinic")}
        assert ProcrastinateJob.objects.filter(task_name__endswith="send_message").count() == 2
        page = browser.get(answer["Location"])
        assert "We have your request, Ada" in page.content.decode()
        assert "no-store" in page["Cache-Control"] and "noindex" in page["X-Robots-Tag"]

    def test_form_shows_the_next_calls_beside_it(self, browser, calls):
        text = browser.get(FORM).content.decode()
        assert reverse("booking:times", args=[calls.service.slug]) in text
        assert 'class="opening"' in text
        assert "Los Angeles time" in text

    def test_address_chooses_the_kind_and_the_treatment(self, browser, clinic):
        text = browser.get(FORM, {"kind": "phone", "service": clinic.service.slug}).content.decode()
        assert re.search(r'value="phone"[^>]*checked', text)
        assert re.search(rf'<option value="{clinic.service.pk}"[^>]*selected', text)
        assert browser.get(FORM, {"kind": "x" * 99, "service": "\x00"}).status_code == 200

    def test_note_from_the_chooser_is_filled_in_and_forgotten_once_sent(self, browser, clinic, frozen, rf):
        carrying = browser.get("/")
        carried.put(carrying, "My neck is stiff in the morning.")
        browser.cookies[carried.COOKIE] = carrying.cookies[carried.COOKIE].value
        assert "My neck is stiff in the morning." in browser.get(FORM).content.decode()
        assert ask(browser, frozen).cookies[carried.COOKIE].value == ""

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"email": "nobody"}, "id_email"),
            ({"message": " "}, "id_message"),
            ({"kind": ""}, "id_kind_0"),
            ({"kind": "phone"}, "id_phone"),
            ({"kind": "phone", "phone": "12"}, "id_phone"),
            ({"consent": ""}, "id_consent"),
        ],
    )
    def test_refused_form_keeps_everything_and_points_at_the_field(self, browser, clinic, frozen, given, field):
        refused = ask(browser, frozen, **given)
        text = refused.content.decode()
        assert refused.status_code == 422
        assert f'href="#{field}"' in text
        assert 'value="Brook"' in text and re.search(r'value="eve"[^>]*checked', text) and "Tuesdays" in text
        assert not ConsultationRequest.objects.exists()

    @pytest.mark.parametrize("email", ["x" * 250 + "@example.org", f"a@{'.'.join(['İ' * 20] * 8)}.org"])
    def test_address_longer_than_we_can_keep_is_refused(self, browser, clinic, frozen, email):
        refused = ask(browser, frozen, email=email)
        assert refused.status_code == 422
        assert 'href="#id_email"' in refused.content.decode()

    def test_call_by_telephone_says_the_number_we_call(self, browser, clinic, frozen):
        page = browser.get(ask(browser, frozen, kind="phone", phone="503 555 0187")["Location"]).content.decode()
        assert "We call you on (503) 555-0187" in page

    def test_same_form_twice_is_one_request_and_a_changed_one_is_asked_again(self, browser, clinic, frozen):
        fields = opened(browser)
        first, second = (ask(browser, frozen, fields=fields) for _ in range(2))
        assert first["Location"] == second["Location"]
        changed = ask(browser, frozen, fields=fields, message="And my knee.")
        assert changed.status_code == 409
        assert ConsultationRequest.objects.count() == 1
        fields["opened_at"] = re.search(r'name="opened_at" value="([^"]+)"', changed.content.decode())[1]
        assert ask(browser, frozen, fields=fields, message="And my knee.").status_code == 303

    def test_what_they_wrote_is_in_no_mail_and_the_link_is_nowhere_in_the_database(self, browser, clinic, frozen):
        token = ask(browser, frozen)["Location"].split("/")[2]
        for message in Message.objects.all():
            text, html = outbox.rendered(message)
            assert "gardening" not in text + html
            assert (token in text) == message.reason.endswith("client")
            assert token not in message.text + message.html
        assert token not in str(list(ConsultationRequest.objects.values()))
        assert token not in redacted(f"GET /consultation/{token}/accept/ 200")

    def test_clinics_mail_goes_to_the_clinic_and_leads_to_its_own_page(self, browser, clinic, frozen):
        ask(browser, frozen)
        request = ConsultationRequest.objects.get()
        assert Message.objects.get(reason__endswith="clinic").to == [clinic.location.email]
        text, _ = outbox.rendered(Message.objects.get(reason__endswith="clinic"))
        assert f"/admin/booking/consultationrequest/{request.pk}/change/" in text

    def test_without_a_clinic_there_is_no_form(self, browser):
        assert browser.get(FORM).status_code == 404

    def test_post_without_a_csrf_token_is_refused(self, browser, clinic):
        request = make_request()
        own = reverse("booking:consultation_request", args=[links.token(request)])
        for address in (FORM, own + "accept/", own + "other-times/", own + "withdraw/"):
            assert browser.post(address, TYPED).status_code == 403


class TestSpam:
    def test_form_that_comes_back_at_once_is_asked_for_once_more_with_everything_kept(self, browser, clinic, frozen):
        fields = opened(browser)
        fast = ask(browser, frozen, fields=fields, after=SECOND)
        text = fast.content.decode()
        assert fast.status_code == 422
        assert "faster than we expected" in text and "My back is sore after gardening." in text
        assert f'value="{fields["opened_at"]}"' in text
        assert ask(browser, frozen, fields=fields, after=2 * SECOND).status_code == 303

    def test_form_sent_at_once_by_mistake_hears_of_its_mistakes_alone(self, browser, clinic, frozen):
        text = ask(browser, frozen, after=SECOND, message="").content.decode()
        assert "Write a line or two" in text and "faster than we expected" not in text

    @pytest.mark.parametrize("opened_at", ["", "x", "W10:abc", None])
    def test_forged_or_stale_seal_is_replaced_and_the_same_answers_pass(self, browser, clinic, frozen, opened_at):
        fields = opened(browser)
        seal = fields["opened_at"] if opened_at is None else opened_at
        late = ask(browser, frozen, fields={**fields, "opened_at": seal}, after=25 * HOUR)
        text = late.content.decode()
        assert late.status_code == 422
        assert "open for a long time" in text and "My back is sore after gardening." in text
        fields["opened_at"] = re.search(r'name="opened_at" value="([^"]+)"', text)[1]
        assert ask(browser, frozen, fields=fields).status_code == 303

    def test_form_open_for_almost_a_day_passes(self, browser, clinic, frozen):
        assert ask(browser, frozen, after=24 * HOUR).status_code == 303

    def test_hidden_field_filled_in_is_refused_and_comes_back_empty(self, browser, clinic, frozen):
        refused = ask(browser, frozen, website="https://spam.example")
        assert refused.status_code == 422
        assert "spam.example" not in refused.content.decode()
        assert not ConsultationRequest.objects.exists()

    def test_hundred_requests_from_one_address_are_five_and_the_rest_wait(self, clinic, frozen):
        answers = []
        for number in range(100):
            if number < 10:  # the last form, which was refused, is sent again and again
                browser = Browser(enforce_csrf_checks=True)
                fields = opened(browser)
            answers.append(ask(browser, frozen, fields=fields, after=3 * SECOND))
        assert [answer.status_code for answer in answers] == [303] * 5 + [429] * 95
        assert ConsultationRequest.objects.count() == 5
        text = answers[-1].content.decode()
        assert f'href="tel:{clinic.location.phone}"' in text and "My back is sore after gardening." in text
        elsewhere = Browser(enforce_csrf_checks=True, REMOTE_ADDR="203.0.113.9")
        assert ask(elsewhere, frozen).status_code == 303
        frozen.shift(HOUR)
        assert ask(browser, frozen).status_code == 303

    def test_addresses_of_one_household_count_as_one(self, clinic, frozen):
        households = ["2001:db8:1:2"] * 6 + ["2001:db8:1:3"]
        answers = [
            ask(Browser(enforce_csrf_checks=True, REMOTE_ADDR=f"{household}::{number}"), frozen).status_code
            for number, household in enumerate(households)
        ]
        assert answers == [303] * 5 + [429, 303]

    def test_twenty_requests_a_day_at_most(self, clinic):
        for number in range(20):
            make_request(address="home", now=NOW + number * HOUR)
        with pytest.raises(TooManyRequests):
            make_request(address="home", now=NOW + 20 * HOUR)
        assert make_request(address="home", now=NOW + 24 * HOUR)

    def test_key_of_an_address_is_forgotten_after_a_day(self, clinic):
        request = make_request(address="home")
        make_request(address="office", now=NOW + DAY)
        request.refresh_from_db()
        assert request.sent_from == ""

    def test_a_flood_from_many_addresses_raises_the_alarm(self, clinic, caplog):
        for number in range(policy.REQUESTS_THAT_ALARM - 1):
            make_request(address=f"address-{number}")
        assert not caplog.records
        make_request(address="one more")
        assert [record.levelname for record in caplog.records] == ["ERROR"]

    def test_message_with_links_is_taken_and_marked(self, clinic):
        assert make_request(message="I read https://example.org/needles first.").has_links
        assert not make_request(message="My back (lower) hurts. What now?").has_links


class TestTheLink:
    def test_unknown_link_is_not_found_and_a_spent_one_says_so(self, browser, clinic, frozen):
        request = make_request()
        own = reverse("booking:consultation_request", args=[links.token(request)])
        assert browser.get(reverse("booking:consultation_request", args=["a" * 43])).status_code == 404
        frozen.shift(61 * DAY)
        assert browser.get(own).status_code == 410

    def test_link_of_a_visit_opens_no_request_and_the_other_way_round(self, browser, clinic):
        visit, request = make_appointment(clinic).visit, make_request()
        assert browser.get(reverse("booking:consultation_request", args=[links.token(visit)])).status_code == 404
        assert browser.get(reverse("booking:visit", args=[links.token(request)])).status_code == 404

    def test_proposal_of_somebody_else_is_not_theirs_to_take(self, browser, calls):
        [proposal] = propose(make_request(), calls, count=1)
        mine = make_request()
        propose(mine, make_clinic(mode="video", rooms=0), count=1)
        for chosen in (proposal.pk, "x", "", "9" * 30):
            assert press(browser, mine, "accept", proposal=chosen).status_code == 409
        assert not Appointment.objects.promised().exists()

    def test_reading_changes_nothing(self, browser, calls):
        request = make_request()
        propose(request, calls)
        own = reverse("booking:consultation_request", args=[links.token(request)])
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET TRANSACTION READ ONLY")
        for address in (FORM, own, own + "accept/", own + "other-times/", own + "withdraw/"):
            assert browser.get(address).status_code in (200, 302), address
            assert browser.head(address).status_code in (200, 302), address
