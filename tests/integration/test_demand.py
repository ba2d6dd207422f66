"""Searches that found nothing: what is counted, who is not, and how it reaches the table without a GET writing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from booking import demand
from booking.models import UnmetSearch, WorkingHours
from tests import serving
from tests.factory import MONDAY, make_clinic
from tests.journey import page, url

PERSON = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"}
SUNDAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def nothing_counted():
    demand.tally.take()
    yield
    demand.tally.take()


@pytest.fixture
def full(db, frozen):
    clinic = make_clinic()
    WorkingHours.objects.all().delete()
    return clinic


def look(clinic, browser=None, agent=PERSON, **asked):
    return (browser or Browser(**agent)).get(url(clinic, "times"), asked)


def test_a_week_without_a_time_is_counted_for_what_was_asked(full):
    for _ in range(2):
        look(full, part="am", practitioner=full.practitioner.slug, **{"from": "2026-11-23"})
    look(full)
    assert demand.write() == 2
    found = UnmetSearch.objects.order_by("count").values_list(
        "asked_date", "service", "practitioner", "location", "first_day", "part", "count"
    )
    place = full.location.pk
    assert list(found) == [
        (SUNDAY, full.service.pk, None, place, SUNDAY, "", 1),
        (SUNDAY, full.service.pk, full.practitioner.pk, place, MONDAY, "am", 2),
    ]


def test_looking_again_later_adds_up(full):
    look(full)
    demand.write()
    look(full), look(full)
    demand.write()
    assert UnmetSearch.objects.get().count == 3


def test_a_week_with_times_is_not_counted(frozen, db):
    look(make_clinic())
    assert not demand.tally.take()


@pytest.mark.parametrize(
    "agent",
    [
        {},
        {"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"HTTP_USER_AGENT": "curl/8.5.0"},
        {**PERSON, "HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {**PERSON, "HTTP_PURPOSE": "prefetch"},
    ],
)
def test_programs_and_browsers_that_fetch_ahead_are_not_people(full, agent):
    look(full, agent=agent)
    assert not demand.tally.take()


def test_head_and_the_openings_for_programs_are_not_searches(full):
    Browser(**PERSON).head(url(full, "times"))
    Browser(**PERSON).get("/api/v1/openings", {"service": full.service.slug, "from": MONDAY, "to": MONDAY})
    assert not demand.tally.take()


def test_looking_writes_nothing_to_the_database(full):
    with CaptureQueriesContext(connection) as captured:
        look(full)
    assert not [query["sql"] for query in captured if not query["sql"].lstrip().upper().startswith(("SELECT", "WITH"))]
    assert not UnmetSearch.objects.exists()


def test_a_person_who_holds_a_time_is_counted_too(full):
    browser = Browser(**PERSON)
    look(full, browser), look(full, browser)
    assert sum(demand.tally.take().values()) == 2


def test_questions_beyond_the_limit_are_let_go(monkeypatch):
    monkeypatch.setattr(demand, "MOST_QUESTIONS", 2)
    for number in range(5):
        demand.tally.add(question(number))
        demand.tally.add(question(0))
    counts = demand.tally.take()
    assert set(counts) == {question(0), question(1)} and counts[question(0)] == 6


def test_counting_in_many_threads_loses_nothing():
    def many():
        for _ in range(2_000):
            demand.tally.add(question(1))

    threads = [threading.Thread(target=many) for _ in range(8)]
    for thread in threads:
        thread.start()
    taken = 0
    while any(thread.is_alive() for thread in threads):
        taken += sum(demand.tally.take().values())
    assert taken + sum(demand.tally.take().values()) == 16_000


def test_counts_wait_while_the_database_is_away(full, monkeypatch):
    look(full)

    def away(counts):
        raise DatabaseError

    with monkeypatch.context() as patched:
        patched.setattr(demand, "_add", away)
        assert demand.write() == 0
    assert demand.write() == 1
    assert UnmetSearch.objects.get().count == 1


def test_what_was_deleted_meanwhile_is_left_out(full):
    look(full)
    demand.tally.add(question(10_000_000))
    demand.write()
    assert UnmetSearch.objects.get().service == full.service


def question(service: int) -> demand.Question:
    return demand.Question(SUNDAY, service, None, None, MONDAY, "")


def test_a_forked_process_starts_from_nothing():
    demand.tally.add(question(1))
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writes, str(sum(demand.tally.take().values())).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reads, 10) == b"0"
    assert sum(demand.tally.take().values()) == 1


COUNTING = """
import sys, django
django.setup()
from datetime import date, timedelta
from booking import demand
service, place = int(sys.argv[1]), int(sys.argv[2])
day = date(2026, 11, 22)
order = range(200) if sys.argv[3] == "up" else reversed(range(200))
sys.stdin.readline()
for number in order:
    demand.tally.add(demand.Question(day, service, None, place, day + timedelta(number), ""))
    if number % 20 == 0:
        demand._write_and_let_go()
demand.tally.add(demand.Question(day, service, None, place, date(2026, 11, 21), "am"))
"""


@pytest.mark.django_db(transaction=True)
def test_two_processes_add_up_and_write_once_more_when_they_end():
    clinic = make_clinic()
    given = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "DATABASE_URL": serving.database_url(),
        "DEBUG": "1",
    }
    words = [sys.executable, "-c", COUNTING, str(clinic.service.pk), str(clinic.location.pk)]
    processes = [
        subprocess.Popen(
            [*words, order], env=given, cwd=serving.CHECKOUT, stdin=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for order in ("up", "down")
    ]
    for process in processes:
        process.stdin.write(b"go\n")
        process.stdin.flush()
    for process in processes:
        assert process.wait(30) == 0, process.stderr.read()
    assert UnmetSearch.objects.count() == 201
    assert set(UnmetSearch.objects.values_list("count", flat=True)) == {2}
    assert UnmetSearch.objects.filter(part="am", first_day=SUNDAY - timedelta(days=1)).exists()


@pytest.mark.django_db(transaction=True)
def test_a_web_server_that_is_stopped_writes_down_what_it_counted():
    import httpx

    clinic = make_clinic()
    WorkingHours.objects.all().delete()
    with serving.web() as web:
        headers = {"User-Agent": PERSON["HTTP_USER_AGENT"]}
        assert "No time is open" in httpx.get(web.url + url(clinic, "times"), headers=headers).text
        assert not UnmetSearch.objects.exists()
    assert UnmetSearch.objects.get().count == 1


def test_the_page_says_the_same_to_who_is_counted_and_who_is_not(full):
    assert (
        page(Browser(**PERSON), url(full, "times")).status_code
        == page(Browser(), url(full, "times")).status_code
        == 200
    )
