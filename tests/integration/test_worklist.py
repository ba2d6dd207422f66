"""The worklist: what waits, for whom, in which order, and the one thing to do with each row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from booking import access, appointments, consultations, localtime, roles, worklist
from booking.admin import display
from booking.models import Appointment, Change, Message
from tests.factory import (
    NOW,
    TEN,
    make_appointment,
    make_clinic,
    make_details,
    make_request,
    make_time_off,
)

# Django's own admin templates print variables that are not there.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors, pytest.mark.usefixtures("frozen")]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAGE = "/admin/worklist/"
Status = Appointment.Status


@pytest.fixture(autouse=True)
def clinics_clock(db):
    with timezone.override("America/Los_Angeles"):
        yield


def staff(role=roles.FRONT_DESK, practitioner=None):
    user = User.objects.create_user(f"staff{User.objects.count()}", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    if practitioner:
        practitioner.user = user
        practitioner.save()
    return user


def desk(user=None):
    browser = Browser()
    browser.force_login(user or staff())
    return browser


def waiting(user, code, *, now=NOW):
    [kind] = [kind for kind in worklist.KINDS if kind.code == code]
    return list(kind.rows(user, now))


def act(browser, code, row, step):
    return browser.post(reverse("admin:worklist_act", args=[code, row.pk, step]), follow=True)


def said(page):
    return [str(message) for message in page.context["messages"]]


def fail(message):
    Message.objects.filter(pk=message.pk).update(status="failed", attempts=6, last_error="Refused", queued_at=NOW)
    return message


def test_new_requests_wait_the_oldest_first_until_they_are_answered(clinic):
    young, old = make_request(now=NOW - HOUR), make_request(now=NOW - 3 * HOUR)
    user = staff()
    assert waiting(user, "requests") == [old, young]
    page = desk(user).get(PAGE).content.decode()
    assert reverse("admin:booking_consultationrequest_change", args=[old.pk]) in page
    consultations.answer(old, text="Yes.", by=None, now=NOW)
    assert waiting(user, "requests") == [young]


def test_failed_mail_waits_until_it_is_sent_again(clinic):
    appointment = make_appointment(clinic)
    message = fail(appointment.messages.get(reason__startswith="confirmation"))
    user = staff()
    assert waiting(user, "mail") == [message]
    page = act(desk(user), "mail", message, "send")
    assert said(page) == [f"On its way again to {appointment.client.email}."]
    message.refresh_from_db()
    assert message.status == "queued" and waiting(user, "mail") == []


def test_mail_that_a_later_change_overtook_does_not_wait(clinic):
    appointment = make_appointment(clinic)
    fail(appointment.messages.get(reason__startswith="confirmation"))
    Appointment.objects.update(sequence=1)
    assert waiting(staff(), "mail") == []


def test_failed_mail_about_no_visit_waits_too(clinic):
    request = make_request()
    message = fail(request.messages.first())
    assert message in waiting(staff(), "mail")


def test_mail_that_failed_long_ago_no_longer_waits(clinic):
    fail(make_appointment(clinic).messages.first())
    assert waiting(staff(), "mail", now=NOW + 31 * DAY) == []


def test_unconfirmed_visits_of_today_and_the_next_day_with_visits_wait(clinic):
    monday = make_appointment(clinic)
    later_on_monday = make_appointment(clinic, starts_at=TEN + 3 * HOUR)
    make_appointment(clinic, starts_at=TEN + DAY)
    user = staff()
    assert waiting(user, "unconfirmed") == [monday, later_on_monday]  # it is Sunday
    assert waiting(user, "unconfirmed", now=TEN - HOUR)[:2] == [monday, later_on_monday]
    assert len(waiting(user, "unconfirmed", now=TEN - HOUR)) == 3


def test_next_day_is_the_next_with_visits_whoever_confirmed_them(clinic):
    """Friday's list holds Monday; a day whose visits are all confirmed does not lead further on."""
    monday = make_appointment(clinic)
    make_appointment(clinic, starts_at=TEN + DAY)
    appointments.confirm(monday, now=NOW)
    assert waiting(staff(), "unconfirmed") == []


