"""Asking before booking: the form, the mails, the request's own page, the times we hold, and who is kept out."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import appointments, availability, consultations, links, outbox, policy
from booking.errors import (
    ClientBusy,
    FormReused,
    HoldExpired,
    NotOffered,
    NotPossible,
    RequestChanged,
    RequestClosed,
    SlotTaken,
    TooManyRequests,
)
from booking.models import Appointment, BusyTime, ConsultationRequest, Message, Proposal, Visit
from clinic.logs import redacted
from services import carried
from tests.factory import (
    MONDAY,
    NOW,
    TEN,
    make_appointment,
    make_clinic,
    make_details,
    make_request,
    make_time_off,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
FORM = "/consultation/"
TYPED = {
    "kind": "video",
    "first_name": "Ada",
    "last_name": "Brook",
    "email": "Ada@example.org",
    "phone": "",
    "service": "",
    "message": "My back is sore after gardening.",
    "preferred_parts": ["am", "eve"],
    "preferred_text": "Tuesdays",
    "consent": "on",
    "website": "",
}


@pytest.fixture
def calls(db):
    return make_clinic(mode="video", rooms=0, minutes=15, name="Video consultation", practitioners=2)


def opened(browser, address=FORM):
    """The hidden fields of a form as it was just given out."""
    text = browser.get(address).content.decode()
    return {
        name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', text)[1] for name in ("csrfmiddlewaretoken", "opened_at")
    }


def ask(browser, frozen, *, after=5 * SECOND, fields=None, **given):
    """Open the form, take the time a person takes, and send it."""
    fields = fields or opened(browser)
    frozen.shift(after)
    return browser.post(FORM, {**TYPED, **fields, **given})


def press(browser, request, way, **data):
    """Press a button of the request's own page."""
    page = reverse("booking:consultation_request", args=[links.token(request)])
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(page).content.decode())
    return browser.post(f"{page}{way}/", {**data, "csrfmiddlewaretoken": token[1] if token else ""})


def page_of(browser, request):
    return browser.get(reverse("booking:consultation_request", args=[links.token(request)])).content.decode()


def slots(clinic, *, count=3, now=NOW):
    found = availability.open_slots(clinic.option, first_day=MONDAY, last_day=MONDAY, now=now)
    return [slot for slot in found if slot.practitioner == clinic.practitioner and slot.starts_at >= TEN][:count]


def propose(request, clinic, *, count=3, now=NOW, **given):
    request.refresh_from_db()
    until = now + policy.PROPOSAL_LENGTH
    asked = {"option": clinic.option, "by": None, "now": now}
    return consultations.propose(request, slots(clinic, count=count, now=now), until, **asked | given)


def reasons():
    return set(Message.objects.values_list("reason", flat=True))


def sent(kind):
    """A mail's text and HTML as its reader gets them, found by how its reason begins."""
    return outbox.rendered(Message.objects.get(reason__startswith=kind))


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
        for _ in range(100):
            browser = Browser(enforce_csrf_checks=True)
            answers.append(ask(browser, frozen, after=3 * SECOND))
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


