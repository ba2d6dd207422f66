"""The page that says why a time is not offered: true, linked, and no more than the asker may read."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client as Browser

from tests.factory import NOW, TEN, make_appointment, make_clinic, make_location, make_time_off

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
DESK = [
    "view_diary", "view_everyone", "view_appointment", "add_appointment", "view_timeoff", "view_workinghours",
    "change_service", "override_rules",
]  # fmt: skip


def signed_in(*codenames, **user):
    user = User.objects.create_user("rosa", is_staff=True, **user)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    browser = Browser()
    browser.force_login(user)
    return browser


@pytest.fixture
def desk(frozen):
    return signed_in(*DESK)


def ask(browser, clinic, **changed):
    asked = {"option": clinic.option.pk, "starts_at": TEN.isoformat(), "location": clinic.location.pk, **changed}
    return browser.get("/admin/diary/why/", asked)


def text(answer):
    return " ".join(answer.content.decode().split())


def test_an_offered_time_says_so_and_links_to_it(desk):
    clinic = make_clinic()
    page = ask(desk, clinic)
    assert page.status_code == 200
    assert "Clients can book this time." in text(page)
    assert f"/book/{clinic.service.slug}/details/?starts_at=" in text(page)
    assert "/admin/diary/new/?" in text(page)


def test_a_wall_time_is_asked_as_well_as_an_instant(desk):
    clinic = make_clinic()
    page = ask(desk, clinic, starts_at="", date="2026-11-23", at="18:00")
    assert "6:00 pm lies outside the hours of" in text(page)
    assert 'value="18:00"' in text(page)


def test_a_form_that_nobody_has_sent_yet_is_not_marked_wrong(desk):
    make_clinic()
    page = desk.get("/admin/diary/why/", {"date": "2026-11-23"}).content.decode()
    assert "aria-invalid" not in page and 'value="2026-11-23"' in page


def test_an_instant_fills_in_the_day_and_the_time(desk):
    page = text(ask(desk, make_clinic()))
    assert 'value="2026-11-23"' in page
    assert 'value="10:00"' in page


def test_what_a_cell_fills_in_is_kept_and_no_mistake_is_shown_yet(desk):
    clinic = make_clinic()
    page = desk.get("/admin/diary/why/", {"practitioner": clinic.practitioner.pk, "date": "2026-11-23", "at": "09:15"})
    assert page.status_code == 200
    assert 'value="09:15"' in text(page)
    assert "errorlist" not in text(page)


def test_the_visit_in_the_way_is_named_and_linked(desk):
    clinic = make_clinic(rooms=2)
    visit = make_appointment(clinic)
    page = text(ask(desk, clinic))
    assert f"/admin/diary/visits/{visit.pk}/" in page
    assert str(visit.client) in page
    assert "Nobody can be booked for it" in page


def test_the_visit_that_is_being_moved_is_not_in_its_own_way(desk):
    clinic = make_clinic()
    visit = make_appointment(clinic)
    assert "Clients can book this time." in text(ask(desk, clinic, visit=visit.pk))


def test_three_nearest_times_are_shown(desk):
    clinic = make_clinic()
    make_appointment(clinic)
    page = text(ask(desk, clinic))
    assert page.count("<time ") == 3
    assert "Monday 23 November, 9:00 am" in page


def test_the_front_desk_is_told_what_it_can_still_do(desk):
    clinic = make_clinic(lead_time=48 * HOUR)
    assert "The front desk can book it" in text(ask(desk, clinic))
    make_time_off(practitioner=clinic.practitioner, starts_at=TEN, ends_at=TEN + HOUR, reason="Dentist")
    page = text(ask(desk, clinic))
    assert "if you give a reason" in page
    assert "Dentist" in page


def test_without_the_right_to_set_rules_aside_nobody_is_invited_to(frozen):
    clinic = make_clinic()
    make_time_off(location=clinic.location, starts_at=TEN, ends_at=TEN + HOUR)
    page = text(ask(signed_in("view_diary", "view_everyone", "add_appointment"), clinic))
    assert "Whoever may set rules aside" in page
    assert "/admin/diary/new/" not in page


def test_a_practitioner_reads_nothing_of_other_peoples_visits_and_time_off(frozen):
    clinic = make_clinic(rooms=1, practitioners=2)
    visit = make_appointment(clinic, practitioner=clinic.practitioners[0])
    make_time_off(location=clinic.location, starts_at=TEN + HOUR, ends_at=TEN + 2 * HOUR, reason="Staff party")
    browser = signed_in("view_diary", "view_appointment")
    clinic.practitioners[1].user = User.objects.get(username="rosa")
    clinic.practitioners[1].save()
    page = text(ask(browser, clinic, practitioner=clinic.practitioners[1].pk))
    assert "is taken by a visit from 10:00 am to 11:00 am" in page
    assert str(visit.client) not in page
    assert f"/visits/{visit.pk}/" not in page
    assert clinic.practitioners[0].name not in page.split("why-title")[0]  # not in the list to choose from
    assert "Staff party" not in text(ask(browser, clinic, starts_at=(TEN + HOUR).isoformat()))
    assert ask(browser, clinic, practitioner=clinic.practitioners[0].pk).status_code == 422


def test_a_practitioner_reads_why_they_are_away_and_not_why_a_colleague_is(frozen):
    clinic = make_clinic(practitioners=2)
    for person, reason in zip(clinic.practitioners, ("Surgery", "Dentist"), strict=True):
        make_time_off(practitioner=person, starts_at=TEN, ends_at=TEN + HOUR, reason=reason)
    browser = signed_in("view_diary", "view_timeoff")
    clinic.practitioners[1].user = User.objects.get(username="rosa")
    clinic.practitioners[1].save()
    page = text(ask(browser, clinic))
    assert f"{clinic.practitioners[0]} is away" in page
    assert "Dentist" in page and "Surgery" not in page
    assert page.count("See the time off") == 1


def test_the_hour_that_comes_twice_can_be_asked_about_both_times(desk):
    clinic = make_clinic()
    page = text(ask(desk, clinic, starts_at="", date="2027-11-07", at="01:30"))
    assert "1:30 am PDT" in page
    assert "ask about Sunday 7 November, 1:30 am PST" in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"date": "2027-03-14", "at": "02:30"}, "The clock skips this time that day."),
        ({"date": "2126-11-23", "at": "10:00"}, "Choose a day within two years."),
        ({"date": "tomorrow", "at": "10:00"}, "Write the day as in"),
        ({"date": "2026-11-23", "at": "late"}, "Write the time as in"),
        ({"date": "2026-11-23", "at": "10:00", "option": "9" * 30}, "Choose a service from the list."),
        ({"date": "2026-11-23", "at": "10:00", "option": "x"}, "Choose a service from the list."),
        ({"date": "2026-11-23", "at": "10:00", "practitioner": "-1"}, "Choose somebody from the list."),
        ({"date": "2026-11-23", "at": "10:00", "location": "9" * 30}, "Choose a place from the list."),
    ],
)
def test_a_mistake_is_said_where_it_was_made(desk, changed, sentence):
    make_location()
    page = ask(desk, make_clinic(), starts_at="", **changed)
    assert page.status_code == 422
    assert sentence in text(page)


@pytest.mark.parametrize("starts_at", ["9999-12-31T23:59:59Z", "never", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_is_none_asks_again(desk, starts_at):
    assert ask(desk, make_clinic(), starts_at=starts_at).status_code in (200, 422)


@pytest.mark.parametrize("visit", ["x", "9" * 40, "-1"])
def test_a_visit_that_is_none_is_passed_over(desk, visit):
    assert ask(desk, make_clinic(), visit=visit).status_code == 200


def test_a_clinic_without_a_location_says_so(desk):
    assert desk.get("/admin/diary/why/", {"option": "1", "date": "2026-11-23", "at": "10:00"}).status_code == 422


def test_the_page_keeps_to_its_permission(frozen):
    assert ask(signed_in("view_appointment"), make_clinic()).status_code == 403
    assert Browser().get("/admin/diary/why/").status_code == 302


def test_the_page_takes_as_many_queries_for_many_people(desk, django_assert_max_num_queries):
    make_location()
    clinic = make_clinic(practitioners=6, rooms=6)
    for practitioner in clinic.practitioners:
        make_appointment(clinic, practitioner=practitioner)
    ask(desk, clinic)
    with django_assert_max_num_queries(30):
        assert ask(desk, clinic).status_code == 200


def test_a_time_that_has_passed_today_can_still_be_entered(desk):
    clinic = make_clinic()
    page = text(ask(desk, clinic, starts_at=(NOW - 2 * HOUR).isoformat()))
    assert "This time has passed." in page
    assert "The front desk can book it" in page
