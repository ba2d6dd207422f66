"""What the database refuses whatever the code does: for every constraint the row it exists for, written past all
validation, and beside it the nearest row that must be allowed."""

from copy import deepcopy
from datetime import time

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from booking.models import Appointment, BusyTime, Message, Visit, WorkingHours
from services.models import Practitioner
from tests.factory import MONDAY
from tests.refused import ALLOWED, REFUSED
from tests.refused.rows import DAY, MINUTE, Rows

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def written(once):
    return once(Rows)


@pytest.fixture
def rows(written):
    return deepcopy(written)


def our_models():
    return [model for app in ("booking", "services") for model in apps.get_app_config(app).get_models()]


@pytest.mark.parametrize(
    ("name", "write"),
    [
        pytest.param(name, write, id=f"{name}-{number}")
        for name, rows in REFUSED.items()
        for number, write in enumerate(rows)
    ],
)
def test_database_refuses_the_row_the_constraint_exists_for(rows, name, write):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        write(rows)
    assert refused.value.__cause__.diag.constraint_name == name


@pytest.mark.parametrize("write", ALLOWED.values(), ids=ALLOWED)
def test_database_allows_the_row_next_to_it(rows, write):
    write(rows)


HALF_A_PHASE = {
    "appointment_unattended_inside": lambda rows: rows.change(unattended_from=30 * MINUTE),
    "service_option_unattended_inside": lambda rows: rows.option(unattended_from=30 * MINUTE),
}


@pytest.mark.parametrize(("name", "write"), HALF_A_PHASE.items(), ids=HALF_A_PHASE)
def test_unattended_phase_that_begins_also_ends(rows, name, write):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write(rows)


def test_every_constraint_of_our_models_is_tried_here():
    assert set(REFUSED) == {one.name for model in our_models() for one in model._meta.constraints}


def another(row, field):
    """A value that no row has yet, or no row points to."""
    value = getattr(row, field.attname)
    if field.primary_key or field.null:
        return None
    return field.related_model.objects.exclude(pk=value).first().pk if field.is_relation else value[::-1]


@pytest.mark.parametrize(
    ("model", "field"),
    [
        pytest.param(model, field.name, id=f"{model.__name__}.{field.name}")
        for model in our_models()
        for field in model._meta.fields
        if field.unique and not field.primary_key
    ],
)
def test_unique_value_is_refused_a_second_time(rows, model, field):
    if model is Practitioner:
        rows.practitioner.user = User.objects.create(username="mara")
        rows.practitioner.save()
    row = model.objects.exclude(**{field: None}).first()
    for other in model._meta.fields:
        if other.unique and other.name != field:  # a new row in all but this field
            setattr(row, other.attname, another(row, other))
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        row.save(force_insert=True)
    assert field in refused.value.__cause__.diag.constraint_name


def test_hours_may_change_from_one_day_to_the_next_and_no_day_twice(rows):
    WorkingHours.objects.filter(practitioner=rows.practitioner, weekday=0).update(valid_through=MONDAY)
    with pytest.raises(IntegrityError, match="working_hours_do_not_overlap"), transaction.atomic():
        rows.hours(time(10), time(12), valid_from=MONDAY)
    rows.hours(time(10), time(12), valid_from=MONDAY + DAY)


def test_rows_that_others_point_to_are_not_deleted_with_them(rows):
    for row in (rows.client, rows.practitioner, rows.room, rows.clinic.option, rows.clinic.location):
        with pytest.raises(IntegrityError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).delete()


def test_a_visit_takes_its_appointments_and_their_busy_time_along(rows):
    Message.objects.all().delete()
    Visit.objects.filter(pk=rows.appointment.visit_id).delete()
    assert not Appointment.objects.exists()
    assert not BusyTime.objects.exists()


def test_hours_that_end_before_they_start_are_told_so(rows):
    fields = {"practitioner": rows.practitioner, "location": rows.clinic.location, "weekday": 0, "valid_from": MONDAY}
    with pytest.raises(ValidationError, match="must end after it starts"):
        WorkingHours(starts=time(20), ends=time(18), **fields).full_clean()
    with pytest.raises(ValidationError, match="cannot come before the first"):
        WorkingHours(starts=time(18), ends=time(20), valid_through=MONDAY - DAY, **fields).full_clean()
