"""The day's board: what stands where, and what a card says."""

from datetime import date, time, timedelta

import pytest
from django.contrib.auth.models import User

from booking import appointments
from booking.diary import board, marks
from booking.diary.asked import Asked
from booking.models import Appointment, ClientNote, ConsultationRequest, Message, MoveOffer, Proposal
from services.models import Practitioner
from tests.factory import (
    MONDAY,
    NOW,
    TEN,
    make_appointment,
    make_details,
    make_location,
    make_option,
    make_practitioner,
    make_request,
    make_service,
    make_time_off,
    make_working_hours,
)
from tests.integration.diary.asking import HOUR, MONDAYS, asked, become, card_of, day_of, labels, staff

# Django's own admin templates print variables that are not there.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


# Columns and what lies between the cards


def test_there_is_a_column_for_everybody_who_works_or_has_a_visit_that_day(clinic):
    first, second = clinic.practitioners
    make_appointment(clinic, practitioner=second)
    second.working_hours.all().delete()
    off = make_practitioner(clinic.service, name="Wren Halloran")
    shown = day_of(clinic)
    assert [column.pk for column in shown.columns] == [first.pk, second.pk]
    assert shown.off == [off.name]


def test_a_practitioner_who_left_is_shown_as_long_as_they_have_visits(clinic):
    make_appointment(clinic, practitioner=clinic.practitioners[1])
    Practitioner.objects.filter(pk=clinic.practitioners[1].pk).update(is_active=False)
    assert [column.name for column in day_of(clinic).columns] == [str(one) for one in clinic.practitioners]


def test_the_board_shows_the_hours_that_somebody_works(clinic):
    make_working_hours(clinic.practitioner, clinic.location, weekdays=[0], starts=time(19), ends=time(20, 30))
    shown = day_of(clinic)
    assert shown.hours == 12
    assert [hour.label for hour in shown.labels][:4] == ["9 am", "10 am", "11 am", "12 pm"]


def test_off_hours_say_when_work_begins_and_ends_and_a_gap_between_shifts_is_a_break(clinic):
    first = clinic.practitioner
    first.working_hours.update(starts=time(10), ends=time(13))
    make_working_hours(first, clinic.location, weekdays=[0], starts=time(14), ends=time(16, 30))
    column, other = day_of(clinic).columns
    assert labels(column, "off") == ["From 10", "Until 4:30"]
    assert labels(column, "break") == ["Break"]
    assert column.line == "10 to 1, 2 to 4:30"
    assert labels(other, "off") == []


def test_time_off_carries_its_reason_and_takes_the_cells(clinic):
    make_time_off(practitioner=clinic.practitioner, starts_at=TEN, ends_at=TEN + 2 * HOUR, reason="Training")
    column = day_of(clinic).columns[0]
    assert labels(column, "away") == ["Training"]
    assert [cell.value for cell in column.cells][:5] == ["09:00", "09:15", "09:30", "09:45", "12:00"]
    assert labels(day_of(clinic, is_private=True).columns[0], "away") == ["Away"]


def test_whoever_is_away_all_day_has_no_column_but_is_named_with_the_reason(clinic):
    person = clinic.practitioner
    make_time_off(practitioner=person, starts_at=TEN - 10 * HOUR, ends_at=TEN + 14 * HOUR, reason="Holiday")
    shown = day_of(clinic)
    assert [column.pk for column in shown.columns] == [clinic.practitioners[1].pk]
    assert shown.off == [f"{person} (Holiday)"]


def test_a_shift_elsewhere_is_drawn_as_such_and_not_booked_here(clinic):
    river = make_location(name="Riverside")
    clinic.practitioner.working_hours.filter(weekday=0).update(ends=time(12))
    make_working_hours(clinic.practitioner, river, weekdays=[0], starts=time(13), ends=time(17))
    given = asked(clinic)
    user = User.objects.create_superuser("owner")
    column = board.of_day(user, Asked(**{**vars(given), "locations": [clinic.location, river]})).columns[0]
    assert labels(column, "elsewhere") == ["At Riverside"]
    assert [cell.value for cell in column.cells][-1] == "11:45"


def test_cells_are_the_quarters_nobody_has_with_turnover_taken_off(clinic):
    make_appointment(clinic, practitioner=clinic.practitioner)
    column = day_of(clinic).columns[0]
    assert labels(column, "turn") == ["Turnover", "Turnover"]
    values = [cell.value for cell in column.cells]
    assert values[:5] == ["09:00", "09:15", "09:30", "09:45", "11:15"]
    assert all(cell.name == "at" for cell in column.cells)


def test_no_cells_for_days_that_are_over(clinic):
    assert day_of(clinic, day=MONDAY - timedelta(days=7)).columns[0].cells == []
    assert day_of(clinic, day=MONDAY - timedelta(days=1)).columns[0].cells != []  # today, earlier starts included


