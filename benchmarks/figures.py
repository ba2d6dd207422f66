"""One line of the report: what was measured, its reference, and whether the budget holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

HEADINGS = ("what", "ours", "reference", "ratio", "budget", "verdict")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`is_kept` is None where the design sets no budget; `milliseconds` lets two runs be compared."""

    what: str
    ours: str
    reference: str = "—"
    ratio: float | None = None
    budget: str = "—"
    is_kept: bool | None = None
    milliseconds: float | None = None

    def cells(self) -> tuple[str, ...]:
        verdict = {True: "ok", False: "OVER", None: "—"}[self.is_kept]
        ratio = "—" if self.ratio is None else f"{self.ratio:.2f}"
        return (self.what, self.ours, self.reference, ratio, self.budget, verdict)


def table(figures: Iterable[Figure]) -> str:
    """The figures as aligned columns under their headings."""
    rows = [HEADINGS, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    rule = "  ".join("─" * width for width in widths)
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], rule, *lines[1:]])


def milliseconds(value: float) -> str:
    return f"{value:.2f} ms" if value < 10 else f"{value:.1f} ms" if value < 100 else f"{value:,.0f} ms"
