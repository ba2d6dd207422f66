"""Bytes that somebody says are a CSV file become headings and rows, or one clear sentence. Never anything else.

UTF-8, UTF-16 and Windows-1252; commas, semicolons or tabs; line breaks inside quotes. Knows nothing of clients.
"""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from dataclasses import dataclass

from booking.errors import BookingError
from clinic.text import clean_line, clean_paragraphs

MAX_BYTES, MAX_ROWS, MAX_COLUMNS, LONGEST_HEADING = 5 * 1024 * 1024, 10_000, 100, 200
SEPARATORS = ",;\t"
QUOTED = re.compile(r'"[^"]*"')
EXCEL_SAYS = re.compile(r"sep=([,;\t])\r?\n?", re.IGNORECASE)
WORKBOOK, OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class FileRefused(BookingError):
    """The file cannot be read; the sentence says what to do about it."""

    status = 422
    code = "file-refused"
    sentence = "This is not a CSV file. In the other program, export the clients as CSV."


@dataclass(frozen=True)
class Row:
    """One line of the file, by the number at which it begins. Values beyond the headings are kept."""

    number: int
    values: list[str]


@dataclass(frozen=True)
class Table:
    headings: list[str]
    rows: list[Row]


def read(data: bytes) -> Table:
    """Every row that is not blank, each as long as the headings or longer. Raises `FileRefused`."""
    refuse_size(len(data))
    text, separator = _separated(_decoded(data))
    rows = list(_rows(text, separator))
    if not rows:
        raise FileRefused("This file is empty.")
    headings = [clean_line(value)[:LONGEST_HEADING] for value in rows[0].values]
    while headings and not headings[-1]:
        headings.pop()
    if not 2 <= len(headings) <= MAX_COLUMNS:
        raise FileRefused(
            f"The first line must name the columns, 2 to {MAX_COLUMNS} of them, "
            "separated by commas, semicolons or tabs."
        )
    if len(rows) == 1:
        raise FileRefused("This file has headings and no clients.")
    return Table(headings, [_as_long_as(headings, row) for row in rows[1:]])


def refuse_size(size: int) -> None:
    """Raise `FileRefused` for a file that is larger than we read."""
    if size > MAX_BYTES:
        raise FileRefused(
            f"This file has {size / 2**20:.1f} MB, and we read up to {MAX_BYTES // 2**20} MB. "
            "Split it into several files, each with the headings."
        )


def _decoded(data: bytes) -> str:
    if data.startswith((WORKBOOK, OLD_WORKBOOK)):
        raise FileRefused("This is a workbook. Open it in Excel or LibreOffice and save it as CSV.")
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text.removeprefix("\ufeff")
    raise FileRefused


def _encodings(data: bytes) -> list[str]:
    if data.startswith(BOM_UTF8):
        return ["utf-8-sig"]
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return ["utf-16"]
    if b"\x00" in data:  # every other byte of Latin letters in UTF-16 is zero
        return ["utf-16-be"] if data[:1] == b"\x00" else ["utf-16-le"]
    return ["utf-8", "cp1252"]


def _separated(text: str) -> tuple[str, str]:
    """The text without Excel's own first line, and what separates its values: what the headings have most of."""
    if said := EXCEL_SAYS.match(text):
        return text[said.end() :], said[1]
    headings = QUOTED.sub("", next((line for line in text[:20_000].splitlines() if line.strip()), ""))
    return text, max(SEPARATORS, key=headings.count)


def _rows(text: str, separator: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    begins, count = 1, 0
    try:
        for values in reader:
            number, begins = begins, reader.line_num + 1
            while values and not values[-1]:
                values.pop()
            if len(values) > MAX_COLUMNS:  # before the letters are looked at: five million commas take seconds
                raise FileRefused(f"Line {number} has {len(values):,} values, and we read up to {MAX_COLUMNS}.")
            cleaned = [clean_paragraphs(value) for value in values]
            if not any(cleaned):
                continue
            count += 1
            if count > MAX_ROWS + 1:
                raise FileRefused(f"This file has more than {MAX_ROWS:,} clients. Split it into several files.")
            yield Row(number, cleaned)
    except csv.Error as error:
        raise FileRefused(f"Line {begins} cannot be read: a quotation mark may be missing before it.") from error


def _as_long_as(headings: list[str], row: Row) -> Row:
    values = row.values
    while len(values) > len(headings) and not values[-1]:
        values = values[:-1]
    return Row(row.number, values + [""] * (len(headings) - len(values)))
