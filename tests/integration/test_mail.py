"""What arrives in the inbox, read back from a real mail server, and what never does."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from icalendar import Calendar
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import appointments, links, outbox
from booking.models import Appointment, BusyTime, Client, Message, Visit
from tests import serving
from tests.factory import NOW, TEN, make_appointment, make_clinic, make_details

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
LONG_BEFORE = NOW - timedelta(days=5)
LINK = re.compile(r"http://localhost:8000(/visits/([A-Za-z0-9_-]{43})/)")
HEADERS = {"Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"}


@pytest.fixture
def inbox(settings):
    with serving.mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def send_all(inbox, *, now=NOW):
    """Send what is queued; the mails that arrived by it, by the word their reason begins with."""
    before = len(inbox.accepted)
    for message in Message.objects.filter(status="queued").order_by("pk"):
        outbox.deliver(message.pk, now=now)
    return {mail["Message-ID"].strip("<").split("@")[0]: mail for mail in inbox.accepted[before:]}


def one(mails, kind, recipient):
    [found] = [mail for name, mail in mails.items() if name.startswith(kind) and name.endswith(recipient)]
    return found


def body(mail, kind):
    return mail.get_body((kind,)).get_content()


def attachment(mail):
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return part


def event(mail):
    file = Calendar.from_ical(attachment(mail).get_content())
    [found] = file.walk("VEVENT")
    return file, found


def everything(mail):
    """All a reader, or a program of theirs, could find in a mail."""
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*map(str, mail.values()), *parts])


def is_in_database(text):
    """Whether any row of any table holds this text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(f'SELECT 1 FROM "{table}" AS whole WHERE position(%s IN whole::text) > 0', [text])  # noqa: S608
            if cursor.fetchone():
                return True
    return False


def test_confirmation_is_text_html_and_a_calendar_file(inbox, clinic):
    appointment = make_appointment(clinic)
    mails = send_all(inbox)
    mail = one(mails, "confirmation", "client")
    assert mail["To"] == appointment.client.email
    assert "Booked" in mail["Subject"]
    for kind in ("plain", "html"):
        words = body(mail, kind)
        assert "Monday 23 November 2026" in words
        assert "10:00" in words
        assert clinic.practitioner.name in words
        assert appointment.location.street in words
        assert "Change or cancel free until Sunday 22 November, 10:00" in words
    assert attachment(mail).get_filename() == "visit.ics"
    assert attachment(mail).get_param("method") == "PUBLISH"
    assert one(mails, "new", "practitioner")["To"] == clinic.practitioner.email
    assert len(mails) == 2


def test_calendar_file_names_the_visit_once_and_for_all_and_counts_its_changes(inbox):
    clinic = make_clinic(practitioners=1)
    appointment = make_appointment(clinic, now=LONG_BEFORE)
    booked = event(one(send_all(inbox), "confirmation", "client"))
    appointments.move(appointment, starts_at=TEN + 3 * HOUR, now=LONG_BEFORE)
    moved = event(one(send_all(inbox), "moved", "client"))
    appointments.cancel(appointment, now=LONG_BEFORE)
    cancelled = event(one(send_all(inbox), "cancelled", "client"))

    assert len({str(found["UID"]) for _, found in (booked, moved, cancelled)}) == 1
    assert [found["SEQUENCE"] for _, found in (booked, moved, cancelled)] == [0, 1, 2]
    assert [str(file["METHOD"]) for file, _ in (booked, moved, cancelled)] == ["PUBLISH", "PUBLISH", "CANCEL"]
    assert [str(found["STATUS"]) for _, found in (booked, moved, cancelled)] == [
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
    ]
    assert (booked[1].start, booked[1].end) == (TEN, TEN + HOUR)
    assert moved[1].start == TEN + 3 * HOUR
    for file, found in (booked, moved, cancelled):
        assert str(file["VERSION"]) == "2.0"
        for name in ("DTSTART", "DTEND", "DTSTAMP"):
            assert found[name].to_ical().endswith(b"Z")


def test_mail_sent_again_keeps_its_message_id_and_no_two_mails_share_one(inbox, clinic):
    appointment = make_appointment(clinic, now=LONG_BEFORE)
    first = send_all(inbox)
    message = Message.objects.get(reason__startswith="confirmation")
    outbox.resend(message, now=NOW)
    again = send_all(inbox)
    assert set(again) == {name for name in first if name.startswith("confirmation")}
    appointments.move(appointment, starts_at=TEN + 3 * HOUR, now=LONG_BEFORE)
    assert not set(send_all(inbox)) & set(first)


