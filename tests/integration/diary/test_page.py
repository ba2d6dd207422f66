"""The diary's page: what it holds, for whom, and that no address breaks it."""

import re
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.http import urlencode

from booking.diary.asked import read
from booking.staff.diary import RIGHTS
from services.models import Practitioner
from tests.factory import (
    MONDAY,
    TEN,
    make_appointment,
    make_details,
    make_location,
    make_room,
)
from tests.integration.diary.asking import DIARY, MONDAYS, day_of, staff

# Django's own admin templates print variables that are not there.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


def test_the_page_follows_the_contract_of_the_board(desk, clinic):
    booked = make_appointment(clinic)
    html = desk.get(MONDAYS).text
    assert f'data-practitioner="{clinic.practitioner.pk}" data-day="2026-11-23"' in html
    assert f'data-visit="{booked.pk}" data-seen="{booked.changes.latest("pk").pk}"' in html
    assert f'<a id="v{booked.pk}" href="/admin/diary/visits/{booked.pk}/">' in html
    assert '<button class="at-1" name="at" value="09:00" tabindex="-1">9:00</button>' in html
    assert f'<a class="diary__book" href="/admin/diary/new/?practitioner={clinic.practitioner.pk}' in html
    assert '<aside id="panel" class="panel" aria-label="The chosen visit"></aside>' in html
    assert '<form class="diary__cells" hx-boost="false" action="/admin/diary/new/"' in html
    assert "style=" not in re.sub(r"<link[^>]*>", "", html.partition("<body")[2])


def test_the_head_of_a_column_leads_to_blocking_its_afternoon_unless_the_day_is_over(desk, clinic):
    asked = f"practitioner={clinic.practitioner.pk}&amp;date=2026-11-23&amp;length=afternoon"
    assert f'href="/admin/time-off/new/?{asked}"' in desk.get(MONDAYS).text
    assert "length=afternoon" not in desk.get("/admin/diary/?date=2026-11-16").text


def test_a_cell_of_another_place_is_booked_there_on_its_clock(desk, clinic):
    abroad = make_location(name="Z London", timezone="Europe/London")
    clinic.practitioner.working_hours.update(location=abroad)
    html = desk.get(f"{MONDAYS}&location={abroad.pk}").text
    assert f'<input type="hidden" name="location" value="{abroad.pk}">' in html
    asked = {"practitioner": clinic.practitioner.pk, "date": "2026-11-23", "location": abroad.pk}
    assert f'href="/admin/diary/new/?{urlencode(asked).replace("&", "&amp;")}"' in html
    form = desk.get("/admin/diary/new/", {**asked, "at": "10:00"}).context["form"]
    assert form.zone.key == "Europe/London"


def test_the_panel_of_a_visit_stands_beside_the_board_that_was_asked_for(desk, clinic):
    booked = make_appointment(clinic, details=make_details(first_name="Noor", last_name="Haddad"))
    html = desk.get(f"{MONDAYS}&visit={booked.pk}").text
    assert re.search(rf'<article [^>]*data-visit="{booked.pk}"[^>]* aria-current="true">', html)
    assert "Noor Haddad" in html.partition('id="panel"')[2]
    assert desk.get(f"{MONDAYS}&visit=999999").status_code == 404


def test_now_is_a_line_on_today_alone(desk, clinic, clock):
    clock["now"] = TEN + timedelta(minutes=42)
    desk.force_login(User.objects.get(is_superuser=True))
    html = desk.get(DIARY).text
    assert html.count('<i class="now at-21"></i>') == 2
    assert '<b class="diary__stamp at-21">10:42</b>' in html
    assert 'class="now' not in desk.get(f"{DIARY}?date=2026-11-24").text


def test_the_boards_own_refresh_brings_the_grid_and_the_counts_alone(desk, clinic):
    make_appointment(clinic)
    answer = desk.get(MONDAYS, headers={"HX-Request": "true", "HX-Target": "board"}).text
    assert answer.lstrip().startswith('<div class="diary__sheet')
    assert 'id="counts" hx-swap-oob="true"' in answer
    assert "<h1" not in answer


