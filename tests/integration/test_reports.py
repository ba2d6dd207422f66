"""What the reports count, with every figure worked out by hand on a clinic of two people, two rooms and a Monday.

Both work 9 to 17. Ann gives a massage of 60 minutes with a turnover of 15, Bo the same in the same two rooms.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from booking.models import Appointment, UnmetSearch, Visit
from booking.reports import REPORTS, Asked
from booking.reports.period import Period
from tests import factory
from tests.factory import MONDAY, NOW, TEN

pytestmark = pytest.mark.django_db
Status, Source = Appointment.Status, Visit.Source
HOUR = timedelta(hours=1)
WEEK = Period(MONDAY, MONDAY + timedelta(days=6))
TUESDAY = TEN + timedelta(days=1)


@pytest.fixture
def world():
    return factory.make_clinic(practitioners=2, rooms=2, buffer_after=timedelta(minutes=15), name="Massage")


@pytest.fixture(autouse=True)
def only_monday(world):
    """One shift a week, so that sums are short: Monday 9 to 17, 480 minutes each."""
    for practitioner in world.practitioners:
        practitioner.working_hours.exclude(weekday=0).delete()


def add(world, starts_at=TEN, *, status=Status.BOOKED, source=Source.WEBSITE, article=None, client=None, **given):
    """A visit as it would stand in the table, whatever the rules for booking say."""
    client = client or factory.make_client()
    booked_at = given.pop("booked_at", starts_at - timedelta(days=2))
    number = next(factory.numbers)
    visit = Visit.objects.create(
        client=client, created_at=booked_at, source=source, article=article, link_nonce="n", link_hash=f"h{number}"
    )
    option = given.pop("option", world.option)
    return Appointment.objects.create(
        visit=visit,
        client=client,
        option=option,
        starts_at=starts_at,
        ends_at=starts_at + option.duration,
        status=status,
        booked_at=booked_at,
        cancelled_at=given.pop("cancelled_at", starts_at - 3 * HOUR if status == Status.CANCELLED else None),
        **{
            "practitioner": world.practitioner,
            "location": world.location,
            "room": world.rooms[0],
            "price": Decimal(100),
            "late_fee": Decimal(50),
            "cancellation_notice": timedelta(hours=24),
            "buffer_after": timedelta(minutes=15),
            **given,
        },
    )


def report(slug, world, *, period=WEEK, location=None):
    return REPORTS[slug](Asked(period=period, location=location, home=world.location, now=NOW))


def rows(slug, world, **given):
    return [tuple(row) for row in report(slug, world, **given).rows]


def test_utilisation_is_booked_minutes_of_shift_minutes(world):
    ann, bo = world.practitioners
    add(world), add(world, TEN + 2 * HOUR, status=Status.NOSHOW), add(world, TEN + 4 * HOUR, status=Status.CANCELLED)
    add(world, TEN, practitioner=bo, room=world.rooms[1], status=Status.FULFILLED)
    found = report("practitioners", world)
    assert found.rows == ((ann.name, 480, 120, 0.25, 2, 0), (bo.name, 480, 60, 0.125, 1, 0))
    assert found.totals == ("All", 960, 180, 0.1875, 3, 0)
    assert found.key.value == 0.1875


def test_a_visit_outside_the_shift_is_told_apart(world):
    add(world, TEN + 6 * HOUR + timedelta(minutes=30))  # 16:30 to 17:30
    assert rows("practitioners", world)[0][1:] == (480, 30, 30 / 480, 1, 30)


def test_time_off_and_closures_are_no_shift(world):
    ann = world.practitioners[0]
    factory.make_time_off(practitioner=ann, starts_at=TEN, ends_at=TEN + 2 * HOUR)
    factory.make_time_off(location=world.location, starts_at=TEN + 5 * HOUR, ends_at=TEN + 7 * HOUR)
    assert [row[1] for row in rows("practitioners", world)] == [480 - 120 - 120, 480 - 120]


def test_two_visits_at_once_count_once_for_the_practitioner(world):
    rests = {"unattended_from": timedelta(minutes=10), "unattended_until": timedelta(minutes=50)}
    add(world, **rests), add(world, TEN + HOUR / 2, room=world.rooms[1])
    assert rows("practitioners", world)[0][2] == 90


def test_rooms_are_open_while_anybody_is_at_work_and_the_room_is_in_use(world):
    add(world), add(world, TEN + 2 * HOUR)
    factory.make_time_off(room=world.rooms[1], starts_at=TEN, ends_at=TEN + HOUR)
    first, second = rows("rooms", world)
    assert first[1:] == (480, 120, 0.25, 2, 0)
    assert second[1:] == (420, 0, 0.0, 0, 60)


def test_busy_hours_are_shares_of_all_shifts_in_that_hour(world):
    add(world, TEN + HOUR / 2), add(world, TEN, practitioner=world.practitioners[1], room=world.rooms[1])
    found = report("hours", world)
    assert [column.name for column in found.columns][:4] == ["Weekday", "9 am", "10 am", "11 am"]
    assert found.rows == (("Monday", 0.0, 0.75, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0),)
    assert found.key.label == "booked at the fullest hour: Monday 10 am"


def test_lost_minutes_are_buffers_gaps_and_want_of_a_room(world):
    """Ann: 9:00–10:00 and 10:30–11:30, each with 15 after; between them 15 minutes that nobody can buy."""
    ann, bo = world.practitioners
    add(world, TEN - HOUR), add(world, TEN + HOUR / 2)
    found = rows("lost-time", world)
    # free from 11:45 to 17:00 is 315 minutes; the gap is 10:15 to 10:30
    assert found[0][:7] == (ann.name, 480, 120, 30, 15, 0, 315)
    assert found[0][7] == 45 / 480
    assert found[1][:7] == (bo.name, 480, 0, 0, 0, 0, 480)


def test_a_free_practitioner_without_a_free_room_is_time_lost(world):
    factory.make_time_off(room=world.rooms[1], starts_at=TEN - 2 * HOUR, ends_at=TEN + 12 * HOUR)
    add(world, TEN)  # takes the other room until 11:15
    bo = rows("lost-time", world)[1]
    # 9:00 to 10:00 is too short for 75 minutes in a room, so it is lost with the visit: 9:00 to 11:15
    assert bo[2:7] == (0, 0, 0, 135, 345)


def test_what_is_given_for_nothing_does_not_make_a_gap_useful(world):
    call = factory.make_service(mode="video", name="Call")
    factory.make_option(call, minutes=15, price=0)
    world.practitioner.services.add(call)
    add(world, TEN - HOUR), add(world, TEN + HOUR / 2)
    assert rows("lost-time", world)[0][4] == 15


def test_shares_of_every_shift_add_up_to_it(world):
    for number in range(5):
        add(world, TEN + number * timedelta(minutes=80))
    for row in rows("lost-time", world):
        assert row[1] == sum(row[2:7])


def test_bookings_by_source(world):
    add(world), add(world, TUESDAY, status=Status.CANCELLED), add(world, TEN + 2 * HOUR, source=Source.PHONE)
    found = report("sources", world)
    assert found.rows[0] == ("Website", 2, 2 / 3, 1, 0.5, Decimal(100))
    assert found.rows[1] == ("By telephone", 1, 1 / 3, 0, 0.0, Decimal(100))
    assert found.rows[2][:2] == ("At the desk", 0)
    assert found.totals == ("All", 3, None, 1, 1 / 3, Decimal(200))
    assert found.key.value == 2 / 3


def test_bookings_by_article(world):
    guide, client = factory.make_article(title="First visit"), factory.make_client()
    (
        add(world, article=guide, client=client),
        add(world, TEN + 2 * HOUR, article=guide, client=client),
        add(world, TUESDAY),
    )
    found = report("articles", world)
    assert found.rows == (("First visit", 2, 2 / 3, 1, Decimal(200)), ("No article", 1, 1 / 3, 1, Decimal(100)))
    assert found.key.value == 2
    assert [name for name, _ in found.chart.bars] == ["First visit"]


def test_notice_has_its_median_and_its_steps(world):
    for days in (1, 5, 12):
        add(world, TEN + days * 3 * HOUR, booked_at=TEN + days * 3 * HOUR - timedelta(days=days))
    add(world, TUESDAY, booked_at=TUESDAY - HOUR, status=Status.NOSHOW)
    found = report("lead-time", world)
    assert [row[1] for row in found.rows] == [1, 0, 1, 1, 1, 0, 0, 0]
    assert found.rows[0] == ("Under 2 hours", 1, 0.25, 1, 1.0)
    assert found.key.value == 3.0  # between 1 and 5 days


def test_lost_visits_by_reason_with_what_was_charged(world):
    late = {"status": Status.CANCELLED, "cancelled_at": TEN - 2 * HOUR}
    add(world, cancellation_reason="ill.", **late, fee=Decimal(50))
    add(world, cancellation_reason="Ill", **late, fee=Decimal(20), fee_waiver="Called us")
    add(world, cancellation_reason="Ill", status=Status.CANCELLED, cancelled_at=TEN - timedelta(days=3))
    add(world, status=Status.NOSHOW), add(world, TUESDAY), add(world, TUESDAY + 2 * HOUR)
    add(world, status=Status.CANCELLED, cancellation_reason=Appointment.UNDONE)
    found = report("lost-visits", world)
    assert found.rows == (
        ("Ill", 1, 2, 0, 3, Decimal(300), Decimal(70), Decimal(30), 0),
        ("Did not come", 0, 0, 1, 1, Decimal(100), Decimal(0), Decimal(0), 1),
    )
    assert found.key.value == 4 / 6


def test_many_reasons_are_summed_up(world):
    for number in range(30):
        add(world, status=Status.CANCELLED, cancellation_reason=f"Reason {number:02}")
    found = report("lost-visits", world)
    assert (len(found.rows), found.rows[-1][0], found.totals[4]) == (25, "Other reasons", 30)


def test_new_clients_are_those_who_never_came_before(world):
    regular, new, again = factory.make_client(), factory.make_client(), factory.make_client()
    add(world, TEN - timedelta(days=30), client=regular, status=Status.FULFILLED)
    add(world, TEN - timedelta(days=9), client=new, status=Status.CANCELLED)
    add(world, client=regular), add(world, TEN + 2 * HOUR, client=new)
    add(world, TUESDAY, client=again), add(world, TUESDAY + timedelta(days=20), client=again)
    assert rows("clients", world) == [("23 Nov 2026", 2, 1, 1, 2 / 3)]


def test_revenue_by_service_and_by_week(world):
    add(world, status=Status.FULFILLED), add(world, TEN + 2 * HOUR, price=Decimal("80.50"))
    add(world, TEN + 4 * HOUR, status=Status.NOSHOW, fee=Decimal(40))
    add(world, TEN + timedelta(days=7))
    month = Period(date(2026, 11, 1), date(2026, 11, 30), 1)
    assert rows("revenue", world) == [
        ("Massage", 3, Decimal(100), Decimal("80.50"), Decimal(100), Decimal(40), Decimal("220.50"))
    ]
    assert [(row[0], row[6]) for row in rows("revenue-by-week", world, period=month)] == [
        ("23 Nov 2026", Decimal("220.50")),
        ("30 Nov 2026", Decimal(100)),
    ]


def test_a_location_s_report_leaves_the_others_out(world):
    other = factory.make_clinic()
    add(world)
    assert report("sources", world, location=other.location).totals[1] == 0
    assert len(rows("practitioners", world, location=world.location)) == 2
    assert len(rows("practitioners", world)) == 3


def ask_in_vain(world, count, *, part="", first_day=MONDAY, practitioner=None, service=None, asked=date(2026, 11, 20)):
    return UnmetSearch.objects.create(
        asked_date=asked,
        service=service or world.service,
        practitioner=practitioner,
        location=world.location,
        first_day=first_day,
        part=part,
        count=count,
    )


ASKED = Period(date(2026, 11, 16), date(2026, 11, 22))


def test_unmet_searches_by_service_weekday_and_part(world):
    ask_in_vain(world, 3, part="am"), ask_in_vain(world, 1), ask_in_vain(world, 9, asked=date(2026, 11, 2))
    found = report("unmet", world, period=ASKED)
    assert found.rows == (("Massage", "Monday", "Morning", 3, 0.75), ("Massage", "Monday", "Any", 1, 0.25))
    assert found.key.value == 4


def test_an_extra_shift_meets_what_fits_into_it(world):
    """Nobody works on Saturdays. From 9 to 13 three visits of 75 minutes fit; from 17 to 20 two."""
    ann = world.practitioners[0]
    ask_in_vain(world, 5), ask_in_vain(world, 4, part="eve")
    found = report("extra-shifts", world, period=ASKED)
    met = {(row[0], row[1], row[2]): row[3:] for row in found.rows}
    assert met[ann.name, "Saturday", "Morning"] == (1, 3, 3 / 9)
    assert met[ann.name, "Saturday", "Evening"] == (1, 2, 2 / 9)
    assert (ann.name, "Monday", "Morning") not in met  # she is at work then
    assert (ann.name, "Monday", "Evening") in met


def test_an_extra_shift_needs_its_practitioner_a_day_that_is_open_and_a_room(world):
    ann, bo = world.practitioners
    saturday = datetime(2026, 11, 28, 17, tzinfo=UTC)  # 9:00
    ask_in_vain(world, 5, practitioner=bo)
    factory.make_time_off(practitioner=bo, starts_at=saturday, ends_at=saturday + 4 * HOUR)
    sunday = saturday + timedelta(days=1)
    factory.make_time_off(location=world.location, starts_at=sunday, ends_at=sunday + 4 * HOUR)
    for room in world.rooms:
        factory.make_time_off(room=room, starts_at=saturday + 8 * HOUR, ends_at=saturday + 9 * HOUR)
    met = {(row[0], row[1], row[2]) for row in rows("extra-shifts", world, period=ASKED)}
    assert not {one for one in met if one[0] == ann.name}  # they asked for Bo
    assert (bo.name, "Saturday", "Morning") not in met and (bo.name, "Sunday", "Morning") not in met
    assert (bo.name, "Saturday", "Evening") not in met
    assert (bo.name, "Saturday", "Afternoon") in met


def test_an_extra_shift_comes_after_the_day_people_looked_and_before_the_horizon(world):
    world.service.booking_horizon = timedelta(days=3)
    world.service.save()
    ask_in_vain(world, 5, asked=MONDAY, first_day=MONDAY)
    weekdays = {row[1] for row in rows("extra-shifts", world, period=Period(MONDAY, MONDAY))}
    assert weekdays == {"Tuesday", "Wednesday", "Thursday"}


def test_the_best_extra_shift_is_said_in_a_sentence(world):
    ask_in_vain(world, 52, part="am", practitioner=world.practitioner)
    found = report("extra-shifts", world, period=ASKED)
    assert found.lead == f"A Tuesday morning shift of {world.practitioner.name} would have met 3 of 52 searches."


@pytest.mark.parametrize("slug", REPORTS)
def test_reports_need_no_more_statements_for_more_history(world, slug, django_assert_max_num_queries):
    for number in range(12):
        add(world, TEN + number * timedelta(days=1))
        ask_in_vain(world, 1, first_day=MONDAY + timedelta(days=number))
    with django_assert_max_num_queries(11):
        report(slug, world, period=Period(date(2026, 9, 1), date(2026, 12, 31)))


@pytest.mark.parametrize("slug", REPORTS)
def test_an_empty_clinic_has_reports_too(slug):
    location = factory.make_location()
    found = REPORTS[slug](Asked(period=WEEK, home=location, now=NOW))
    assert found.slug == slug
    assert all(len(row) == len(found.columns) for row in found.rows)
