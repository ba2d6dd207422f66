"""How full is the month? Booked minutes beside shift minutes, day by day, in one statement.

Shifts become instants through the UTC offsets that `localtime` passes in, as in `booking.start_sets`; time off and
closures are taken out of them. What was cancelled or missed is not booked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import connection
from django.utils.formats import date_format

from booking import localtime, wording
from booking.diary.asked import Asked
from booking.models import Appointment
from services.models import Practitioner

BAR_STEP = 5
TAKES = [Appointment.Status.BOOKED.value, Appointment.Status.ARRIVED.value, Appointment.Status.FULFILLED.value]

_LOAD = """
WITH segment AS (
    SELECT * FROM unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[], %(offsets)s::interval[])
        AS segment (begins, ends, utc_offset)
), day AS (
    SELECT * FROM unnest(%(days)s::date[], %(opens)s::timestamptz[], %(closes)s::timestamptz[])
        AS day (day, opens, closes)
), shift AS (
    SELECT day.day, hours.practitioner_id, range_agg(tstzrange(
        greatest((day.day + hours.starts - utc_offset) AT TIME ZONE 'UTC', segment.begins),
        least((day.day + hours.ends - utc_offset) AT TIME ZONE 'UTC', segment.ends))) AS during
    FROM booking_workinghours hours
    JOIN day ON hours.weekday = extract(isodow FROM day.day) - 1
            AND day.day BETWEEN hours.valid_from AND coalesce(hours.valid_through, 'infinity')
    JOIN segment ON (day.day + hours.starts - utc_offset) AT TIME ZONE 'UTC' < segment.ends
                AND (day.day + hours.ends - utc_offset) AT TIME ZONE 'UTC' > segment.begins
    WHERE hours.practitioner_id = ANY (%(people)s) AND hours.location_id = %(location)s
    GROUP BY day.day, hours.practitioner_id
), open AS (
    SELECT shift.day, during - coalesce((
        SELECT range_agg(tstzrange(away.starts_at, away.ends_at)) FROM booking_timeoff away
        WHERE (away.practitioner_id = shift.practitioner_id OR away.location_id = %(location)s)
          AND away.ends_at > %(from)s AND away.starts_at < %(until)s), '{}') AS during
    FROM shift
), worked AS (
    SELECT day, sum(extract(epoch FROM upper(one) - lower(one))) / 60 AS minutes
    FROM open CROSS JOIN LATERAL unnest(during) AS one GROUP BY day
), booked AS (
    SELECT day.day, count(*) AS visits, sum(extract(epoch FROM visit.ends_at - visit.starts_at)) / 60 AS minutes
    FROM day JOIN booking_appointment visit ON visit.starts_at >= day.opens AND visit.starts_at < day.closes
    WHERE visit.practitioner_id = ANY (%(people)s) AND visit.location_id = %(location)s
      AND visit.status = ANY (%(takes)s)
    GROUP BY day.day
)
SELECT day.day, coalesce(booked.visits, 0), coalesce(booked.minutes, 0)::int, coalesce(worked.minutes, 0)::int
FROM day LEFT JOIN booked USING (day) LEFT JOIN worked USING (day) ORDER BY day.day
"""


@dataclass(frozen=True, kw_only=True)
class Load:
    """One day of the calendar; `is_inside` is false for the days of its neighbours that fill the weeks."""

    day: date
    url: str
    visits: int
    booked: int
    worked: int
    is_inside: bool
    is_today: bool

    @property
    def percent(self) -> int | None:
        """Booked of shift minutes; None where nobody works. More than 100 is possible against the rules."""
        return round(100 * self.booked / self.worked) if self.worked else None

    @property
    def bar(self) -> str:
        """The class of the bar, in steps of five up to 100."""
        return f"load--{min(100, round((self.percent or 0) / BAR_STEP) * BAR_STEP)}"

    @property
    def words(self) -> str:
        return f"{hours(self.booked)} of {hours(self.worked)}"


@dataclass(frozen=True, kw_only=True)
class Month:
    title: str
    weeks: list[list[Load]]
    weekdays: list[str]
    line: str
    people: Sequence[Practitioner]
    whose: Practitioner | None


def of_month(people: Sequence[Practitioner], asked: Asked, *, whose: Practitioner | None) -> Month:
    """The month that holds the day asked for, whole weeks from Monday, of one or of all these people."""
    first, last = month_of(asked.day)
    begins, ends = first - first.weekday() * localtime.ONE_DAY, last + (6 - last.weekday()) * localtime.ONE_DAY
    rows = _rows([whose] if whose else people, asked, begins, ends)
    loads = [_load(row, first, last, asked) for row in rows]
    weeks = [loads[number : number + 7] for number in range(0, len(loads), 7)]
    inside = [load for load in loads if load.is_inside]
    booked, worked = sum(one.booked for one in inside), sum(one.worked for one in inside)
    share = f", {round(100 * booked / worked)} %" if worked else ""
    visits = wording.count(sum(one.visits for one in inside), "visit")
    return Month(
        title=date_format(first, "F Y"),
        weeks=weeks,
        weekdays=[f"{load.day:%A}" for load in weeks[0]],
        line=f"{visits}, {hours(booked)} of {hours(worked)} booked{share}.",
        people=people,
        whose=whose,
    )


def month_of(day: date) -> tuple[date, date]:
    """Its first and its last day."""
    first = day.replace(day=1)
    return first, (first + 31 * localtime.ONE_DAY).replace(day=1) - localtime.ONE_DAY


def hours(minutes: int) -> str:
    """4 h, 4 h 30"""
    whole, rest = divmod(minutes, 60)
    return f"{whole} h {rest:02}" if rest else f"{whole} h"


def _load(row: tuple, first: date, last: date, asked: Asked) -> Load:
    day, visits, booked, worked = row
    return Load(
        day=day,
        url=asked.url(view="day", day=day),
        visits=visits,
        booked=booked,
        worked=worked,
        is_inside=first <= day <= last,
        is_today=day == asked.today,
    )


def _rows(people: Sequence[Practitioner], asked: Asked, first: date, last: date) -> list[tuple]:
    days = [first + number * localtime.ONE_DAY for number in range((last - first).days + 1)]
    bounds = [localtime.day_bounds(day, asked.zone) for day in days]
    segments = localtime.offset_segments(asked.zone, first, last)
    with connection.cursor() as cursor:
        cursor.execute(
            _LOAD,
            {
                "people": [one.pk for one in people],
                "location": asked.location.pk,
                "takes": TAKES,
                "days": days,
                "opens": [opens for opens, _ in bounds],
                "closes": [closes for _, closes in bounds],
                "from": bounds[0][0],
                "until": bounds[-1][1],
                "begins": [datetime.fromtimestamp(one.starts_at, UTC) for one in segments],
                "ends": [datetime.fromtimestamp(one.ends_at, UTC) for one in segments],
                "offsets": [timedelta(seconds=one.offset) for one in segments],
            },
        )
        return cursor.fetchall()
