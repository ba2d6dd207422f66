"""Which page of the diary was asked for? Reads the address; whatever it cannot read falls back to today's board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from booking import localtime
from clinic.text import is_id
from services.models import Location

VIEWS = ("day", "week", "month")
KINDS = ("practitioner", "room")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One page. `today` is the location's; `practitioner` and `visit` are ids that nobody has looked up yet."""

    location: Location
    locations: Sequence[Location]
    now: datetime
    day: date
    view: str = "day"
    by: str = "practitioner"
    practitioner: int | None = None
    visit: int | None = None
    is_private: bool = False

    @property
    def zone(self) -> localtime.ZoneInfo:
        return localtime.zone(self.location.timezone)

    @property
    def today(self) -> date:
        return localtime.local_day(self.now, self.zone)

    def url(self, **changes: Any) -> str:
        """The address of the same page with these differences; the panel stays behind."""
        other = replace(self, **{"visit": None, **changes})
        is_main = other.location == self.locations[0]
        given = {
            "date": "" if other.day == other.today else other.day.isoformat(),
            "view": "" if other.view == "day" else other.view,
            "by": "" if other.by == "practitioner" else other.by,
            "practitioner": "" if other.view == "day" else other.practitioner,
            "location": "" if is_main else other.location.pk,
            "private": "1" if other.is_private else "",
            "visit": other.visit,
        }
        query = urlencode({name: value for name, value in given.items() if value})
        return reverse("admin:diary") + (f"?{query}" if query else "")


def read(given: QueryDict, locations: Sequence[Location], *, now: datetime) -> Asked:
    """What these parameters ask for. Raises 404 for a location that is not one of ours."""
    location = _location(given.get("location", ""), locations)
    today = localtime.local_day(now, localtime.zone(location.timezone))
    return Asked(
        location=location,
        locations=locations,
        now=now,
        day=_day(given.get("date", ""), today),
        view=_one_of(VIEWS, given.get("view", "")),
        by=_one_of(KINDS, given.get("by", "")),
        practitioner=_id(given.get("practitioner", "")),
        visit=_id(given.get("visit", "")),
        is_private=given.get("private") == "1",
    )


def _location(value: str, locations: Sequence[Location]) -> Location:
    wanted = _id(value)
    if wanted is None:
        return locations[0]
    found = next((one for one in locations if one.pk == wanted), None)
    if found is None:
        raise Http404
    return found


def _day(value: str, today: date) -> date:
    """That day, or today for what is not one or lies beyond the years that `localtime` knows."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return today
    return day if localtime.FIRST_YEAR < day.year < localtime.LAST_YEAR else today


def _one_of(choices: Sequence[str], value: str) -> str:
    return value if value in choices else choices[0]


def _id(value: str) -> int | None:
    return int(value) if is_id(value) else None
