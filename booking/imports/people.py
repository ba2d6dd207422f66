"""A row of the file becomes a person with clean values, or the reason why it cannot. Asks no database."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from phonenumber_field.phonenumber import to_python

from booking.forms.fields import NameField
from booking.models import Client
from clinic.text import clean_line
from services import body

PARTICLES = {"van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "la", "le", "ter", "bin", "al", "el"}
MOBILE = re.compile(r"mobil|cell|handy", re.IGNORECASE)  # of several numbers the one in somebody's pocket
LONGEST_NAME, LONGEST_LINE, LONGEST_NOTE, LONGEST_ADDRESS = 60, 60, 2000, 254
AREAS = {name.lower(): code for code, name in body.AREAS}
AREAS |= {code: code for code, _ in body.AREAS} | {"lower back": "b-lower", "upper back": "b-upper", "face": "f-head"}
PRESSURES = (
    {label.lower(): code for code, label in Client.Pressure.choices}
    | {code: code for code in Client.Pressure.values}
    | {"soft": "light", "deep": "firm", "strong": "firm", "": Client.Pressure.DECIDE}
)


class Unusable(Exception):
    """This row cannot be imported; the message is the reason, with the value."""


@dataclass(frozen=True)
class Person:
    """What a row says. `phone` in E.164 or blank; `notes` are (text, is_alert)."""

    first_name: str
    last_name: str
    email: str = ""
    phone: str = ""
    pressure: str = Client.Pressure.DECIDE
    talk: str = ""
    warmth: str = ""
    scent: str = ""
    areas_to_avoid: list[str] = field(default_factory=list)
    notes: list[tuple[str, bool]] = field(default_factory=list)


def person_of(values: Sequence[str], columns: Mapping[str, str], headings: Sequence[str]) -> Person:
    """The person that a row names. Raises `Unusable`."""
    if len(values) > len(headings):
        raise Unusable(f"More values than headings; the first too many is {_quoted(values[len(headings)])}.")
    said: dict[str, list[tuple[str, str]]] = {}
    for number, name in columns.items():
        if name and (value := values[int(number)].strip()):
            said.setdefault(name, []).append((headings[int(number)], value))
    said.get("phone", []).sort(key=lambda pair: not MOBILE.search(pair[0]))
    first = {name: pairs[0][1] for name, pairs in said.items()}
    person = Person(
        **_names(first),
        **{name: clean(first.get(name, "")) for name, clean in CLEAN.items()},
        notes=_notes(said),
    )
    if not person.email and not person.phone:
        raise Unusable("Neither an e-mail address nor a phone number, so nobody could tell them from a namesake.")
    return person


def split(whole: str) -> tuple[str, str]:
    """First and last name: at a comma, else before the last word, with the "van der" that belongs to it."""
    if "," in whole:
        last, _, first = whole.partition(",")
        return clean_line(first), clean_line(last)
    words = whole.split()
    at = len(words) - 1
    while at > 1 and words[at - 1].lower() in PARTICLES:
        at -= 1
    return " ".join(words[:at]), " ".join(words[at:])


def _names(said: Mapping[str, str]) -> dict[str, Any]:
    if whole := clean_line(said.get("full_name", "")):
        first, last = split(whole)
        if not first or not last:
            raise Unusable(f"One word is not a first and a last name: {_quoted(whole)}.")
    else:
        first, last = clean_line(said.get("first_name", "")), clean_line(said.get("last_name", ""))
    for which, name in (("first", first), ("last", last)):
        if not name:
            raise Unusable(f"The {which} name is missing.")
        _refuse_name(which, name)
    return {"first_name": first, "last_name": last}


def _refuse_name(which: str, name: str) -> None:
    if len(name) > LONGEST_NAME:
        raise Unusable(f"The {which} name is longer than {LONGEST_NAME} letters: {_quoted(name)}.")
    try:
        for validate in NameField.default_validators:
            validate(name)
    except ValidationError as error:
        raise Unusable(f"The {which} name looks like a web address: {_quoted(name)}.") from error


def _email(text: str) -> str:
    address = clean_line(text).lower().removeprefix("mailto:")
    if not address:
        return ""
    try:
        validate_email(address)
    except ValidationError as error:
        raise Unusable(f"Not an e-mail address: {_quoted(text)}.") from error
    if len(address) > LONGEST_ADDRESS:
        raise Unusable(f"The e-mail address is too long: {_quoted(text)}.")
    return address


def _phone(text: str) -> str:
    typed = clean_line(text).strip("'")  # a spreadsheet marks a number that is text
    if not typed:
        return ""
    number = to_python(typed, region=settings.PHONENUMBER_DEFAULT_REGION)
    if number is None or not number.is_valid():
        raise Unusable(f"Not a phone number: {_quoted(text)}.")
    return number.as_e164


def _line(text: str) -> str:
    line = clean_line(text)
    if len(line) > LONGEST_LINE:
        raise Unusable(f"Longer than {LONGEST_LINE} letters: {_quoted(line)}.")
    return line


def _pressure(text: str) -> str:
    said = clean_line(text).lower()
    if said not in PRESSURES:
        raise Unusable(f"Not light, medium or firm: {_quoted(text)}.")
    return PRESSURES[said]


def _areas(text: str) -> list[str]:
    parts = [clean_line(part).lower() for part in text.replace(";", ",").replace("|", ",").split(",")]
    unknown = next((part for part in parts if part and part not in AREAS), None)
    if unknown:
        raise Unusable(f"Not an area of the body map: {_quoted(unknown)}.")
    return sorted({AREAS[part] for part in parts if part})


def _notes(said: Mapping[str, list[tuple[str, str]]]) -> list[tuple[str, bool]]:
    found = []
    for name, is_alert in (("alert", True), ("note", False)):
        several = len(said.get(name, [])) > 1
        for heading, value in said.get(name, []):
            text = f"{heading}: {value}" if several else value
            if len(text) > LONGEST_NOTE:
                raise Unusable(f"A note is longer than {LONGEST_NOTE:,} letters: {_quoted(text)}.")
            found.append((text, is_alert))
    return found


def _quoted(text: str) -> str:
    shown = clean_line(text)
    return f"“{shown[:60]}…”" if len(shown) > 60 else f"“{shown}”"


CLEAN: dict[str, Callable[[str], Any]] = {
    "email": _email,
    "phone": _phone,
    "pressure": _pressure,
    "talk": _line,
    "warmth": _line,
    "scent": _line,
    "areas_to_avoid": _areas,
}
