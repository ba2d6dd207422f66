"""The demo clinic: complete, possible, and left as it is by whoever seeds again."""

from __future__ import annotations

from datetime import date, datetime
from io import StringIO
from itertools import pairwise

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db.models import F, Q

from booking.availability import shape_of
from booking.models import Appointment, BusyTime, Client, ClientNote, TimeOff, UnmetSearch, Visit, WorkingHours
from services import content
from services.models import (
    Article,
    Edition,
    Location,
    OpeningHours,
    Practitioner,
    Room,
    Service,
    ServiceOption,
    ServiceType,
    Source,
)
from tests.demo import DAY, LOS_ANGELES, MIDNIGHT, seed, visits

Status = Appointment.Status
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]  # the day before DAY


@pytest.fixture(scope="module")
def demo(once):
    """Seeded; what the command said."""
    return once(seed)


def test_seed_makes_a_whole_clinic(demo):
    counts = {model.__name__: model.objects.count() for model in (Location, Practitioner, Room, ServiceType, Service)}
    assert counts == {"Location": 1, "Practitioner": 6, "Room": 5, "ServiceType": 5, "Service": 12}
    assert ServiceOption.objects.count() == 25
    assert ServiceType.objects.filter(slug="medical", name="Medical massage").exists()
    assert ServiceOption.objects.filter(unattended_from__isnull=False).count() == 4
    assert set(Service.objects.exclude(mode="in_clinic").values_list("mode", flat=True)) == {"video", "phone"}
    assert "Stillwater is ready around Monday 23 November 2026" in demo


def test_every_seeded_row_passes_its_own_validation(demo):
    catalogue = [Location, Room, ServiceType, Service, ServiceOption, Practitioner, Article, Source]
    for model in [*catalogue, WorkingHours, TimeOff, Client]:
        for row in model.objects.all():
            row.full_clean()


def test_every_article_is_published_reviewed_here_and_leads_to_something(demo):
    assert Article.objects.published().count() == len(content.articles())
    assert f"{len(content.articles())} articles" in demo
    assert not Article.objects.filter(Q(reviewer=None) | Q(services=None) | Q(related=None)).exists()


def test_everything_on_offer_is_described(demo):
    for field in ("summary", "explanation", "suits", "not_for"):
        assert not Service.objects.filter(**{field: ""}).exists()
        assert not ServiceType.objects.filter(**{field: ""}).exists()
    assert not Service.objects.filter(experience="").exists()


def test_every_practitioner_and_every_service_can_be_booked(demo):
    assert not Service.objects.filter(practitioners=None).exists()
    assert not Practitioner.objects.filter(Q(services=None) | Q(working_hours=None)).exists()
    assert not Service.objects.filter(mode="in_clinic", rooms=None).exists()
    assert not Service.objects.exclude(mode="in_clinic").exclude(rooms=None).exists()


def test_the_past_is_closed_and_the_future_is_booked(demo):
    past = Appointment.objects.filter(starts_at__lt=MIDNIGHT)
    ahead = Appointment.objects.filter(starts_at__gte=MIDNIGHT)
    assert set(past.values_list("status", flat=True)) == {Status.FULFILLED, Status.NOSHOW, Status.CANCELLED}
    assert set(ahead.values_list("status", flat=True)) == {Status.BOOKED, Status.CANCELLED}
    assert ahead.filter(starts_at__date=DAY, status=Status.BOOKED).exists()
    assert not Appointment.objects.filter(Q(booked_at__gte=MIDNIGHT) | Q(booked_at__gte=F("starts_at"))).exists()


def test_busy_time_is_what_each_visit_takes_and_exists_only_while_it_holds_time(demo):
    assert not BusyTime.objects.exclude(appointment__status=Status.BOOKED).exists()
    for appointment in Appointment.objects.filter(status=Status.BOOKED).select_related("option__service"):
        shape, start = shape_of(appointment.option), appointment.starts_at
        assert taken(appointment.busy_times.filter(practitioner=appointment.practitioner)) == (
            shape.practitioner_busy(start)
        )
        assert taken(appointment.busy_times.filter(room=appointment.room, room__isnull=False)) == (
            shape.room_busy(start) if appointment.room else []
        )
        assert taken(appointment.busy_times.filter(client=appointment.client)) == shape.client_busy(start)