class TestAnswering:
    def test_answer_goes_out_by_mail_and_stands_on_the_page(self, browser, clinic, admin_user):
        request = make_request()
        answered = consultations.answer(request, text="Yes, it would.\n\nCome and see.", by=admin_user, now=NOW + HOUR)
        assert (answered.status, answered.handled_at, answered.handled_by) == ("answered", NOW + HOUR, admin_user)
        text, html = sent("consultation_answered")
        assert "Yes, it would." in text and "<p>Come and see.</p>" in html
        assert links.request_url(request) in text and links.request_url(request) in html
        assert "Yes, it would." in page_of(browser, request)

    def test_second_of_two_staff_is_told_and_nothing_is_sent(self, clinic):
        mine, theirs = make_request(), ConsultationRequest.objects.get()
        consultations.answer(mine, text="Yes.", by=None, now=NOW)
        before = reasons()
        for act in (consultations.answer, consultations.decline):
            with pytest.raises(RequestChanged):
                act(theirs, text="No.", by=None, now=NOW)
        assert reasons() == before
        assert ConsultationRequest.objects.get().answer == "Yes."

    def test_decline_frees_what_was_held_and_closes_the_request(self, browser, calls):
        request = make_request()
        propose(request, calls)
        request.refresh_from_db()
        consultations.decline(request, text="See a doctor first.", by=None, now=NOW)
        assert not BusyTime.objects.exists() and not Proposal.objects.exists()
        assert "See a doctor first." in sent("consultation_declined")[0]
        assert "This request is closed" in page_of(browser, request)
        request.refresh_from_db()
        with pytest.raises(RequestClosed):
            consultations.answer(request, text="Yes.", by=None, now=NOW)
        with pytest.raises(RequestClosed):
            consultations.withdraw(request, now=NOW)

    def test_mail_of_a_request_rolled_back_is_not_sent(self, clinic, monkeypatch):
        def broken(*args, **kwargs):
            raise RuntimeError

        monkeypatch.setattr("booking.outbox._save", broken)
        with pytest.raises(RuntimeError):
            make_request()
        assert not ConsultationRequest.objects.exists() and not ProcrastinateJob.objects.exists()

    def test_form_token_sent_again_with_other_words_is_refused_by_the_module(self, clinic):
        asked = {"kind": "question", "first_name": "A", "last_name": "B", "email": "a@example.org"}
        once = {"form_token": "t" * 32, "address": "home", "now": NOW}
        first = consultations.submit(consultations.Asked(**asked, message="One"), **once)
        assert consultations.submit(consultations.Asked(**asked, message="One"), **once) == first
        with pytest.raises(FormReused):
            consultations.submit(consultations.Asked(**asked, message="Two"), **once)


