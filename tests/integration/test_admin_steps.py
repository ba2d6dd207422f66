"""The front desk's buttons and actions change a visit through `booking.appointments` alone."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from booking import appointments
from booking.admin import steps
from booking.models import Appointment, BusyTime, Message
from tests.factory import DESK, NOW, TEN, make_appointment

# Django's own admin templates print variables that are not there.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

LIST = "/admin/booking/appointment/"
Status = Appointment.Status


@pytest.fixture
def desk(clock, admin_client):
    """The front desk, signed in at NOW."""
    return admin_client


def press(client, appointment, code, **data):
    where = reverse("admin:booking_appointment_step", args=[appointment.pk, code])
    return client.post(where, data, follow=True)


def choose(client, action, *chosen, **data):
    return client.post(LIST, {"action": action, "_selected_action": [one.pk for one in chosen], **data}, follow=True)


def status_of(appointment):
    return Appointment.objects.get(pk=appointment.pk).status


@pytest.mark.parametrize(
    ("code", "status", "still_busy"),
    [("arrive", Status.ARRIVED, 3), ("fulfil", Status.FULFILLED, 0), ("noshow", Status.NOSHOW, 0)],
)
def test_button_takes_the_step_and_its_time_with_it(desk, clock, clinic, code, status, still_busy):
    appointment = make_appointment(clinic)
    clock(TEN + timedelta(minutes=5))
    page = press(desk, appointment, code)
    assert f": {Status(status).label}." in page.content.decode()
    assert status_of(appointment) == status
    assert BusyTime.objects.filter(appointment=appointment).count() == still_busy
    assert LogEntry.objects.filter(object_id=str(appointment.pk)).count() == 1


def test_cancel_button_keeps_the_reason_frees_the_time_and_mails_both(desk, clinic):
    appointment = make_appointment(clinic)
    Message.objects.update(status="sent", sent_at=NOW)
    press(desk, appointment, "cancel", reason="Mara is ill")
    appointment.refresh_from_db()
    assert (appointment.status, appointment.cancellation_reason) == (Status.CANCELLED, "Mara is ill")
    assert not BusyTime.objects.exists()
    assert Message.objects.filter(reason__startswith="cancelled/").count() == 2


def test_staff_may_cancel_a_visit_that_has_begun(desk, clock, clinic):
    appointment = make_appointment(clinic)
    clock(TEN + timedelta(minutes=5))
    press(desk, appointment, "cancel")
    assert status_of(appointment) == Status.CANCELLED


@pytest.mark.parametrize(
    ("code", "sentence"),
    [("fulfil", "This visit has not begun yet."), ("noshow", "This visit has not begun yet, so nobody has missed it.")],
)
def test_refusal_of_the_write_module_is_shown_and_changes_nothing(desk, clinic, code, sentence):
    appointment = make_appointment(clinic)
    page = press(desk, appointment, code)
    assert sentence in page.content.decode() and 'class="error"' in page.content.decode()
    assert status_of(appointment) == Status.BOOKED
    assert not LogEntry.objects.exists()


def test_button_of_a_stale_page_is_refused(desk, clinic):
    appointment = make_appointment(clinic)
    appointments.cancel(appointment, now=NOW)
    page = press(desk, appointment, "arrive")
    assert "has changed since you opened the page" in page.content.decode()
    assert status_of(appointment) == Status.CANCELLED


def test_page_offers_the_steps_that_make_sense_now(desk, clinic):
    appointment = make_appointment(clinic)

    def offered():
        page = desk.get(reverse("admin:booking_appointment_change", args=[appointment.pk]))
        return [step.code for step in page.context["steps"]]

    assert offered() == ["confirm", "arrive", "start", "fulfil", "noshow", "cancel"]
    appointments.arrive(appointment, now=NOW)
    assert offered() == ["start", "fulfil", "cancel"]
    appointments.cancel(appointment, now=NOW, author=DESK)
    assert offered() == []


def test_reading_a_step_changes_nothing_and_unknown_steps_are_not_there(desk, clinic):
    appointment = make_appointment(clinic)
    where = reverse("admin:booking_appointment_step", args=[appointment.pk, "arrive"])
    assert desk.get(where).status_code == 405
    assert press(desk, appointment, "delete").status_code == 404
    assert desk.post(reverse("admin:booking_appointment_step", args=[0, "arrive"])).status_code == 404
    assert status_of(appointment) == Status.BOOKED


def test_who_may_only_view_sees_no_buttons_and_can_press_none(client, clock, clinic):
    appointment = make_appointment(clinic)
    user = User.objects.create_user("rosa", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_appointment"))
    user.user_permissions.add(Permission.objects.get(codename="view_everyone"))
    client.force_login(user)
    page = client.get(reverse("admin:booking_appointment_change", args=[appointment.pk]))
    assert page.context["steps"] == [] and "What happened" not in page.content.decode()
    assert press(client, appointment, "cancel").status_code == 403
    choose(client, "mark_arrived", appointment)
    choose(client, "cancel", appointment, confirm="yes")
    assert status_of(appointment) == Status.BOOKED


def test_steps_need_the_csrf_token(admin_user, clinic, clock):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin_user)
    appointment = make_appointment(clinic)
    assert press(strict, appointment, "cancel").status_code == 403
    assert status_of(appointment) == Status.BOOKED


def test_action_takes_the_step_with_each_and_counts_the_refusals(desk, clock, clinic):
    first = make_appointment(clinic)
    second = make_appointment(clinic, starts_at=TEN + timedelta(hours=1))
    gone = make_appointment(clinic, starts_at=TEN + timedelta(hours=2))
    appointments.cancel(gone, now=NOW)
    html = choose(desk, "mark_arrived", first, second, gone).content.decode()
    assert "Here: 2." in html and "Left as they were: 1." in html
    assert [status_of(one) for one in (first, second, gone)] == [Status.ARRIVED, Status.ARRIVED, Status.CANCELLED]
    clock(TEN + timedelta(hours=2))
    choose(desk, "mark_done", first)
    assert status_of(first) == Status.FULFILLED


def test_action_did_not_come(desk, clock, clinic):
    appointment = make_appointment(clinic)
    clock(TEN + timedelta(hours=1))
    choose(desk, "mark_noshow", appointment)
    assert status_of(appointment) == Status.NOSHOW


def test_cancel_action_shows_the_visits_first(desk, clinic):
    appointment = make_appointment(clinic)
    page = choose(desk, "cancel", appointment)
    assert "Cancel these visits?" in page.content.decode() and appointment.client.name in page.content.decode()
    assert status_of(appointment) == Status.BOOKED
    choose(desk, "cancel", appointment, confirm="yes", reason="Flood")
    appointment.refresh_from_db()
    assert (appointment.status, appointment.cancellation_reason) == (Status.CANCELLED, "Flood")


def test_more_visits_than_one_request_can_do_are_refused_whole(desk, clinic, monkeypatch):
    monkeypatch.setattr(steps, "MOST_AT_ONCE", 1)
    both = [make_appointment(clinic), make_appointment(clinic, starts_at=TEN + timedelta(hours=1))]
    for action in ("mark_arrived", "cancel"):
        assert "at most 1 visits" in choose(desk, action, *both).content.decode()
    assert [status_of(one) for one in both] == [Status.BOOKED, Status.BOOKED]


def test_form_writes_what_the_client_asked_for_and_nothing_that_was_promised(desk, clinic):
    appointment = make_appointment(clinic)
    tampered = {"status": "fulfilled", "price_label": "0", "price": "0", "starts_at_0": "2030-01-01", "room": ""}
    asked = {"pressure": "firm", "areas_to_avoid": ["b-neck", "f-chest"], "note": "Knocks", **tampered}
    inline = {"messages-TOTAL_FORMS": 0, "messages-INITIAL_FORMS": 0}
    answer = desk.post(reverse("admin:booking_appointment_change", args=[appointment.pk]), {**asked, **inline})
    assert answer.status_code == 302
    saved = Appointment.objects.get(pk=appointment.pk)
    assert (saved.pressure, saved.areas_to_avoid, saved.note) == ("firm", ["b-neck", "f-chest"], "Knocks")
    kept = ["status", "price", "starts_at", "ends_at", "practitioner_id", "room_id"]
    assert all(getattr(saved, name) == getattr(appointment, name) for name in kept)


def test_form_of_a_stale_page_does_not_bring_a_cancelled_visit_back(desk, clinic, monkeypatch):
    """The row is read, somebody cancels, then the form is saved."""
    from booking.admin.forms import AreasForm

    appointment = make_appointment(clinic)
    full_clean = AreasForm.full_clean

    def cancelled_meanwhile(self):
        Appointment.objects.filter(pk=appointment.pk).update(status="cancelled", cancelled_at=NOW)
        full_clean(self)

    monkeypatch.setattr(AreasForm, "full_clean", cancelled_meanwhile)
    form = {"pressure": "firm", "note": "", "messages-TOTAL_FORMS": 0, "messages-INITIAL_FORMS": 0}
    desk.post(reverse("admin:booking_appointment_change", args=[appointment.pk]), form)
    saved = Appointment.objects.get(pk=appointment.pk)
    assert (saved.status, saved.pressure) == (Status.CANCELLED, "firm")