def taken(rows) -> list[tuple[datetime, datetime]]:
    return sorted((row.during.lower, row.during.upper) for row in rows)


@pytest.mark.parametrize("kind", ["practitioner", "room", "client"])
def test_nobody_and_no_room_was_ever_in_two_places(demo, kind: str):
    stretches: dict[int, list] = {}
    kept = Appointment.objects.exclude(status=Status.CANCELLED).select_related("option__service")
    for appointment in kept.exclude(**{kind: None}):
        busy = getattr(shape_of(appointment.option), f"{kind}_busy")(appointment.starts_at)
        stretches.setdefault(getattr(appointment, f"{kind}_id"), []).extend(busy)
    for busy in stretches.values():
        assert all(earlier[1] <= later[0] for earlier, later in pairwise(sorted(busy)))


def test_visits_lie_inside_working_hours_and_outside_time_off(demo):
    assert TimeOff.objects.filter(location__isnull=False, starts_at__gt=MIDNIGHT).exclude(public_reason="").exists()
    away = list(TimeOff.objects.all())
    for appointment in Appointment.objects.prefetch_related("practitioner__working_hours"):
        begins, ends = appointment.starts_at - appointment.buffer_before, appointment.ends_at + appointment.buffer_after
        local_begin, local_end = begins.astimezone(LOS_ANGELES), ends.astimezone(LOS_ANGELES)
        assert any(
            hours.weekday == local_begin.weekday()
            and hours.starts <= local_begin.time()
            and hours.ends >= local_end.time()
            for hours in appointment.practitioner.working_hours.all()
        )
        assert not any(
            off.starts_at < ends and off.ends_at > begins
            for off in away
            if off.practitioner_id == appointment.practitioner_id or off.location_id == appointment.location_id
        )


def test_the_demo_has_something_to_report(demo):
    assert set(Visit.objects.values_list("source", flat=True)) == {"website", "phone", "desk"}
    assert Visit.objects.exclude(article=None).count() > 50
    assert UnmetSearch.objects.count() > 100
    assert Appointment.objects.filter(fee__gt=0).exists() and Appointment.objects.exclude(fee_waiver="").exists()
    assert ClientNote.objects.filter(is_alert=True).exists() and Client.objects.filter(email="").count() == 2
    booked_by_phone = Visit.objects.filter(client__email="")
    assert set(booked_by_phone.values_list("source", flat=True)) <= {"phone"}


def test_a_second_seed_changes_nothing_and_says_so(demo):
    Practitioner.objects.filter(slug="mara-ellison").update(tagline="Edited by the front desk.")
    OpeningHours.objects.filter(weekday=5).delete()
    before = visits(), Visit.objects.count(), BusyTime.objects.count(), Client.objects.count()
    assert "nothing was changed" in seed(day=date(2026, 12, 24))
    assert before == (visits(), Visit.objects.count(), BusyTime.objects.count(), Client.objects.count())
    assert Practitioner.objects.get(slug="mara-ellison").tagline == "Edited by the front desk."
    assert not OpeningHours.objects.filter(weekday=5).exists()


def test_seeding_the_articles_again_changes_nothing(demo):
    before = Edition.objects.get().number
    said = StringIO()
    call_command("seed_content", stdout=said)
    assert "nothing was changed" in said.getvalue()
    assert Edition.objects.get().number == before


def test_the_owner_exists_only_when_a_password_is_given_and_keeps_the_first_one(demo):
    assert not User.objects.exists()
    said = seed("--password=correct horse battery")
    again = seed("--password=another one entirely")
    owner = User.objects.get(username="owner")
    assert owner.is_superuser
    assert owner.check_password("correct horse battery")
    assert "horse" not in said
    assert "was not changed" in again
