"""Everything about one client as a document to read: the export's data, page by page. Asks the database nothing."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any

from django.utils.formats import date_format
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from booking import wording

FACE, MARGIN, INK, QUIET = "Source Serif", 20, (26, 38, 33), (71, 83, 77)
WORDS = {"id": "Number", "email": "E-mail", "booked": "Booked", "at": "When"}
TITLES = {
    "client": "Contact",
    "merged_records": "Records that were merged into this one",
    "comfort": "Comfort card",
    "notes": "Notes",
    "visits": "Visits",
    "messages": "Mails",
    "consultation_requests": "Consultation requests",
}
logging.getLogger("fpdf").setLevel(logging.ERROR)  # it would log letters of names that the typeface lacks
logging.getLogger("fontTools").setLevel(logging.ERROR)


class Document(FPDF):
    """A4 with the client's name and the page number at the foot."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, MARGIN + 5)
        for style, weight in (("", "Regular"), ("B", "Semibold")):
            font = files("font_source_serif_pro") / "files" / f"SourceSerifPro-{weight}.ttf"
            self.add_font(FACE, style, str(font))
        self.set_title(name)
        self.set_lang("en")

    def footer(self) -> None:
        self.set_y(-MARGIN + 3)
        self._ink(9, QUIET)
        half = self.epw / 2
        self.cell(half, 5, self.name)
        self.cell(half, 5, f"Page {self.page_no()} of {{nb}}", align="R")

    def title_line(self, text: str) -> None:
        self._ink(22, INK, "B")
        self._line(text, 10)

    def section(self, text: str) -> None:
        self.ln(5)
        if self.will_page_break(25):
            self.add_page()
        self.start_section(text)
        self._ink(14, INK, "B")
        self._line(text, 8)

    def entry(self, text: str) -> None:
        """The first line of one of several."""
        self.ln(2)
        if self.will_page_break(15):
            self.add_page()
        self._ink(11, INK, "B")
        self._line(text, 6)

    def fact(self, name: str, value: str, *, indent: float = 0) -> None:
        self.set_x(self.l_margin + indent)
        self._ink(10.5, QUIET)
        self.cell(45 - indent, 5.5, name)
        self._ink(10.5, INK)
        self._line(value, 5.5)

    def words(self, text: str) -> None:
        self._ink(10.5, QUIET)
        self._line(text, 5.5)

    def _line(self, text: str, height: float) -> None:
        self.multi_cell(0, height, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _ink(self, size: float, colour: tuple[int, int, int], style: str = "") -> None:
        self.set_font(FACE, style, size)
        self.set_text_color(*colour)


def pdf(data: Mapping[str, Any]) -> bytes:
    """The document made of what `booking.clients.export.everything` answers."""
    client = data["client"]
    name = f"{client['first_name']} {client['last_name']}"
    document = Document(name)
    document.add_page()
    document.title_line(name)
    document.words(f"Everything {data['clinic']} keeps about this client, written on {_moment(data['exported_at'])}.")
    for key, title in TITLES.items():
        document.section(title)
        _put(document, data[key])
    return bytes(document.output())


def _put(document: Document, content: Any) -> None:
    if isinstance(content, Mapping):
        _put_facts(document, content)
        return
    if not content:
        document.words("None.")
    for one in content:
        document.entry(_heading(one))
        _put_facts(document, one)


def _put_facts(document: Document, facts: Mapping[str, Any], indent: float = 0) -> None:
    for key, value in facts.items():
        label = WORDS.get(key, key.replace("_", " ").capitalize())
        if isinstance(value, Mapping):
            document.fact(label, " ", indent=indent)
            _put_facts(document, value, indent + 5)
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for one in value:
                document.fact(label, "; ".join(_said(one)), indent=indent)
        elif shown := _shown(value):
            document.fact(label, shown, indent=indent)


def _heading(one: Mapping[str, Any]) -> str:
    when = one.get("starts_at") or one.get("at") or one.get("queued_at") or one.get("created_at")
    what = one.get("service") or one.get("subject") or one.get("name") or one.get("by") or one.get("first_name", "")
    return ", ".join(part for part in (_moment(when) if when else "", str(what)) if part)


def _said(one: Mapping[str, Any]) -> list[str]:
    """A change in one line; the columns before and after are for programs."""
    return [shown for key, value in one.items() if key not in ("before", "after") and (shown := _shown(value))]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, str) and len(value) == 25 and value[10:11] == "T":
        return _moment(value)
    return "" if value is None else str(value)


def _moment(text: str) -> str:
    local = datetime.fromisoformat(text)
    return f"{date_format(local, 'j F Y')}, {wording.clock(local)} (UTC{text[-6:]})"
