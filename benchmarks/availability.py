"""Open times and open days, beside a bare indexed read of the practitioners' busy rows through the same connection.

The reference is the strict one: the engine reads the rooms' busy rows too, the bare read does not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.clinic import Clinic, option
from benchmarks.figures import Figure, milliseconds
from benchmarks.timing import ROUNDS, side_by_side
from booking import availability
from booking.models import BusyTime
from services.models import Practitioner

BARE_READ = """
SELECT practitioner_id, lower(during), upper(during) FROM booking_busytime
WHERE practitioner_id = ANY (%s) AND during && tstzrange(%s, %s)
"""
ONE_DAY_ROUNDS = 200
RATIO, QUERIES = 5, 4
DAY_MILLISECONDS, DAY_QUERIES = 5, 3


def measure() -> list[Figure]:
    clinic = Clinic()
    one, everyone = clinic.practitioners[:1], clinic.practitioners
    day, last_day = clinic.next_weekday, clinic.last_day
    figures = [
        _slots(clinic, "open times, 1 practitioner, 1 day", one, day, day),
        _slots(clinic, "open times, 20 practitioners, 1 day", everyone, day, day),
        _slots(clinic, "open times, 1 practitioner, 90 days", one, clinic.first_day, last_day),
        _slots(clinic, "open times, 20 practitioners, 90 days", everyone, clinic.first_day, last_day),
    ]
    figures.append(_days(clinic, "open days of 90, 20 practitioners"))
    clinic.option = option("acupuncture", 50)
    figures.append(_slots(clinic, "… of acupuncture (unattended phase)", everyone, clinic.first_day, last_day))
    return figures


def note() -> str:
    """What the figures stand on, for the line above the table."""
    return f"{BusyTime.objects.count():,} rows of busy time"


def _slots(clinic: Clinic, what: str, who: list[Practitioner], first_day: date, last_day: date) -> Figure:
    ask = partial(
        availability.open_slots,
        clinic.option,
        practitioners=None if len(who) > 1 else who,
        location=clinic.location,
        first_day=first_day,
        last_day=last_day,
        now=clinic.now,
    )
    queries, found = _queries(ask), len(ask())
    rounds = ONE_DAY_ROUNDS if first_day == last_day else ROUNDS
    ours, bare = side_by_side(ask, partial(_bare_read, who, first_day, last_day), rounds=rounds)
    budget, is_kept = _budget(len(who), (last_day - first_day).days + 1, queries, ours, bare)
    return Figure(
        what=what,
        ours=f"{milliseconds(ours)}, {queries} queries, {found:,} slots",
        reference=f"{milliseconds(bare)}, {_bare_read(who, first_day, last_day):,} rows",
        ratio=ours / bare,
        budget=budget,
        is_kept=is_kept,
        milliseconds=ours,
    )


def _budget(people: int, days: int, queries: int, ours: float, bare: float) -> tuple[str, bool]:
    """What the design promises: a time for one practitioner-day, a ratio for everyone's whole quarter."""
    if people == 1 and days == 1:
        is_kept = queries <= DAY_QUERIES and ours <= DAY_MILLISECONDS
        return f"≤ {DAY_QUERIES} queries, ≤ {DAY_MILLISECONDS} ms", is_kept
    if people > 1 and days > 1:
        return f"≤ {QUERIES} queries, ≤ {RATIO} ×", queries <= QUERIES and ours <= RATIO * bare
    return f"≤ {QUERIES} queries", queries <= QUERIES


def _days(clinic: Clinic, what: str) -> Figure:
    ask = partial(
        availability.days_with_openings,
        clinic.option,
        location=clinic.location,
        first_day=clinic.first_day,
        last_day=clinic.last_day,
        now=clinic.now,
    )
    queries, found = _queries(ask), len(ask())
    read = partial(_bare_read, clinic.practitioners, clinic.first_day, clinic.last_day)
    ours, bare = side_by_side(ask, read)
    return Figure(
        what=what,
        ours=f"{milliseconds(ours)}, {queries} query, {found} days",
        reference=f"{milliseconds(bare)}, {read():,} rows",
        ratio=ours / bare,
        budget=f"1 query, ≤ {RATIO} ×",
        is_kept=queries == 1 and ours <= RATIO * bare,
        milliseconds=ours,
    )


def _bare_read(who: list[Practitioner], first_day: date, last_day: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(BARE_READ, [[one.pk for one in who], first_day, last_day + timedelta(days=1)])
        return len(cursor.fetchall())


def _queries(ask: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)
