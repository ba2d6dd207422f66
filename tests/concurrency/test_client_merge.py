"""Two records are merged while somebody books, writes or merges the other way, at the same moment."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.contrib.auth.models import User
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import appointments
from booking.clients import notes
from booking.clients.merge import merge, relations
from booking.imports import files, run
from booking.models import Appointment, BusyTime, Client, ClientNote
from tests.concurrency.races import CLIENTS, at_once, connections, deadlocks, overlaps, tally
from tests.factory import NOW, TEN, make_client, make_clinic, make_details

pytestmark = pytest.mark.django_db(transaction=True)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ROUNDS = 8


@pytest.fixture(autouse=True)
def many_connections(transactional_db):
    before = deadlocks()
    with connections(CLIENTS):
        yield
    assert deadlocks() == before
    ProcrastinateJob.objects.all().delete()


@pytest.fixture
def owner():
    return User.objects.create_superuser("owner")


def booking(clinic, client, *, starts_at):
    details = make_details(first_name=client.first_name, last_name=client.last_name, email=client.email)
    asked = {"details": details, "form_token": f"form-{client.pk}-{starts_at}", "now": NOW}
    return partial(appointments.book, clinic.option, starts_at=starts_at, **asked)


def merging(keep, other, owner):
    return partial(merge, keep, other, choices={}, by=owner, now=NOW)


def left_behind():
    """Rows of whatever kind that still belong to somebody who was merged."""
    merged = Client.objects.filter(merged_into__isnull=False)
    return [key.model for key in relations() if key.model._base_manager.filter(**{f"{key.name}__in": merged}).exists()]


def test_bookings_of_either_during_the_merge_all_end_with_the_survivor(owner):
    clinic = make_clinic(practitioners=2, rooms=2)
    for day in range(ROUNDS):
        keep, other = make_client(), make_client()
        if day % 2:
            keep, other = other, keep
        starts = [TEN + day * DAY + number * HOUR for number in range(4)]
        books = [booking(clinic, one, starts_at=at) for one, at in zip((keep, other, keep, other), starts, strict=True)]
        found = tally(at_once(merging(keep, other, owner), *books))
        assert found == {"Client": 1, "Visit": 4}
        assert Appointment.objects.filter(client=keep).count() == 4
        assert BusyTime.objects.filter(client=keep).count() == 4
    assert left_behind() == []
    assert overlaps() == 0


def test_same_time_booked_by_both_at_once_is_refused_one_way_or_the_other(owner):
    clinic = make_clinic(practitioners=2, rooms=2)
    for day in range(ROUNDS):
        keep, other = make_client(), make_client()
        at = TEN + day * DAY
        found = tally(
            at_once(
                merging(keep, other, owner), booking(clinic, keep, starts_at=at), booking(clinic, other, starts_at=at)
            )
        )
        # Either the merge came first and one booking met the other, or both were booked and the merge is refused.
        assert found in ({"Client": 1, "Visit": 1, "ClientBusy": 1}, {"MergeRefused": 1, "Visit": 2})
    assert left_behind() == []
    assert overlaps() == 0


def test_notes_written_during_the_merge_are_the_survivor_s(owner):
    keep, other = make_client(), make_client()
    writes = [partial(notes.write, other, text=str(n), is_alert=False, by=owner, now=NOW) for n in range(10)]
    at_once(merging(keep, other, owner), *writes)
    assert ClientNote.objects.filter(client=keep).count() == 10


def test_merging_both_ways_at_once_leaves_one_survivor(owner):
    for _ in range(ROUNDS):
        one, two = make_client(), make_client()
        assert tally(at_once(merging(one, two, owner), merging(two, one, owner))) == {"Client": 1, "MergeRefused": 1}
        assert Client.objects.filter(pk__in=[one.pk, two.pk], merged_into__isnull=True).count() == 1


def test_booking_under_a_name_merged_long_ago_meets_the_survivor_being_merged(owner):
    clinic = make_clinic(practitioners=2, rooms=2)
    for day in range(ROUNDS):
        survivor, middle, first = make_client(), make_client(), make_client()
        merge(middle, first, choices={}, by=owner, now=NOW)
        found = tally(at_once(merging(survivor, middle, owner), booking(clinic, first, starts_at=TEN + day * DAY)))
        assert found == {"Client": 1, "Visit": 1}
    assert left_behind() == []


def test_two_workers_and_a_booking_import_each_client_once(owner):
    clinic = make_clinic()
    text = "first name,last name,email\n" + "".join(f"Noor,Haddad {n},n{n}@example.org\n" for n in range(300))
    batch = files.take(text.encode(), name="a.csv", by=owner, now=NOW)
    run.start(files.check(batch, matched=batch.columns), by=owner)
    details = make_details(first_name="Noor", last_name="Haddad 7", email="n7@example.org")
    book = partial(appointments.book, clinic.option, starts_at=TEN, details=details, form_token="f" * 30, now=NOW)
    at_once(*[partial(run.import_part, batch.pk, now=NOW)] * 4, book)
    assert run.progress(batch) == run.Progress(300, 300)
    assert Client.objects.count() == 300


def test_two_files_that_name_the_same_people_in_different_orders_are_both_imported(owner):
    lines = [f"Noor,Haddad {n},n{n}@example.org\n" for n in range(200)]
    batches = []
    for order in (lines, lines[::-1]):
        batch = files.take(("first name,last name,email\n" + "".join(order)).encode(), name="a.csv", by=owner, now=NOW)
        run.start(files.check(batch, matched=batch.columns), by=owner)
        batches.append(batch)
    at_once(*[partial(run.import_part, batch.pk, now=NOW) for batch in batches])
    assert [run.progress(batch).percent for batch in batches] == [100, 100]
    assert Client.objects.count() == 200
