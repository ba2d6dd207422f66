"""What is so after every step, whoever took it."""

from __future__ import annotations

from django.db import connection
from hypothesis.stateful import invariant

from booking import appointments
from booking.models import Appointment, BusyTime, Visit
from tests import factory
from tests.properties.model import BOOKED, MINUTE, SmallClinic
from tests.properties.worlds import Span, minute_of, undone

STRANGER = factory.Details(first_name="Ines", last_name="Stranger", email="stranger@example.org")
FACTS = (
    "pk", "status", "starts_at", "ends_at", "practitioner_id", "room_id", "client_id", "hold_expires_at", "booked_at",
    "sequence",
)  # fmt: skip


class Promises(SmallClinic):
    """Checked against the database and the model."""

    @invariant()
    def what_is_offered_can_be_booked(self):
        self.steps += 1
        kind = self.steps % 3
        slots = self.slots(kind) if self.steps % 2 else []
        if not slots:
            return
        slot = slots[self.steps * 31 % len(slots)]
        with undone():
            visit = appointments.book(
                self.option(kind),
                starts_at=slot.starts_at,
                practitioner=slot.practitioner,
                details=STRANGER,
                form_token="probe",
                now=self.now,
            )
            booked = visit.appointments.get()
            assert (booked.starts_at, booked.ends_at, booked.room) == (slot.starts_at, slot.ends_at, slot.room)

    @invariant()
    def nobody_is_in_two_places(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT a.id, b.id FROM booking_busytime a JOIN booking_busytime b"
                " ON a.id < b.id AND a.during && b.during AND (a.practitioner_id = b.practitioner_id"
                " OR a.room_id = b.room_id OR a.client_id = b.client_id)"
            )
            assert cursor.fetchall() == []

    @invariant()
    def the_database_holds_what_the_model_says(self):
        self.forget_what_was_swept()
        stored = {row[0]: row for row in Appointment.objects.values_list(*FACTS)}
        assert stored == {pk: entry.facts() for pk, entry in self.entries.items()}
        assert set(Visit.objects.values_list("appointments", flat=True)) == set(stored)

    @invariant()
    def busy_time_is_what_the_appointments_hold(self):
        self.forget_what_was_swept()
        expected = set()
        for one in self.entries.values():
            if one.status not in ("pending", *BOOKED):
                continue
            start = minute_of(one.starts_at)
            rows = [(one.practitioner, None, None, part) for part in one.span.attended(start)]
            rows += [(None, one.room, None, one.span.whole(start))] if one.room else []
            rows += [(None, None, one.client, range(start, start + one.span.duration))] if one.client else []
            expected |= {(one.pk, *row, one.hold_expires_at) for row in rows}
        columns = ("appointment", "practitioner", "room", "client", "during", "expires_at")
        found = [
            (*row[:4], range(minute_of(row[4].lower), minute_of(row[4].upper)), row[5])
            for row in BusyTime.objects.values_list(*columns)
        ]
        assert len(found) == len(set(found))
        assert set(found) == expected

    @invariant()
    def what_was_promised_is_stored(self):
        for row in Appointment.objects.all():
            phase = row.unattended_from and tuple(
                length // MINUTE for length in (row.unattended_from, row.unattended_until)
            )
            lengths = (length // MINUTE for length in (row.duration, row.buffer_before, row.buffer_after))
            assert Span(*lengths, phase) == self.entries[row.pk].span
