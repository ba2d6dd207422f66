"""Moving a visit, and booking it again: open times first, any other with a reason, never over somebody else."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from booking import appointments
from booking.appointments import Author
from booking.models import Appointment, Message, Visit
from tests.factory import NOW, TEN, make_appointment, make_clinic, make_option, make_service, make_time_off
from tests.front_desk import fresh, sign_in, text, url

# Django's own admin templates print variables that are not there.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
SEVEN_PM = TEN + timedelta(hours=9)  # after work


@pytest.fixture
def clinic(db):
    return make_clinic(practitioners=2, rooms=2)


def move(browser, visit, to=None, who=None, **data):
    """Send the move as the page's own form does."""
    data.setdefault("seen", appointments.seen_of(visit))
    if to:
        data |= {"starts_at": to.isoformat(), "practitioner": (who or visit.practitioner).pk}
    return browser.post(url("diary_move", visit.pk), data)


def ask(client, visit, **asked):
    return client.get(url("diary_move", visit.pk), asked, headers={"HX-Request": "true"})


def again(client, visit, starts_at, practitioner=None, **data):
    page = client.get(url("diary_again", visit.pk))
    token = re.search(r'name="form_token" value="([^"]+)"', text(page))[1]
    pick = f"{(practitioner or visit.practitioner).pk} {starts_at.isoformat()}"
    return client.post(url("diary_again", visit.pk), {"pick": pick, "form_token": token, **data})


def test_page_offers_the_same_practitioner_first_then_the_others(desk, clinic):
    first, second = clinic.practitioners
    visit = make_appointment(clinic, practitioner=second)
    context = desk.get(url("diary_move", visit.pk)).context
    assert [person.practitioner for person in context["people"]] == [second, first]
    assert context["people"][0].days[0].heading == "Monday 23 November"
    assert [time.who for time in context["instead"]] == [first.name]


def test_its_own_time_is_not_in_its_way(desk, clinic):
    visit = make_appointment(clinic, practitioner=clinic.practitioner)
    values = [time.words for time in desk.get(url("diary_move", visit.pk)).context["people"][0].days[0].times]
    assert "10:15 am" in values


def test_a_time_of_the_page_moves_it_and_tells_the_client(desk, clinic):
    visit = make_appointment(clinic)
    Message.objects.update(status="sent", sent_at=NOW)
    page = desk.get(url("diary_move", visit.pk))
    pick = next(time for time in page.context["people"][0].days[0].times if time.words == "2:00 pm")
    answer = move(desk, visit, pick=pick.value)
    assert answer.status_code == 303 and f"visit={visit.pk}" in answer["Location"]
    assert fresh(visit).starts_at == TEN + 4 * HOUR
    assert Message.objects.filter(reason__startswith="moved/", reason__endswith="/client").exists()


def test_moving_can_keep_quiet(desk, clinic):
    visit = make_appointment(clinic)
    Message.objects.update(status="sent", sent_at=NOW)
    move(desk, visit, TEN + HOUR, is_quiet="yes")
    assert fresh(visit).starts_at == TEN + HOUR
    assert not Message.objects.filter(reason__startswith="moved/", reason__endswith="/client").exists()


def test_a_drag_is_answered_with_what_it_would_mean_and_changes_nothing(desk, clinic):
    first, second = clinic.practitioners
    visit = make_appointment(clinic, practitioner=first)
    answer = text(ask(desk, visit, shift="60", date="2026-11-23", practitioner=second.pk))
    assert "<html" not in answer and f"Monday 23 November, 11:00 am with {second} is open." in answer
    assert fresh(visit).starts_at == TEN


def test_a_drag_to_another_day_keeps_the_time_on_the_wall(desk, clinic):
    visit = make_appointment(clinic)
    assert "Wednesday 25 November, 9:30 am" in text(ask(desk, visit, shift="-30", date="2026-11-25"))


def test_a_drag_to_where_nobody_works_says_the_rule_and_asks_for_a_reason(desk, clinic):
    visit = make_appointment(clinic)
    answer = text(ask(desk, visit, shift="540", date="2026-11-23"))
    assert "is not open" in answer and 'name="override"' in answer and "Move all the same" in answer
    assert "nearest open times" in answer and "/admin/diary/why/" in answer


