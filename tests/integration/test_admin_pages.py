"""The front desk's pages: all of them open, for whom, with how many queries, and on which clock."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from booking import appointments, schedule
from booking.models import Appointment, BusyTime, Client, ConsultationRequest, Message, TimeOff, Visit
from services.models import Location, OpeningHours, Practitioner, Room, Service, ServiceType
from tests.factory import (
    DESK,
    NOW,
    TEN,
    make_appointment,
    make_client,
    make_clinic,
    make_details,
    make_location,
    make_option,
    make_practitioner,
    make_request,
    make_room,
    make_service,
    make_time_off,
    make_working_hours,
)

# Django's own admin templates print variables that are not there.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

OURS = [
    Location,
    Room,
    ServiceType,
    Service,
    Practitioner,
    Client,
    Visit,
    Appointment,
    BusyTime,
    TimeOff,
    Message,
    ConsultationRequest,
]
PROTECTED = [Visit, Appointment, BusyTime, Message, ConsultationRequest]


def url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def make_everything():
    """A row of every kind, among them a visit, a hold without a client and a closure."""
    clinic = make_clinic()
    OpeningHours.objects.create(location=clinic.location, weekday=0, opens="09:00", closes="17:00")
    make_appointment(clinic, details=make_details(phone="+15035550142"))
    appointments.hold(clinic.option, starts_at=TEN + timedelta(hours=3), owner="alice", address="home", now=NOW)
    make_time_off(practitioner=clinic.practitioner, starts_at=TEN, ends_at=TEN + timedelta(hours=1), reason="Dentist")
    make_time_off(location=clinic.location, starts_at=TEN, ends_at=TEN + timedelta(days=1), reason="Flood")
    make_request()
    return clinic


def staff(*permissions):
    user = User.objects.create_user(f"rosa{User.objects.count()}", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=[*permissions, "view_everyone"]))
    return user


def signed_in(client, *permissions):
    client.force_login(staff(*permissions))
    return client


def test_every_list_and_every_record_opens_and_says_nothing_inline_that_our_policy_would_block(admin_client):
    make_everything()
    assert set(OURS) <= set(admin.site._registry)
    for model in admin.site._registry:
        rows = model._default_manager.all()
        for page in (url(model, "changelist"), *(url(model, "change", row.pk) for row in rows)):
            response = admin_client.get(page)
            assert response.status_code == 200, page
            assert "style-src 'self'" in response["Content-Security-Policy"], page
            html = response.content.decode() if model in OURS else ""
            assert " style=" not in html and "<style" not in html and "onclick" not in html, page


def test_every_list_and_every_record_opens_for_staff_who_may_only_view(client):
    make_everything()
    for model in OURS:
        signed_in(client, f"view_{model._meta.model_name}")
        assert client.get(url(model, "changelist")).status_code == 200, model
        for row in model._default_manager.all():
            page = client.get(url(model, "change", row.pk))
            assert page.status_code == 200, (model, row)
            assert 'name="_save"' not in page.content.decode(), (model, row)


def test_staff_without_the_permission_are_refused(client):
    make_everything()
    signed_in(client)
    for model in OURS:
        row = model._default_manager.first()
        for page in (url(model, "changelist"), url(model, "change", row.pk)):
            assert client.get(page).status_code == 403, page


def test_strangers_are_sent_to_the_sign_in(client):
    for model in OURS:
        page = client.get(url(model, "changelist"))
        assert (page.status_code, page.url.split("?")[0]) == (302, reverse("admin:login")), model


def test_add_forms_open(admin_client):
    for model in (Location, Room, ServiceType, Service, Practitioner, Client, TimeOff):
        assert admin_client.get(url(model, "add")).status_code == 200, model


def test_visits_appointments_busy_time_and_mails_are_never_added_or_deleted_by_hand(admin_client):
    make_everything()
    for model in PROTECTED:
        row = model._default_manager.first()
        assert admin_client.get(url(model, "add")).status_code == 403, model
        assert admin_client.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403, model
        chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        admin_client.post(url(model, "changelist"), chosen)
        assert model._default_manager.filter(pk=row.pk).exists(), model


def test_visits_and_busy_time_cannot_be_changed_by_hand(admin_client):
    make_everything()
    for model in (Visit, BusyTime):
        row = model._default_manager.first()
        assert admin_client.post(url(model, "change", row.pk), {"client": ""}).status_code == 403, model


def test_client_with_visits_cannot_be_deleted(admin_client):
    make_everything()
    admin_client.post(url(Client, "delete", Client.objects.get().pk), {"post": "yes"})
    assert Client.objects.count() == 1


def grow(clinic, size):
    """Rows of every kind, each with relatives of its own."""
    for number in range(size):
        location = make_location()
        room = make_room(location)
        service = make_service(
            rooms=[room], service_type=ServiceType.objects.create(name="Kind", slug=f"kind-{number}")
        )
        make_option(service)
        practitioner = make_practitioner(service)
        make_working_hours(practitioner, location)
        make_time_off(practitioner=practitioner, starts_at=TEN, ends_at=TEN + timedelta(hours=1))
        starts_at = TEN + timedelta(days=1 + number)
        make_appointment(clinic, starts_at=starts_at, details=make_details(phone="+15035550142"))
        make_request(service=service.pk)


def queries_of_lists(browser):
    found = {}
    for model in OURS:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(url(model, "changelist")).status_code == 200, model
        found[model] = len(seen)
    return found


def test_lists_take_as_many_queries_for_twelve_rows_as_for_two(admin_client):
    clinic = make_everything()
    few = queries_of_lists(admin_client)
    assert max(few.values()) <= 20, few
    grow(clinic, 12)
    many = queries_of_lists(admin_client)
    assert {model: (few[model], many[model]) for model in OURS if many[model] > few[model]} == {}


@pytest.mark.parametrize("model", [Practitioner, Location, Service])
def test_records_take_as_many_queries_with_many_lines_as_with_few(admin_client, model, django_assert_max_num_queries):
    clinic = make_clinic()
    row = model._default_manager.get()
    with django_assert_max_num_queries(40) as few:
        admin_client.get(url(model, "change", row.pk))
    for hour in range(18, 22):
        make_working_hours(clinic.practitioner, clinic.location, starts=f"{hour}:00", ends=f"{hour}:30")
        make_option(clinic.service, minutes=hour * 5)
        OpeningHours.objects.create(location=clinic.location, weekday=0, opens=f"{hour}:00", closes=f"{hour}:30")
    with django_assert_max_num_queries(len(few)):
        assert admin_client.get(url(model, "change", row.pk)).status_code == 200


def test_client_record_takes_as_many_queries_with_many_visits_as_with_one(
    admin_client, clinic, django_assert_max_num_queries
):
    details = make_details(phone="+15035550142")
    who = make_appointment(clinic, details=details).client
    with django_assert_max_num_queries(40) as few:
        admin_client.get(url(Client, "change", who.pk))
    for day in range(1, 8):
        make_appointment(clinic, starts_at=TEN + timedelta(days=day), details=details)
    with django_assert_max_num_queries(len(few)):
        page = admin_client.get(url(Client, "change", who.pk)).content.decode()
    assert page.count(clinic.service.name) == who.appointments.count() == 8


@pytest.mark.parametrize("model", [Client, Visit, Appointment])
def test_people_are_found_by_their_telephone_however_it_is_written(admin_client, clinic, model):
    make_appointment(clinic, details=make_details(phone="+15035550142"))
    make_appointment(clinic, starts_at=TEN + timedelta(hours=3), details=make_details(phone="+15035550199"))
    for written in ("(503) 555-0142", "503 555 0142", "+1 503 555 0142", "0142", "503.555.0142"):
        found = admin_client.get(url(model, "changelist"), {"q": written}).context["cl"]
        assert found.result_count == 1, written


@pytest.mark.parametrize("written", ["Whitlock", "sam whit", "sam@example"])
def test_people_are_found_by_name_and_mail_address(admin_client, written):
    make_client()
    sam = make_client(first_name="Sam", last_name="Whitlock", email="sam@example.org")
    found = admin_client.get(url(Client, "changelist"), {"q": written}).context["cl"].result_list
    assert list(found) == [sam]


def test_mails_are_found_by_recipient(admin_client, clinic):
    make_appointment(clinic, details=make_details(email="noor@example.org"))
    found = admin_client.get(url(Message, "changelist"), {"q": "NOOR@example.org"}).context["cl"].result_list
    assert [message.to for message in found] == [["noor@example.org"]]


def test_times_are_on_the_clinics_clock_with_the_zone_named(admin_client, clinic):
    appointment = make_appointment(clinic)
    assert "Mon 23 Nov 2026, 10:00 am PST" in admin_client.get(url(Appointment, "changelist")).content.decode()
    page = admin_client.get(url(Appointment, "change", appointment.pk)).content.decode()
    assert "Monday 23 November 2026, 10:00 am to 11:00 am, Los Angeles time (PST, UTC−8)" in page
    assert "Sun 22 Nov 2026, 10:00 am PST" in page  # free to change until


def test_each_appointment_is_on_the_clock_of_its_own_location(admin_client, clinic):
    Location.objects.create(
        name="A London branch", slug="london", street="1 Mews", city="London", phone="+442079460018",
        email="hello@stillwater.example", timezone="Europe/London",
    )  # fmt: skip
    make_appointment(clinic)
    assert "Mon 23 Nov 2026, 10:00 am PST" in admin_client.get(url(Appointment, "changelist")).content.decode()


def test_money_and_lengths_are_in_words(admin_client, clinic):
    appointment = make_appointment(clinic)
    page = admin_client.get(url(Appointment, "change", appointment.pk)).content.decode()
    assert "$105" in page and "$52.50" in page and "0 min before" in page
    assert f"{clinic.service.name}, 60 min" in admin_client.get(url(Appointment, "changelist")).content.decode()
    assert "60 min $105" in admin_client.get(url(Service, "changelist")).content.decode()


def test_list_of_today_is_the_clinics_day(admin_client, clinic, monkeypatch):
    make_appointment(clinic, starts_at=TEN + timedelta(hours=6))  # 4 pm there, Tuesday in UTC
    make_appointment(clinic, starts_at=TEN + timedelta(hours=23))  # Tuesday 9 am there
    half_past_four = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: half_past_four)
    admin_client.force_login(User.objects.get())  # a session of that day
    for day, count in {"today": 1, "tomorrow": 1, "week": 2}.items():
        assert admin_client.get(url(Appointment, "changelist"), {"day": day}).context["cl"].result_count == count


def test_hits_are_what_overlaps_and_still_holds_time(clinic):
    inside = make_appointment(clinic)
    make_appointment(clinic, starts_at=TEN + timedelta(hours=1))  # begins as the time off ends
    gone = make_appointment(clinic, starts_at=TEN + timedelta(hours=2))
    appointments.cancel(gone, now=NOW, author=DESK)
    away = TimeOff(
        practitioner=clinic.practitioner, starts_at=TEN + timedelta(minutes=59), ends_at=TEN + timedelta(hours=1)
    )
    assert list(schedule.hits(away, now=NOW)) == [inside]
    closed = TimeOff(location=clinic.location, starts_at=TEN - timedelta(days=9), ends_at=TEN + timedelta(days=9))
    assert schedule.hits(closed, now=NOW).count() == 2
    other = TimeOff(practitioner=make_practitioner(), starts_at=TEN, ends_at=TEN + timedelta(hours=1))
    assert not schedule.hits(other, now=NOW)
