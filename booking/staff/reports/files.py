"""A report's rows as a file that a spreadsheet opens, safe from text that it would take for a formula.

CSV is UTF-8 with a byte order mark, without which Excel reads “Tomás” as “TomÃ¡s”; tabs and ends of lines become
spaces, and a cell that begins with =, +, - or @ and is no number gets an apostrophe in front (defusedcsv). XLSX says of
each cell that it is text or a number, so nothing is ever taken for a formula. Both hold plain values: minutes, shares
from 0 to 1, money without its sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO, StringIO

from defusedcsv import csv
from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from xlsxwriter import Workbook

from booking.reports.period import Period
from booking.reports.values import Report, Row, Value

BYTE_ORDER_MARK = "\ufeff"
UNITS = {"minutes": " (minutes)", "share": " (share)", "days": " (days)"}
FORMATS = {"share": "0%", "money": "#,##0.00", "count": "#,##0", "minutes": "#,##0", "days": "0.0"}
WIDEST, NARROWEST = 60, 12
SHEET = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def as_csv(report: Report) -> bytes:
    """Headings, rows and totals."""
    written = StringIO()
    csv.writer(written).writerows(_lines(report))
    return (BYTE_ORDER_MARK + written.getvalue()).encode()


def as_xlsx(report: Report) -> bytes:
    """One sheet with the same cells; numbers are numbers, the headings stay in view."""
    written = BytesIO()
    with Workbook(written, SHEET) as book:
        sheet = book.add_worksheet("Report")
        bold = book.add_format({"bold": True})
        formats = [book.add_format({"num_format": FORMATS.get(column.kind, "@")}) for column in report.columns]
        sheet.freeze_panes(1, 1)
        for place, width in enumerate(_widths(report)):
            sheet.set_column(place, place, width)
        for line_number, line in enumerate(_lines(report)):
            for place, value in enumerate(line):
                style = formats[place] if line_number else bold
                if isinstance(value, str):
                    sheet.write_string(line_number, place, value, style)
                elif value is not None:
                    sheet.write_number(line_number, place, float(value), style)
    return written.getvalue()


KINDS = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def download(report: Report, kind: str, period: Period) -> HttpResponse:
    """The file of this kind, named after the clinic, the report and its days (RFC 6266)."""
    make, content_type = KINDS[kind]
    clinic = slugify(settings.CLINIC_NAME) or "clinic"
    name = f"{clinic}-{report.slug}-{period.first_day}-to-{period.last_day}.{kind}"
    response = HttpResponse(make(report), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _lines(report: Report) -> Iterator[Row]:
    yield tuple(column.name + UNITS.get(column.kind, "") for column in report.columns)
    yield from (tuple(map(_plain, row)) for row in report.rows)
    if report.totals:
        yield tuple(map(_plain, report.totals))


def _plain(value: Value) -> Value:
    """Shares to four places; text in one line, so that no tab or line's end hides what it begins with."""
    if isinstance(value, str):
        return " ".join(value.split())
    return round(value, 4) if isinstance(value, float) else value


def _widths(report: Report) -> list[int]:
    first = max((len(str(row[0])) for row in report.rows), default=NARROWEST)
    names = [len(column.name) + 12 for column in report.columns[1:]]
    return [min(WIDEST, max(NARROWEST, width)) for width in (first, *names)]
