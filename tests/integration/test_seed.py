"""The demo clinic and the benchmark clinic: complete, the same every time, and possible."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F, Q

from booking.availability import shape_of
from booking.models import (
    Appointment,
    BusyTime,
    Client,
    ClientNote,
    TimeOff,
    UnmetSearch,
    Visit,
    WorkingHours,
)
from clinic.demo import small
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

DAY = date(2026, 11, 23)
MIDNIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # in Los Angeles
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
Status = Appointment.Status
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]  # the day before DAY


def seed(*words: str, day: date = DAY) -> str:
    said = StringIO()
    call_command("seed", f"--day={day}", *words, stdout=said)
    return said.getvalue()


def visits() -> list[tuple]:
    """Everything about the visits but their keys and secret links."""
    return list(
        Appointment.objects.order_by("starts_at", "practitioner__slug").values_list(
            "practitioner__slug", "option__service__slug", "option__duration", "room__name", "client__email",
            "starts_at", "ends_at", "status", "price", "booked_at", "note", "policy_text",
        )
    )  # fmt: skip


def test_seed_makes_a_whole_clinic():
    said = seed()
    counts = {model.__name__: model.objects.count() for model in (Location, Practitioner, Room, ServiceType, Service)}
    assert counts == {"Location": 1, "Practitioner": 6, "Room": 5, "ServiceType": 5, "Service": 12}
    assert ServiceOption.objects.count() == 25
    assert ServiceType.objects.filter(slug="medical", name="Medical massage").exists()
    assert ServiceOption.objects.filter(unattended_from__isnull=False).count() == 4
    assert set(Service.objects.exclude(mode="in_clinic").values_list("mode", flat=True)) == {"video", "phone"}
    assert "Stillwater is ready around Monday 23 November 2026" in said


def test_every_seeded_row_passes_its_own_validation():
    seed()
    catalogue = [Location, Room, ServiceType, Service, ServiceOption, Practitioner, Article, Source]
    for model in [*catalogue, WorkingHours, TimeOff, Client]:
        for row in model.objects.all():
            row.full_clean()


def test_every_article_is_published_reviewed_here_and_leads_to_something():
    said = seed()
    assert Article.objects.published().count() == len(content.articles())
    assert f"{len(content.articles())} articles" in said
    assert not Article.objects.filter(Q(reviewer=None) | Q(services=None) | Q(related=None)).exists()


def test_everything_on_offer_is_described():
    seed()
    for field in ("summary", "explanation", "suits", "not_for"):
        assert not Service.objects.filter(**{field: ""}).exists()
        assert not ServiceType.objects.filter(**{field: ""}).exists()
    assert not Service.objects.filter(experience="").exists()


def test_seeding_the_articles_again_changes_nothing():
    seed()
    before = Edition.objects.get().number
    said = StringIO()
    call_command("seed_content", stdout=said)
    assert "nothing was changed" in said.getvalue()
    assert Edition.objects.get().number == before


def test_every_practitioner_and_every_service_can_be_booked():
    seed()
    assert not Service.objects.filter(practitioners=None).exists()
    assert not Practitioner.objects.filter(Q(services=None) | Q(working_hours=None)).exists()
    assert not Service.objects.filter(mode="in_clinic", rooms=None).exists()
    assert not Service.objects.exclude(mode="in_clinic").exclude(rooms=None).exists()


def test_a_second_seed_changes_nothing_and_says_so():
    seed()
    Practitioner.objects.filter(slug="mara-ellison").update(tagline="Edited by the front desk.")
    OpeningHours.objects.filter(weekday=5).delete()
    before = visits(), Visit.objects.count(), BusyTime.objects.count(), Client.objects.count()
    assert "nothing was changed" in seed(day=date(2026, 12, 24))
    assert before == (visits(), Visit.objects.count(), BusyTime.objects.count(), Client.objects.count())
    assert Practitioner.objects.get(slug="mara-ellison").tagline == "Edited by the front desk."
    assert not OpeningHours.objects.filter(weekday=5).exists()


def test_the_same_day_gives_the_same_visits_and_other_links():
    found, links = [], []
    for _ in range(2):
        with transaction.atomic():
            small.make(day=DAY)
            found.append(visits())
            links.append(set(Visit.objects.values_list("link_hash", flat=True)))
            transaction.set_rollback(True)
    assert found[0] == found[1]
    assert len(found[0]) > 200
    assert links[0].isdisjoint(links[1])


def test_the_past_is_closed_and_the_future_is_booked():
    seed()
    past = Appointment.objects.filter(starts_at__lt=MIDNIGHT)
    ahead = Appointment.objects.filter(starts_at__gte=MIDNIGHT)
    assert set(past.values_list("status", flat=True)) == {Status.FULFILLED, Status.NOSHOW, Status.CANCELLED}
    assert set(ahead.values_list("status", flat=True)) == {Status.BOOKED, Status.CANCELLED}
    assert ahead.filter(starts_at__date=DAY, status=Status.BOOKED).exists()
    assert not Appointment.objects.filter(Q(booked_at__gte=MIDNIGHT) | Q(booked_at__gte=F("starts_at"))).exists()


def test_busy_time_is_what_each_visit_takes_and_exists_only_while_it_holds_time():
    seed()
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
def test_nobody_and_no_room_was_ever_in_two_places(kind: str):
    seed()
    stretches: dict[int, list] = {}
    kept = Appointment.objects.exclude(status=Status.CANCELLED).select_related("option__service")
    for appointment in kept.exclude(**{kind: None}):
        busy = getattr(shape_of(appointment.option), f"{kind}_busy")(appointment.starts_at)
        stretches.setdefault(getattr(appointment, f"{kind}_id"), []).extend(busy)
    for busy in stretches.values():
        assert all(earlier[1] <= later[0] for earlier, later in pairwise(sorted(busy)))


def test_visits_lie_inside_working_hours_and_outside_time_off():
    seed()
    assert TimeOff.objects.filter(location__isnull=False, starts_at__gt=MIDNIGHT).exclude(public_reason="").exists()
    for appointment in Appointment.objects.select_related("practitioner", "location"):
        begins, ends = appointment.starts_at - appointment.buffer_before, appointment.ends_at + appointment.buffer_after
        local_begin, local_end = begins.astimezone(LOS_ANGELES), ends.astimezone(LOS_ANGELES)
        assert appointment.practitioner.working_hours.filter(
            weekday=local_begin.weekday(), starts__lte=local_begin.time(), ends__gte=local_end.time()
        ).exists()
        whose = Q(practitioner=appointment.practitioner) | Q(location=appointment.location)
        assert not TimeOff.objects.filter(whose, starts_at__lt=ends, ends_at__gt=begins).exists()


def test_the_owner_exists_only_when_a_password_is_given_and_keeps_the_first_one():
    seed()
    assert not User.objects.exists()
    said = seed("--password=correct horse battery")
    again = seed("--password=another one entirely")
    owner = User.objects.get(username="owner")
    assert owner.is_superuser
    assert owner.check_password("correct horse battery")
    assert "horse" not in said
    assert "was not changed" in again


def test_the_large_clinic_has_its_share_of_unclosed_and_of_coming_visits():
    seed("--size=large", "--past=2000", "--unclosed=0.25")
    past = Appointment.objects.filter(starts_at__lt=MIDNIGHT)
    ahead = Appointment.objects.filter(starts_at__gte=MIDNIGHT)
    assert (Practitioner.objects.count(), Room.objects.count(), past.count()) == (20, 20, 2000)
    assert Article.objects.published().count() == len(content.articles())
    assert past.filter(status=Status.BOOKED).count() == pytest.approx(500, rel=0.15)
    assert set(ahead.values_list("status", flat=True)) == {Status.BOOKED}
    assert ahead.count() == pytest.approx(0.6 * 20 * 8 * 77, rel=0.1)  # 77 working days, a few of them away
    rows = Appointment.objects.annotate(rows=Count("busy_times"))
    assert set(rows.filter(status=Status.BOOKED).values_list("rows", flat=True)) == {3}
    assert set(rows.exclude(status=Status.BOOKED).values_list("rows", flat=True)) == {0}


def test_the_large_clinic_lies_inside_working_hours_and_outside_time_off():
    seed("--size=large", "--past=500")
    for weekday, begins, ends in set(local_hours()):
        assert WorkingHours.objects.filter(weekday=weekday, starts__lte=begins, ends__gte=ends).count() == 20
    away = Q(practitioner__time_off__starts_at__lt=F("ends_at"), practitioner__time_off__ends_at__gt=F("starts_at"))
    assert not Appointment.objects.filter(away).exists()


def local_hours():
    """Weekday, start and end of each visit, buffers included, by the clock on the wall."""
    for appointment in Appointment.objects.all():
        begins = (appointment.starts_at - appointment.buffer_before).astimezone(LOS_ANGELES)
        ends = (appointment.ends_at + appointment.buffer_after).astimezone(LOS_ANGELES)
        yield begins.weekday(), begins.time(), ends.time()


@pytest.mark.parametrize("words", [("--past=-1",), ("--unclosed=1.5",)])
def test_seed_refuses_numbers_that_make_no_sense(words: tuple[str, ...]):
    with pytest.raises(CommandError, match="share between 0 and 1"):
        seed(*words)


def test_the_day_itself_is_played_up_to_this_hour():
    noon = datetime(2026, 11, 23, 20, 5, tzinfo=UTC)
    with time_machine.travel(noon, tick=False):
        seed()
    today = Appointment.objects.filter(starts_at__gte=MIDNIGHT, starts_at__lt=MIDNIGHT + timedelta(days=1))
    statuses = set(today.values_list("status", flat=True))
    assert {Status.FULFILLED, Status.ARRIVED, Status.BOOKED} <= statuses
    assert not today.filter(status=Status.FULFILLED, ends_at__gt=noon).exists()
    assert not today.filter(status__in=[Status.FULFILLED, Status.NOSHOW], busy_times__isnull=False).exists()
    assert today.filter(status=Status.ARRIVED, started_at__lte=noon).exists()
    assert not today.filter(starts_at__gt=noon + timedelta(minutes=20), status=Status.ARRIVED).exists()
    assert not today.exclude(status=Status.CANCELLED).filter(changes=None).exists()
    assert today.filter(changes__kind="arrived", changes__before__status="booked").exists()


def test_the_demo_has_something_to_report():
    seed()
    assert set(Visit.objects.values_list("source", flat=True)) == {"website", "phone", "desk"}
    assert Visit.objects.exclude(article=None).count() > 50
    assert UnmetSearch.objects.count() > 100
    assert Appointment.objects.filter(fee__gt=0).exists() and Appointment.objects.exclude(fee_waiver="").exists()
    assert ClientNote.objects.filter(is_alert=True).exists() and Client.objects.filter(email="").count() == 2
    booked_by_phone = Visit.objects.filter(client__email="")
    assert set(booked_by_phone.values_list("source", flat=True)) <= {"phone"}


def test_nobody_tries_an_empty_diary_on_a_sunday():
    seed(day=date(2026, 11, 22))
    assert Appointment.objects.filter(starts_at__date=date(2026, 11, 22)).count() > 3
    assert WorkingHours.objects.filter(weekday=6, valid_through=date(2026, 11, 22)).count() == 6
