"""Asking the engine in few words: what is offered at a clinic, as its wall clock shows it."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking import availability
from tests.factory import MONDAY, NOW, make_clinic, make_working_hours

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LOS_ANGELES = ZoneInfo("America/Los_Angeles")


def slots(clinic, *, day=MONDAY, last_day=None, now=NOW, option=None, **asked):
    option = option or clinic.option
    return availability.open_slots(option, first_day=day, last_day=last_day or day, now=now, **asked)


def shown(found):
    """Starts as the clock on the wall shows them."""
    return [slot.starts_at.astimezone(ZoneInfo(slot.location.timezone)).strftime("%H:%M") for slot in found]


def starts(clinic, **asked):
    return shown(slots(clinic, **asked))


def at(wall, day=MONDAY):
    """The instant of a wall time such as 10:30 in Los Angeles."""
    return datetime.combine(day, time.fromisoformat(wall), LOS_ANGELES).astimezone(UTC)


def hourly(**given):
    return make_clinic(slot_step=HOUR, **given)


def set_hours(clinic, *shifts, practitioner=None, **given):
    """Replace the working hours of every day, such as ("09:00", "12:00")."""
    practitioner = practitioner or clinic.practitioner
    practitioner.working_hours.all().delete()
    for begins, ends in shifts:
        hours = {"starts": time.fromisoformat(begins), "ends": time.fromisoformat(ends)}
        make_working_hours(practitioner, clinic.location, **hours, **given)
