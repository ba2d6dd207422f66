"""The seeded clinic as the topics ask about it: one moment, one option, everybody who works there."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta

from services.models import Location, Practitioner, Room, ServiceOption

DAYS = 90
SERVICE = "therapeutic-massage"


class Clinic:
    """Rows are read once, so that no measurement pays for them."""

    def __init__(self) -> None:
        self.first_day = date.fromisoformat(os.environ["BENCH_DAY"])
        self.last_day = self.first_day + timedelta(days=DAYS - 1)
        self.now = datetime.combine(self.first_day, time(16), UTC)
        self.location = Location.objects.get()
        self.option = option(SERVICE, 60)
        self.practitioners = list(Practitioner.objects.order_by("position"))
        self.rooms = list(Room.objects.order_by("position"))

    @property
    def next_weekday(self) -> date:
        """A working day within the first week on which nobody is away."""
        day = self.first_day + timedelta(days=3)
        return day + timedelta(days=day.weekday() == 6)


def option(slug: str, minutes: int) -> ServiceOption:
    found = ServiceOption.objects.select_related("service")
    return found.filter(service__slug=slug, duration=timedelta(minutes=minutes)).earliest("pk")
