"""Running acts at the very same moment, each on a database connection of its own, and judging what is left.

No test lives here. `at_once` is the harness whose sharpness `test_races` proves first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from copy import deepcopy
from threading import Barrier
from typing import Any

from django.db import connection

from booking.errors import BookingError

CLIENTS = 50

OVERLAPS = """
    SELECT count(*)
    FROM booking_busytime AS one
    JOIN booking_busytime AS other ON one.id < other.id AND one.during && other.during
    WHERE one.practitioner_id = other.practitioner_id
       OR one.room_id = other.room_id
       OR one.client_id = other.client_id
"""


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Start all acts together; each answers with what it returned or the `BookingError` it raised.

    Any other exception, such as `OperationalError`, is raised here.
    """
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return act()
        except BookingError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [future.result() for future in [threads.submit(run, act) for act in acts]]


def tally(answers: Sequence[Any]) -> Counter[str]:
    """How many answers of each kind: `Counter(Visit=1, SlotTaken=49)`."""
    return Counter(type(answer).__name__ for answer in answers)


def overlaps() -> int:
    """Pairs of busy times in which somebody or some room is in two places at once."""
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS)
        return cursor.fetchone()[0]


def deadlocks() -> int:
    """Deadlocks this database has ever broken, by sessions that have since ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


@contextmanager
def connections(count: int, *, search_path: str = "public") -> Iterator[None]:
    """A pool that is large enough for `count` threads and looks for tables along `search_path`."""
    given = connection.settings_dict["OPTIONS"]
    roomy = deepcopy(given)
    roomy["pool"] = {"min_size": 1, "max_size": count + 1, "timeout": 30, "num_workers": 8}
    roomy["options"] += f" -c search_path={search_path}"
    try:
        _reconnect(roomy)
        yield
    finally:
        _reconnect(given)


@contextmanager
def without_constraints() -> Iterator[None]:
    """Busy times in a schema of the test's own, where two may overlap; every other table is the real one."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA unguarded")
        cursor.execute(
            "CREATE TABLE unguarded.booking_busytime"
            " (LIKE public.booking_busytime INCLUDING DEFAULTS INCLUDING IDENTITY)"
        )
    try:
        with connections(CLIENTS, search_path="unguarded,public"):
            yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA unguarded CASCADE")


def _reconnect(options: dict) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict["OPTIONS"] = options