def test_a_drag_into_a_room_changes_the_room_alone(desk, clinic):
    visit = make_appointment(clinic)
    other = next(room for room in clinic.rooms if room != visit.room)
    assert "is open." in text(ask(desk, visit, shift="0", date="2026-11-23", room=other.pk))
    move(desk, visit, TEN, room=other.pk)
    assert fresh(visit).room == other and fresh(visit).sequence == visit.sequence


def test_against_the_rules_needs_a_reason_and_keeps_it(desk, clinic):
    visit = make_appointment(clinic)
    refused = move(desk, visit, SEVEN_PM)
    assert refused.status_code == 409 and "is not open" in text(refused) and fresh(visit).starts_at == TEN
    move(desk, visit, SEVEN_PM, override="They work late")
    assert (fresh(visit).starts_at, fresh(visit).override_reason) == (SEVEN_PM, "They work late")


def test_a_reason_given_for_an_open_time_is_not_kept(desk, clinic):
    visit = make_appointment(clinic)
    move(desk, visit, TEN + HOUR, override="Just because")
    assert (fresh(visit).starts_at, fresh(visit).override_reason) == (TEN + HOUR, "")


def test_no_reason_puts_two_visits_into_one_place(desk, clinic):
    visit = make_appointment(clinic, practitioner=clinic.practitioner)
    make_appointment(clinic, practitioner=clinic.practitioner, starts_at=TEN + HOUR)
    answer = move(desk, visit, TEN + HOUR, override="Please")
    assert answer.status_code == 409 and "no reason changes that" in text(answer)
    assert fresh(visit).starts_at == TEN


def test_a_reason_needs_the_right_to_override(client, clock, clinic):
    visit = make_appointment(clinic)
    sign_in(client, "change_appointment", "view_everyone")
    assert move(client, visit, SEVEN_PM, override="Please").status_code == 403
    assert 'name="override"' not in text(ask(client, visit, shift="540", date="2026-11-23"))
    assert "against the rules" not in text(client.get(url("diary_move", visit.pk)))


def test_who_does_not_see_everyone_moves_within_their_own_diary(client, clock, clinic):
    first, second = clinic.practitioners
    visit = make_appointment(clinic, practitioner=first)
    sign_in(client, "change_appointment")
    first.user = client.user
    first.save()
    assert [one.practitioner for one in client.get(url("diary_move", visit.pk)).context["people"]] == [first]
    assert move(client, visit, TEN + HOUR, second).status_code == 422
    assert move(client, visit, TEN + HOUR).status_code == 303


def test_two_at_once_one_wins_and_the_other_sees_what_happened(desk, clinic):
    visit = make_appointment(clinic)
    seen = appointments.seen_of(visit)
    move(desk, visit, TEN + HOUR, seen=seen)
    from tests.factory import DESK

    second = move(desk, visit, TEN + 2 * HOUR, seen=seen)
    assert second.status_code == 409 and "moved this visit" in text(second)
    assert fresh(visit).starts_at == TEN + HOUR
    assert DESK.name


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"pick": "x"},
        {"pick": "\x00 \x00"},
        {"pick": "9" * 50 + " 2026-11-23T10:00-08:00"},
        {"starts_at": "0001-01-01T00:00Z"},
        {"starts_at": "9999-12-31T23:59-12:00"},
        {"starts_at": "2199-12-31T10:00Z"},
        {"starts_at": "2026-11-23T10:00-08:00", "practitioner": "0"},
        {"shift": "--5"},
        {"shift": "9" * 30},
        {"shift": "60", "date": "0001-01-01", "practitioner": "\x00"},
        {"date": "2026-11-23", "at": "25:00"},
        {"date": "\x00", "at": "\x00"},
    ],
)
def test_what_is_no_time_is_refused_with_a_sentence(desk, clinic, data):
    visit = make_appointment(clinic)
    answer = move(desk, visit, **data)
    assert answer.status_code == 422 and "within two years" in text(answer)
    expected = 400 if "\x00" in "".join(data.values()) else 200
    assert desk.get(url("diary_move", visit.pk), data).status_code == expected
    assert fresh(visit).starts_at == TEN


