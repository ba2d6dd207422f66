"""What a report is asked, and what several reports read for it, once.

Every report counts the visits that *begin* in the period, on the clinic's clock, whenever they were booked: one rule
for all of them, and one index to read by, however long the history.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from django.db.models import QuerySet

from booking import localtime
from booking.appointments.take_back import TAKEN_BACK
from booking.models import Appointment
from booking.reports import clinic_time
from booking.reports.catalogue import Catalogue
from booking.reports.clinic_time import ClinicTime
from booking.reports.period import Period
from services.models import Location

NEVER_MEANT = [Appointment.UNDONE, TAKEN_BACK]  # within minutes, before anybody was told


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A period and a place; `location` None means all of them. `home` has the clock that days are counted by.

    Questions made from this one share its `catalogue`.
    """

    period: Period
    location: Location | None = None
    home: Location
    now: datetime
    catalogue: Catalogue = field(default_factory=Catalogue, compare=False)

    @property
    def before(self) -> Asked:
        """The same question about the period before."""
        return replace(self, period=self.period.before)

    @property
    def zone(self):
        return localtime.zone((self.location or self.home).timezone)

    @property
    def begins(self) -> datetime:
        return localtime.day_bounds(self.period.first_day, self.zone)[0]

    @property
    def ends(self) -> datetime:
        return localtime.day_bounds(self.period.last_day, self.zone)[1]

    def visits(self) -> QuerySet[Appointment]:
        """All that was promised to begin then, whatever became of it; without holds and what was undone at once."""
        found = Appointment.objects.promised().filter(starts_at__gte=self.begins, starts_at__lt=self.ends)
        found = found.exclude(status=Appointment.Status.CANCELLED, cancellation_reason__in=NEVER_MEANT)
        return (found.filter(location=self.location) if self.location else found).order_by()

    @cached_property
    def time(self) -> ClinicTime:
        """Shifts, visits and rooms of these days; five queries, the first time it is asked for, and the catalogue's."""
        return clinic_time.read(self.period, self.catalogue, location=self.location, begins=self.begins, ends=self.ends)

    def at(self, location: Location, first_day: date, last_day: date) -> Asked:
        """The same question about another place and other days."""
        return replace(self, location=location, period=Period(first_day, last_day))
