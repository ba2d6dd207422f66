"""The mail of the evening before, read back from a real mail server: when it comes, to whom, and what is in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from booking import appointments, evening, outbox
from booking.models import Message, WorkingHours
from services.models import Location, Practitioner
from tests import serving
from tests.factory import NOW, TEN, make_appointment, make_clinic, make_details, make_location, make_working_hours

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SIX = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Sunday 18:00 in Los Angeles


@pytest.fixture
def inbox(settings):
    with serving.mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def sent(inbox, *, now=SIX):
    """What an evening's run brings to the inbox."""
    Message.objects.all().delete()
    evening.tell(now=now)
    for message in Message.objects.order_by("pk"):
        outbox.deliver(message.pk, now=now)
    return inbox.accepted


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def test_evening_mail_lists_tomorrow_with_its_gaps_and_first_visits(inbox):
    clinic = make_clinic()
    details = make_details(first_name="Noor", last_name="Haddad")
    make_appointment(clinic, details=details, starts_at=TEN - HOUR)
    make_appointment(clinic, details=make_details(first_name="Sam", last_name="Whitlock"), starts_at=TEN + 2 * HOUR)
    make_appointment(clinic, details=details, starts_at=TEN + 3 * HOUR)
    make_appointment(clinic, starts_at=TEN + DAY)  # the day after
    [mail] = sent(inbox)
    service, room = clinic.service.name, clinic.rooms[0].name
    assert mail["To"] == clinic.practitioner.email
    assert mail["Subject"] == "Monday 23 November: 3 visits, from 9:00 am"
    assert [line for line in text_of(mail).splitlines() if line[:1].isdigit()] == [
        f"9:00 am to 10:00 am  Noor H., {service}, {room} (first visit)",
        "10:00 am to 12:00 pm  free",
        f"12:00 pm to 1:00 pm  Sam W., {service}, {room} (first visit)",
        f"1:00 pm to 2:00 pm  Noor H., {service}, {room}",
    ]
    html = mail.get_body(("html",)).get_content()
    assert "Sam W." in html and "First visit" in html and "/admin/diary/?date=2026-11-23" in html


def test_evening_mail_says_nothing_about_health_nor_how_to_reach_the_client(inbox):
    details = make_details(
        last_name="Haddad", phone="+15035550188", note="sixteen weeks pregnant", areas_to_avoid=["neck"]
    )
    make_appointment(make_clinic(), details=details)
    [mail] = sent(inbox)
    words = text_of(mail) + mail.get_body(("html",)).get_content()
    for secret in ("pregnant", "neck", "Haddad", "5550188", details.email, "/visits/"):
        assert secret not in words


@pytest.mark.parametrize(("now", "count"), [(SIX - timedelta(seconds=1), 0), (SIX, 1), (SIX + 5 * HOUR, 1), (TEN, 0)])
def test_mail_is_due_from_six_in_the_evening_until_midnight(clinic, now, count):
    make_appointment(clinic)
    assert len(list(evening.due(now=now))) == count


def test_a_day_has_one_mail_however_often_and_wherever_the_job_runs(clinic):
    make_appointment(clinic)
    Message.objects.all().delete()
    assert [evening.tell(now=SIX + count * timedelta(minutes=15)) for count in range(4)] == [1, 0, 0, 0]
    assert Message.objects.get().reason == f"evening/{clinic.practitioner.pk}/2026-11-23"


def test_evening_before_a_day_without_visits_brings_no_mail(clinic):
    make_appointment(clinic, starts_at=TEN + DAY)
    cancelled = make_appointment(clinic)
    appointments.cancel(cancelled, now=NOW)
    appointments.hold(clinic.option, starts_at=TEN + 2 * HOUR, owner="alice", address="home", now=NOW)
    Message.objects.all().delete()
    assert evening.tell(now=SIX) == 0


@pytest.mark.parametrize("off", [{"wants_evening_mail": False}, {"is_active": False}, {"email": ""}])
def test_who_does_not_want_it_or_has_left_gets_none(clinic, off):
    make_appointment(clinic)
    Message.objects.all().delete()
    Practitioner.objects.update(**off)
    assert evening.tell(now=SIX) == 0


def test_six_is_six_where_the_practitioner_works():
    clinic = make_clinic(mode="phone", rooms=0)
    london = make_location(timezone="Europe/London")
    clinic.practitioner.working_hours.all().delete()
    make_working_hours(clinic.practitioner, london)
    make_appointment(clinic, starts_at=datetime(2026, 11, 24, 10, 0, tzinfo=UTC))
    assert not list(evening.due(now=datetime(2026, 11, 23, 17, 45, tzinfo=UTC)))
    [(practitioner, visits)] = evening.due(now=datetime(2026, 11, 23, 18, 0, tzinfo=UTC))
    assert practitioner == clinic.practitioner and len(visits) == 1


@pytest.mark.parametrize(
    ("starts_at", "six", "subject"),
    [
        # clocks go back on Sunday 1 November 2026 and forward on Sunday 14 March 2027
        (datetime(2026, 11, 1, 18, 0, tzinfo=UTC), datetime(2026, 11, 1, 1, 0, tzinfo=UTC), "Sunday 1 November"),
        (datetime(2027, 3, 14, 17, 0, tzinfo=UTC), datetime(2027, 3, 14, 2, 0, tzinfo=UTC), "Sunday 14 March"),
    ],
)
def test_days_when_clocks_change_are_told_of_once_at_six(clinic, starts_at, six, subject):
    make_appointment(clinic, starts_at=starts_at, now=six - 10 * DAY)
    Message.objects.all().delete()
    runs = [evening.tell(now=six + minutes * timedelta(minutes=15)) for minutes in range(-8, 30)]
    assert (sum(runs), runs.index(1)) == (1, 8)
    assert Message.objects.get().subject.startswith(f"{subject}: 1 visit, from 10:00 am")


def test_visits_of_all_places_of_a_day_are_in_one_mail():
    clinic = make_clinic(mode="phone", rooms=0)
    second = make_location()
    WorkingHours.objects.filter(practitioner=clinic.practitioner, weekday=0).update(ends="12:00")
    make_working_hours(clinic.practitioner, second, weekdays=[0], starts="13:00", ends="17:00")
    make_appointment(clinic)
    make_appointment(clinic, starts_at=TEN + 4 * HOUR)
    Message.objects.all().delete()
    assert evening.tell(now=SIX) == 1
    assert "2 visits" in Message.objects.get().subject
    assert Location.objects.count() == 2


def test_finding_whose_evening_it_is_takes_one_query_for_everybody(clinic, django_assert_num_queries):
    for hour in range(5):
        make_appointment(clinic, starts_at=TEN + hour * HOUR)
    with django_assert_num_queries(1):
        list(evening.due(now=SIX))
