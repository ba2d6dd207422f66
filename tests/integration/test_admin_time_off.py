"""Time off is saved in two steps when it covers visits, and no booking slips past it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection, transaction
from django.urls import reverse

from booking import appointments, schedule
from booking.errors import SlotNotOffered
from booking.models import Appointment, Message, TimeOff
from services.models import Practitioner
from tests.factory import (
    DESK,
    MONDAY,
    NOW,
    TEN,
    make_appointment,
    make_clinic,
    make_details,
    make_location,
    make_practitioner,
    make_time_off,
    make_working_hours,
)

# Django's own admin templates print variables that are not there.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

ADD = "/admin/booking/timeoff/add/"


@pytest.fixture(autouse=True)
def fixed_now(monkeypatch, db):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def desk(fixed_now, admin_client):
    """The front desk, signed in at NOW."""
    return admin_client


def form(clinic=None, *, day=MONDAY, starts="09:00:00", ends="12:00:00", **changed):
    return {
        "practitioner": clinic.practitioner.pk if clinic else "",
        "location": "",
        "starts_at_0": day.isoformat(),
        "starts_at_1": starts,
        "ends_at_0": day.isoformat(),
        "ends_at_1": ends,
        "reason": "Training",
        "public_reason": "",
        **changed,
    }


def test_time_off_without_visits_is_saved_at_once(desk, clinic):
    assert desk.post(ADD, form(clinic)).status_code == 302
    saved = TimeOff.objects.get()
    assert (saved.practitioner, saved.reason) == (clinic.practitioner, "Training")


def test_time_off_over_visits_shows_them_and_saves_nothing(desk, clinic):
    appointment = make_appointment(clinic)
    page = desk.post(ADD, form(clinic))
    html = page.content.decode()
    assert page.status_code == 200 and "Save anyway" in html
    for words in (
        appointment.client.name,
        "Mon 23 Nov 2026, 10:00 am PST",
        clinic.practitioner.name,
        clinic.service.name,
    ):
        assert words in html
    assert not TimeOff.objects.exists()


def carried(page):
    """The fields the “Save anyway” button sends."""
    confirm = [str(visit.pk) for _, visit in page.context["rows"]]
    return {**dict(page.context["kept"]), "confirm": confirm}


def test_save_anyway_saves_what_was_typed_and_leaves_the_visits(desk, clinic):
    appointment = make_appointment(clinic)
    again = carried(desk.post(ADD, form(clinic)))
    answer = desk.post(ADD, again, follow=True)
    assert "1 visit lies inside this time off" in answer.content.decode()
    saved = TimeOff.objects.get()
    assert (saved.starts_at, saved.ends_at) == (TEN - timedelta(hours=1), TEN + timedelta(hours=2))
    appointment.refresh_from_db()
    assert appointment.status == Appointment.Status.BOOKED
    assert not Message.objects.filter(reason__startswith="cancelled").exists()


def test_a_visit_booked_since_the_list_was_shown_is_shown_before_saving(desk, clinic):
    make_appointment(clinic)
    again = carried(desk.post(ADD, form(clinic)))
    newcomer = make_appointment(clinic, starts_at=TEN + timedelta(hours=1))
    page = desk.post(ADD, again)
    assert page.status_code == 200 and newcomer.client.name in page.content.decode()
    assert not TimeOff.objects.exists()
    assert desk.post(ADD, carried(page)).status_code == 302


def test_a_visit_cancelled_since_the_list_was_shown_needs_no_second_look(desk, clinic):
    appointment = make_appointment(clinic)
    again = carried(desk.post(ADD, form(clinic)))
    appointments.cancel(appointment, now=NOW, author=DESK)
    assert desk.post(ADD, again).status_code == 302


@pytest.mark.parametrize("confirm", [["yes"], ["0"], ["999999"], ["-1"], [""]])
def test_a_confirmation_of_something_else_confirms_nothing(desk, clinic, confirm):
    make_appointment(clinic)
    assert desk.post(ADD, {**form(clinic), "confirm": confirm}).status_code == 200
    assert not TimeOff.objects.exists()


def test_moving_time_off_over_visits_asks_as_well(desk, clinic):
    make_appointment(clinic)
    day = timedelta(days=3)
    saved = make_time_off(practitioner=clinic.practitioner, starts_at=TEN + day, ends_at=TEN + day + timedelta(hours=1))
    change = reverse("admin:booking_timeoff_change", args=[saved.pk])
    page = desk.post(change, form(clinic))
    saved.refresh_from_db()
    assert (page.status_code, saved.starts_at) == (200, TEN + day)
    assert desk.post(change, carried(page)).status_code == 302
    saved.refresh_from_db()
    assert saved.starts_at == TEN - timedelta(hours=1)


def test_record_lists_the_visits_inside_it(desk, clinic):
    appointment = make_appointment(clinic)
    saved = make_time_off(practitioner=clinic.practitioner, starts_at=TEN, ends_at=TEN + timedelta(hours=1))
    html = desk.get(reverse("admin:booking_timeoff_change", args=[saved.pk])).content.decode()
    assert "Visits inside it" in html and appointment.client.name in html
    html = desk.get(reverse("admin:services_practitioner_change", args=[clinic.practitioner.pk])).content.decode()
    assert "Mon 23 Nov 2026, 10:00 am PST" in html and f"{ADD}?practitioner={clinic.practitioner.pk}" in html


def test_closure_shows_the_visits_of_everyone_at_that_location_and_no_others(desk):
    here, elsewhere = make_clinic(practitioners=2, rooms=2), make_clinic()
    ours = [make_appointment(here), make_appointment(here)]
    make_appointment(elsewhere)
    page = desk.post(ADD, form(location=here.location.pk))
    assert {visit for _, visit in page.context["rows"]} == set(ours)


def test_who_may_not_see_visits_sees_when_they_are_and_not_whose(client, clinic):
    appointment = make_appointment(clinic)
    user = User.objects.create_user("rosa", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["add_timeoff", "view_practitioner"]))
    client.force_login(user)
    html = client.post(ADD, form(clinic)).content.decode()
    assert "Mon 23 Nov 2026, 10:00 am PST" in html and appointment.client.last_name not in html
    assert not TimeOff.objects.exists()


def test_an_open_hold_is_shown_and_an_expired_one_is_not(desk, clinic):
    held_at = {"owner": "alice", "address": "home"}
    appointments.hold(clinic.option, starts_at=TEN, now=NOW, **held_at)
    page = desk.post(ADD, form(clinic))
    assert "Held, no name yet" in page.content.decode()
    Appointment.objects.update(hold_expires_at=NOW)
    assert desk.post(ADD, form(clinic)).status_code == 302


def test_form_mistakes_are_shown_before_any_visit(desk, clinic):
    make_appointment(clinic)
    page = desk.post(ADD, form(clinic, ends="08:00:00"))
    assert "Time off must end after it starts." in page.content.decode()
    page = desk.post(ADD, form(clinic, location=clinic.location.pk))
    assert "Choose one:" in page.content.decode()


def test_times_are_read_on_the_clock_of_the_place_it_is_about(desk, clinic):
    london = make_location(name="Z London", timezone="Europe/London")
    away = make_practitioner()
    make_working_hours(away, london)
    for about in ({"location": london.pk}, {"practitioner": away.pk}):
        assert desk.post(ADD, form(starts="09:00:00", **about)).status_code == 302
    nine = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert {saved.starts_at for saved in TimeOff.objects.all()} == {nine}
    for saved in TimeOff.objects.all():
        html = desk.get(reverse("admin:booking_timeoff_change", args=[saved.pk])).content.decode()
        assert "Times on this page are London time (GMT, UTC+0)" in html and 'value="09:00:00"' in html


def test_an_hour_the_clock_skips_is_refused(desk, clinic):
    spring = datetime(2027, 3, 14, tzinfo=UTC).date()
    page = desk.post(ADD, form(clinic, day=spring, starts="02:30:00", ends="05:00:00"))
    assert page.status_code == 200 and "may not exist" in page.content.decode()


@pytest.mark.parametrize("nonsense", ["x", "-1", "9" * 30, "²", "1 OR 1=1"])
def test_a_nonsense_practitioner_in_the_address_fills_in_nothing(desk, clinic, nonsense):
    assert desk.get(ADD, {"practitioner": nonsense}).status_code == 200


@pytest.mark.parametrize("unknown", ["-1", "999999", "9" * 18])
def test_time_off_of_somebody_unknown_is_refused(desk, clinic, unknown):
    assert desk.post(ADD, form(clinic, practitioner=unknown)).status_code == 200
    assert not TimeOff.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_saving_time_off_waits_for_a_booking_in_flight_and_then_sees_it(clinic):
    away = TimeOff(practitioner=clinic.practitioner, starts_at=TEN, ends_at=TEN + timedelta(hours=1))
    outcome = []

    def save():
        try:
            schedule.save_time_off(away, now=NOW, accepted=())
        except schedule.VisitsInTheWay as found:
            outcome.extend(found.appointments)
        finally:
            connection.close()

    saving = threading.Thread(target=save)
    with transaction.atomic():
        Practitioner.objects.select_for_update(no_key=True).get(pk=clinic.practitioner.pk)
        saving.start()
        saving.join(0.5)
        assert saving.is_alive()  # it waits for the row
        booked = _insert_beside_the_lock(clinic)
    saving.join(5)
    assert outcome == [booked] and not TimeOff.objects.exists()


def _insert_beside_the_lock(clinic):
    """What a booking does once it has its locks, without its own transaction."""
    from booking.models import Client, Visit

    who = Client.objects.create(first_name="Noor", last_name="Haddad", email="noor@example.org")
    visit = Visit.objects.create(client=who, created_at=NOW, link_nonce="n", link_hash="h")
    return Appointment.objects.create(
        visit=visit, client=who, option=clinic.option, practitioner=clinic.practitioner, location=clinic.location,
        room=clinic.rooms[0], starts_at=TEN, ends_at=TEN + timedelta(hours=1), status="booked", price=1,
        cancellation_notice=timedelta(hours=24),
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("whole_location", [False, True])
def test_a_booking_waits_for_time_off_in_flight_and_is_then_refused(clinic, whole_location):
    about = {"location": clinic.location} if whole_location else {"practitioner": clinic.practitioner}
    outcome = []

    def book():
        try:
            make_appointment(clinic, details=make_details())
        except SlotNotOffered as error:
            outcome.append(error)
        finally:
            connection.close()

    booking = threading.Thread(target=book)
    with transaction.atomic():
        schedule.save_time_off(TimeOff(**about, starts_at=TEN, ends_at=TEN + timedelta(hours=1)), now=NOW)
        booking.start()
        booking.join(0.5)
        assert booking.is_alive()
    booking.join(5)
    assert len(outcome) == 1 and not Appointment.objects.exists()