def test_delivering_twice_sends_once(inbox, clinic):
    make_appointment(clinic)
    send_all(inbox)
    for message in Message.objects.all():
        outbox.deliver(message.pk, now=NOW)
    assert len(inbox.accepted) == 2


def test_link_in_the_mail_opens_the_visit_and_is_nowhere_in_the_database(inbox, clinic, client):
    appointment = make_appointment(clinic)
    mails = send_all(inbox)
    mail = one(mails, "confirmation", "client")
    [(path, token)] = set(LINK.findall(body(mail, "plain")))
    assert {(path, token)} == set(LINK.findall(body(mail, "html")))
    with time_machine.travel(NOW, tick=False):
        page = client.get(path)
    assert page.status_code == 200
    assert clinic.practitioner.name in page.content.decode()
    assert is_in_database(links.hash_of(token))
    assert is_in_database(appointment.client.email)
    assert not is_in_database(token)


def test_practitioner_never_gets_the_clients_link(inbox, clinic):
    appointment = make_appointment(clinic, now=LONG_BEFORE)
    mails = send_all(inbox)
    appointments.move(appointment, starts_at=TEN + 3 * HOUR, now=LONG_BEFORE)
    mails |= send_all(inbox)
    appointments.cancel(appointment, now=LONG_BEFORE)
    mails |= send_all(inbox)
    token = links.token(appointment.visit)
    for name, mail in mails.items():
        assert "visit-link.invalid" not in everything(mail)
        if name.endswith("practitioner"):
            assert token not in everything(mail)


@pytest.mark.parametrize(
    "injected", ["\r\nBcc: thief@example.org", "\nBcc: thief@example.org\n\nHello", "\x00\x0b\u2028Bcc: x"]
)
def test_names_cannot_add_headers_or_recipients(inbox, injected):
    if "\x00" in injected:
        injected = injected.replace("\x00", "")  # PostgreSQL refuses it before we could send it
    clinic = make_clinic(name=f"Massage{injected}")
    details = make_details(first_name=f"Noor{injected}", last_name=f"Haddad{injected}")
    appointment = make_appointment(clinic, details=details)
    mails = send_all(inbox)
    assert len(mails) == 2
    for mail in mails.values():
        assert set(mail.keys()) == HEADERS
        assert len(mail.keys()) == len(HEADERS)
    assert set(inbox.recipients) == {appointment.client.email, clinic.practitioner.email}


def test_booking_rolled_back_leaves_neither_mail_nor_job(clinic, monkeypatch):
    queue = outbox.booked

    def queue_and_break(appointment, **given):
        queue(appointment, **given)
        assert Message.objects.count() == ProcrastinateJob.objects.count() == 2
        raise RuntimeError

    monkeypatch.setattr(outbox, "booked", queue_and_break)
    with pytest.raises(RuntimeError):
        make_appointment(clinic)
    for model in (Message, ProcrastinateJob, Appointment, Visit, BusyTime, Client):
        assert not model.objects.exists()


def test_what_the_client_told_us_is_never_in_a_mail(inbox):
    clinic = make_clinic(practitioners=2, rooms=2)
    details = make_details(note="sixteen weeks pregnant", areas_to_avoid=["neck"], phone="+15035550142")
    first, second = clinic.practitioners
    appointment = make_appointment(clinic, details=details, practitioner=first, now=LONG_BEFORE)
    mails = send_all(inbox)
    appointments.move(appointment, starts_at=TEN + 3 * HOUR, practitioner=first, now=LONG_BEFORE)
    mails |= send_all(inbox)
    appointments.move(appointment, starts_at=TEN, practitioner=second, now=LONG_BEFORE)
    mails |= send_all(inbox)
    appointments.cancel(appointment, now=LONG_BEFORE)
    mails |= send_all(inbox)
    assert {name.split(".")[0] for name in mails} == {"confirmation", "new", "moved", "left", "cancelled"}
    assert Appointment.objects.get().note == details.note
    for mail in mails.values():
        words = everything(mail).lower()
        assert "pregnant" not in words
        assert "neck" not in words


def test_only_who_heard_of_a_visit_hears_that_it_has_gone(inbox):
    """Moved from one practitioner to the next and cancelled, all before a single mail about it left."""
    clinic = make_clinic(practitioners=2, rooms=2)
    first, second = clinic.practitioners
    appointment = make_appointment(clinic, practitioner=first, now=LONG_BEFORE)
    send_all(inbox)
    appointments.move(appointment, starts_at=TEN, practitioner=second, now=LONG_BEFORE)
    appointments.cancel(appointment, now=LONG_BEFORE)
    mails = send_all(inbox)
    assert one(mails, "left", "former")["To"] == first.email
    assert second.email not in inbox.recipients
