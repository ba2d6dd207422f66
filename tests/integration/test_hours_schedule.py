"""What a week's hours become: rows end, begin and come back, visits left outside are named, and the past stays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from booking import appointments, schedule
from booking.appointments.author import Author
from booking.errors import HoursChanged, NotPossible
from booking.models import Appointment, TimeOff, WorkingHours
from booking.schedule import Shift, Swap, VisitsInTheWay
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
from tests.offers import at, starts

pytestmark = pytest.mark.django_db

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def shift(clinic, weekday, begins="09:00", ends="17:00", location=None):
    return Shift(weekday, location or clinic.location, time.fromisoformat(begins), time.fromisoformat(ends))


def rows(practitioner, day=None):
    """Weekday, hours and validity of each row, sorted."""
    found = WorkingHours.objects.filter(practitioner=practitioner).order_by("weekday", "valid_from", "starts")
    return [
        (row.weekday, f"{row.starts:%H:%M}-{row.ends:%H:%M}", row.valid_from, row.valid_through)
        for row in found
        if day is None or row.weekday == day.weekday()
    ]


def save(clinic, shifts, *, first=MONDAY, last=None, accepted=(), seen=None, practitioner=None):
    practitioner = practitioner or clinic.practitioner
    seen = schedule.edition(practitioner) if seen is None else seen
    schedule.save_week(practitioner, shifts, first=first, last=last, seen=seen, accepted=accepted, now=NOW)


class TestWeek:
    def test_rows_from_before_end_the_day_before_and_new_ones_begin(self, clinic):
        save(clinic, [shift(clinic, 0, "10:00", "14:00")])
        assert rows(clinic.practitioner, MONDAY) == [
            (0, "09:00-17:00", date(2020, 1, 1), MONDAY - DAY),
            (0, "10:00-14:00", MONDAY, None),
        ]
        assert rows(clinic.practitioner, MONDAY + DAY) == [(1, "09:00-17:00", date(2020, 1, 1), MONDAY - DAY)]
        assert starts(clinic) == [f"{hour}:{minute:02}" for hour in (10, 11, 12) for minute in (0, 15, 30, 45)] + [
            "13:00"
        ]

    def test_a_shift_that_stays_keeps_its_row(self, clinic):
        before = set(WorkingHours.objects.filter(weekday=0).values_list("pk", flat=True))
        save(clinic, [shift(clinic, 0)])
        assert set(WorkingHours.objects.filter(weekday=0).values_list("pk", flat=True)) == before
        assert rows(clinic.practitioner, MONDAY) == [(0, "09:00-17:00", date(2020, 1, 1), None)]

    def test_hours_come_back_after_the_last_day(self, clinic):
        save(clinic, [shift(clinic, 0, "12:00", "13:00")], last=MONDAY + 6 * DAY)
        assert rows(clinic.practitioner, MONDAY) == [
            (0, "09:00-17:00", date(2020, 1, 1), MONDAY - DAY),
            (0, "12:00-13:00", MONDAY, MONDAY + 6 * DAY),
            (0, "09:00-17:00", MONDAY + WEEK, None),
        ]
        assert rows(clinic.practitioner, MONDAY + DAY) == [
            (1, "09:00-17:00", date(2020, 1, 1), MONDAY - DAY),
            (1, "09:00-17:00", MONDAY + WEEK, None),
        ]

    def test_split_shifts_of_two_places(self, clinic):
        other = make_location()
        save(clinic, [shift(clinic, 0, "09:00", "12:00"), shift(clinic, 0, "13:00", "17:00", other)])
        found = WorkingHours.objects.filter(weekday=0, valid_from=MONDAY).order_by("starts")
        assert [row.location for row in found] == [clinic.location, other]
        assert "12:00" not in starts(clinic) and "11:00" in starts(clinic)

    def test_a_later_extra_shift_stays_unless_the_week_overlaps_it(self, clinic):
        save(clinic, [shift(clinic, 0)])  # no Saturdays
        saturday = MONDAY + 5 * DAY
        schedule.add_shift(clinic.practitioner, saturday, shift(clinic, 5, "09:00", "13:00"), now=NOW)
        save(clinic, [shift(clinic, 5, "14:00", "16:00")])
        assert (5, "09:00-13:00", saturday, saturday) in rows(clinic.practitioner)
        plan = schedule.plan_week(clinic.practitioner, [shift(clinic, 5, "12:00", "16:00")], first=MONDAY)
        assert [row.valid_from for row in plan.making_way] == [saturday]
        save(clinic, [shift(clinic, 5, "12:00", "16:00")])
        assert (5, "09:00-13:00", saturday, saturday) not in rows(clinic.practitioner)

    def test_hours_planned_for_later_give_way_only_until_the_last_day(self, clinic):
        later = MONDAY + 2 * WEEK
        save(clinic, [])
        save(clinic, [shift(clinic, 0, "10:00", "12:00")], first=later)
        save(clinic, [shift(clinic, 0, "09:00", "11:00")], last=later + WEEK - DAY)
        assert (0, "10:00-12:00", later + WEEK, None) in rows(clinic.practitioner)
        assert (0, "10:00-12:00", later, None) not in rows(clinic.practitioner)

    def test_nobody_elses_hours_change(self):
        clinic = make_clinic(practitioners=2)
        before = rows(clinic.practitioners[1])
        save(clinic, [])
        assert rows(clinic.practitioners[1]) == before and starts(clinic, practitioners=[clinic.practitioner]) == []

    def test_saving_the_same_week_twice_is_saving_it_once(self, clinic):
        wanted = [shift(clinic, 0, "10:00", "14:00"), shift(clinic, 2)]
        save(clinic, wanted)
        once = rows(clinic.practitioner)
        save(clinic, wanted)
        assert rows(clinic.practitioner) == once


class TestVisitsLeftOutside:
    def test_they_are_named_and_nothing_is_saved(self, clinic):
        visit, before = make_appointment(clinic), rows(clinic.practitioner)
        with pytest.raises(VisitsInTheWay) as found:
            save(clinic, [shift(clinic, 0, "12:00", "17:00")])
        assert found.value.appointments == [visit] and rows(clinic.practitioner) == before

    def test_once_accepted_they_stay_as_they_are(self, clinic):
        visit = make_appointment(clinic)
        save(clinic, [], accepted=[visit.pk])
        visit.refresh_from_db()
        assert visit.status == Appointment.Status.BOOKED
        assert schedule.outside_hours(clinic.practitioner, now=NOW) == [visit]

    def test_a_visit_at_another_place_is_outside(self, clinic):
        visit = make_appointment(clinic)
        plan = schedule.plan_week(clinic.practitioner, [shift(clinic, 0, location=make_location())], first=MONDAY)
        assert schedule.stranded(plan, now=NOW) == [visit]

    def test_two_shifts_that_touch_hold_a_visit_across_both(self, clinic):
        make_appointment(clinic)
        halves = [shift(clinic, 0, "09:00", "10:30"), shift(clinic, 0, "10:30", "17:00")]
        assert schedule.stranded(schedule.plan_week(clinic.practitioner, halves, first=MONDAY), now=NOW) == []

    def test_visits_before_the_first_day_and_after_the_last_are_not_touched(self, clinic):
        make_appointment(clinic)
        make_appointment(clinic, starts_at=TEN + WEEK)
        plan = schedule.plan_week(clinic.practitioner, [], first=MONDAY + DAY, last=MONDAY + 6 * DAY)
        assert schedule.stranded(plan, now=NOW) == []

    def test_one_booked_outside_on_purpose_is_not_blamed_on_the_change(self, clinic, admin_user):
        make_appointment(clinic)  # a client's, inside
        late = appointments.book(
            clinic.option,
            starts_at=at("19:00"),
            practitioner=clinic.practitioner,
            client=Appointment.objects.get().client,
            form_token="late",
            override="A favour",
            now=NOW,
            author=Author(user=admin_user),
        ).appointments.get()
        plan = schedule.plan_week(clinic.practitioner, [], first=MONDAY)
        assert late not in schedule.stranded(plan, now=NOW)
        assert late not in schedule.outside_hours(clinic.practitioner, now=NOW)

    @pytest.mark.parametrize("day", [date(2027, 3, 14), date(2026, 11, 29)])
    def test_on_the_weekend_the_clock_changes_hours_are_the_wall_s(self, clinic, day):
        """2027-03-14 is 23 hours long in Los Angeles: 9:00 there is 16:00 UTC, not 17:00."""
        visit = make_appointment(clinic, starts_at=at("16:00", day), now=at("12:00", day) - 2 * DAY)
        kept = [shift(clinic, 6, "16:00", "17:00")]
        moved = [shift(clinic, 6, "15:00", "16:59")]
        assert schedule.stranded(schedule.plan_week(clinic.practitioner, kept, first=day), now=NOW) == []
        assert schedule.stranded(schedule.plan_week(clinic.practitioner, moved, first=day), now=NOW) == [visit]


class TestTwoEditors:
    def test_the_second_is_told_and_nothing_is_lost(self, clinic):
        seen = schedule.edition(clinic.practitioner)
        save(clinic, [shift(clinic, 0)], seen=seen)
        stands = rows(clinic.practitioner)
        with pytest.raises(HoursChanged):
            save(clinic, [shift(clinic, 1)], seen=seen)
        assert rows(clinic.practitioner) == stands


class TestExtraShift:
    def test_it_is_one_row_of_one_day(self, clinic):
        save(clinic, [])
        saturday = MONDAY + 5 * DAY
        schedule.add_shift(clinic.practitioner, saturday, shift(clinic, 5, "09:00", "11:00"), now=NOW)
        assert starts(clinic, day=saturday) == ["09:00", "09:15", "09:30", "09:45", "10:00"]
        assert starts(clinic, day=saturday + WEEK) == []

    def test_over_hours_they_have_is_refused_in_words(self, clinic):
        with pytest.raises(NotPossible, match="already works 9:00 am to 5:00 pm"):
            schedule.add_shift(clinic.practitioner, MONDAY, shift(clinic, 0, "16:00", "18:00"), now=NOW)

    def test_taking_it_back_names_the_visits_in_it(self, clinic):
        save(clinic, [])
        schedule.add_shift(clinic.practitioner, MONDAY, shift(clinic, 0), now=NOW)
        visit, row = make_appointment(clinic), WorkingHours.objects.get(valid_from=MONDAY)
        with pytest.raises(VisitsInTheWay):
            schedule.drop(row, accepted=(), now=NOW)
        schedule.drop(row, accepted=[visit.pk], now=NOW)
        assert not WorkingHours.objects.filter(valid_from=MONDAY).exists()


class TestCopy:
    def test_each_gets_the_week_and_their_own_visits_are_named(self):
        clinic = make_clinic(practitioners=2, rooms=2)
        source, target = clinic.practitioners
        save(clinic, [shift(clinic, 0, "12:00", "17:00")], practitioner=source)
        visit = make_appointment(clinic, practitioner=target)
        plans = schedule.plan_copy(source, [target], first=MONDAY, last=None)
        assert [schedule.stranded(plan, now=NOW) for plan in plans] == [[visit]]
        seen = schedule.edition(source, target)
        schedule.copy_week(source, [target], first=MONDAY, last=None, seen=seen, accepted=[visit.pk], now=NOW)
        assert rows(target, MONDAY)[-1] == (0, "12:00-17:00", MONDAY, None)


class TestSwap:
    def save(self, swap, accepted=()):
        return schedule.save_swap(swap, seen=schedule.edition(*swap.people), accepted=accepted, now=NOW)

    def test_a_day_moves_to_another_date(self, clinic):
        save(clinic, [shift(clinic, 0)])
        self.save(Swap(practitioner=clinic.practitioner, day=MONDAY, to_day=MONDAY + DAY))
        assert starts(clinic) == [] and "09:00" in starts(clinic, day=MONDAY + DAY)
        assert "09:00" in starts(clinic, day=MONDAY + WEEK) and starts(clinic, day=MONDAY + WEEK + DAY) == []

    def test_somebody_else_takes_it_over(self):
        clinic = make_clinic(practitioners=2, rooms=2)
        giver, taker = clinic.practitioners
        save(clinic, [shift(clinic, 0, "09:00", "12:00")], practitioner=giver)
        save(clinic, [], practitioner=taker)
        self.save(Swap(practitioner=giver, day=MONDAY, other=taker))
        assert starts(clinic, practitioners=[giver]) == []
        assert starts(clinic, practitioners=[taker])[-1] == "11:00"

    def test_two_people_give_each_other_a_day(self):
        clinic = make_clinic(practitioners=2, rooms=2)
        one, two = clinic.practitioners
        save(clinic, [shift(clinic, 0)], practitioner=one)
        save(clinic, [shift(clinic, 1)], practitioner=two)
        self.save(Swap(practitioner=one, day=MONDAY, other=two, to_day=MONDAY + DAY))
        mondays, tuesdays = (
            starts(clinic, day=day, practitioners=[who]) for day, who in ((MONDAY, two), (MONDAY + DAY, one))
        )
        assert "09:00" in mondays and "09:00" in tuesdays
        assert TimeOff.objects.count() == 2

    def test_only_what_they_do_not_work_already_is_added(self):
        clinic = make_clinic(practitioners=2, rooms=2)
        giver, taker = clinic.practitioners
        save(clinic, [shift(clinic, 0, "08:00", "12:00")], practitioner=giver)
        save(clinic, [shift(clinic, 0, "10:00", "17:00")], practitioner=taker)
        self.save(Swap(practitioner=giver, day=MONDAY, other=taker))
        assert (0, "08:00-10:00", MONDAY, MONDAY) in rows(taker)

    def test_visits_on_the_day_are_named_first(self, clinic):
        visit = make_appointment(clinic)
        save(clinic, [shift(clinic, 0)])
        swap = Swap(practitioner=clinic.practitioner, day=MONDAY, to_day=MONDAY + DAY)
        with pytest.raises(VisitsInTheWay):
            self.save(swap)
        assert not TimeOff.objects.exists()
        self.save(swap, accepted=[visit.pk])
        assert list(schedule.visits_in_the_way(NOW)) == [visit]

    def test_a_day_without_hours_cannot_be_moved(self, clinic):
        save(clinic, [])
        with pytest.raises(NotPossible, match="has no hours"):
            Swap(practitioner=clinic.practitioner, day=MONDAY, to_day=MONDAY + DAY).plan()


class TestVisitsInTheWay:
    def test_time_off_closures_and_rooms_count_and_one_query_finds_them(self, django_assert_num_queries):
        one, two, three = make_clinic(), make_clinic(), make_clinic()
        visits = [make_appointment(clinic) for clinic in (one, two, three)]
        make_appointment(make_clinic())
        stretch = {"starts_at": TEN, "ends_at": TEN + timedelta(minutes=5)}
        make_time_off(practitioner=one.practitioner, **stretch)
        make_time_off(location=two.location, **stretch)
        make_time_off(room=three.rooms[0], **stretch)
        with django_assert_num_queries(1):
            assert list(schedule.visits_in_the_way(NOW)) == visits

    def test_what_is_over_or_cancelled_is_in_nobody_s_way(self, clinic):
        make_time_off(practitioner=clinic.practitioner, starts_at=TEN + DAY, ends_at=TEN + DAY + timedelta(hours=1))
        visit = make_appointment(clinic)
        make_time_off(practitioner=clinic.practitioner, starts_at=TEN, ends_at=TEN + timedelta(hours=1))
        assert schedule.visits_in_the_way(TEN + timedelta(hours=2)).count() == 0
        appointments.cancel(visit, now=NOW)
        assert schedule.visits_in_the_way(NOW).count() == 0


def test_unknown_zone_days_do_not_matter(clinic):
    """A visit late in the evening belongs to its local day, whatever day it is in UTC."""
    clinic.practitioner.working_hours.all().delete()
    make_working_hours(clinic.practitioner, clinic.location, starts=time(15), ends=time(23))
    visit = make_appointment(clinic, starts_at=datetime(2026, 11, 24, 5, 0, tzinfo=UTC))  # Monday 21:00
    plan = schedule.plan_week(clinic.practitioner, [shift(clinic, 0, "15:00", "22:00")], first=MONDAY)
    assert schedule.stranded(plan, now=NOW) == []
    plan = schedule.plan_week(clinic.practitioner, [shift(clinic, 1, "15:00", "23:00")], first=MONDAY)
    assert schedule.stranded(plan, now=NOW) == [visit]
