"""`kill -9` at random moments during two hundred bookings. What was acknowledged is there, and its mails arrive."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Lock

import httpx
import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import availability, links
from booking.models import Appointment, BusyTime, Message, Visit
from booking.person import COOKIE, new_secret
from tests import serving
from tests.concurrency.races import overlaps
from tests.factory import make_clinic

pytestmark = pytest.mark.django_db(transaction=True)

BOOKINGS = 200
PEOPLE = 4
WEB_KILLS, WORKER_KILLS = (100, 30) if os.environ.get("CLINIC_LONG") else (10, 5)
MAILS_WITHIN = 60


@dataclass
class Ledger:
    """What the clients were told."""

    links: list[str] = field(default_factory=list)
    statuses: Counter = field(default_factory=Counter)
    broken: int = 0
    lock: Lock = field(default_factory=Lock)

    def note(self, status: int, link: str = "") -> None:
        with self.lock:
            self.statuses[status] += 1
            if link:
                self.links.append(link)

    def note_broken(self) -> None:
        with self.lock:
            self.broken += 1


def insist(ledger, request):
    """Send it again, unchanged, until an answer comes: what a person does with a page that did not load."""
    for _ in range(100):
        try:
            return request()
        except httpx.TransportError:
            ledger.note_broken()
            time.sleep(0.1)
    raise AssertionError("No answer to a hundred tries.")


def book_over_http(site, ledger, path, option, number, slot):
    """One client: every other one holds the time first."""
    chosen = {
        "starts_at": slot.starts_at.isoformat(),
        "option": str(option.pk),
        "practitioner": slot.practitioner.slug,
    }
    with serving.Browser(site.url) as person:
        form = insist(ledger, lambda: person.fields(f"{path}details/", **chosen))
        if number % 2:
            # The cookie of an earlier visit: one whose very first answer is lost meets their own hold as a stranger's.
            person.cookies.set(COOKIE, new_secret(), domain="127.0.0.1", path="/book/")
            csrf = {"csrfmiddlewaretoken": form["csrfmiddlewaretoken"]}
            assert insist(ledger, lambda: person.post(f"{path}hold/", data=csrf | chosen)).status_code == 303
        answer = insist(ledger, lambda: person.post(f"{path}details/", data=form | serving.details(number)))
        ledger.note(answer.status_code, answer.headers.get("Location", ""))


def kill_now_and_then(site, worker, mail_server, ledger, chances, done):
    """Kill a web worker every few bookings, the mail worker soon after it has begun to send."""
    next_web, next_mail = 5, 5
    while not done.is_set():
        if site.kills < WEB_KILLS and len(ledger.links) >= next_web:
            site.kill_a_worker(chances.choice)
            next_web = len(ledger.links) + chances.randint(1, BOOKINGS // WEB_KILLS)
        if worker.kills < WORKER_KILLS and len(mail_server.accepted) >= next_mail:
            time.sleep(chances.random() / 20)
            worker.kill()
            serving.let_time_pass_for_dead_workers()
            worker.start()
            next_mail = len(mail_server.accepted) + chances.randint(1, 2 * BOOKINGS // WORKER_KILLS)
        time.sleep(0.005)
    connection.close()


def slots_wanted(option) -> list:
    now = timezone.now()
    first_day, last_day = (now + timedelta(days=2)).date(), (now + timedelta(days=7)).date()
    slots = availability.open_slots(option, first_day=first_day, last_day=last_day, now=now)
    wanted = [slot for slot in slots if slot.starts_at.minute == 0][:BOOKINGS]
    assert len(wanted) == BOOKINGS
    return wanted


def book_all_amid_kills(mail_server, clinic, ledger) -> tuple[int, int]:
    """Book every wanted slot, and wait for the mails; the number of web and of mail workers killed meanwhile."""
    path, done = f"/book/{clinic.service.slug}/", Event()
    wanted = slots_wanted(clinic.option)
    with (
        serving.web(workers=2, EMAIL_URL=mail_server.url) as site,
        serving.worker(port=site.port, EMAIL_URL=mail_server.url) as worker,
        ThreadPoolExecutor(PEOPLE + 1) as threads,
    ):
        chaos = threads.submit(kill_now_and_then, site, worker, mail_server, ledger, random.Random(7), done)
        bookings = [
            threads.submit(book_over_http, site, ledger, path, clinic.option, number, slot)
            for number, slot in enumerate(wanted)
        ]
        try:
            wait(bookings)
            wait_for(Message.objects.exclude(status="sent"), "all mails are sent")
        finally:
            done.set()
        chaos.result()
        for booking in bookings:
            booking.result()
        wait_for(ProcrastinateJob.objects.filter(queue_name="mail").exclude(status="succeeded"), "no job is stuck")
        return site.kills, worker.kills


def wait_for(rows_left, what: str) -> None:
    serving.wait_until(lambda: not rows_left.all(), within=MAILS_WITHIN, what=what)


def assert_it_is_booked(link: str) -> None:
    visit = Visit.objects.get(link_hash=links.hash_of(link.strip("/").split("/")[-1]))
    appointment = visit.appointments.get()
    assert appointment.status == "booked"
    assert appointment.busy_times.count() == 3
    assert appointment.messages.count() == 2


def test_every_acknowledged_booking_survives_and_every_mail_arrives(mail_server):
    ledger, began = Ledger(), time.monotonic()
    kills = book_all_amid_kills(mail_server, make_clinic(practitioners=6, rooms=6), ledger)
    arrived = Counter(mail_server.message_ids())
    repeats = arrived.total() - len(arrived)
    print(  # noqa: T201 - shown by pytest -s
        f"{BOOKINGS} bookings and their {len(arrived)} mails in {time.monotonic() - began:.1f} s, {repeats} repeats;",
        f"killed {kills[0]} web workers and {kills[1]} mail workers; {ledger.broken} broken requests",
    )

    assert ledger.statuses == {303: BOOKINGS}
    assert kills == (WEB_KILLS, WORKER_KILLS)
    for link in ledger.links:
        assert_it_is_booked(link)
    assert Visit.objects.count() == Appointment.objects.count() == BOOKINGS
    assert BusyTime.objects.count() == BOOKINGS * 3
    assert overlaps() == 0
    assert set(arrived) == set(Message.objects.values_list("message_id", flat=True))
    assert len(arrived) == BOOKINGS * 2
    assert repeats <= kills[1]
