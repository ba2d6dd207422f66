"""What a report answers: a table, its totals, one chart and one key number. Values alone; pages and files draw them.

Cells hold plain values and their column says what they are: `text`, `count`, `minutes` (a whole number), `share`
(0 to 1), `money` or `days`. None means that there is nothing to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

Value = str | int | float | Decimal | None
Row = tuple[Value, ...]


@dataclass(frozen=True)
class Column:
    name: str
    kind: str = "text"


@dataclass(frozen=True, kw_only=True)
class Key:
    """The number to watch. `better` is 1 where more is better, -1 where less is, 0 where neither."""

    label: str
    value: Value
    kind: str = "count"
    better: int = 0


@dataclass(frozen=True, kw_only=True)
class Bars:
    """Lengths beside each other, each of one or several parts. `most` is the full length, None for the longest."""

    title: str
    description: str
    kind: str
    bars: tuple[tuple[str, tuple[Value, ...]], ...]
    parts: tuple[str, ...] = ()
    most: float | None = None
    is_upright: bool = False


@dataclass(frozen=True, kw_only=True)
class HeatMap:
    """Shares by row and column; None where there is nothing to take a share of."""

    title: str
    description: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | None, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """The first column names its row. `totals` has a value for each column, or is empty. `notes` say how it counts;
    `is_of_visits`: by the day they begin."""

    slug: str
    title: str
    lead: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: Row = ()
    chart: Bars | HeatMap
    key: Key
    notes: tuple[str, ...] = ()
    is_of_visits: bool = True


def share(part: float | Decimal, whole: float | Decimal) -> float | None:
    """The part of the whole, None of nothing."""
    return float(part) / float(whole) if whole else None


def totals(label: str, columns: Sequence[Column], rows: Sequence[Row]) -> Row:
    """The sums of all that can be summed, None for the rest."""
    summed = [
        sum((row[place] or 0 for row in rows), start=0) if column.kind in ("count", "minutes", "money") else None  # type: ignore[misc]
        for place, column in enumerate(columns)
    ]
    return (label, *summed[1:])
