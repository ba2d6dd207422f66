"""What somebody can send to the admin by hand never breaks it."""

from itertools import product

import pytest
from django.urls import reverse

from booking.models import Appointment, Client, TimeOff
from services.models import Room
from tests.factory import TEN, make_appointment

# Django's own admin templates print variables that are not there.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

LISTS = ["booking_appointment", "booking_client", "booking_timeoff", "booking_message", "services_room", "auth_user"]
ASKED = ["status__exact", "q", "o", "p", "e", "location__id__exact", "created_at__year"]
VALUES = ["%00", "x%00y", "99999999999999999999", "x", "%F0%9F%92%A5", "-1"]


@pytest.mark.parametrize("name", LISTS)
def test_lists_take_any_filter(admin_client, name):
    admin_client.raise_request_exception = False
    for asked, value in product(ASKED, VALUES):
        answer = admin_client.get(f"{reverse(f'admin:{name}_changelist')}?{asked}={value}")
        assert answer.status_code < 500, f"{asked}={value}"


def test_zero_byte_in_an_address_is_a_bad_request(admin_client):
    assert admin_client.get("/admin/booking/appointment/?status__exact=%00").status_code == 400


@pytest.mark.parametrize("value", ["x", "\x00", "99999999999999999999", "-1", "1 OR 1=1", "²"])
def test_forms_whose_choice_was_tampered_with_are_shown_again(admin_client, clinic, value):
    admin_client.raise_request_exception = False
    for model, name in ((TimeOff, "practitioner"), (TimeOff, "location"), (Room, "location")):
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
        page = admin_client.post(address, {name: value})
        assert page.status_code == 200
        assert page.context["adminform"].form.errors[name]
        assert admin_client.get(address, {name: value.replace("\x00", "")}).status_code == 200


@pytest.mark.parametrize("value", ["x", "\x00", "99999999999999999999", "²", ""])
def test_ticks_that_are_no_rows_change_nothing(admin_client, clinic, value):
    appointment = make_appointment(clinic)
    admin_client.raise_request_exception = False
    for model, action in ((Appointment, "mark_arrived"), (Client, "delete_selected")):
        address = reverse(f"admin:booking_{model._meta.model_name}_changelist")
        sent = {"action": action, "_selected_action": [value], "post": "yes"}
        page = admin_client.post(address, sent)
        assert page.status_code == 302
    appointment.refresh_from_db()
    assert appointment.status == "booked" and appointment.starts_at == TEN


def test_chosen_value_that_is_right_is_shown_again_beside_what_is_wrong(admin_client, clinic):
    address = reverse("admin:booking_timeoff_add")
    page = admin_client.post(address, {"practitioner": clinic.practitioner.pk, "starts_at_0": "x"})
    assert f'<option value="{clinic.practitioner.pk}" selected>' in page.content.decode()
