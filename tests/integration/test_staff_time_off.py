"""Blocking time from the diary: the visits it hits are shown first, and each gets a choice of its own afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse

from booking import appointments, schedule
from booking.appointments import seen_of
from booking.models import Appointment, Message, MoveOffer, TimeOff
from tests.factory import MONDAY, NOW, TEN, make_appointment, make_client, make_clinic, make_location, make_time_off
from tests.integration.test_staff_hours import confirmed, signed_in
from tests.offers import at, starts

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEW = "/admin/time-off/new/"


@pytest.fixture
def desk(frozen, admin_client):
    return admin_client


def form(whom, **changed):
    kind = type(whom).__name__.lower()
    return {
        "about": f"{kind}-{whom.pk}",
        "day": MONDAY.isoformat(),
        "until": "",
        "length": "afternoon",
        "starts": "",
        "ends": "",
        "reason": "Training",
        "public_reason": "",
        **changed,
    }


def visits_of(away):
    return reverse("admin:time_off_visits", args=[away.pk])


class TestNew:
    def test_it_is_filled_in_from_the_cell_that_was_clicked(self, desk, clinic):
        page = desk.get(NEW, {"practitioner": clinic.practitioner.pk, "date": MONDAY.isoformat(), "at": "14:15"})
        form = page.context["form"]
        found = {name: form[name].value() for name in ("about", "day", "length", "starts", "ends")}
        assert found == {
            "about": f"practitioner-{clinic.practitioner.pk}",
            "day": MONDAY,
            "length": "span",
            "starts": time(14, 15),
            "ends": time(17),
        }

    @pytest.mark.parametrize("name", ["practitioner", "location", "room", "date", "at", "length"])
    def test_nonsense_in_the_address_fills_in_nothing(self, desk, clinic, name):
        for value in ("x", "9" * 30, "²", "-1", "25:99"):
            assert desk.get(NEW, {name: value}).status_code == 200, value

    @pytest.mark.parametrize(
        ("choice", "begins", "ends"),
        [
            ({"length": "afternoon"}, at("12:00"), at("00:00", MONDAY + DAY)),
            ({"length": "day"}, at("00:00"), at("00:00", MONDAY + DAY)),
            ({"length": "span", "starts": "10:15", "ends": "11:45"}, at("10:15"), at("11:45")),
            ({"length": "day", "until": "2026-11-25"}, at("00:00"), at("00:00", MONDAY + 3 * DAY)),
            (
                {"length": "span", "starts": "15:00", "ends": "10:00", "until": "2026-11-24"},
                at("15:00"),
                at("10:00", MONDAY + DAY),
            ),
        ],
    )
    def test_quick_choices_block_what_they_say(self, desk, clinic, choice, begins, ends):
        answer = desk.post(NEW, form(clinic.practitioner, **choice))
        saved = TimeOff.objects.get()
        assert answer.status_code == 302 and (saved.starts_at, saved.ends_at) == (begins, ends)
        assert (saved.practitioner, saved.reason) == (clinic.practitioner, "Training")

    @pytest.mark.parametrize(
        ("day", "begins", "ends"),
        [
            (date(2027, 3, 14), datetime(2027, 3, 14, 8, tzinfo=UTC), datetime(2027, 3, 15, 7, tzinfo=UTC)),
            (date(2027, 11, 7), datetime(2027, 11, 7, 7, tzinfo=UTC), datetime(2027, 11, 8, 8, tzinfo=UTC)),
        ],
    )
    def test_a_whole_day_is_as_long_as_the_clock_makes_it(self, desk, clinic, day, begins, ends):
        desk.post(NEW, form(clinic.practitioner, length="day", day=day.isoformat()))
        saved = TimeOff.objects.get()
        assert (saved.starts_at, saved.ends_at) == (begins, ends)

    def test_an_hour_that_the_clock_skips_is_refused(self, desk, clinic):
        skipped = form(clinic.practitioner, day="2027-03-14", length="span", starts="02:30", ends="05:00")
        page = desk.post(NEW, skipped)
        assert page.status_code == 422 and "The clock skips this time" in page.content.decode()

    def test_closures_and_rooms_are_blocked_on_their_own_clock(self, desk, clinic):
        london = make_location(name="Z London", timezone="Europe/London")
        said = desk.post(NEW, form(london, length="day"), follow=True).content.decode()
        assert "Z London is closed Monday 23 November, all day." in said
        desk.post(NEW, form(clinic.rooms[0], length="day"))
        closure, room = TimeOff.objects.order_by("pk")
        assert closure.location == london and closure.starts_at == datetime(2026, 11, 23, tzinfo=UTC)
        assert room.room == clinic.rooms[0] and starts(clinic) == []

    def test_mistakes_are_said_and_nothing_is_saved(self, desk, clinic):
        for changed in (
            {"about": "practitioner-0"},
            {"about": "\x00"},
            {"day": "2020-01-01"},
            {"day": "9999-12-31"},
            {"until": "2026-11-22"},
            {"length": "forever"},
            {"length": "span"},
            {"length": "span", "starts": "12:00", "ends": "11:00"},
            {"length": "span", "starts": "\x00", "ends": "11:00"},
            {"reason": "x" * 121},
        ):
            page = desk.post(NEW, form(clinic.practitioner, **changed))
            assert page.status_code == 422 and page.context["form"].errors, changed
            assert not TimeOff.objects.exists(), changed

    def test_visits_it_hits_are_shown_and_nothing_is_saved_until_confirmed(self, desk, clinic):
        visits = [make_appointment(clinic, starts_at=at(wall)) for wall in ("12:00", "13:30", "15:00")]
        page = desk.post(NEW, form(clinic.practitioner))
        html = page.content.decode()
        assert all(visit.client.name in html for visit in visits) and not TimeOff.objects.exists()
        answer = desk.post(NEW, confirmed(page))
        assert answer.url.startswith(visits_of(TimeOff.objects.get()))
        assert Appointment.objects.filter(status="booked").count() == 3
        assert not Message.objects.filter(reason__startswith="offer").exists()

    def test_one_booked_meanwhile_is_shown_before_it_is_saved(self, desk, clinic):
        make_appointment(clinic, starts_at=at("12:00"))
        page = desk.post(NEW, form(clinic.practitioner))
        newcomer = make_appointment(clinic, starts_at=at("14:00"))
        page = desk.post(NEW, confirmed(page))
        assert newcomer.client.name in page.content.decode() and not TimeOff.objects.exists()

    def test_practitioners_block_their_own_time_alone(self, frozen):
        clinic = make_clinic(practitioners=2)
        mine, theirs = clinic.practitioners
        mine.user, browser = signed_in("add_timeoff")
        mine.save()
        assert theirs.name not in browser.get(NEW).content.decode()
        for about in (theirs, clinic.location, clinic.rooms[0]):
            assert browser.post(NEW, form(about)).status_code == 422
        assert browser.post(NEW, form(mine)).status_code == 302
        assert TimeOff.objects.get().practitioner == mine

    def test_who_may_not_block_time_may_not_look(self, frozen, clinic):
        _, browser = signed_in("view_timeoff", "view_everyone")
        assert browser.get(NEW).status_code == 403


@pytest.fixture
def blocked():
    """An afternoon of one of two practitioners with three visits in it."""
    clinic = make_clinic(practitioners=2, rooms=3)
    visits = [
        make_appointment(clinic, starts_at=at(wall), practitioner=clinic.practitioner)
        for wall in ("12:00", "13:30", "15:00")
    ]
    clinic.away = make_time_off(practitioner=clinic.practitioner, starts_at=at("12:00"), ends_at=at("17:00"))
    return clinic, visits


def choices(page):
    """The form as it stands: each visit's default, and what it would offer."""
    data: dict = {}
    for case in page.context["cases"]:
        pk = case.visit.pk
        data |= {f"do-{pk}": case.default, f"seen-{pk}": case.seen}
        data[f"times-{pk}"] = [value for value, _ in case.times]
    return data


