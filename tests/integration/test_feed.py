"""A practitioner's calendar feed: who may read it, what it says, what it never says, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client as Browser
from django.urls import reverse
from icalendar import Calendar

from booking import appointments, feeds, roles
from booking.models import CalendarFeed
from clinic.logs import redacted
from tests.factory import NOW, TEN, make_appointment, make_details, make_location, make_practitioner, make_time_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONG_BEFORE = NOW - timedelta(days=5)


@pytest.fixture
def feed(clinic):
    return feeds.renew(clinic.practitioner, now=NOW)


def path_of(feed):
    return feeds.url(feed).removeprefix("http://localhost:8000")


def events(feed, *, now=NOW):
    return list(Calendar.from_ical(feeds.calendar(feed, now=now)).walk("VEVENT"))


def only(feed, *, now=NOW):
    [event] = events(feed, now=now)
    return event


def test_feed_is_a_calendar_of_the_practitioners_visits(client, clinic, feed):
    appointment = make_appointment(clinic, details=make_details(first_name="Noor", last_name="Haddad"))
    answer = client.get(path_of(feed))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    file = Calendar.from_ical(answer.content)
    assert str(file["METHOD"]) == "PUBLISH"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT15M" in answer.content
    [event] = file.walk("VEVENT")
    assert str(event["SUMMARY"]) == f"Noor H., {clinic.service.name}, {clinic.rooms[0].name}"
    assert (event.start, event.end) == (TEN, TEN + HOUR)
    assert str(event["UID"]) == f"appointment-{appointment.pk}@localhost"
    assert (event["SEQUENCE"], str(event["STATUS"])) == (0, "CONFIRMED")


def test_uid_stays_and_sequence_grows_with_every_change(clinic, feed):
    appointment = make_appointment(clinic, now=LONG_BEFORE)
    booked = only(feed)
    appointments.move(appointment, starts_at=TEN + 3 * HOUR, now=LONG_BEFORE)
    moved = only(feed)
    appointments.cancel(appointment, now=LONG_BEFORE)
    cancelled = only(feed)
    assert len({str(one["UID"]) for one in (booked, moved, cancelled)}) == 1
    assert [one["SEQUENCE"] for one in (booked, moved, cancelled)] == [0, 1, 2]
    assert moved.start == TEN + 3 * HOUR
    assert [str(one["STATUS"]) for one in (booked, moved, cancelled)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_cancelled_visits_stay_for_thirty_days_and_no_longer(clinic, feed):
    appointment = make_appointment(clinic, starts_at=TEN + 60 * DAY, now=NOW)
    appointments.cancel(appointment, now=NOW)
    assert str(only(feed, now=NOW + 30 * DAY - HOUR)["STATUS"]) == "CANCELLED"
    assert events(feed, now=NOW + 30 * DAY) == []


def test_visits_stay_for_thirty_days_and_all_to_come_are_there(clinic, feed):
    make_appointment(clinic)
    far = make_appointment(clinic, starts_at=TEN + 80 * DAY)
    assert len(events(feed)) == 2
    assert str(only(feed, now=TEN + 30 * DAY)["UID"]).startswith(f"appointment-{far.pk}@")


def test_holds_and_the_visits_of_others_are_not_there(clinic, feed):
    appointments.hold(clinic.option, starts_at=TEN, owner="alice", address="home", now=NOW)
    other = make_practitioner(clinic.service)
    assert events(feed) == []
    assert events(feeds.renew(other, now=NOW)) == []


def test_time_off_and_closures_where_they_work_are_there(clinic, feed):
    make_time_off(practitioner=clinic.practitioner, starts_at=TEN, ends_at=TEN + HOUR, reason="Training")
    make_time_off(location=clinic.location, starts_at=TEN + DAY, ends_at=TEN + 2 * DAY, public_reason="Thanksgiving")
    make_time_off(location=make_location(), starts_at=TEN, ends_at=TEN + DAY, reason="Flood")
    make_time_off(practitioner=make_practitioner(), starts_at=TEN, ends_at=TEN + HOUR, reason="Dentist")
    assert [str(one["SUMMARY"]) for one in events(feed)] == ["Time off: Training", "Closed: Thanksgiving"]


def test_feed_says_nothing_about_health_nor_how_to_reach_the_client(client, clinic, feed):
    details = make_details(
        first_name="Noor",
        last_name="Haddad",
        phone="+15035550142",
        note="sixteen weeks pregnant",
        areas_to_avoid=["neck"],
    )
    appointment = make_appointment(clinic, details=details)
    text = client.get(path_of(feed)).content.decode().replace("\r\n ", "")
    for secret in ("pregnant", "neck", "Haddad", "5550142", details.email, "/visits/" + appointment.visit.link_hash):
        assert secret not in text


def test_the_same_file_is_not_sent_twice_and_a_changed_one_is(client, clinic, feed, frozen):
    make_appointment(clinic, now=LONG_BEFORE)
    first = client.get(path_of(feed))
    frozen.shift(HOUR)
    again = client.get(path_of(feed), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    make_appointment(clinic, starts_at=TEN + 2 * HOUR, now=NOW)
    assert client.get(path_of(feed), headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_feed_is_private_and_tells_no_other_site_where_it_was(client, feed):
    answer = client.get(path_of(feed))
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies
    assert path_of(feed) not in redacted(f"GET {path_of(feed)} 200")


def test_feed_is_read_by_get_and_head_alone(client, feed):
    head = client.head(path_of(feed))
    assert (head.status_code, head.content) == (200, b"")
    assert [getattr(client, method)(path_of(feed)).status_code for method in ("post", "put", "delete")] == [405] * 3


def test_feed_takes_few_queries_however_many_visits_there_are(client, clinic, feed, django_assert_max_num_queries):
    for hour in range(6):
        make_appointment(clinic, starts_at=TEN + hour * HOUR)
    with django_assert_max_num_queries(4):
        assert client.get(path_of(feed)).content.count(b"BEGIN:VEVENT") == 6


@pytest.mark.parametrize("token", ["x" * 43, "x" * 42, "x" * 44, "%00" * 43, "a" * 42 + "%C3%A9"])
def test_unknown_address_is_not_found(client, feed, token):
    assert client.get(f"/feeds/{token}.ics").status_code == 404


def test_a_new_address_ends_the_old_one_and_taking_it_away_ends_all(client, clinic, feed):
    old = path_of(feed)
    new = path_of(feeds.renew(clinic.practitioner, now=NOW))
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)
    feeds.revoke(clinic.practitioner)
    assert client.get(new).status_code == 404
    assert not CalendarFeed.objects.exists()


def test_address_of_somebody_who_left_is_not_found(client, clinic, feed):
    type(clinic.practitioner).objects.update(is_active=False)
    assert client.get(path_of(feed)).status_code == 404


def test_address_is_nowhere_in_the_database(feed):
    secret = path_of(feed).split("/")[2].removesuffix(".ics")
    assert secret not in (feed.link_hash, feed.link_nonce)


def staff(role, practitioner=None):
    user = User.objects.create_user(f"staff{User.objects.count()}", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    if practitioner:
        practitioner.user = user
        practitioner.save()
    browser = Browser()
    browser.force_login(user)
    return browser


@pytest.mark.ignore_template_errors
def test_practitioner_makes_renews_and_ends_their_own_address(clinic):
    browser = staff(roles.PRACTITIONER, clinic.practitioner)
    assert "No address yet" in browser.get(reverse("admin:feeds")).content.decode()
    browser.post(reverse("admin:feed_renew", args=[clinic.practitioner.pk]))
    address = feeds.url(CalendarFeed.objects.get())
    assert address in browser.get(reverse("admin:feeds")).content.decode()
    browser.post(reverse("admin:feed_renew", args=[clinic.practitioner.pk]))
    assert address not in browser.get(reverse("admin:feeds")).content.decode()
    browser.post(reverse("admin:feed_revoke", args=[clinic.practitioner.pk]))
    assert not CalendarFeed.objects.exists()


@pytest.mark.ignore_template_errors
def test_practitioner_touches_nobody_elses_address(clinic, feed):
    browser = staff(roles.PRACTITIONER, make_practitioner(clinic.service))
    assert feeds.url(feed) not in browser.get(reverse("admin:feeds")).content.decode()
    for step in ("feed_renew", "feed_revoke"):
        assert browser.post(reverse(f"admin:{step}", args=[clinic.practitioner.pk])).status_code == 404
    assert CalendarFeed.objects.get(pk=feed.pk).link_hash == feed.link_hash


@pytest.mark.ignore_template_errors
def test_address_made_with_a_key_that_is_gone_is_said_to_be_missing(clinic, feed, settings):
    settings.SECRET_KEY = "another" * 10
    page = staff(roles.FRONT_DESK).get(reverse("admin:feeds"))
    assert page.status_code == 200 and "No address yet" in page.content.decode()
