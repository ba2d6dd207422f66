"""A clinic whose rows the database is tried on."""

from datetime import time, timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from booking.models import (
    Appointment,
    BusyTime,
    CalendarFeed,
    ClientImport,
    ConsultationRequest,
    ImportRow,
    MoveOffer,
    Proposal,
    TimeOff,
    UnmetSearch,
    WorkingHours,
)
from services.models import Equipment, OpeningHours, ServiceOption
from tests.factory import MONDAY, NOW, TEN, make_appointment, make_article, make_clinic, make_request

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Rows:
    """A clinic with one booked appointment; each method writes one row around it."""

    def __init__(self):
        self.clinic = make_clinic(practitioners=2, rooms=2)
        self.appointment = make_appointment(self.clinic, practitioner=self.clinic.practitioner)
        self.practitioner, self.room = self.appointment.practitioner, self.appointment.room
        self.client = self.appointment.client
        self.article = make_article()
        self.request = make_request()
        Proposal.objects.create(request=self.request, appointment=self.appointment, created_at=NOW)
        MoveOffer.objects.create(appointment=self.appointment, held=self.appointment, created_at=NOW)
        CalendarFeed.objects.create(practitioner=self.practitioner, link_hash="1" + "0" * 63, created_at=NOW)
        Equipment.objects.create(name="Sink")

    def ask(self, **changes):
        ConsultationRequest.objects.update(**changes)

    def change(self, **changes):
        Appointment.objects.update(**changes)

    def hours(self, starts=time(18), ends=time(20), valid_from=MONDAY, **given):
        fields = {"practitioner": self.practitioner, "location": self.clinic.location, "weekday": 0}
        return WorkingHours.objects.create(starts=starts, ends=ends, valid_from=valid_from, **fields | given)

    def busy(self, begins=TEN, ends=TEN + HOUR, bounds="[)", **whose):
        during = DateTimeTZRange(begins, ends, bounds)
        return BusyTime.objects.create(appointment=self.appointment, during=during, **whose)

    def time_off(self, ends_at=TEN + HOUR, **whose):
        return TimeOff.objects.create(starts_at=TEN, ends_at=ends_at, **whose)

    def opening(self, **given):
        fields = {"weekday": 0, "opens": time(9), "closes": time(17)}
        return OpeningHours.objects.create(location=self.clinic.location, **fields | given)

    def option(self, minutes=60, **given):
        fields = {"duration": minutes * MINUTE, "price": Decimal(100), "name": "Another"}
        return ServiceOption.objects.create(service=self.clinic.service, **fields | given)

    def line(self, number, file_name="clients.csv"):
        batch = ClientImport.objects.filter(file_name=file_name).first() or ClientImport.objects.create(
            file_name=file_name, headings=["Name"], created_at=NOW
        )
        return ImportRow.objects.create(batch=batch, number=number, values=["Noor"])

    def unmet(self, **given):
        fields = {"asked_date": MONDAY, "service": self.clinic.service, "first_day": MONDAY}
        return UnmetSearch.objects.create(**fields | given)