class TestWizard:
    def test_each_visit_gets_its_own_time_with_a_colleague_and_others_with_their_own(self, desk, blocked):
        clinic, visits = blocked
        page = desk.get(visits_of(clinic.away))
        found = page.context["cases"]
        assert [case.visit for case in found] == visits and {case.default for case in found} == {"offer"}
        colleague, own = clinic.practitioners[1], clinic.practitioner
        for case in found:
            assert case.times[0].value == f"{colleague.pk} {case.visit.starts_at.isoformat()}"
            assert len(case.times) == 3 and all(value.startswith(f"{own.pk} ") for value, _ in case.times[1:])
        offered = [value for case in found for value, _ in case.times]
        assert len(set(offered)) == len(offered)  # none is proposed twice

    def test_looking_changes_nothing(self, desk, blocked):
        clinic, _ = blocked
        before = Appointment.objects.count(), Message.objects.count()
        desk.get(visits_of(clinic.away))
        assert (Appointment.objects.count(), Message.objects.count()) == before

    def test_all_of_it_is_done_by_one_button(self, desk, blocked, mailoutbox):
        clinic, (one, two, three) = blocked
        page = desk.get(visits_of(clinic.away))
        data = choices(page)
        data[f"do-{two.pk}"] = f"move {clinic.practitioners[1].pk} {two.starts_at.isoformat()}"
        data[f"do-{three.pk}"] = "call"
        answer = desk.post(visits_of(clinic.away), data, follow=True)
        assert "1 moved, and told; 1 offered other times by mail; 1 to call" in answer.content.decode()
        two.refresh_from_db()
        assert two.practitioner == clinic.practitioners[1]
        assert MoveOffer.objects.filter(appointment=one).count() == 3
        assert Message.objects.filter(appointment=one, reason__startswith="offer/").count() == 1
        assert list(schedule.visits_in_the_way(NOW)) == [one, three]
        defaults = [case.default for case in answer.context["cases"]]
        assert defaults[0] == "wait" and len(defaults) == 2

    def test_what_somebody_else_did_meanwhile_is_said_and_the_rest_is_done(self, desk, blocked):
        clinic, (one, two, three) = blocked
        data = choices(desk.get(visits_of(clinic.away)))
        appointments.move(two, starts_at=at("10:00", MONDAY + 2 * DAY), now=NOW - 9 * DAY)
        data[f"do-{two.pk}"] = "call"
        data[f"do-{one.pk}"] = f"move {clinic.practitioners[1].pk} {one.starts_at.isoformat()}"
        make_appointment(clinic, starts_at=one.starts_at, practitioner=clinic.practitioners[1])
        html = desk.post(visits_of(clinic.away), data, follow=True).content.decode()
        assert f"{one.client.name}, Mon 23 Nov, 12:00 pm:" in html
        assert MoveOffer.objects.filter(appointment=three).count() == 3

    def test_staff_who_saw_an_older_state_are_told(self, desk, blocked, admin_user):
        clinic, (one, *_) = blocked
        data = choices(desk.get(visits_of(clinic.away)))
        author = appointments.Author(user=admin_user, seen=seen_of(one))
        appointments.confirm(one, now=NOW, author=author)
        data[f"do-{one.pk}"] = f"move {clinic.practitioners[1].pk} {one.starts_at.isoformat()}"
        html = desk.post(visits_of(clinic.away), data, follow=True).content.decode()
        assert "confirmed this visit" in html

    def test_a_client_without_an_address_is_called(self, desk, blocked):
        clinic, (one, *_) = blocked
        Appointment.objects.filter(pk=one.pk).update(client=make_client(email=""))
        case = desk.get(visits_of(clinic.away)).context["cases"][0]
        assert not case.may_mail and case.default == "call"

    def test_a_room_out_of_use_keeps_the_time_in_another_room(self, desk):
        clinic = make_clinic(rooms=2)
        visit = make_appointment(clinic)
        away = make_time_off(room=clinic.rooms[0], starts_at=TEN, ends_at=TEN + HOUR)
        page = desk.get(visits_of(away))
        assert page.context["cases"][0].default == "room"
        desk.post(visits_of(away), choices(page))
        visit.refresh_from_db()
        assert (visit.room, visit.starts_at) == (clinic.rooms[1], TEN)
        assert "Everything is settled" in desk.get(visits_of(away)).content.decode()

    def test_nothing_a_program_sends_breaks_it(self, desk, blocked):
        clinic, (one, *_) = blocked
        for wanted in ("", "move", "move x y", "move 1 2026", "offer", "\x00", "move 1 \x00", "room"):
            data = {f"do-{one.pk}": wanted, f"seen-{one.pk}": "²", f"times-{one.pk}": ["x", "9" * 30 + " now"]}
            assert desk.post(visits_of(clinic.away), data).status_code == 302, wanted
            assert not MoveOffer.objects.exists(), wanted

    def test_practitioners_see_their_own_time_off_alone(self, frozen, blocked):
        clinic, _ = blocked
        clinic.practitioners[1].user, browser = signed_in("change_appointment", "view_appointment")
        clinic.practitioners[1].save()
        assert browser.get(visits_of(clinic.away)).status_code == 404
        closure = make_time_off(location=clinic.location, starts_at=TEN, ends_at=TEN + HOUR)
        assert browser.get(visits_of(closure)).status_code == 404

    def test_practitioners_give_away_no_time_of_their_colleagues(self, frozen, blocked):
        clinic, (one, two, _) = blocked
        clinic.practitioner.user, browser = signed_in("change_appointment", "view_appointment")
        clinic.practitioner.save()
        found = browser.get(visits_of(clinic.away)).context["cases"]
        assert {value.partition(" ")[0] for case in found for value, _ in [*case.times, *case.moves]} == {
            str(clinic.practitioner.pk)
        }
        theirs = f"{clinic.practitioners[1].pk} {one.starts_at.isoformat()}"
        data = {f"do-{one.pk}": f"move {theirs}", f"do-{two.pk}": "offer", f"times-{two.pk}": [theirs]}
        browser.post(visits_of(clinic.away), data)
        assert not Appointment.objects.filter(practitioner=clinic.practitioners[1]).exists()

    def test_one_page_gathers_all_that_are_in_the_way_and_all_offers_nobody_answered(self, desk, blocked):
        clinic, visits = blocked
        other = make_appointment(clinic, starts_at=TEN + 3 * DAY, practitioner=clinic.practitioners[1])
        data = {f"do-{other.pk}": "offer", f"times-{other.pk}": []}
        assert [case.visit for case in desk.get(reverse("admin:time_off_all_visits")).context["cases"]] == visits
        Message.objects.create(
            reason=f"offer/{other.pk}/0/client/1", message_id="<1@x>", to=["a@example.org"], subject="Other times",
            text="", queued_at=NOW, send_after=NOW, appointment=other,
        )  # fmt: skip
        page = desk.post(reverse("admin:time_off_all_visits"), data, follow=True)
        assert [case.visit for case in page.context["cases"]] == [*visits, other]
        assert "Offer one to 3 times" in page.content.decode()