def test_the_hour_that_comes_twice_offers_each_instant_by_itself(clinic):
    clinic.practitioner.working_hours.update(starts=time(0), ends=time(4))
    autumn = date(2027, 11, 7)
    shown = day_of(clinic, day=autumn)
    repeated = [cell for cell in shown.columns[0].cells if cell.name == "starts_at"]
    assert [cell.value for cell in repeated][::4] == ["2027-11-07T01:00:00-07:00", "2027-11-07T01:00:00-08:00"]
    assert [hour.label for hour in shown.labels][:4] == ["12 am", "1 am PDT", "1 am PST", "2 am"]


# By room


def test_by_room_each_room_has_a_column_and_visits_without_one_stand_together(clinic):
    booked = make_appointment(clinic)
    call = make_service(mode="video", name="Video call")
    clinic.practitioners[1].services.add(call)
    make_appointment(clinic, option=make_option(call, minutes=15), practitioner=clinic.practitioners[1])
    columns = day_of(clinic, by="room").columns
    assert [column.name for column in columns] == [*map(str, clinic.rooms), "Without a room"]
    card = columns[0].cards[0]
    assert (card.visit.pk, card.where) == (booked.pk, str(booked.practitioner))
    assert columns[2].cells == []


def test_a_room_out_of_use_says_why(clinic):
    make_time_off(room=clinic.rooms[1], starts_at=TEN, ends_at=TEN + HOUR, reason="New floor")
    first, second = day_of(clinic, by="room").columns
    assert labels(first, "away") == []
    assert labels(second, "away") == ["Out of use: New floor"]
    assert "10:00" not in [cell.value for cell in second.cells]
    assert "10:00" in [cell.value for cell in first.cells]


def test_a_practitioner_sees_taken_rooms_but_not_by_whom(clinic):
    mine, other = clinic.practitioners
    user = staff("view_diary", "view_appointment")
    Practitioner.objects.filter(pk=mine.pk).update(user=user)
    make_appointment(clinic, practitioner=other, details=make_details(last_name="Secret"))
    first = day_of(clinic, user, by="room").columns[0]
    assert [(card.name, card.word, card.url) for card in first.cards] == [("", "Taken", "")]
    assert "10:00" not in [cell.value for cell in first.cells]


# Cards


def test_a_card_names_time_client_service_and_room(clinic):
    booked = make_appointment(clinic, details=make_details(first_name="Noor", last_name="Haddad"))
    card = card_of(clinic, booked)
    assert (card.clock, card.until, card.name) == ("10:00", "11:00", "Noor Haddad")
    assert (card.what, card.where) == (f"{clinic.service.name} 60", str(booked.room))
    assert card.url == f"/admin/diary/visits/{booked.pk}/"


def test_privacy_leaves_initials_and_hides_notes(clinic):
    booked = make_appointment(clinic, details=make_details(first_name="Noor", last_name="Haddad", note="Lavender"))
    card = card_of(clinic, booked, is_private=True)
    assert (card.name, card.note) == ("N. H.", "")


@pytest.mark.parametrize(
    ("columns", "minutes", "state", "word"),
    [
        ({}, -60, "booked", "Booked"),
        ({"confirmed_at": NOW}, -60, "confirmed", "Confirmed"),
        ({}, 4, "booked", "Booked"),
        ({"confirmed_at": NOW}, 12, "confirmed", "Late, 12 min"),
        ({}, 61, "booked", "No outcome"),
        ({"status": "arrived"}, 0, "here", "Here"),
        ({"status": "arrived", "started_at": TEN}, 5, "now", "In session"),
        ({"status": "fulfilled"}, 90, "done", "Done"),
        ({"status": "noshow"}, 90, "missed", "Did not come"),
    ],
)
def test_the_state_is_a_strip_and_a_word(clinic, columns, minutes, state, word):
    booked = make_appointment(clinic)
    become(booked, **columns)
    card = card_of(clinic, booked, now=TEN + timedelta(minutes=minutes))
    assert (card.state, card.word) == (state, word)


def test_cancelled_visits_are_folded_away_and_undone_ones_were_never_there(clinic):
    gone, undone = make_appointment(clinic), make_appointment(clinic, starts_at=TEN + 2 * HOUR)
    become(gone, status="cancelled", cancelled_at=NOW)
    become(undone, status="cancelled", cancelled_at=NOW, cancellation_reason=Appointment.UNDONE)
    shown = day_of(clinic)
    assert [card for column in shown.columns for card in column.cards] == []
    assert [one.card.visit.pk for one in shown.cancelled] == [gone.pk]
    assert shown.sentence == "No visits."


def test_the_sentence_counts_visits_holds_and_the_unconfirmed(clinic):
    make_appointment(clinic)
    become(make_appointment(clinic, starts_at=TEN + 2 * HOUR), confirmed_at=NOW)
    appointments.hold(clinic.option, starts_at=TEN + 4 * HOUR, owner="alice", address="home", now=NOW)
    assert day_of(clinic).sentence == "2 visits, 1 held, 1 not confirmed."


