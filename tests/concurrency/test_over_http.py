"""Fifty and two hundred people at once, through gunicorn with production's settings."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import httpx
import pytest
from django.utils import timezone

from booking import availability
from booking.models import Appointment, BusyTime, Message, Visit
from tests import serving
from tests.concurrency.races import deadlocks, overlaps
from tests.factory import make_clinic, make_option, make_practitioner, make_service, make_working_hours

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 50
RANDOM_CLIENTS = 200
SECONDS = int(os.environ.get("CROWD_SECONDS", "12"))
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    """One gunicorn for all tests here; not one deadlock by the time it has ended."""
    with django_db_blocker.unblock():
        before = deadlocks()
        with serving.web(workers=3) as web:
            yield web
        assert deadlocks() == before


def slots_of(option, *, days=7):
    now = timezone.now()
    return availability.open_slots(option, first_day=(now + DAY).date(), last_day=(now + days * DAY).date(), now=now)


def together(clients, act):
    """Everybody acts at the same moment; their answers."""
    barrier = Barrier(len(clients))

    def run(client):
        barrier.wait(timeout=60)
        return act(client)

    with ThreadPoolExecutor(len(clients)) as threads:
        return list(threads.map(run, clients))


def statuses(answers):
    return Counter(answer.status_code for answer in answers)


def assert_offers_other_times(page):
    assert page.text.count('class="slot') >= 3
    assert "<time datetime=" in page.text


def test_fifty_people_hold_one_time_and_one_gets_it(site):
    clinic = make_clinic()
    path = f"/book/{clinic.service.slug}/"
    chosen = {"starts_at": slots_of(clinic.option)[4].starts_at.isoformat(), "option": str(clinic.option.pk)}
    people = [serving.Browser(site.url) for _ in range(CLIENTS)]
    for person in people:
        person.form = {**person.fields(path), **chosen}
    answers = together(people, lambda person: person.post(f"{path}hold/", data=person.form))
    assert statuses(answers) == {303: 1, 409: CLIENTS - 1}
    for answer in answers:
        if answer.status_code == 409:
            assert_offers_other_times(answer)
        else:
            assert answer.headers["Location"].startswith(f"{path}details/?")
    assert Appointment.objects.get().status == "pending"


def test_fifty_people_send_the_form_of_one_deep_link_and_one_gets_it(site):
    clinic = make_clinic()
    path = f"/book/{clinic.service.slug}/details/"
    starts_at = slots_of(clinic.option)[4].starts_at.isoformat()
    people = [serving.Browser(site.url) for _ in range(CLIENTS)]
    for number, person in enumerate(people):
        person.form = person.fields(path, starts_at=starts_at) | serving.details(number)
    answers = together(people, lambda person: person.post(path, data=person.form))
    assert statuses(answers) == {303: 1, 409: CLIENTS - 1}
    for number, (person, answer) in enumerate(zip(people, answers, strict=True)):
        if answer.status_code == 409:
            assert_offers_other_times(answer)
            assert f'value="noor{number}@example.org"' in answer.text
        else:
            assert person.get(answer.headers["Location"]).status_code == 200
            assert "/visits/" in answer.headers["Location"]
    assert Appointment.objects.get().status == "booked"
    assert (Visit.objects.count(), BusyTime.objects.count(), Message.objects.count()) == (1, 3, 2)


def make_busy_clinic():
    """Four services that share four practitioners and three rooms, none alike: few times, much contention."""
    clinic = make_clinic(practitioners=3, rooms=3, buffer_after=timedelta(minutes=15))
    short = make_service(rooms=clinic.rooms[:2], buffer_before=timedelta(minutes=5))
    needles = make_service(rooms=clinic.rooms[1:])
    video = make_service(mode="video")
    options = [
        clinic.option,
        make_option(clinic.service, minutes=90),
        make_option(short, minutes=30),
        make_option(
            needles,
            minutes=60,
            unattended_from=timedelta(minutes=15),
            unattended_until=timedelta(minutes=45),
        ),
        make_option(video, minutes=20),
    ]
    for practitioner in clinic.practitioners:
        practitioner.services.add(short, needles)
    make_working_hours(make_practitioner(needles, video), clinic.location)
    return options


def wander(site, options, chances, deadline):
    """One person after another: look, choose among the first times, hold or not, book. The statuses they met."""
    seen = Counter()
    while time.monotonic() < deadline:
        option = chances.choice(options)
        path = f"/book/{option.service.slug}/"
        with serving.Browser(site.url) as person:
            start = chances.choice(slots_of_page(person, path, option, seen) or [""])
            if not start:
                continue
            chosen = {"starts_at": start, "option": str(option.pk)}
            if chances.random() < 0.6:
                answer = person.post(f"{path}hold/", data=person.form | chosen)
                seen[f"hold {answer.status_code}"] += 1
                if answer.status_code != 303:
                    continue
            form = person.get(f"{path}details/", params=chosen)
            seen[f"form {form.status_code}"] += 1
            if form.status_code == 200 and chances.random() < 0.8:
                fields = dict(serving.HIDDEN_FIELD.findall(form.text))
                typed = serving.details(chances.randrange(RANDOM_CLIENTS))
                answer = person.post(f"{path}details/", data=fields | typed)
                seen[f"book {answer.status_code}"] += 1
    return seen


def slots_of_page(person, path, option, seen):
    """The first times the page offers, so that everyone wants the same ones."""
    page = person.get(path, params={"duration": option.minutes})
    seen[f"times {page.status_code}"] += 1
    person.form = dict(serving.HIDDEN_FIELD.findall(page.text))
    return serving.OFFERED.findall(page.text)[:12]


def test_a_crowd_of_two_hundred_never_double_books_and_never_meets_an_error(site):
    options = make_busy_clinic()
    deadline = time.monotonic() + SECONDS
    with ThreadPoolExecutor(24) as threads:
        crowds = [threads.submit(wander, site, options, random.Random(number), deadline) for number in range(24)]
        seen = sum((crowd.result() for crowd in crowds), Counter())
    print(SECONDS, "s:", dict(sorted(seen.items())))  # noqa: T201 - shown by pytest -s
    assert overlaps() == 0
    assert seen["book 303"] > SECONDS / 3
    assert seen["book 409"] + seen["hold 409"] > 0
    assert {kind.split()[1] for kind in seen} <= {"200", "303", "409"}
    assert Appointment.objects.filter(status="booked").count() == seen["book 303"]


def test_a_page_that_fails_would_be_noticed(site):
    """The counting above is worth nothing if errors went unseen."""
    with pytest.raises(httpx.HTTPStatusError):
        serving.Browser(site.url).fields("/book/no-such-service/")
