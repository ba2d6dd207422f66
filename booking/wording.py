"""How times and numbers are written for people: "1:30 pm", "2 visits". Takes local datetimes, decides nothing."""

from datetime import date, datetime, time
from functools import lru_cache

from django.utils.formats import date_format


def clock(local: datetime | time) -> str:
    """1:30 pm"""
    return f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"


@lru_cache(maxsize=1024)
def day(local: date) -> str:
    """Tuesday 24 November"""
    return date_format(local, "l j F")


def count(number: int, one: str, many: str = "") -> str:
    """1 visit, 2 visits; `many` where an s does not make the plural."""
    return f"{number} {one if number == 1 else many or one + 's'}"