def test_a_hold_says_how_long_it_lasts_and_is_gone_when_it_ended(clinic):
    held = appointments.hold(clinic.option, starts_at=TEN, owner="alice", address="home", now=NOW)
    card = card_of(clinic, held, now=held.hold_expires_at - timedelta(seconds=200))
    assert (card.state, card.name, card.word, card.url) == ("hold", "Held online", "3 min 20 s left", "")
    assert all(not column.cards for column in day_of(clinic, now=held.hold_expires_at).columns)


def test_a_proposal_and_an_offer_are_held_for_a_named_person(clinic):
    asked_for = make_request()
    first = appointments.hold(clinic.option, starts_at=TEN, owner="alice", address="home", now=NOW)
    Proposal.objects.create(request=asked_for, appointment=first, created_at=NOW)
    booked = make_appointment(clinic, starts_at=TEN + 2 * HOUR)
    second = appointments.hold(clinic.option, starts_at=TEN + 4 * HOUR, owner="bob", address="work", now=NOW)
    MoveOffer.objects.create(appointment=booked, held=second, created_at=NOW)
    become(second, hold_expires_at=NOW + timedelta(days=2))
    assert card_of(clinic, first).name == f"Held for {asked_for.name}"
    card = card_of(clinic, second)
    assert (card.name, card.word) == (f"Offered to {booked.client}", "Until Tue 24 Nov, 12:00 pm")
    assert ConsultationRequest.objects.count() == 1


# Needles


@pytest.fixture
def needles(clinic):
    """An hour of which the practitioner is free from 10 to 40 minutes."""
    return make_option(
        clinic.service, minutes=60, name="Needles",
        unattended_from=timedelta(minutes=10), unattended_until=timedelta(minutes=40),
    )  # fmt: skip


def test_while_needles_rest_the_practitioner_is_free_and_the_room_is_not(clinic, needles):
    booked = make_appointment(clinic, option=needles, practitioner=clinic.practitioner)
    card = card_of(clinic, booked)
    assert (card.rest, card.returns) == ((3, 6), (9, 4))
    assert (card.rest_words, card.back_words) == ("Rests 30 min", "Back 10:40")
    assert "10:10" in [cell.value for cell in day_of(clinic).columns[0].cells]
    assert "10:10" not in [cell.value for cell in day_of(clinic, by="room").columns[0].cells]


def test_whoever_comes_meanwhile_stands_beside(clinic, needles):
    booked = make_appointment(clinic, option=needles, practitioner=clinic.practitioner)
    call = make_service(mode="video")
    clinic.practitioner.services.add(call)
    option = make_option(call, minutes=15)
    other = make_appointment(clinic, option=option, practitioner=clinic.practitioner, starts_at=TEN + HOUR / 4)
    assert card_of(clinic, booked).rest is not None
    assert card_of(clinic, other).width == "beside"


def test_a_time_sold_again_after_nobody_came_is_shown_side_by_side(clinic):
    missed = make_appointment(clinic, practitioner=clinic.practitioner)
    become(missed, status="noshow")
    missed.busy_times.all().delete()
    again = make_appointment(clinic, practitioner=clinic.practitioner)
    assert [card_of(clinic, one).width for one in (missed, again)] == ["lane-1of2", "lane-2of2"]


# Marks


def test_marks_are_read_with_the_cards(clinic):
    details = make_details(note="Lavender", pressure="firm")
    first = make_appointment(clinic, details=details)
    ClientNote.objects.create(client=first.client, text="Latex", is_alert=True, at=NOW)
    Message.objects.filter(appointment=first).update(status="failed")
    assert [mark.code for mark in card_of(clinic, first).marks] == ["alert", "mail", "first", "note", "comfort"]


def test_a_second_visit_and_a_combined_one_are_marked_so(clinic):
    details = make_details()
    make_appointment(clinic, details=details)
    second = make_appointment(clinic, details=details, starts_at=TEN + 2 * HOUR)
    third = make_appointment(clinic, details=details, starts_at=TEN + 4 * HOUR)
    become(third, visit=second.visit)
    assert [mark.code for mark in card_of(clinic, second).marks] == ["combined"]


def test_a_missed_visit_without_a_decision_about_its_fee_is_marked(clinic):
    missed = make_appointment(clinic)
    become(missed, status="noshow", late_fee=20)
    assert "fee" in [mark.code for mark in card_of(clinic, missed).marks]
    become(missed, fee=0, fee_waiver="Snow")
    assert "fee" not in [mark.code for mark in card_of(clinic, missed).marks]


def test_every_mark_has_a_picture_and_words(desk, clinic):
    html = desk.get(MONDAYS).text
    for mark in marks.MARKS:
        assert f'id="i-{mark.code}"' in html
        assert mark.words in html