class TestProposals:
    def test_proposed_times_are_held_mailed_and_shown_with_their_zone(self, browser, calls):
        request = make_request()
        proposals = propose(request, calls, text="Which of these?")
        assert {one.appointment.hold_expires_at for one in proposals} == {
            TEN,
            TEN + 15 * 60 * SECOND,
            TEN + 1800 * SECOND,
        }
        assert BusyTime.objects.filter(expires_at__isnull=False).count() == 3
        text, html = sent("consultation_proposed")
        page = page_of(browser, request)
        for words in (text, html, page):
            assert "10:00 am" in words and "10:30 am" in words and "Los Angeles time (PST, UTC−8)" in words
        assert "Which of these?" in text and "Which of these?" in page
        assert page.count('name="proposal"') == 3

    def test_hold_of_a_proposal_ends_after_two_days_or_when_it_begins(self, calls):
        early, late = make_request(now=NOW - 5 * DAY), make_request()
        [first, *_] = propose(early, calls, now=NOW - 5 * DAY, count=1)
        assert first.appointment.hold_expires_at == NOW - 3 * DAY
        consultations.withdraw(early, now=NOW - 5 * DAY)
        [second, *_] = propose(late, calls, count=1)
        assert second.appointment.hold_expires_at == TEN

    def test_accepting_one_books_it_with_the_usual_mails_and_frees_the_others(self, browser, calls):
        request = make_request()
        chosen, *others = propose(request, calls)
        answer = press(browser, request, "accept", proposal=chosen.pk)
        assert answer.status_code == 303
        appointment = Appointment.objects.get()
        assert answer["Location"] == reverse("booking:visit", args=[links.token(appointment.visit)])
        assert (appointment.pk, appointment.status) == (chosen.appointment_id, "booked")
        assert (appointment.client.email, appointment.note) == (request.email, request.message)
        assert {f"confirmation/{appointment.pk}/0/client", f"new/{appointment.pk}/0/practitioner"} <= reasons()
        request.refresh_from_db()
        assert (request.status, request.visit, request.client) == (
            "scheduled", appointment.visit, appointment.client,
        )  # fmt: skip
        assert BusyTime.objects.filter(expires_at__isnull=False).count() == 0
        free = availability.open_slots(calls.option, first_day=MONDAY, last_day=MONDAY, now=NOW)
        assert {one.appointment.starts_at for one in others} <= {slot.starts_at for slot in free}
        assert "Your time is booked" in page_of(browser, request)

    def test_accepting_twice_is_one_visit_and_another_one_then_is_refused(self, browser, calls):
        request = make_request()
        chosen, other, _ = propose(request, calls)
        first = consultations.accept(chosen, now=NOW)
        assert consultations.accept(chosen, now=NOW) == first
        with pytest.raises(RequestClosed):
            consultations.accept(other, now=NOW)
        assert press(browser, request, "accept", proposal=other.pk).status_code in (403, 409)
        assert Visit.objects.count() == 1

    def test_expired_proposal_is_free_for_others_and_accepting_it_says_so(self, browser, calls, frozen):
        request = make_request(now=NOW - 5 * DAY)
        chosen, *_ = propose(request, calls, now=NOW - 5 * DAY)
        free = availability.open_slots(calls.option, first_day=MONDAY, last_day=MONDAY, now=NOW)
        assert TEN in {slot.starts_at for slot in free if slot.practitioner == calls.practitioner}
        assert "The times we held are free again" in page_of(browser, request)
        gone = press(browser, request, "accept", proposal=chosen.pk)
        assert gone.status_code == 409
        assert "no longer hold this time" in gone.content.decode()
        make_appointment(calls, practitioner=calls.practitioner)  # sweeps the expired hold
        with pytest.raises(HoldExpired):
            consultations.accept(chosen, now=NOW)

    def test_proposal_is_not_booked_once_time_off_has_come_over_it(self, calls):
        chosen, *_ = propose(make_request(), calls)
        make_time_off(practitioner=calls.practitioner, starts_at=TEN, ends_at=TEN + HOUR)
        with pytest.raises(HoldExpired):
            consultations.accept(chosen, now=NOW)
        assert not Appointment.objects.promised().exists()

    def test_proposal_of_what_only_the_front_desk_books_can_be_accepted(self, calls):
        type(calls.service).objects.update(booking_mode="staff_only")
        chosen, *_ = propose(make_request(), calls)
        assert consultations.accept(chosen, now=NOW).appointments.get().status == "booked"

    def test_proposal_of_what_was_retired_since_cannot_be_accepted(self, browser, calls):
        request = make_request()
        chosen, *_ = propose(request, calls)
        type(calls.service).objects.update(is_active=False)
        assert press(browser, request, "accept", proposal=chosen.pk).status_code == NotOffered.status
        assert not Appointment.objects.promised().exists()

    def test_client_who_is_elsewhere_then_keeps_the_proposals(self, browser, calls):
        request = make_request()
        propose(request, calls)
        details = make_details(first_name=request.first_name, last_name=request.last_name, email=request.email)
        make_appointment(calls, practitioner=calls.practitioners[1], details=details)
        busy = press(browser, request, "accept", proposal=Proposal.objects.first().pk)
        assert busy.status_code == ClientBusy.status
        assert "already have a visit" in busy.content.decode()
        assert Proposal.objects.held(NOW).count() == 3

    def test_hold_limit_of_visitors_does_not_count_proposals(self, calls):
        for _ in range(2):
            propose(make_request(), calls, count=2)
        for owner in ("alice", "bob"):
            held = appointments.hold(calls.option, starts_at=TEN + 3 * HOUR, owner=owner, address="home", now=NOW)
            assert held.pk

    def test_all_times_are_proposed_or_none(self, calls):
        request = make_request()
        wanted = slots(calls)
        make_appointment(calls, starts_at=wanted[2].starts_at, practitioner=calls.practitioner)
        before = reasons()
        asked = {"option": calls.option, "by": None, "now": NOW}
        with pytest.raises(SlotTaken):
            consultations.propose(request, wanted, NOW + 2 * DAY, **asked)
        assert not Proposal.objects.exists() and reasons() == before

    def test_same_start_with_two_people_is_held_in_two_rooms(self):
        clinic = make_clinic(practitioners=2, rooms=2)
        both = availability.find_slot(clinic.option, starts_at=TEN, now=NOW)
        asked = {"option": clinic.option, "by": None, "now": NOW}
        made = consultations.propose(make_request(), both, NOW + 2 * DAY, **asked)
        assert len({one.appointment.room for one in made}) == len({one.appointment.practitioner for one in made}) == 2

    def test_at_most_six_at_once_and_no_call_without_a_number(self, calls):
        request = make_request(phone="")
        with pytest.raises(NotPossible):
            propose(request, calls, count=policy.PROPOSALS_AT_ONCE + 1)
        propose(request, calls, count=4)
        with pytest.raises(NotPossible):
            propose(request, calls, count=3, now=NOW)
        type(calls.service).objects.update(mode="phone")
        calls.option.service.refresh_from_db()
        with pytest.raises(NotPossible):
            propose(make_request(phone=""), calls, count=1)

    def test_none_of_these_frees_them_and_the_request_is_new_again(self, browser, calls):
        request = make_request()
        propose(request, calls)
        assert press(browser, request, "other-times").status_code == 422
        assert press(browser, request, "other-times", note="Only after six.").status_code == 303
        request.refresh_from_db()
        assert (request.status, request.reply, request.handled_at) == ("new", "Only after six.", None)
        assert not BusyTime.objects.exists()
        assert Message.objects.filter(reason__startswith="consultation_turned_down").count() == 1
        assert "Only after six." not in sent("consultation_turned_down")[0]

    def test_withdrawing_closes_it_once_and_tells_the_clinic(self, browser, calls):
        request = make_request()
        propose(request, calls)
        for _ in range(2):
            assert press(browser, request, "withdraw").status_code in (303, 403)
            consultations.withdraw(request, now=NOW)
        assert not BusyTime.objects.exists()
        assert Message.objects.filter(reason__startswith="consultation_withdrawn").count() == 1
        assert "You have withdrawn this request" in page_of(browser, request)


