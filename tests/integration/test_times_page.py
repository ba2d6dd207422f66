"""The times page and the openings for programs: what they offer, why a day is empty, when a kept page is renewed."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from services.models import Practitioner, Service, ServiceOption
from tests.factory import TEN, make_appointment, make_clinic, make_time_off
from tests.journey import LA_TEN, choice, page, post, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def test_times_page_offers_buttons_with_the_instant_and_a_full_name(browser, clinic):
    text = page(browser, url(clinic, "times")).content.decode()
    assert f'value="{LA_TEN}"' in text
    assert f'<time datetime="{LA_TEN}">10:00</time>' in text
    assert "10:00 am, Monday 23 November" in text
    assert "Los Angeles time (PST, UTC−8)" in text


@pytest.mark.parametrize(
    "query",
    ["from=9999-12-31", "from=0001-01-01", "from=x", "duration=7", "duration=%00", "part=night", "practitioner=%00"],
)
def test_times_page_reads_what_it_can_of_its_filters(browser, clinic, query):
    assert browser.get(f"{url(clinic, 'times')}?{query}").status_code == 200


def test_empty_week_says_why_and_offers_the_next_open_day(browser, clinic):
    clinic.practitioner.working_hours.exclude(weekday=2).delete()
    clinic.practitioner.working_hours.update(valid_from="2026-12-05")
    text = page(browser, url(clinic, "times")).content.decode()
    assert "No time is open in these seven days" in text
    assert "Next open day: Wednesday 9 December" in text


def test_filters_ask_the_engine_by_person_and_part_of_day(browser):
    clinic = make_clinic(practitioners=2, rooms=2)
    make_appointment(clinic, practitioner=clinic.practitioners[0])
    by_person = page(browser, url(clinic, "times"), practitioner=clinic.practitioners[0].slug).content.decode()
    assert f'value="{LA_TEN}"' not in by_person and "T11:00:00" in by_person
    evening = page(browser, url(clinic, "times"), part="am").content.decode()
    assert "T13:00:00" not in evening and f'value="{LA_TEN}"' in evening


def test_own_hold_is_unseen_by_its_owner_and_seen_by_others(browser, clinic):
    post(browser, url(clinic, "hold"), choice(clinic))
    assert f'value="{LA_TEN}"' in page(browser, url(clinic, "times")).content.decode()
    assert f'value="{LA_TEN}"' not in page(Browser(), url(clinic, "times")).content.decode()


def test_openings_for_programs_are_the_times_page_s_own(browser, clinic):
    asked = {"service": clinic.service.slug, "from": "2026-11-23", "to": "2026-11-23"}
    found = browser.get("/api/v1/openings", asked).json()["openings"]
    assert {
        "starts_at": LA_TEN,
        "ends_at": "2026-11-23T11:00:00-08:00",
        "practitioner": clinic.practitioner.slug,
    } in found
    assert browser.get("/api/v1/openings", {"service": "x"}).status_code == 422


def test_times_page_needs_the_same_queries_for_any_number_of_people_and_visits(browser):
    small, large = make_clinic(), make_clinic(practitioners=6, rooms=6)
    for hour in range(5):
        make_appointment(large, starts_at=TEN + timedelta(hours=hour))
    page(browser, url(small, "times"))  # the first one gives the cookie
    counts = []
    for clinic in (small, large):
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            page(browser, url(clinic, "times"), location=clinic.location.slug)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 14


def kept_page(browser, clinic):
    return page(browser, url(clinic, "times")).content.decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda clinic: make_appointment(clinic),
        lambda clinic: clinic.practitioner.working_hours.update(ends="09:30"),
        lambda clinic: make_time_off(location=clinic.location, starts_at=TEN, ends_at=TEN + timedelta(hours=1)),
        lambda clinic: clinic.rooms[0].services.clear(),
        lambda clinic: Practitioner.objects.update(is_active=False),
        lambda clinic: clinic.practitioner.services.clear(),
        lambda clinic: ServiceOption.objects.update(duration=timedelta(hours=8)),
        lambda clinic: Service.objects.update(lead_time=timedelta(days=5)),
    ],
)
def test_kept_times_page_is_as_true_as_a_fresh_one(clinic, change):
    assert f'value="{LA_TEN}"' in kept_page(Browser(), clinic)
    change(clinic)
    assert f'value="{LA_TEN}"' not in kept_page(Browser(), clinic)


def test_kept_times_page_shows_a_time_again_when_its_hold_expires(browser, clinic, frozen):
    frozen.shift(timedelta(seconds=1))
    post(browser, url(clinic, "hold"), choice(clinic))
    assert f'value="{LA_TEN}"' not in kept_page(Browser(), clinic)
    frozen.shift(timedelta(minutes=10))
    assert f'value="{LA_TEN}"' in kept_page(Browser(), clinic)


def test_kept_times_page_carries_each_reader_s_own_token(clinic):
    kept_page(Browser(), clinic)
    browser = Browser(enforce_csrf_checks=True)
    with CaptureQueriesContext(connection) as captured:
        kept_page(browser, clinic)
    assert len(captured) == 1
    assert post(browser, url(clinic, "hold"), choice(clinic)).status_code == 303
