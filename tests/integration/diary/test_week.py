"""A practitioner's week on one grid, and the month's load against a count by hand."""

from datetime import date, time, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.diary import month, week
from booking.diary.asked import Asked
from booking.models import Appointment, WorkingHours
from services.models import Practitioner
from tests.factory import (
    MONDAY,
    NOW,
    TEN,
    make_appointment,
    make_clinic,
    make_location,
    make_time_off,
    make_working_hours,
)

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
SPRING = date(2027, 3, 14)  # a Sunday that loses the hour from two to three


@pytest.fixture
def clinic(db):
    return make_clinic(practitioners=2, rooms=2)


@pytest.fixture
def owner(db):
    return User.objects.create_superuser("owner")


def asked(clinic, *, day=MONDAY, now=NOW, **given):
    return Asked(location=clinic.location, locations=[clinic.location], now=now, day=day, **given)


def load(clinic, day=MONDAY, people=None, whose=None):
    made = month.of_month(people or clinic.practitioners, asked(clinic, day=day, view="month"), whose=whose)
    return {one.day: one for row in made.weeks for one in row}


def test_a_week_has_seven_columns_from_monday(clinic, owner):
    made = week.of_week(owner, asked(clinic, day=MONDAY + timedelta(days=3), view="week"))
    assert [column.day for column in made.board.columns] == [MONDAY + timedelta(days=one) for one in range(7)]
    assert made.board.title == "23 to 29 November"
    assert made.board.hours == 8


def test_a_week_is_ones_own_unless_another_was_asked_for(clinic, owner):
    Practitioner.objects.filter(pk=clinic.practitioners[1].pk).update(user=owner)
    assert week.of_week(owner, asked(clinic)).whose == clinic.practitioners[1]
    assert week.of_week(owner, asked(clinic, practitioner=clinic.practitioner.pk)).whose == clinic.practitioner


def test_each_visit_stands_in_its_day_at_its_hour(clinic, owner):
    first = make_appointment(clinic, practitioner=clinic.practitioner)
    second = make_appointment(clinic, practitioner=clinic.practitioner, starts_at=TEN + timedelta(days=2, hours=1))
    columns = week.of_week(owner, asked(clinic)).board.columns
    where = {card.visit.pk: (column.day, card.place.at) for column in columns for card in column.cards}
    assert where == {first.pk: (MONDAY, 13), second.pk: (MONDAY + timedelta(days=2), 25)}


def test_nine_oclock_is_one_line_in_the_week_the_clock_changes(clinic, owner):
    hours = WorkingHours.objects.filter(practitioner=clinic.practitioner)
    hours.update(starts=time(0), ends=time(12))
    columns = week.of_week(owner, asked(clinic, day=SPRING)).board.columns
    nine = {column.day: next(one.place.at for one in column.cells if one.value == "09:00") for column in columns}
    assert set(nine.values()) == {9 * 12 + 1}


def test_a_week_of_nobody_is_empty(clinic):
    made = week.of_week(User.objects.create_user("rosa"), asked(clinic))
    assert (made.whose, made.board.columns) == (None, [])


def test_load_is_booked_of_shift_minutes(clinic):
    make_appointment(clinic)
    become_noshow = make_appointment(clinic, starts_at=TEN + 2 * HOUR)
    Appointment.objects.filter(pk=become_noshow.pk).update(status="noshow")
    one = load(clinic)[MONDAY]
    assert (one.visits, one.booked, one.worked, one.percent, one.bar) == (1, 60, 960, 6, "load--5")
    assert one.words == "1 h of 16 h"


def test_time_off_and_closures_are_no_shift_minutes(clinic):
    make_time_off(practitioner=clinic.practitioner, starts_at=TEN, ends_at=TEN + 2 * HOUR)
    make_time_off(location=clinic.location, starts_at=TEN + 6 * HOUR, ends_at=TEN + 30 * HOUR)
    days = load(clinic)
    assert days[MONDAY].worked == 960 - 120 - 2 * 60
    assert days[MONDAY + timedelta(days=1)].worked == 2 * 60


def test_hours_elsewhere_and_of_other_people_do_not_count(clinic):
    make_working_hours(clinic.practitioner, make_location(), weekdays=[0], starts=time(18), ends=time(20))
    assert load(clinic)[MONDAY].worked == 960
    assert load(clinic, whose=clinic.practitioner)[MONDAY].worked == 480


def test_a_night_shift_is_as_long_as_the_clock_makes_it(clinic):
    WorkingHours.objects.update(starts=time(0), ends=time(6))
    days = load(clinic, day=SPRING, whose=clinic.practitioner)
    assert (days[SPRING].worked, days[SPRING - timedelta(days=1)].worked) == (300, 360)
    assert load(clinic, day=date(2027, 11, 7), whose=clinic.practitioner)[date(2027, 11, 7)].worked == 420


def test_days_without_shifts_have_no_percentage(clinic):
    WorkingHours.objects.filter(weekday=6).delete()
    make_appointment(clinic)
    sunday = load(clinic)[MONDAY + timedelta(days=6)]
    assert (sunday.percent, sunday.worked, sunday.bar) == (None, 0, "load--0")


def test_the_calendar_is_whole_weeks_and_says_what_the_month_comes_to(clinic):
    make_appointment(clinic)
    made = month.of_month(clinic.practitioners, asked(clinic), whose=None)
    assert (made.title, len(made.weeks), made.weekdays[0]) == ("November 2026", 6, "Monday")
    assert made.line == "1 visit, 1 h of 480 h booked, 0 %."
    assert made.weeks[0][0].day == date(2026, 10, 26) and not made.weeks[0][0].is_inside


def test_the_load_is_one_statement(clinic):
    with CaptureQueriesContext(connection) as seen:
        load(clinic)
    assert len(seen) == 1
