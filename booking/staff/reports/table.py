"""A report's table as a page writes it: every cell in words, numbers to the right."""

from __future__ import annotations

from dataclasses import dataclass

from booking.reports import wording
from booking.reports.values import Report, Row


@dataclass(frozen=True)
class Cell:
    text: str
    is_number: bool


@dataclass(frozen=True)
class Table:
    """`rows` and `totals` without their first cell, which heads the row."""

    columns: list[Cell]
    rows: list[tuple[str, list[Cell]]]
    totals: tuple[str, list[Cell]] | None


def of(report: Report) -> Table:
    """The report's rows in words."""
    return Table(
        columns=[Cell(column.name, column.kind != "text") for column in report.columns],
        rows=[_row(report, row) for row in report.rows],
        totals=_row(report, report.totals) if report.totals and report.rows else None,
    )


def _row(report: Report, row: Row) -> tuple[str, list[Cell]]:
    kinds = [column.kind for column in report.columns]
    is_total = row is report.totals
    cells = [
        Cell("" if value is None and is_total else wording.text(value, kind), kind != "text")
        for value, kind in list(zip(row, kinds, strict=True))[1:]
    ]
    return str(row[0]), cells
