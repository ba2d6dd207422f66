"""What becomes of a request: an answer, proposed times that are held, a visit; told to everybody it concerns."""

from __future__ import annotations

import pytest
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import appointments, availability, consultations, links, policy
from booking.errors import (
    ClientBusy,
    FormReused,
    HoldExpired,
    NotOffered,
    NotPossible,
    RequestChanged,
    RequestClosed,
    SlotTaken,
)
from booking.models import Appointment, BusyTime, ConsultationRequest, Message, Proposal, Visit
from tests.asking import DAY, HOUR, SECOND, page_of, press, propose, reasons, sent, slots
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

        monkeypatch.setattr("booking.outbox.queue.save", broken)
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
