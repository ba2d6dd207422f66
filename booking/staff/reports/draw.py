"""Where does each part of a chart lie? Turns a report's chart into percentages and words for the SVG templates.

Widths are percentages of whatever room there is and letters keep their size, so that one drawing fits a phone, a desk
and paper. Looks belong to classes; nothing here names a colour.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate

from booking.reports import wording
from booking.reports.values import Bars, HeatMap, Value

ROW, HEAD, THICK = 44, 18, 16  # pixels: a bar with its name above; the name; the bar
TALL, FOOT, TOP = 200, 24, 20  # an upright chart; its names below; its numbers above
CELL = 34
NAMES = 12  # percent of a heat map's width
STEPS = 5


@dataclass(frozen=True)
class Part:
    """A rectangle; `number` says which of the bar's parts it is, and so its pattern."""

    number: int
    x: str
    width: str
    y: str = "0"
    height: str = str(THICK)


@dataclass(frozen=True)
class DrawnBar:
    name: str
    text: str
    y: int
    middle: str
    parts: list[Part]
    top: str = "0"


@dataclass(frozen=True)
class DrawnBars:
    title: str
    description: str
    height: int
    bars: list[DrawnBar]
    legend: list[tuple[int, str]] = field(default_factory=list)
    is_upright: bool = False
    is_heat: bool = False


@dataclass(frozen=True)
class Cell:
    """A square of the heat map; `step` is 0 to 4, or -1 where nobody works."""

    x: str
    y: int
    width: str
    middle: str
    step: int
    text: str


@dataclass(frozen=True)
class DrawnHeat:
    title: str
    description: str
    height: int
    columns: list[tuple[str, str]]
    rows: list[tuple[str, int, list[Cell]]]
    cell: int = CELL
    is_heat: bool = True


def drawn(chart: Bars | HeatMap) -> DrawnBars | DrawnHeat:
    """The chart as its template draws it."""
    if isinstance(chart, HeatMap):
        return _heat(chart)
    return _upright(chart) if chart.is_upright else _lying(chart)


def small(chart: Bars | HeatMap, *, most_bars: int = 24) -> list[tuple[str, str, str, str]]:
    """The same data as small upright rectangles without words: x, y, width, height in percent."""
    if isinstance(chart, HeatMap):
        heights = [_mean([value for _, values in chart.rows if (value := values[place]) is not None])
                   for place in range(len(chart.columns))]  # fmt: skip
        most = 1.0
    else:
        heights = [sum(map(_number, values)) for _, values in chart.bars[:most_bars]]
        most = chart.most or max(heights, default=0)
    step = 100 / max(len(heights), 6)
    return [
        (_percent(place * step), _percent(100 - tall), _percent(step * 0.78), _percent(tall))
        for place, height in enumerate(heights)
        for tall in [max(2.0, 100 * height / most if most else 0)]
    ]


def _lying(chart: Bars) -> DrawnBars:
    most = _most(chart)
    bars = []
    for number, (name, values) in enumerate(chart.bars):
        widths = [100 * _number(value) / most for value in values]
        begins = [0.0, *accumulate(widths)]
        parts = [
            Part(place, _percent(begins[place]), _percent(width)) for place, width in enumerate(widths) if width > 0
        ]
        bars.append(DrawnBar(_short(name), _words(values, chart), number * ROW, "0", parts))
    return DrawnBars(chart.title, chart.description, max(1, len(bars)) * ROW, bars, list(enumerate(chart.parts)))


def _upright(chart: Bars) -> DrawnBars:
    most, step, room = _most(chart), 100 / max(1, len(chart.bars)), TALL - FOOT - TOP
    bars = []
    for number, (name, values) in enumerate(chart.bars):
        tall = room * sum(map(_number, values)) / most
        part = Part(
            0, _percent((number + 0.1) * step), _percent(0.8 * step), f"{TALL - FOOT - tall:.1f}", f"{tall:.1f}"
        )
        top = f"{TALL - FOOT - tall - 6:.1f}"
        bars.append(DrawnBar(name, _words(values, chart), TALL - 6, _percent((number + 0.5) * step), [part], top))
    return DrawnBars(chart.title, chart.description, TALL, bars, is_upright=True)


def _heat(chart: HeatMap) -> DrawnHeat:
    step = (100 - NAMES) / max(1, len(chart.columns))
    places = [NAMES + number * step for number in range(len(chart.columns))]
    rows = [
        (name, HEAD + number * CELL, [_cell(place, step, HEAD + number * CELL, value)
         for place, value in zip(places, values, strict=True)])
        for number, (name, values) in enumerate(chart.rows)
    ]  # fmt: skip
    columns = [(name.split()[0], _percent(place + step / 2)) for name, place in zip(chart.columns, places, strict=True)]
    return DrawnHeat(chart.title, chart.description, HEAD + max(1, len(rows)) * CELL, columns, rows)


def _cell(place: float, step: float, y: int, value: float | None) -> Cell:
    shade = -1 if value is None else min(STEPS - 1, int(value * STEPS))
    text = "" if value is None else f"{100 * value:.0f}"
    return Cell(_percent(place), y, _percent(step), _percent(place + step / 2), shade, text)


def _words(values: tuple[Value, ...], chart: Bars) -> str:
    """The length in words; of several parts their sum."""
    whole = sum(value for value in values if isinstance(value, int | float | Decimal))  # type: ignore[misc]
    return wording.text(values[0] if len(values) == 1 else whole, chart.kind)


def _most(chart: Bars) -> float:
    return chart.most or max((sum(map(_number, values)) for _, values in chart.bars), default=0) or 1


def _number(value: Value) -> float:
    return 0.0 if value is None or isinstance(value, str) else float(value)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def _short(name: str) -> str:
    return name if len(name) <= 44 else name[:43].rstrip() + "…"
