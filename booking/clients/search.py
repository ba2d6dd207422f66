"""Which client does the front desk mean? Found by parts of a name, an e-mail address or some digits of a number.

Reads only, among the clients that the asker may open, without those merged into another. Every condition can be
answered by a trigram index of the table: short words at the beginning of a name part, longer ones anywhere.
"""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Upper

from booking.access import clients_for
from booking.models import Client
from booking.models.clients import Folded
from clinic.text import clean_line

LONGEST, MOST_WORDS = 100, 5
NUMBER = re.compile(r"[\d\s()+./-]+")
NAME_BREAKS = (" ", "-", "'", "’")


def found(user: Any, text: str, limit: int = 8) -> list[Client]:
    """At most `limit` clients that match, the likeliest first; none for less than two letters or three digits.

    One query, none when nothing can match. A number whose last digits were typed comes before one that holds
    them elsewhere; a name part that begins with the first word comes before one that holds it elsewhere.
    """
    line = clean_line(text[:LONGEST])
    if digits := digits_of(line):
        return list(_by_phone(clients_for(user), line, digits)[:limit])
    words = line.replace(",", " ").split()[:MOST_WORDS]
    if len("".join(words)) < 2:
        return []
    return list(_by_words(clients_for(user), words)[:limit])


def digits_of(term: str) -> str:
    """The digits of a search that is a number and nothing else, at least three; or blank.

    A leading zero is dialled at home and not stored, so it goes, unless that leaves fewer than three.
    """
    digits = _digits(term.replace("(0)", ""))
    if not NUMBER.fullmatch(term) or len(digits) < 3:
        return ""
    stored = digits.lstrip("0")
    return stored if len(stored) >= 3 else digits


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _by_phone(clients: Any, line: str, digits: str) -> QuerySet[Client]:
    at_the_end = When(phone__endswith=_digits(line), then=Value(0))
    likeliest = Case(at_the_end, default=Value(1))
    return clients.present().filter(phone__contains=digits).order_by(likeliest, "last_name", "first_name", "pk")


def _by_words(clients: Any, words: list[str]) -> QuerySet[Client]:
    matching = clients.present().alias(upper_email=Upper("email"))
    for word in words:
        matching = matching.filter(_holds(word))
    likeliest = Case(When(_begins(words[0]), then=Value(0)), default=Value(1))
    return matching.order_by(likeliest, "last_name", "first_name", "pk")


def _holds(word: str) -> Q:
    """A name part or the address begins with the word; from three letters on, it may stand anywhere."""
    if len(word) < 3:
        return _begins(word) | Q(upper_email__startswith=Upper(Value(word)))
    return Q(folded_name__contains=Folded(Value(word))) | Q(upper_email__contains=Upper(Value(word)))


def _begins(word: str) -> Q:
    condition = Q(folded_name__startswith=Folded(Value(word)))
    for mark in NAME_BREAKS:
        condition |= Q(folded_name__contains=Folded(Value(mark + word)))
    return condition