@pytest.mark.parametrize("day", ["", "2026-13-01", "0001-01-01", "9999-12-31", "x" * 500])
def test_a_day_to_look_from_that_is_none_is_the_visits_own(desk, clinic, day):
    visit = make_appointment(clinic)
    assert f"{desk.get(url('diary_move', visit.pk), {'from': day}).context['first_day']}" == "2026-11-23"
    assert desk.get(url("diary_again", visit.pk), {"from": day}).status_code == 200


def test_a_visit_that_is_over_is_not_moved(desk, clinic):
    visit = make_appointment(clinic)
    appointments.cancel(visit, now=NOW)
    assert "cannot be moved" in text(desk.get(url("diary_move", visit.pk)))
    assert move(desk, visit, TEN + HOUR).status_code == 409


def test_copying_shows_the_same_time_next_week_and_books_it(desk, clinic):
    visit = make_appointment(clinic)
    asked = desk.get(url("diary_again", visit.pk)).context["asked"]
    assert asked.is_open and asked.starts_at == TEN + WEEK
    answer = again(desk, visit, TEN + WEEK)
    copy = Appointment.objects.exclude(pk=visit.pk).get()
    assert answer.status_code == 303 and f"visit={copy.pk}" in answer["Location"]
    assert (copy.starts_at, copy.client, copy.option) == (TEN + WEEK, visit.client, visit.option)


def test_copying_across_a_change_of_the_clock_keeps_the_time_on_the_wall(desk, clinic, clock):
    before = TEN - timedelta(days=28) - HOUR  # Monday 26 October, 10 am in summer time
    clock(before - WEEK)
    visit = make_appointment(clinic, starts_at=before, now=before - WEEK)
    assert desk.get(url("diary_again", visit.pk)).context["asked"].starts_at == before + WEEK + HOUR


def test_copying_into_time_off_says_so_and_names_the_nearest(desk, clinic):
    visit = make_appointment(clinic)
    make_time_off(practitioner=visit.practitioner, starts_at=TEN + WEEK, ends_at=TEN + WEEK + HOUR)
    asked = desk.get(url("diary_again", visit.pk)).context["asked"]
    assert not asked.is_open and "away" in asked.why[0] and asked.nearest
    assert again(desk, visit, TEN + WEEK).status_code == 409
    assert again(desk, visit, TEN + WEEK, override="They come in for it").status_code == 303
    assert Appointment.objects.latest("pk").override_reason == "They come in for it"


def test_sending_it_twice_books_once(desk, clinic):
    visit = make_appointment(clinic)
    data = {"pick": f"{visit.practitioner_id} {(TEN + WEEK).isoformat()}", "form_token": "again-" * 6}
    for _ in range(2):
        assert desk.post(url("diary_again", visit.pk), data).status_code == 303
    assert Visit.objects.count() == 2


@pytest.mark.parametrize("data", [{}, {"pick": "1 x"}, {"pick": "\x00"}, {"form_token": "short"}])
def test_booking_again_refuses_what_is_no_form_of_ours(desk, clinic, data):
    visit = make_appointment(clinic)
    good = {"pick": f"{visit.practitioner_id} {(TEN + WEEK).isoformat()}"} if "form_token" in data else {}
    assert desk.post(url("diary_again", visit.pk), {**good, **data}).status_code == 422
    assert Visit.objects.count() == 1


def test_a_lapsed_visit_is_copied_to_the_first_week_to_come(desk, clinic, clock):
    visit = make_appointment(clinic)
    clock(TEN + 2 * WEEK + HOUR)
    assert desk.get(url("diary_again", visit.pk)).context["asked"].starts_at == TEN + 3 * WEEK


def test_who_does_not_give_it_is_told_as_a_rule(desk, clinic):
    visit = make_appointment(clinic)
    make_option(make_service(name="Needles"))
    other = clinic.practitioners[1]
    other.services.clear()
    answer = text(ask(desk, visit, shift="60", practitioner=other.pk))
    assert "does not give" in answer


def test_pages_are_the_same_for_reading_twice(desk, clinic):
    visit = make_appointment(clinic)
    before = appointments.seen_of(visit)
    for name in ("diary_move", "diary_again", "diary_room", "diary_message", "diary_receipt", "diary_visit"):
        desk.get(reverse(f"admin:{name}", args=[visit.pk]))
    assert appointments.seen_of(visit) == before
    assert Author(user=None).name == ""
