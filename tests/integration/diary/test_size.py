"""The board of a large clinic: how many queries, how many bytes, and that neither grows with what it need not."""

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.models import Appointment, ClientNote, Message
from clinic.demo import large
from services.models import Practitioner
from tests.factory import MONDAY, NOW, make_appointment, make_clinic, make_practitioner, make_working_hours

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

DAY = f"/admin/diary/?date={MONDAY}"
WAYS = [DAY, f"{DAY}&by=room", f"{DAY}&view=week", f"{DAY}&view=month"]
MOST_QUERIES, MOST_BYTES = 12, 150_000
OWN_QUERIES = 5  # location, and the four of the board


@pytest.fixture(autouse=True)
def fixed_now(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def receptionist(client, db):
    """Somebody whose rights come from a group, as everybody's do: two statements more than a superuser."""
    user = User.objects.create_user("rosa", is_staff=True)
    user.groups.add(Group.objects.get(name="Front desk"))
    client.force_login(user)
    return client


def queries_of(client, address):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answer = client.get(address)
    assert answer.status_code == 200
    return [query["sql"] for query in seen], answer


@pytest.fixture
def full_clinic(monkeypatch):
    """Twenty practitioners, every cell of the day sold, notes and failed mail for some."""
    monkeypatch.setattr(large, "FULL", 1)
    monkeypatch.setattr(large, "DAYS_AHEAD", 1)
    monkeypatch.setattr(large, "CLIENTS", 200)
    assert sum(large.make(day=MONDAY, past=0, unclosed=0)) == 160
    visits = list(Appointment.objects.order_by("pk"))
    for visit in visits[::5]:
        ClientNote.objects.create(client=visit.client, text="Uses the side door", at=NOW, is_alert=visit.pk % 2 == 0)
    Message.objects.bulk_create(
        Message(
            reason=f"confirmation/{visit.pk}", message_id=str(visit.pk), appointment=visit, to=["a@example.org"],
            subject="Booked", text="Booked", status="failed", queued_at=NOW, send_after=NOW,
        )
        for visit in visits[::7]
    )  # fmt: skip
    Appointment.objects.filter(pk__in=[visit.pk for visit in visits[::9]]).update(note="Lavender gives me a headache.")


def test_a_full_day_of_twenty_people_keeps_to_the_budgets(receptionist, full_clinic):
    assert receptionist.get(DAY).text.count("data-visit=") == 160
    for address in WAYS:
        seen, answer = queries_of(receptionist, address)
        assert len(seen) <= MOST_QUERIES, "\n".join([address, *seen])
        assert len(answer.content) < MOST_BYTES, address


def test_the_number_of_queries_does_not_grow_with_people_and_visits(receptionist):
    clinic = make_clinic()
    make_appointment(clinic)
    receptionist.get(DAY)
    few = {address: len(queries_of(receptionist, address)[0]) for address in WAYS}
    for _ in range(4):
        make_working_hours(make_practitioner(clinic.service), clinic.location)
    for practitioner in Practitioner.objects.all()[1:]:
        clinic.location.rooms.create(name=f"Room of {practitioner.pk}").services.add(clinic.service)
        make_appointment(clinic, practitioner=practitioner)
    many = {address: queries_of(receptionist, address)[0] for address in WAYS}
    assert {address: len(queries) for address, queries in many.items()} == few
    for address, queries in many.items():
        assert len([sql for sql in queries if "booking_" in sql and "COUNT(" not in sql]) <= OWN_QUERIES, address


def test_the_refresh_asks_no_more_than_the_page(receptionist):
    make_appointment(make_clinic())
    seen, _ = queries_of(receptionist, DAY)
    with CaptureQueriesContext(connection) as fresh:
        receptionist.get(DAY, headers={"HX-Request": "true", "HX-Target": "board"})
    assert len(fresh) <= len(seen)
