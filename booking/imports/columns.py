"""Which of our fields is a column of the file? Guessed from its heading, as four programs and people write them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from booking.models import ClientImport

Source = ClientImport.Source
IGNORE = ""
FIELDS = [
    (IGNORE, "Leave out"),
    ("first_name", "First name"),
    ("last_name", "Last name"),
    ("full_name", "Whole name"),
    ("email", "E-mail"),
    ("phone", "Phone"),
    ("note", "Note"),
    ("alert", "Note, shown as a warning"),
    ("pressure", "Pressure"),
    ("talk", "Talk"),
    ("warmth", "Warmth"),
    ("scent", "Scent"),
    ("areas_to_avoid", "Areas to avoid"),
]
NAMES = dict(FIELDS)
MANY = {IGNORE, "phone", "note", "alert"}  # several columns may be this; of numbers the first that is there is taken
GUESSES = {
    "first_name": ["first name", "firstname", "given name", "forename", "vorname", "prénom", "nombre"],
    "last_name": ["last name", "lastname", "surname", "family name", "nachname", "nom", "apellido", "apellidos"],
    "full_name": ["name", "full name", "client name", "patient name", "customer name", "client", "patient", "customer"],
    "email": ["email", "e mail", "email address", "e mail address", "client email", "patient email"],
    "phone": [
        "mobile phone", "mobile", "cell phone", "cell", "mobile number", "mobile phone number", "phone",
        "phone number", "telephone", "home phone", "work phone", "work phone number", "home", "work",
    ],
    "note": ["notes", "note", "comments", "appointment notes", "customer notes", "client notes"],
    "alert": ["alert", "alerts"],
    "pressure": ["pressure", "preferred pressure"],
    "talk": ["talk", "conversation"],
    "warmth": ["warmth", "table warmer"],
    "scent": ["scent", "scents", "oil", "oils", "aromatherapy"],
    "areas_to_avoid": ["areas to avoid", "avoid"],
}  # fmt: skip
FIELD_OF = {heading: field for field, headings in GUESSES.items() for heading in headings}
# What only this program's lists have: two or more of its headings name it.
SIGNS = {
    Source.JANE: {"patient number", "patient guid", "preferred name", "prefix", "middle name", "home phone",
                  "work phone", "mobile phone", "personal health number", "member since", "registration date"},
    Source.ACUITY: {"days since last appointment", "last appointment"},
    Source.CLINIKO: {"patient id", "preferred first name", "date of birth", "medicare", "medicare reference number",
                     "dva card number", "emergency contact", "referral source", "concession type", "invoice to",
                     "reminder type", "accepted privacy policy", "appointment notes", "invoice extra information"},
    Source.EASYAPPOINTMENTS: {"mobile phone number", "work phone number", "phone number", "zip code", "timezone",
                              "language", "ldap dn", "custom field 1", "custom field 2", "custom field 3"},
}  # fmt: skip
ENOUGH = {Source.ACUITY: 1}


def guess(headings: Sequence[str]) -> dict[str, str]:
    """Our field by the number of the column, as `ClientImport.columns` keeps it; the first of two wins."""
    found: dict[str, str] = {}
    for number, heading in enumerate(headings):
        field = FIELD_OF.get(_plain(heading), IGNORE)
        if field in MANY or field not in found.values():
            found[str(number)] = field
        else:
            found[str(number)] = IGNORE
    if {"first_name", "last_name"} & set(found.values()):  # "Client" beside both is a number, or the name again
        found = {number: IGNORE if field == "full_name" else field for number, field in found.items()}
    return found


def source_of(headings: Sequence[str]) -> str:
    """The program whose list this looks like."""
    plain = {_plain(heading) for heading in headings}
    signs = {source: len(plain & known) for source, known in SIGNS.items()}
    best = max(signs, key=lambda source: signs[source])
    return best if signs[best] >= ENOUGH.get(best, 2) else Source.OTHER


def problem_with(columns: dict[str, str]) -> str:
    """Why clients cannot be made of these columns, in one sentence; or blank."""
    fields = [field for field in columns.values() if field]
    twice = next((field for field in fields if field not in MANY and fields.count(field) > 1), None)
    if twice:
        return f"Two columns are “{NAMES[twice]}”. Leave one of them out."
    if "full_name" in fields and {"first_name", "last_name"} & set(fields):
        return "Choose either the whole name, or first and last name."
    if "full_name" not in fields and not {"first_name", "last_name"} <= set(fields):
        return "Choose the columns of the first and the last name, or one column of the whole name."
    if not {"email", "phone"} & set(fields):
        return "Choose a column of e-mail addresses or one of phone numbers: without, nobody can be told apart."
    return ""


def _plain(heading: str) -> str:
    """Small letters and digits, single spaces between: "Mobile_Phone " and "mobile phone" are the same."""
    return " ".join(re.findall(r"\w+", heading.lower().replace("_", " ")))
