"""The catalogue and the people in the clinic's words: lengths, warnings, hours."""

from datetime import time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from booking.models import WorkingHours
from services.admin import lengths
from services.models import Practitioner, Service
from tests.factory import make_clinic, make_option, make_practitioner, make_service

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Django's own admin templates print variables that are not there.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("60", HOUR),
        ("60 min", HOUR),
        ("90min", 90 * MINUTE),
        ("1 h 30 min", 90 * MINUTE),
        ("1:30", 90 * MINUTE),
        ("01:30:00", 90 * MINUTE),
        ("24 hours", DAY),
        ("90 days", 90 * DAY),
        ("0", 0 * MINUTE),
        (" 2 H ", 2 * HOUR),
    ],
)
def test_a_length_is_read_as_people_write_it(written, meant):
    assert lengths.parse(written) == meant


@pytest.mark.parametrize("written", ["", "an hour", "60 sec", "1:75", "-15", "1.5 h", "9" * 40, "min", "²"])
def test_what_is_no_length_is_refused(written):
    assert lengths.parse(written) is None


@pytest.mark.parametrize("length", [0 * MINUTE, 15 * MINUTE, HOUR, 90 * MINUTE, 8 * HOUR, DAY, 2 * DAY, 90 * DAY])
def test_a_length_reads_back_as_it_was_shown(length):
    assert lengths.parse(lengths.words(length)) == length


def listed(client, service):
    page = client.get(reverse("admin:services_service_changelist"))
    return next(one for one in page.context["cl"].result_list if one == service), page.content.decode()


def test_list_warns_of_services_that_nobody_can_book(admin_client):
    clinic = make_clinic()
    assert "staff-warning" not in listed(admin_client, clinic.service)[1]
    make_service(name="Forgotten")
    html = listed(admin_client, clinic.service)[1]
    for warning in ("No room suits it.", "Nobody gives it.", "It has no length and price."):
        assert html.count(warning) == 1


def test_a_call_needs_no_room_and_the_retired_do_not_count(admin_client):
    clinic = make_clinic()
    call = make_service(name="Call", mode=Service.Mode.VIDEO)
    make_option(call)
    clinic.practitioner.services.add(call)
    assert "staff-warning" not in listed(admin_client, call)[1]
    Practitioner.objects.update(is_active=False)
    clinic.location.rooms.update(is_active=False)
    html = listed(admin_client, call)[1]
    assert (html.count("Nobody gives it."), html.count("No room suits it.")) == (2, 1)


def service_form(service, option, **changed):
    return {
        "service_type": service.service_type_id, "name": service.name, "slug": service.slug, "is_active": "on",
        "position": 0, "summary": "", "explanation": "", "helps_with": "A stiff neck,Headaches", "mode": service.mode,
        "rooms": [room.pk for room in service.rooms.all()], "booking_mode": "instant", "lead_time": "2 h",
        "booking_horizon": "90 days", "slot_step": "15", "buffer_before": "0", "buffer_after": "15 min",
        "cancellation_notice": "24 hours", "late_fee_percent": 50,
        "options-TOTAL_FORMS": 1, "options-INITIAL_FORMS": 1, "options-0-id": option.pk,
        "options-0-service": service.pk, "options-0-duration": "1:15", "options-0-price": "95",
        "options-0-is_active": "on",
        **changed,
    }  # fmt: skip


def test_service_is_saved_with_lengths_in_words_and_the_people_who_give_it(admin_client):
    clinic = make_clinic()
    newcomer = make_practitioner()
    where = reverse("admin:services_service_change", args=[clinic.service.pk])
    form = service_form(clinic.service, clinic.option, given_by=[newcomer.pk])
    page = admin_client.post(where, form)
    assert page.status_code == 302, page.context["errors"]
    service, option = Service.objects.get(pk=clinic.service.pk), clinic.service.options.get()
    assert (service.lead_time, service.booking_horizon, service.slot_step) == (2 * HOUR, 90 * DAY, 15 * MINUTE)
    assert (service.buffer_after, option.duration) == (15 * MINUTE, 75 * MINUTE)
    assert list(service.practitioners.all()) == [newcomer]
    assert service.helps_with == ["A stiff neck", "Headaches"]


def test_form_shows_lengths_in_words(admin_client):
    clinic = make_clinic()
    html = admin_client.get(reverse("admin:services_service_change", args=[clinic.service.pk])).content.decode()
    for value in ("120 min", "90 days", "24 hours", "15 min", "60 min"):
        assert f'value="{value}"' in html
    assert "hh:mm:ss" not in html


def test_saving_a_service_nobody_can_book_says_so(admin_client):
    clinic = make_clinic()
    where = reverse("admin:services_service_change", args=[clinic.service.pk])
    html = admin_client.post(where, service_form(clinic.service, clinic.option, rooms=[]), follow=True).content.decode()
    assert "No room suits it." in html and "Nobody gives it." in html


def test_length_nobody_understands_is_refused_with_an_example(admin_client):
    clinic = make_clinic()
    where = reverse("admin:services_service_change", args=[clinic.service.pk])
    html = admin_client.post(where, service_form(clinic.service, clinic.option, lead_time="soon")).content.decode()
    assert "Write a length such as 60 min, 24 hours or 90 days." in html