class TestConvert:
    def test_booked_in_one_step_with_the_usual_mails(self, calls, admin_user):
        request = make_request()
        propose(request, calls)
        request.refresh_from_db()
        visit = consultations.convert(request, slots(calls)[0], option=calls.option, by=admin_user, now=NOW)
        request.refresh_from_db()
        assert (request.visit, request.status, request.handled_by) == (visit, "scheduled", admin_user)
        assert Appointment.objects.get().status == "booked"
        assert any(reason.startswith("confirmation/") for reason in reasons())

    def test_time_held_for_the_same_person_can_be_booked_for_them(self, calls):
        request = make_request()
        held = propose(request, calls, count=1)[0].appointment
        request.refresh_from_db()
        [slot] = availability.find_slot(
            calls.option, starts_at=held.starts_at, practitioners=[held.practitioner], now=NOW, ignoring=[held.pk]
        )
        visit = consultations.convert(request, slot, option=calls.option, by=None, now=NOW)
        assert visit.appointments.get().starts_at == held.starts_at

    def test_form_token_used_for_a_booking_as_well_is_in_nobodys_way(self, calls):
        request = make_request()
        appointments.book(
            calls.option, starts_at=TEN + 2 * HOUR, details=make_details(), form_token=request.form_token, now=NOW
        )
        assert consultations.convert(request, slots(calls)[0], option=calls.option, by=None, now=NOW)

    def test_time_just_taken_changes_nothing(self, calls):
        request, [slot, *_] = make_request(), slots(calls)
        make_appointment(calls, starts_at=slot.starts_at, practitioner=calls.practitioner)
        with pytest.raises(SlotTaken):
            consultations.convert(request, slot, option=calls.option, by=None, now=NOW)
        request.refresh_from_db()
        assert request.status == "new"


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