def test_links_keep_what_was_chosen(desk, clinic):
    html = desk.get(f"{MONDAYS}&by=room&private=1").text
    assert 'href="/admin/diary/?date=2026-11-24&amp;by=room&amp;private=1"' in html
    assert 'href="/admin/diary/?by=room&amp;private=1"' in html  # today needs no date
    assert '<input type="hidden" name="by" value="room">' in html


def test_places_to_choose_from_only_where_there_are_several(desk, clinic):
    assert 'aria-label="Place"' not in desk.get(DIARY).text
    river = make_location(name="Zebra Riverside")
    assert f"location={river.pk}" in desk.get(DIARY).text
    assert desk.get(f"{DIARY}?location={river.pk}").status_code == 200


def test_without_a_location_the_page_says_what_to_do(desk):
    assert "Add a location first" in desk.get(DIARY).text


NOBODY_MADE = [
    "date=foo", "date=", "date=9999-12-31", "date=0001-01-01", "date=2026-02-30", "date=2200-01-01",
    "date=1970-01-02", "date=1971-01-01", "date=2199-12-31", "by=x",
    "private=yes", "location=", "location=abc", "practitioner=%27",
    "practitioner=99999999999999999999999", "visit=abc", "visit=-1", "date=%C0%AF", "date=2026-W48-1",
]  # fmt: skip


@pytest.mark.parametrize("view", ["day", "week", "month"])
def test_an_address_nobody_made_falls_back_to_a_sensible_page(desk, clinic, view):
    for query in NOBODY_MADE:
        assert desk.get(f"{DIARY}?view={view}&{query}").status_code == 200, query


def test_nul_bytes_are_refused(desk, clinic):
    assert desk.get(f"{DIARY}?date=%00&view=week").status_code == 400


@pytest.mark.parametrize(
    "query", ["location=999999", "view=week&practitioner=999999", "view=month&practitioner=999999"]
)
def test_what_is_not_there_is_not_found(desk, clinic, query):
    assert desk.get(f"{DIARY}?{query}").status_code == 404


def test_the_diary_is_read_only(desk, clinic):
    assert desk.post(DIARY).status_code == 405


# Whose diary


def test_strangers_sign_in_first_and_staff_need_the_right(client, clinic):
    assert client.get(DIARY).status_code == 302
    client.force_login(staff("view_appointment"))
    assert client.get(DIARY).status_code == 403


def test_a_practitioner_sees_their_own_column_alone(client, clinic):
    mine, other = clinic.practitioners
    user = staff("view_diary", "view_appointment")
    Practitioner.objects.filter(pk=mine.pk).update(user=user)
    theirs = make_appointment(clinic, practitioner=other, details=make_details(last_name="Secret"))
    client.force_login(user)
    html = client.get(MONDAYS).text
    assert f'data-practitioner="{mine.pk}"' in html and f'data-practitioner="{other.pk}"' not in html
    assert "Secret" not in html and f"/visits/{theirs.pk}/" not in html
    assert client.get(f"{DIARY}?view=week&practitioner={other.pk}").status_code == 404
    assert client.get(f"{DIARY}?view=month&practitioner={other.pk}").status_code == 404


def test_staff_who_are_nobodys_practitioner_see_an_empty_board(client, clinic):
    make_appointment(clinic)
    client.force_login(staff("view_diary"))
    for view in ("day", "week", "month"):
        answer = client.get(f"{MONDAYS}&view={view}")
        assert answer.status_code == 200 and "data-visit" not in answer.text


def test_links_and_cells_are_for_those_who_may_follow_them(client, clinic):
    booked = make_appointment(clinic)
    client.force_login(staff("view_diary", "view_everyone"))
    html = client.get(MONDAYS).text
    assert "diary__book" not in html and 'name="at"' not in html and "New visit" not in html
    assert f"/visits/{booked.pk}/" not in html
    assert "data-may-move" not in html
    assert set(RIGHTS) == {"may_open", "may_book", "may_move", "may_block"}


def test_the_address_is_read_on_the_clock_of_the_location(clinic):
    late = datetime(2026, 11, 24, 6, 0, tzinfo=timezone.get_default_timezone())  # Monday evening there
    assert read({}, [clinic.location], now=late).day == MONDAY


def test_a_room_of_another_location_is_not_on_this_board(clinic):
    make_room(make_location(), name="Elsewhere")
    assert "Elsewhere" not in [column.name for column in day_of(clinic, by="room").columns]