def test_rooms_are_listed_with_their_location(admin_client):
    here, there = make_clinic(), make_clinic()
    html = admin_client.get(reverse("admin:services_room_changelist")).content.decode()
    assert here.location.name in html and there.location.name in html


def practitioner_form(practitioner, location, *rows):
    form = {
        "name": practitioner.name, "slug": practitioner.slug, "email": practitioner.email, "is_active": "on",
        "position": 0, "languages": "English", "services": [one.pk for one in practitioner.services.all()],
        "working_hours-TOTAL_FORMS": len(rows), "working_hours-INITIAL_FORMS": 0,
        "time_off-TOTAL_FORMS": 0, "time_off-INITIAL_FORMS": 0,
    }  # fmt: skip
    for number, (starts, ends) in enumerate(rows):
        row = {"location": location.pk, "weekday": 0, "starts": starts, "ends": ends, "valid_from": "2026-01-01"}
        form |= {f"working_hours-{number}-{name}": value for name, value in row.items()}
    return form


def test_two_rows_a_day_make_a_split_shift(admin_client):
    clinic = make_clinic()
    newcomer = make_practitioner(clinic.service)
    where = reverse("admin:services_practitioner_change", args=[newcomer.pk])
    form = practitioner_form(newcomer, clinic.location, ("09:00", "12:00"), ("13:00", "18:00"))
    assert admin_client.post(where, form).status_code == 302
    shifts = [(row.starts, row.ends) for row in WorkingHours.objects.filter(practitioner=newcomer)]
    assert shifts == [(time(9), time(12)), (time(13), time(18))]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("10:00", "11:00"), "These hours overlap other working hours of the same practitioner."),
        (("18:00", "17:00"), "A shift must end after it starts."),
    ],
)
def test_impossible_hours_are_refused_in_words(admin_client, row, sentence):
    clinic = make_clinic()
    where = reverse("admin:services_practitioner_change", args=[clinic.practitioner.pk])
    html = admin_client.post(where, practitioner_form(clinic.practitioner, clinic.location, row)).content.decode()
    assert sentence in html


def test_two_shifts_can_swap_places(admin_client):
    clinic = make_clinic()
    newcomer = make_practitioner(clinic.service)
    where = reverse("admin:services_practitioner_change", args=[newcomer.pk])
    admin_client.post(where, practitioner_form(newcomer, clinic.location, ("09:00", "12:00"), ("13:00", "18:00")))
    rows = list(newcomer.working_hours.order_by("starts"))
    form = practitioner_form(newcomer, clinic.location, ("13:00", "18:00"), ("09:00", "12:00"))
    form |= {f"working_hours-{number}-id": row.pk for number, row in enumerate(rows)}
    form |= {"working_hours-INITIAL_FORMS": 2, "working_hours-0-practitioner": newcomer.pk}
    assert admin_client.post(where, form).status_code == 302
    shifts = {row.pk: row.starts for row in newcomer.working_hours.all()}
    assert shifts == {rows[0].pk: time(13), rows[1].pk: time(9)}


def test_the_same_hours_in_another_season_do_not_overlap(admin_client):
    clinic = make_clinic()
    newcomer = make_practitioner(clinic.service)
    where = reverse("admin:services_practitioner_change", args=[newcomer.pk])
    form = practitioner_form(newcomer, clinic.location, ("09:00", "12:00"), ("09:00", "12:00"))
    form |= {"working_hours-0-valid_through": "2026-06-30", "working_hours-1-valid_from": "2026-07-01"}
    assert admin_client.post(where, form).status_code == 302
    form |= {"working_hours-1-valid_from": "2026-06-30"}
    assert newcomer.working_hours.count() == 2


def test_the_same_length_twice_is_refused(admin_client):
    clinic = make_clinic()
    where = reverse("admin:services_service_change", args=[clinic.service.pk])
    again = {"options-TOTAL_FORMS": 2, "options-1-duration": "75 min", "options-1-price": "80"}
    answer = admin_client.post(where, service_form(clinic.service, clinic.option, **again))
    assert answer.status_code == 200 and "Please correct" in answer.content.decode()


def test_two_new_rows_that_overlap_each_other_are_refused(admin_client):
    clinic = make_clinic()
    newcomer = make_practitioner(clinic.service)
    where = reverse("admin:services_practitioner_change", args=[newcomer.pk])
    form = practitioner_form(newcomer, clinic.location, ("09:00", "12:00"), ("11:00", "18:00"))
    answer = admin_client.post(where, form)
    assert answer.status_code == 200 and "overlap" in answer.content.decode()
    assert not WorkingHours.objects.filter(practitioner=newcomer).exists()


@pytest.mark.parametrize("phase", [{}, {"unattended_from": 10 * MINUTE, "unattended_until": 20 * MINUTE}])
def test_half_a_minute_gets_its_sentence_before_the_database_refuses_it(phase):
    option = make_option(make_service(), minutes=60, **phase)
    option.full_clean()
    option.duration += MINUTE / 2
    with pytest.raises(ValidationError, match="Give whole minutes"):
        option.full_clean()
