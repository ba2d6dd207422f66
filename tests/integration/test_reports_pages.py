"""The reports' pages and files: who may read them, which days they ask for, and cells that no spreadsheet runs."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from booking.models import Appointment, UnmetSearch
from booking.reports import REPORTS
from booking.reports.values import Bars, Column, Key, Report
from booking.staff.reports import files
from tests.factory import MONDAY, TEN, make_appointment, make_location

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
DANGEROUS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n@x", " =1"]


@pytest.fixture
def owner(client):
    user = User.objects.create_user("owner", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_reports"))
    client.force_login(user)
    return client


def address(name, *args, **asked):
    return reverse(f"admin:{name}", args=args, query=asked)


@pytest.mark.parametrize(
    "path", [address("reports"), *(address("report", slug) for slug in REPORTS), address("report_file", "rooms", "csv")]
)
def test_reports_are_for_those_who_may_read_them(client, clinic, owner, path):
    assert owner.get(path).status_code == 200
    client.force_login(User.objects.create_user("desk", is_staff=True))
    assert client.get(path).status_code == 403
    client.logout()
    assert client.get(path).status_code == 302


def test_overview_shows_each_report_beside_the_period_before(owner, clinic):
    make_appointment(clinic)
    text = owner.get(address("reports", period="week")).content.decode()
    assert "16 to 22 November 2026, beside 9 to 15 November 2026." in text
    for slug in REPORTS:
        assert f"{address('report', slug)}?period=week" in text


def test_overview_reads_what_is_sold_once_for_all_reports_and_both_periods(owner, clinic):
    for day in (MONDAY, MONDAY - timedelta(days=7)):
        UnmetSearch.objects.create(asked_date=day, service=clinic.service, first_day=day, count=1)
    with CaptureQueriesContext(connection) as asked:
        assert owner.get(address("reports", period="week")).status_code == 200
    for table in ("serviceoption", "service_rooms", "practitioner_services"):
        assert sum(f'FROM "services_{table}"' in one["sql"] for one in asked.captured_queries) == 1, table
    assert len(asked) <= 55


def test_report_has_a_drawing_with_a_name_and_a_table_with_the_same_numbers(owner, clinic):
    make_appointment(clinic)
    text = owner.get(
        address("report", "practitioners", period="days", first="2026-11-23", last="2026-11-23")
    ).content.decode()
    assert 'role="img" aria-labelledby="chart-title chart-description"' in text
    assert "<caption>Utilisation by practitioner, 23 November 2026</caption>" in text
    assert f'<th scope="row">{clinic.practitioner.name}</th><td class="figures__number">8 h 00 min</td>' in text
    assert "1 day of these is still to come." in text
    assert "style=" not in text[text.index('id="content-main"') :]


def test_a_period_that_makes_no_sense_is_refused_and_kept(owner, clinic):
    for asked, sentence in [
        ({"first": "2026-11-23", "last": "2026-11-20"}, "The last day cannot come before the first."),
        ({"first": "2024-01-01", "last": "2026-11-20"}, "Choose at most a year."),
        ({"first": "2026-11-23"}, "Say both the first and the last day."),
        ({"first": "0001-01-01", "last": "0001-01-02"}, "Choose days from 2000 to 2100."),
        ({"first": "x", "last": "2026-11-20"}, "Write the day as in 2026-12-05."),
    ]:
        answer = owner.get(address("report", "rooms"), {"period": "days", **asked})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert f'value="{asked["first"]}"' in answer.content.decode()
    assert owner.get(address("reports"), {"period": "x"}).status_code == 422


def test_what_is_not_there_is_not_found(owner, clinic):
    assert owner.get(address("report", "nothing")).status_code == 404
    assert owner.get(address("report_file", "nothing", "csv")).status_code == 404
    assert owner.get(address("report_file", "rooms", "pdf")).status_code == 404


def test_a_clinic_of_two_places_is_asked_which(owner, clinic):
    assert 'name="location"' not in owner.get(address("reports")).content.decode()
    other = make_location(name="Uptown")
    text = owner.get(address("report", "rooms", location=other.slug)).content.decode()
    assert 'name="location"' in text and "1 to 30 November 2026, Uptown." in text
    assert owner.get(address("reports", location="nowhere")).status_code == 422


def cancelled_for(clinic, reasons):
    for number, reason in enumerate(reasons):
        appointment = make_appointment(clinic, starts_at=TEN + number * timedelta(hours=1))
        Appointment.objects.filter(pk=appointment.pk).update(
            status="cancelled", cancelled_at=appointment.booked_at, cancellation_reason=reason
        )


def test_csv_disarms_formulas_and_starts_with_a_byte_order_mark(owner, clinic):
    cancelled_for(clinic, ["=1+1", "+1", "-1+A1", "@SUM(A1)", "Tomás"])
    answer = owner.get(address("report_file", "lost-visits", "csv", period="month"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    expected = 'attachment; filename="stillwater-lost-visits-2026-11-01-to-2026-11-30.csv"'
    assert answer["Content-Disposition"] == expected
    assert answer.content.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert table[0][:3] == ["Reason", "In time", "Late"]
    assert {row[0] for row in table[1:-1]} == {"'=1+1", "'+1", "'-1+A1", "'@SUM(A1)", "Tomás"}
    assert table[-1][0] == "All"


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_of_a_file_is_a_formula(text):
    report = Report(
        slug="x",
        title="X",
        lead="",
        columns=(Column("Name"), Column("Count", "count")),
        rows=((text, 3),),
        chart=Bars(title="", description="", kind="count", bars=()),
        key=Key(label="", value=0),
    )
    cell = next(csv.reader(StringIO(files.as_csv(report).decode("utf-8-sig").split("\r\n", 1)[1])))[0]
    assert cell[0] not in "=+-@\t\r\n"
    with ZipFile(BytesIO(files.as_xlsx(report))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "<hyperlink" not in sheet
    assert len(re.findall(r't="(?:inlineStr|s)"', sheet)) == 3  # two headings and the name
    assert "<v>3</v>" in sheet


def test_xlsx_holds_the_same_rows_as_the_table(owner, clinic):
    make_appointment(clinic)
    answer = owner.get(
        address("report_file", "practitioners", "xlsx", period="days", first="2026-11-23", last="2026-11-23")
    )
    assert answer["Content-Disposition"].endswith('2026-11-23-to-2026-11-23.xlsx"')
    with ZipFile(BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert clinic.practitioner.name in sheet and "Shift (minutes)" in sheet
    assert "<v>480</v>" in sheet and "<v>0.125</v>" in sheet
