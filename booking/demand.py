"""How often do people look for a time and find none? Counted anonymously, in memory, and written down once a minute.

A GET must change nothing, so showing a page only counts in this process's memory; a thread of its own adds the counts
to `UnmetSearch` every minute and when the process ends. Several processes add up in the database. What is counted is
the question (service, person, place, week, part of the day) and the day, never who asked; programs that crawl or fetch
ahead are left out. Counts are statistics, not state: a process that is killed loses at most a minute of them.

A page that shows an empty week is never kept (see `booking.views.times`), so every such view is seen here.
"""

from __future__ import annotations

import atexit
import logging
import os
import re
import threading
from collections import Counter
from datetime import date
from typing import NamedTuple

from django.db import DatabaseError, connection
from django.http import HttpRequest

log = logging.getLogger(__name__)

EVERY = 60  # seconds
MOST_QUESTIONS = 2_000  # different ones a minute and process; more than that is no crowd but a program
PROGRAM = re.compile(
    r"(?i)bot|crawl|spider|slurp|preview|scan|monitor|check|fetch|curl|wget|python|httpx|java/|go-http|headless|lighthouse"
)
# Only rows whose service, person and place are still there; and always in the same order, so that two processes that
# write at once never wait for each other in a circle.
_ADD = """
INSERT INTO booking_unmetsearch (asked_date, service_id, practitioner_id, location_id, first_day, part, count)
SELECT asked.* FROM unnest(
    %(asked_date)s::date[], %(service)s::bigint[], %(practitioner)s::bigint[], %(location)s::bigint[],
    %(first_day)s::date[], %(part)s::text[], %(count)s::int[]
) AS asked (asked_date, service_id, practitioner_id, location_id, first_day, part, count)
JOIN services_service service ON service.id = asked.service_id
LEFT JOIN services_practitioner person ON person.id = asked.practitioner_id
LEFT JOIN services_location place ON place.id = asked.location_id
WHERE (asked.practitioner_id IS NULL OR person.id IS NOT NULL) AND (asked.location_id IS NULL OR place.id IS NOT NULL)
ORDER BY 1, 2, 3, 4, 5, 6
ON CONFLICT (asked_date, service_id, practitioner_id, location_id, first_day, part)
DO UPDATE SET count = booking_unmetsearch.count + excluded.count
"""


class Question(NamedTuple):
    """What somebody looked for on `asked_date`; the ids of a practitioner and a location may be None."""

    asked_date: date
    service: int
    practitioner: int | None
    location: int | None
    first_day: date
    part: str


class Tally:
    """Counts questions for one process; safe among threads, and empty again in a process forked from it."""

    def __init__(self) -> None:
        self._counts: Counter[Question] = Counter()
        self._lock = threading.Lock()
        self._writer: threading.Thread | None = None

    def add(self, question: Question, count: int = 1) -> None:
        """Count it, unless there are too many different ones already."""
        with self._lock:
            if question in self._counts or len(self._counts) < MOST_QUESTIONS:
                self._counts[question] += count

    def take(self) -> Counter[Question]:
        """All counts since the last time; it starts from nothing again."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        return taken

    def keep_writing(self) -> None:
        """Start this process's writing thread, once."""
        with self._lock:
            if self._writer is None:
                self._writer = threading.Thread(target=_write_now_and_then, name="demand", daemon=True)
                self._writer.start()


tally = Tally()


def count(request: HttpRequest, question: Question) -> None:
    """Count what a person looked for in vain. Reads and writes no table."""
    if request.method == "GET" and _is_a_person(request):
        tally.add(question)
        tally.keep_writing()


def write() -> int:
    """Add the counts so far to the table, in one statement; how many different questions. On failure they wait."""
    counts = tally.take()
    if not counts:
        return 0
    try:
        _add(counts)
    except DatabaseError:
        log.warning("Searches that found nothing could not be written down; they are tried again.")
        for question, number in counts.items():
            tally.add(question, number)
        return 0
    return len(counts)


def _is_a_person(request: HttpRequest) -> bool:
    """Whether a person seems to look now: no known program, and no browser that fetches ahead."""
    agent = request.headers.get("User-Agent", "")
    ahead = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    return bool(agent) and not PROGRAM.search(agent) and "prefetch" not in ahead


def _add(counts: Counter[Question]) -> None:
    columns = {name: [getattr(question, name) for question in counts] for name in Question._fields}
    with connection.cursor() as cursor:
        cursor.execute(_ADD, {**columns, "count": list(counts.values())})


def _write_now_and_then() -> None:
    pause = threading.Event()
    while True:
        pause.wait(EVERY)
        _write_and_let_go()


def _write_and_let_go() -> None:
    """Write with this thread's own connection, and give that back."""
    try:
        write()
    finally:
        connection.close()


def _start_anew() -> None:
    """In a forked process: the counts are the parent's to write, and so is its thread."""
    global tally
    tally = Tally()


os.register_at_fork(after_in_child=_start_anew)
atexit.register(_write_and_let_go)
