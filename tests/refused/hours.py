"""When people work and when they do not."""

from datetime import date, time, timedelta

from tests.factory import MONDAY, TEN, make_practitioner
from tests.refused.rows import DAY, HOUR

REFUSED = {
    "working_hours_end_after_start": [
        lambda rows: rows.hours(time(18), time(18)),
        lambda rows: rows.hours(time(20), time(18)),
    ],
    "working_hours_valid_days_in_order": [lambda rows: rows.hours(valid_through=MONDAY - DAY)],
    "working_hours_weekday": [lambda rows: rows.hours(weekday=7)],
    "working_hours_whole_minutes": [
        lambda rows: rows.hours(time(18, 0, 30)),
        lambda rows: rows.hours(ends=time(20, 0, 1)),
    ],
    "working_hours_do_not_overlap": [
        lambda rows: rows.hours(time(9), time(17)),
        lambda rows: rows.hours(time(16, 59), time(20)),
        lambda rows: rows.hours(time(12), time(12, 1)),
        lambda rows: rows.hours(time(8), time(9, 1), valid_through=MONDAY),
        lambda rows: rows.hours(time(12), time(13), valid_from=date(2000, 1, 1), valid_through=date(2020, 1, 1)),
        lambda rows: rows.hours(time(12), time(13), valid_from=date(2000, 1, 1)),
    ],
    "time_off_end_after_start": [
        lambda rows: rows.time_off(ends_at=TEN, practitioner=rows.practitioner),
        lambda rows: rows.time_off(ends_at=TEN - HOUR, practitioner=rows.practitioner),
    ],
    "time_off_of_exactly_one": [
        lambda rows: rows.time_off(),
        lambda rows: rows.time_off(practitioner=rows.practitioner, location=rows.clinic.location),
        lambda rows: rows.time_off(practitioner=rows.practitioner, room=rows.room),
        lambda rows: rows.time_off(location=rows.clinic.location, room=rows.room),
        lambda rows: rows.time_off(practitioner=rows.practitioner, location=rows.clinic.location, room=rows.room),
    ],
    "time_off_whole_minutes": [
        lambda rows: rows.time_off(ends_at=TEN + HOUR + timedelta(seconds=1), practitioner=rows.practitioner),
        lambda rows: rows.time_off(ends_at=TEN + HOUR + timedelta(microseconds=1), practitioner=rows.practitioner),
    ],
}

ALLOWED = {
    "a split shift": lambda rows: rows.hours(),
    "shifts that touch": lambda rows: rows.hours(time(17), time(18)),
    "the same hours of another practitioner": lambda rows: rows.hours(
        time(9), time(17), practitioner=make_practitioner()
    ),
    "the same hours before the others are valid": lambda rows: rows.hours(
        time(9), time(17), valid_from=date(2019, 1, 1), valid_through=date(2019, 12, 31)
    ),
    "a shift of one day": lambda rows: rows.hours(valid_through=MONDAY),
    "two closures at once": lambda rows: [rows.time_off(location=rows.clinic.location) for _ in range(2)],
    "a room out of use at two times at once": lambda rows: [rows.time_off(room=rows.room) for _ in range(2)],
}