def test_confirm_is_one_press_and_the_telephone_number_is_there(clinic):
    appointment = make_appointment(clinic, details=make_details(phone="+15035550142"))
    user = staff()
    browser = desk(user)
    assert "(503) 555-0142" in browser.get(PAGE).content.decode()
    page = act(browser, "unconfirmed", appointment, "confirm")
    appointment.refresh_from_db()
    assert appointment.confirmed_at == NOW
    assert said(page) == [f"{appointment.client}: Confirmed."]
    assert waiting(user, "unconfirmed") == []
    assert Change.objects.filter(appointment=appointment).first().by == user


@pytest.mark.parametrize(
    ("step", "status", "word"), [("done", "fulfilled", "Done"), ("missed", "noshow", "Did not come")]
)
def test_past_visits_without_an_outcome_wait_and_get_one_by_a_press(clinic, frozen, step, status, word):
    appointment = make_appointment(clinic)
    user = staff()
    assert waiting(user, "outcome", now=TEN + HOUR - timedelta(seconds=1)) == []
    frozen.move_to(TEN + HOUR)
    assert waiting(user, "outcome", now=TEN + HOUR) == [appointment]
    page = act(desk(user), "outcome", appointment, step)
    appointment.refresh_from_db()
    assert (appointment.status, said(page)) == (status, [f"{appointment.client}: {word}."])


def test_visits_over_for_more_than_a_month_are_for_the_reports(clinic):
    make_appointment(clinic)
    assert waiting(staff(), "outcome", now=TEN + 32 * DAY) == []


def test_visit_inside_time_off_waits(clinic):
    appointment = make_appointment(clinic)
    make_time_off(practitioner=clinic.practitioner, starts_at=TEN - HOUR, ends_at=TEN + HOUR)
    make_appointment(clinic, starts_at=TEN + 3 * HOUR)
    user = staff()
    assert waiting(user, "away") == [appointment]
    assert reverse("admin:diary_move", args=[appointment.pk]) in desk(user).get(PAGE).content.decode()


@pytest.mark.parametrize("whose", ["practitioner", "location", "room"])
def test_time_off_of_a_person_a_place_and_a_room_all_count_and_their_edges_do_not(whose):
    clinic = make_clinic()
    inside = make_appointment(clinic)
    make_appointment(clinic, starts_at=TEN + HOUR)
    subject = {"practitioner": clinic.practitioner, "location": clinic.location, "room": clinic.rooms[0]}[whose]
    make_time_off(**{whose: subject}, starts_at=TEN + HOUR - timedelta(minutes=1), ends_at=TEN + HOUR)
    user = staff()
    assert waiting(user, "away") == [inside]
    assert waiting(user, "away", now=TEN + HOUR) == []


def test_second_of_two_who_press_is_told(clinic):
    appointment = make_appointment(clinic)
    first, second = desk(), desk()
    act(first, "unconfirmed", appointment, "confirm")
    assert "already" in said(act(second, "unconfirmed", appointment, "confirm"))[0]
    assert Change.objects.filter(kind="confirmed").count() == 1


@pytest.mark.parametrize(
    ("code", "step"), [("unconfirmed", "cancel"), ("outcome", "confirm"), ("nothing", "confirm"), ("away", "confirm")]
)
def test_steps_that_no_row_offers_are_not_found(clinic, code, step):
    appointment = make_appointment(clinic)
    assert act(desk(), code, appointment, step).status_code == 404


def test_huge_number_in_the_address_is_a_row_that_has_gone(clinic):
    address = f"/admin/worklist/unconfirmed/{'9' * 30}/confirm/"
    assert desk().post(address).status_code in (302, 404)


def test_practitioner_sees_and_acts_on_their_own_rows_alone():
    clinic = make_clinic(practitioners=2, rooms=2)
    own = make_appointment(clinic, practitioner=clinic.practitioners[0])
    theirs = make_appointment(clinic, practitioner=clinic.practitioners[1], details=make_details(last_name="Quill"))
    fail(theirs.messages.first())
    make_request()
    user = staff(roles.PRACTITIONER, clinic.practitioners[0])
    browser = desk(user)
    page = browser.get(PAGE).content.decode()
    assert own.client.last_name in page and "Quill" not in page and "New requests" not in page
    act(browser, "unconfirmed", theirs, "confirm")
    theirs.refresh_from_db()
    assert theirs.confirmed_at is None
    assert worklist.waiting(user, now=NOW) == 1


