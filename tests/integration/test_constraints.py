"""What the database refuses whatever the code does: for every constraint the row it exists for, written past all
validation, and beside it the nearest row that must be allowed."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F

from booking.models import (
    Appointment,
    BusyTime,
    Client,
    ConsultationRequest,
    Message,
    Proposal,
    TimeOff,
    Visit,
    WorkingHours,
)
from services.models import (
    Article,
    Edition,
    OpeningHours,
    Picture,
    Practitioner,
    Room,
    Service,
    ServiceOption,
    Source,
)
from tests.factory import (
    MONDAY,
    NOW,
    TEN,
    make_appointment,
    make_article,
    make_client,
    make_clinic,
    make_practitioner,
    make_request,
)

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def our_models():
    return [model for app in ("booking", "services") for model in apps.get_app_config(app).get_models()]


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


def same_client(rows):
    Client.objects.create(
        email=rows.client.email.upper(),
        first_name=rows.client.first_name.lower(),
        last_name=rows.client.last_name,
    )


def source(position=1):
    article = Article.objects.first()
    Source.objects.create(article=article, position=position, title="A review")


def picture(**given):
    fields = {"digest": "0123456789abcdef0123", "widths": [320], "width": 320, "height": 240, "alt": "A door"}
    Picture.objects.create(**fields | given, created_at=NOW)


REFUSED = {
    "article_published_has_a_time": [lambda rows: Article.objects.update(published_at=None)],
    "article_reviewer_has_a_date": [lambda rows: Article.objects.update(reviewer=rows.practitioner)],
    "edition_is_one_row": [lambda rows: Edition.objects.create(pk=2, number=1)],
    "source_position_unique_in_article": [lambda rows: [source(), source()]],
    "source_position_from_1": [lambda rows: source(0)],
    "picture_alt_says_something": [lambda rows: picture(alt=""), lambda rows: picture(alt=" ")],
    "picture_digest_is_a_hash": [lambda rows: picture(digest="../../x"), lambda rows: picture(digest="0123")],
    "picture_has_a_size": [lambda rows: picture(width=0), lambda rows: picture(height=0)],
    "picture_has_a_file": [lambda rows: picture(widths=[])],
    "client_is_name_and_email": [same_client],
    "consultation_kind_known": [lambda rows: rows.ask(kind="visit")],
    "consultation_status_known": [lambda rows: rows.ask(status="open", handled_at=NOW)],
    "consultation_call_has_number": [lambda rows: rows.ask(kind="phone", phone="")],
    "consultation_handled_has_time": [
        lambda rows: rows.ask(handled_at=NOW),
        lambda rows: rows.ask(status="answered"),
        lambda rows: rows.ask(status="declined"),
    ],
    "consultation_scheduled_has_visit": [
        lambda rows: rows.ask(status="scheduled", handled_at=NOW),
        lambda rows: rows.ask(status="scheduled", handled_at=NOW, client=rows.client),
        lambda rows: rows.ask(status="scheduled", handled_at=NOW, visit=rows.appointment.visit),
        lambda rows: rows.ask(visit=rows.appointment.visit),
    ],
    "consultation_withdrawn_is_closed": [
        lambda rows: rows.ask(withdrawn_at=NOW),
        lambda rows: rows.ask(withdrawn_at=NOW, status="answered", handled_at=NOW),
    ],
    "consultation_parts_known": [
        lambda rows: rows.ask(preferred_parts=["dawn"]),
        lambda rows: rows.ask(preferred_parts=["am", "all"]),
    ],
    "appointment_end_after_start": [
        lambda rows: rows.change(ends_at=F("starts_at")),
        lambda rows: rows.change(ends_at=F("starts_at") - HOUR),
    ],
    "appointment_price_not_negative": [
        lambda rows: rows.change(price=-1),
        lambda rows: rows.change(late_fee=-1),
    ],
    "appointment_buffers_not_negative": [
        lambda rows: rows.change(buffer_before=-MINUTE),
        lambda rows: rows.change(buffer_after=-MINUTE),
    ],
    "appointment_status_known": [lambda rows: rows.change(status="done")],
    "appointment_only_a_hold_expires": [
        lambda rows: rows.change(status="pending"),
        lambda rows: rows.change(hold_expires_at=NOW),
        lambda rows: rows.change(status="cancelled", cancelled_at=NOW, hold_expires_at=NOW),
    ],
    "appointment_has_client_once_booked": [
        lambda rows, status=status: rows.change(status=status, cancelled_at=NOW, client=None)
        for status in ("booked", "arrived", "fulfilled", "cancelled", "noshow")
    ],
    "appointment_unattended_inside": [
        lambda rows, phase=phase: rows.change(unattended_from=phase[0] * MINUTE, unattended_until=phase[1] * MINUTE)
        for phase in [(0, 30), (-5, 30), (30, 30), (40, 30), (30, 61)]
    ],
    "appointment_cancelled_has_time": [lambda rows: rows.change(status="cancelled")],
    "busy_time_practitioner_never_twice": [
        lambda rows: rows.busy(practitioner=rows.practitioner),
        lambda rows: rows.busy(TEN + HOUR - MINUTE, TEN + 2 * HOUR, practitioner=rows.practitioner),
        lambda rows: rows.busy(TEN - HOUR, TEN + 2 * HOUR, practitioner=rows.practitioner, expires_at=NOW),
    ],
    "busy_time_room_never_twice": [
        lambda rows: rows.busy(room=rows.room),
        lambda rows: rows.busy(TEN - HOUR, TEN + timedelta(microseconds=1), room=rows.room),
    ],
    "busy_time_client_never_twice": [
        lambda rows: rows.busy(client=rows.client),
        lambda rows: rows.busy(TEN + 20 * MINUTE, TEN + 30 * MINUTE, client=rows.client),
    ],
    "busy_time_of_exactly_one": [
        lambda rows: rows.busy(),
        lambda rows: rows.busy(practitioner=rows.clinic.practitioners[1], room=rows.clinic.rooms[1]),
        lambda rows: rows.busy(practitioner=rows.clinic.practitioners[1], client=make_client()),
        lambda rows: rows.busy(room=rows.clinic.rooms[1], client=make_client()),
        lambda rows: rows.busy(
            practitioner=rows.clinic.practitioners[1], room=rows.clinic.rooms[1], client=make_client()
        ),
    ],
    "busy_time_half_open_and_not_empty": [
        lambda rows: rows.busy(TEN, TEN, client=make_client()),
        lambda rows: rows.busy(bounds="[]", client=make_client()),
        lambda rows: rows.busy(bounds="(]", client=make_client()),
        lambda rows: rows.busy(bounds="()", client=make_client()),
        lambda rows: rows.busy(None, TEN, client=make_client()),
        lambda rows: rows.busy(TEN, None, client=make_client()),
    ],
    "message_sent_has_time": [
        lambda rows: Message.objects.update(status="sent"),
        lambda rows: Message.objects.update(sent_at=NOW),
        lambda rows: Message.objects.update(status="failed", sent_at=NOW),
    ],
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
    ],
    "opening_hours_end_after_start": [
        lambda rows: rows.opening(closes=time(9)),
        lambda rows: rows.opening(closes=time(8)),
    ],
    "opening_hours_weekday": [lambda rows: rows.opening(weekday=7)],
    "room_name_unique_in_location": [
        lambda rows: Room.objects.create(location=rows.clinic.location, name=rows.room.name)
    ],
    "service_buffers_not_negative": [
        lambda rows: Service.objects.update(buffer_before=-MINUTE),
        lambda rows: Service.objects.update(buffer_after=-MINUTE),
    ],
    "service_slot_step_at_least_5_min": [
        lambda rows: Service.objects.update(slot_step=timedelta(0)),
        lambda rows: Service.objects.update(slot_step=4 * MINUTE),
    ],
    "service_horizon_after_lead_time": [
        lambda rows: Service.objects.update(lead_time=-MINUTE),
        lambda rows: Service.objects.update(lead_time=DAY, booking_horizon=DAY),
    ],
    "service_horizon_at_most_400_days": [lambda rows: Service.objects.update(booking_horizon=400 * DAY + MINUTE)],
    "service_notice_not_negative": [lambda rows: Service.objects.update(cancellation_notice=-MINUTE)],
    "service_late_fee_at_most_all": [lambda rows: Service.objects.update(late_fee_percent=101)],
    "service_whole_minutes": [
        lambda rows, field=field: Service.objects.update(**{field: 7 * MINUTE + timedelta(microseconds=1)})
        for field in ("buffer_before", "buffer_after", "slot_step", "lead_time", "cancellation_notice")
    ],
    "service_option_whole_minutes": [
        lambda rows: rows.option(60.5),
        lambda rows: rows.option(unattended_from=10 * MINUTE, unattended_until=30.5 * MINUTE),
    ],
    "time_off_whole_minutes": [
        lambda rows: rows.time_off(ends_at=TEN + HOUR + timedelta(seconds=1), practitioner=rows.practitioner),
        lambda rows: rows.time_off(ends_at=TEN + HOUR + timedelta(microseconds=1), practitioner=rows.practitioner),
    ],
    "service_option_unique": [lambda rows: rows.option(name="")],
    "service_option_duration": [lambda rows: rows.option(4), lambda rows: rows.option(8 * 60 + 1)],
    "service_option_price_not_negative": [lambda rows: rows.option(price=-1)],
    "service_option_unattended_inside": [
        lambda rows, phase=phase: rows.option(unattended_from=phase[0] * MINUTE, unattended_until=phase[1] * MINUTE)
        for phase in [(0, 30), (30, 30), (40, 30), (30, 61)]
    ],
}

ALLOWED = {
    "a member of the family at the same address": lambda rows: Client.objects.create(
        email=rows.client.email, first_name="Sami", last_name=rows.client.last_name
    ),
    "a picture of one size": lambda rows: picture(),
    "the same picture in two places": lambda rows: [picture(), picture(alt="The way out")],
    "a video call without a number": lambda rows: rows.ask(kind="video", phone=""),
    "a request that led to a visit": lambda rows: rows.ask(
        status="scheduled", handled_at=NOW, client=rows.client, visit=rows.appointment.visit
    ),
    "a request withdrawn": lambda rows: rows.ask(status="declined", handled_at=NOW, withdrawn_at=NOW),
    "any part of the day": lambda rows: rows.ask(preferred_parts=["eve", "am", "pm"]),
    "a free visit": lambda rows: rows.change(price=0, late_fee=0),
    "a hold without a client": lambda rows: rows.change(status="pending", hold_expires_at=NOW, client=None),
    "an unattended phase to the very end": lambda rows: rows.change(
        unattended_from=MINUTE, unattended_until=60 * MINUTE
    ),
    "busy time that touches": lambda rows: rows.busy(TEN + HOUR, TEN + 2 * HOUR, practitioner=rows.practitioner),
    "a room at the same time as its practitioner": lambda rows: rows.busy(room=rows.clinic.rooms[1]),
    "another practitioner at the same time": lambda rows: rows.busy(practitioner=rows.clinic.practitioners[1]),
    "two clients at the same time": lambda rows: rows.busy(client=make_client()),
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
    "an option as short and as long as can be": lambda rows: [rows.option(5), rows.option(8 * 60)],
    "a room of the same name elsewhere": lambda rows: Room.objects.create(
        location=make_clinic().location, name=rows.room.name
    ),
    "a step of five minutes": lambda rows: Service.objects.update(slot_step=5 * MINUTE),
}


@pytest.mark.parametrize(
    ("name", "write"),
    [
        pytest.param(name, write, id=f"{name}-{number}")
        for name, rows in REFUSED.items()
        for number, write in enumerate(rows)
    ],
)
def test_database_refuses_the_row_the_constraint_exists_for(name, write):
    rows = Rows()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        write(rows)
    assert refused.value.__cause__.diag.constraint_name == name


@pytest.mark.parametrize("write", ALLOWED.values(), ids=ALLOWED)
def test_database_allows_the_row_next_to_it(write):
    write(Rows())


HALF_A_PHASE = {
    "appointment_unattended_inside": lambda rows: rows.change(unattended_from=30 * MINUTE),
    "service_option_unattended_inside": lambda rows: rows.option(unattended_from=30 * MINUTE),
}


@pytest.mark.parametrize(("name", "write"), HALF_A_PHASE.items(), ids=HALF_A_PHASE)
def test_unattended_phase_that_begins_also_ends(name, write):
    rows = Rows()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write(rows)


def test_every_constraint_of_our_models_is_tried_here():
    assert set(REFUSED) == {one.name for model in our_models() for one in model._meta.constraints}


@pytest.mark.parametrize(
    ("model", "field"),
    [
        pytest.param(model, field.name, id=f"{model.__name__}.{field.name}")
        for model in our_models()
        for field in model._meta.fields
        if field.unique and not field.primary_key
    ],
)
def test_unique_value_is_refused_a_second_time(model, field):
    rows = Rows()
    if model is Practitioner:
        rows.practitioner.user = User.objects.create(username="mara")
        rows.practitioner.save()
    row = model.objects.exclude(**{field: None}).first()
    for other in model._meta.fields:
        if other.unique and other.name != field:  # a new row in all but this field
            value = None if other.primary_key or other.null else getattr(row, other.attname)[::-1]
            setattr(row, other.attname, value)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        row.save(force_insert=True)
    assert field in refused.value.__cause__.diag.constraint_name


def test_hours_may_change_from_one_day_to_the_next_and_no_day_twice():
    rows = Rows()
    WorkingHours.objects.filter(practitioner=rows.practitioner, weekday=0).update(valid_through=MONDAY)
    with pytest.raises(IntegrityError, match="working_hours_do_not_overlap"), transaction.atomic():
        rows.hours(time(10), time(12), valid_from=MONDAY)
    rows.hours(time(10), time(12), valid_from=MONDAY + DAY)


def test_rows_that_others_point_to_are_not_deleted_with_them():
    rows = Rows()
    for row in (rows.client, rows.practitioner, rows.room, rows.clinic.option, rows.clinic.location):
        with pytest.raises(IntegrityError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).delete()


def test_a_visit_takes_its_appointments_and_their_busy_time_along():
    rows = Rows()
    Message.objects.all().delete()
    Visit.objects.filter(pk=rows.appointment.visit_id).delete()
    assert not Appointment.objects.exists()
    assert not BusyTime.objects.exists()


def test_hours_that_end_before_they_start_are_told_so():
    rows = Rows()
    fields = {"practitioner": rows.practitioner, "location": rows.clinic.location, "weekday": 0, "valid_from": MONDAY}
    with pytest.raises(ValidationError, match="must end after it starts"):
        WorkingHours(starts=time(20), ends=time(18), **fields).full_clean()
    with pytest.raises(ValidationError, match="cannot come before the first"):
        WorkingHours(starts=time(18), ends=time(20), valid_through=MONDAY - DAY, **fields).full_clean()
