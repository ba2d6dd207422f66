"""The front desk's pages of consultation requests: what waits is seen first, and every step has one outcome."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from booking import consultations
from booking.models import Appointment, ConsultationRequest, Message, Proposal
from tests.factory import NOW, make_appointment, make_clinic, make_request

# Django's own admin templates print variables that are not there.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors, pytest.mark.usefixtures("frozen")]

LIST = "/admin/booking/consultationrequest/"
HOUR = timedelta(hours=1)


@pytest.fixture
def calls(db):
    return make_clinic(mode="video", rooms=0, minutes=15, name="Video consultation", practitioners=2)


@pytest.fixture
def desk(frozen, client):
    client.force_login(User.objects.create_superuser("rosa"))
    return client


def with_permissions(client, *names):
    user = User.objects.create_user("temp", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=[*names, "view_everyone"]))
    client.force_login(user)
    return client


def step(client, request, code, *, text="", sequence=None):
    address = reverse("admin:booking_consultationrequest_step", args=[request.pk, code])
    sequence = request.sequence if sequence is None else sequence
    return client.post(address, {"text": text, "sequence": sequence}, follow=True)


def times(request):
    return reverse("admin:booking_consultationrequest_times", args=[request.pk])


def tick(client, request, *values, button="propose", **data):
    text = client.get(times(request)).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(sequence|option|practitioner)" value="([^"]*)"', text))
    return client.post(times(request), {**hidden, "slot": values, button: "x", **data}, follow=True)


def values(client, request, **asked):
    return re.findall(r'name="slot" value="([^"]+)"', client.get(times(request), asked).content.decode())


def test_list_shows_new_ones_first_the_oldest_at_the_top(desk, clinic):
    closed = make_request(now=NOW - 9 * HOUR)
    consultations.decline(closed, by=None, now=NOW)
    answered = make_request(now=NOW - 8 * HOUR)
    consultations.answer(answered, text="Yes.", by=None, now=NOW)
    young, old = make_request(now=NOW - HOUR), make_request(now=NOW - 3 * HOUR)
    page = desk.get(LIST)
    assert list(page.context["cl"].result_list) == [old, young, answered, closed]
    assert "3 hours" in page.content.decode().replace("\xa0", " ")
    assert desk.get(LIST, {"open": "yes"}).context["cl"].result_count == 3
    assert desk.get(LIST, {"status__exact": "new"}).context["cl"].result_count == 2
    assert desk.get(LIST, {"q": young.email}).context["cl"].result_count == 1


def test_link_in_a_message_is_pointed_out(desk, clinic):
    make_request(message="Cheap pills: https://spam.example")
    assert "Has links" in desk.get(LIST).content.decode()


def test_answer_is_mailed_once_and_noted(desk, clinic):
    request = make_request()
    page = step(desk, request, "answer", text="Yes, it would.")
    assert "Answered" in page.content.decode()
    request.refresh_from_db()
    assert (request.status, request.answer, request.handled_by) == ("answered", "Yes, it would.", User.objects.get())
    assert Message.objects.filter(reason__startswith="consultation_answered").count() == 1
    assert LogEntry.objects.filter(object_id=str(request.pk)).count() == 1


def test_empty_answer_sends_nothing(desk, clinic):
    page = step(desk, make_request(), "answer", text="  ")
    assert "Write your answer first" in page.content.decode()
    assert not Message.objects.filter(reason__startswith="consultation_answered").exists()


def test_second_of_two_staff_is_told_and_gets_their_words_back(desk, clinic):
    request = make_request()
    step(desk, request, "answer", text="Yes.")
    late = step(desk, request, "answer", text="No, never.", sequence=0)
    text = late.content.decode()
    assert "Somebody has dealt with this request" in text and "No, never." in text
    assert ConsultationRequest.objects.get().answer == "Yes."
    assert Message.objects.filter(reason__startswith="consultation_answered").count() == 1


def test_decline_is_mailed_with_or_without_words(desk, clinic):
    first, second = make_request(), make_request()
    step(desk, first, "decline")
    step(desk, second, "decline", text="See a doctor first.")
    texts = (
        Message.objects.filter(reason__startswith="consultation_declined").order_by("pk").values_list("text", flat=True)
    )
    assert ["See a doctor first." in text for text in texts] == [False, True]


def test_times_are_those_of_the_call_they_asked_for_on_the_clinics_clock(desk, calls):
    request = make_request()
    text = desk.get(times(request)).content.decode()
    assert "Monday 23 November" in text and "10:00 am" in text
    assert f'<option value="{calls.option.pk}" selected>' in text
    named = values(desk, request, practitioner=calls.practitioners[1].pk, option=calls.option.pk)
    assert {value.split()[0] for value in named} == {str(calls.practitioners[1].pk)}
    later = desk.get(times(request), {"option": calls.option.pk, "first_day": "2026-12-01"}).content.decode()
    assert "Monday 23 November" not in later and "Tuesday 1 December" in later


@pytest.mark.parametrize("asked", [{"first_day": "x"}, {"option": "x"}, {"practitioner": "9"}])
def test_nonsense_in_the_address_shows_no_times_and_no_error_page(desk, calls, asked):
    request = make_request()
    assert desk.get(times(request), asked).status_code == 200
    assert not values(desk, request, **asked)


def test_days_beyond_the_horizon_show_the_last_one_and_days_gone_the_first(desk, calls):
    request = make_request()
    horizon = (NOW + calls.service.booking_horizon).date().isoformat()
    assert all(horizon in value for value in values(desk, request, option=calls.option.pk, first_day="9999-12-31"))
    assert values(desk, request, option=calls.option.pk, first_day="2020-01-01") == values(desk, request)


def test_ticked_times_are_proposed_and_held(desk, calls):
    request = make_request()
    chosen = values(desk, request)[:2]
    page = tick(desk, request, *chosen, text="Which of these?")
    assert page.redirect_chain[-1][0].endswith(f"{request.pk}/change/")
    assert Proposal.objects.held(NOW).count() == 2
    mail = Message.objects.get(reason__startswith="consultation_proposed")
    assert "Which of these?" in mail.text
    assert set(chosen).isdisjoint(values(desk, request, practitioner=calls.practitioner.pk, option=calls.option.pk))


def test_one_ticked_time_is_booked_in_one_step(desk, calls):
    request = make_request()
    page = tick(desk, request, values(desk, request)[3], button="book")
    appointment = Appointment.objects.get()
    assert appointment.status == "booked"
    request.refresh_from_db()
    assert (request.status, request.visit) == ("scheduled", appointment.visit)
    assert reverse("admin:booking_visit_change", args=[appointment.visit_id]) in page.content.decode()
    assert "Propose times" not in page.content.decode()


@pytest.mark.parametrize("count", [0, 2])
def test_booking_needs_exactly_one_tick(desk, calls, count):
    request = make_request()
    tick(desk, request, *values(desk, request)[:count], button="book")
    assert not Appointment.objects.exists()


def test_time_taken_meanwhile_is_said_and_the_ticks_and_words_stay(desk, calls):
    request = make_request()
    found = values(desk, request, practitioner=calls.practitioner.pk, option=calls.option.pk)
    gone, kept = (one for one in found if "2026-11-23T18:00" in one or "2026-11-23T19:00" in one)
    make_appointment(calls, practitioner=calls.practitioner)
    page = tick(desk, request, gone, kept, text="Which of these?", practitioner=calls.practitioner.pk)
    text = page.content.decode()
    assert "no longer open" in text and "Which of these?" in text
    assert re.search(rf'value="{re.escape(kept)}" checked', text)
    assert not Proposal.objects.exists()


def test_somebody_who_was_faster_is_heard_on_the_times_page_too(desk, calls):
    request = make_request()
    [chosen, *_] = values(desk, request)
    consultations.answer(request, text="Yes.", by=None, now=NOW)
    for button in ("propose", "book"):
        page = tick(desk, request, chosen, button=button, sequence=0)
        assert "Somebody has dealt with this request" in page.content.decode()
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("value", ["", "x", "1", "1 x", "99999999999999999999 2026-11-23T18:00:00+00:00", "1 \x00"])
def test_forged_tick_is_refused(desk, calls, value):
    request = make_request()
    page = tick(desk, request, value)
    assert page.status_code == 200
    assert not Proposal.objects.exists()


def test_staff_who_may_only_look_see_no_buttons_and_change_nothing(client, calls):
    request = make_request()
    with_permissions(client, "view_consultationrequest")
    page = client.get(reverse("admin:booking_consultationrequest_change", args=[request.pk])).content.decode()
    assert request.message in page and "staff-answer" not in page and "Propose times" not in page
    assert step(client, request, "answer", text="Yes.").status_code == 403
    assert client.get(times(request)).status_code == 403
    assert client.post(times(request), {"slot": "x"}).status_code == 403


def test_staff_who_may_not_book_may_answer(client, calls):
    request = make_request()
    with_permissions(client, "view_consultationrequest", "change_consultationrequest")
    page = client.get(reverse("admin:booking_consultationrequest_change", args=[request.pk])).content.decode()
    assert "staff-answer" in page and "Propose times" not in page
    assert client.get(times(request)).status_code == 403
    step(client, request, "answer", text="Yes.")
    assert ConsultationRequest.objects.get().status == "answered"


def test_saving_the_page_by_hand_changes_nothing(desk, clinic):
    request = make_request()
    address = reverse("admin:booking_consultationrequest_change", args=[request.pk])
    form = {"status": "declined", "messages-TOTAL_FORMS": "0", "messages-INITIAL_FORMS": "0", "_save": "x"}
    before = ConsultationRequest.objects.values().get()
    desk.post(address, form)
    assert ConsultationRequest.objects.values().get() == before
    assert 'name="_save"' not in desk.get(address).content.decode()


@pytest.mark.parametrize("code", ["answer", "decline", "accept", "x"])
def test_steps_are_taken_by_post_alone(desk, clinic, code):
    address = reverse("admin:booking_consultationrequest_step", args=[make_request().pk, code])
    assert desk.get(address).status_code == 404