def test_rows_name_the_year_and_the_zone_only_where_they_are_needed(clinic):
    near = display.near
    assert near(TEN, now=NOW) == "Mon 23 Nov, 10:00 am"
    assert near(TEN, now=NOW + 300 * DAY) == "Mon 23 Nov 2026, 10:00 am"
    assert near(TEN, now=NOW, zone=localtime.zone("Europe/Berlin")) == "Mon 23 Nov, 7:00 pm CET"
    twice = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
    assert near(twice, now=NOW) == "Sun 1 Nov, 1:30 am PST"
    make_appointment(clinic)
    page = desk().get(PAGE).content.decode()
    assert (
        "Mon 23 Nov, 10:00 am" in page and "2026" not in page.partition('id="unconfirmed"')[2].partition("</table>")[0]
    )


def test_kinds_without_rows_share_a_line_instead_of_a_section_each(clinic):
    make_appointment(clinic)
    page = desk().get(PAGE).content.decode()
    assert page.count('<section class="staff-section worklist"') == 1 and "Not confirmed yet" in page
    assert '<span id="mail">Every mail of the last month went out.</span>' in page


def test_the_first_page_shows_the_day_and_leads_into_it(clinic):
    today = make_appointment(clinic)
    Appointment.objects.filter(pk=today.pk).update(starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)
    page = desk().get("/admin/").content.decode()
    assert "1 visit today, 1 still to come." in page
    for way in ("/admin/diary/", "/admin/diary/new/", "/admin/time-off/new/", "/admin/worklist/#unconfirmed"):
        assert f'href="{way}"' in page
    assert "Open the diary" not in desk(staff(roles.EDITOR)).get("/admin/").content.decode()


def test_empty_worklist_says_so_for_each_kind(clinic):
    page = desk().get(PAGE).content.decode()
    for kind in worklist.KINDS:
        assert kind.when_empty in page


def test_head_of_every_staff_page_says_how_many_wait(clinic):
    user = staff()
    make_request(now=NOW - HOUR)
    make_appointment(clinic)
    browser = desk(user)
    for path in ("/admin/", PAGE, "/admin/booking/client/"):
        assert '<span class="staff-count">2<span class="staff-unseen"> waiting' in browser.get(path).content.decode()
    assert "staff-count" not in desk(staff(roles.EDITOR)).get("/admin/").content.decode()


def test_counts_of_all_kinds_take_one_statement(clinic, django_assert_num_queries):
    make_appointment(clinic)
    user = staff()
    access.sees_everyone(user)  # permissions are read once a request
    with django_assert_num_queries(1):
        counts = worklist.counts(user, now=NOW)
    assert counts == {"requests": 0, "mail": 0, "away": 0, "offers": 0, "unconfirmed": 1, "outcome": 0}


def test_counts_agree_with_the_rows_and_stop_at_the_most_that_is_shown(clinic, monkeypatch):
    monkeypatch.setattr(worklist, "MOST", 2)
    for hour in range(3):
        make_appointment(clinic, starts_at=TEN + hour * HOUR)
    user = staff()
    assert worklist.counts(user, now=NOW)["unconfirmed"] == 2
    page = desk(user).get(PAGE).content.decode()
    assert page.count(">Confirm<") == 2 and "2 or more" in page


def test_worklist_takes_as_many_queries_for_many_rows_as_for_few(clinic, django_assert_max_num_queries):
    browser = desk()
    make_appointment(clinic)
    with django_assert_max_num_queries(20) as few:
        browser.get(PAGE)
    for hour in range(1, 6):
        make_appointment(clinic, starts_at=TEN + hour * HOUR)
        make_request()
    with django_assert_max_num_queries(len(few)):
        assert browser.get(PAGE).status_code == 200
