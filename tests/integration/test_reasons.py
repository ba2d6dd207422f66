"""Each rule that keeps a time from being offered, in the sentence staff read."""

from datetime import date, time, timedelta

import pytest

from booking import appointments, reasons
from booking.reasons import Binds
from tests.factory import NOW, TEN, make_appointment, make_clinic, make_practitioner, make_time_off, make_working_hours

pytestmark = pytest.mark.django_db(transaction=True)

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TURNOVER = 15 * MINUTE


def why(clinic, starts_at=TEN, *, practitioner=None, now=NOW, **more):
    return reasons.why(
        clinic.option, starts_at=starts_at, location=clinic.location, practitioner=practitioner, now=now, **more
    )


def only(found):
    (reason,) = found
    return reason


def test_nothing_is_said_of_a_time_that_clients_can_book():
    assert why(make_clinic()) == []


def test_a_retired_option_is_named():
    clinic = make_clinic()
    clinic.option.is_active = False
    reason = only(why(clinic))
    assert (reason.code, reason.binds) == ("retired", Binds.ALL)
    assert reason.sentence == f"{clinic.option} is no longer offered."


@pytest.mark.parametrize("mode", ["staff_only", "on_request"])
def test_what_clients_cannot_book_alone_the_front_desk_can(mode):
    reason = only(why(make_clinic(booking_mode=mode)))
    assert (reason.code, reason.binds) == (mode.replace("_", "-"), Binds.CLIENTS)


def test_a_place_that_is_no_longer_in_use_is_named():
    clinic = make_clinic()
    clinic.location.is_active = False
    assert only(why(clinic)).code == "place-closed"


def test_notice_says_the_last_moment_and_what_can_be_had_now():
    clinic = make_clinic(lead_time=2 * HOUR)
    reason = only(why(clinic, now=TEN - HOUR))
    assert (reason.code, reason.binds) == ("too-soon", Binds.CLIENTS)
    assert reason.sentence == (
        f"Clients book {clinic.service} at least 2 hours ahead: 8:00 am was the last moment for this time. "
        "Now they can have times from 11:00 am on."
    )


def test_the_horizon_says_when_the_time_opens():
    clinic = make_clinic(booking_horizon=timedelta(days=7))
    reason = only(why(clinic, TEN + timedelta(days=14)))
    assert (reason.code, reason.binds) == ("too-far", Binds.CLIENTS)
    assert "at most 7 days ahead: this time opens at 10:00 am on Monday 30 November" in reason.sentence


def test_a_time_of_earlier_today_can_still_be_entered_and_of_yesterday_with_a_reason():
    clinic = make_clinic()
    assert (only(why(clinic, now=TEN + HOUR)).code, only(why(clinic, now=TEN + HOUR)).binds) == ("past", Binds.CLIENTS)
    assert only(why(clinic, now=TEN + timedelta(days=1))).binds == Binds.RULES


def test_hours_of_the_day_are_told():
    clinic = make_clinic()
    clinic.practitioner.working_hours.all().delete()
    make_working_hours(clinic.practitioner, clinic.location, weekdays=[0], starts=time(9), ends=time(12))
    make_working_hours(clinic.practitioner, clinic.location, weekdays=[0], starts=time(13), ends=time(17))
    reason = only(why(clinic, TEN + 8 * HOUR, practitioner=clinic.practitioner))
    assert (reason.code, reason.binds) == ("not-at-work", Binds.RULES)
    assert "who works 9:00 am to 12:00 pm and 1:00 pm to 5:00 pm that day" in reason.sentence
    tuesday = only(why(clinic, TEN + 24 * HOUR))
    assert tuesday.sentence == (f"{clinic.practitioner} does not work at {clinic.location} on Tuesday 24 November.")


def test_a_visit_that_does_not_fit_says_by_how_much():
    clinic = make_clinic(buffer_after=TURNOVER)
    reason = only(why(clinic, TEN + 6 * HOUR))
    assert reason.code == "does-not-fit"
    assert "ends at 5:15 pm, after the shift" in reason.sentence
    assert reason.sentence.endswith("is over at 5:00 pm.")


def test_time_off_and_closures_are_told_apart():
    clinic = make_clinic()
    make_time_off(practitioner=clinic.practitioner, starts_at=TEN, ends_at=TEN + HOUR, reason="Dentist")
    make_time_off(location=clinic.location, starts_at=TEN, ends_at=TEN + 2 * HOUR)
    closure, away = why(clinic)
    assert (closure.code, away.code) == ("closure", "time-off")
    assert closure.sentence == f"{clinic.location} is closed from 10:00 am to 12:00 pm."
    assert "Dentist" not in away.sentence  # who may read it is not decided here
    assert away.time_off.reason == "Dentist"


def test_a_visit_in_the_way_is_named_and_binds_everybody():
    clinic = make_clinic(rooms=2)
    visit = make_appointment(clinic)
    reason = only(why(clinic))
    assert (reason.code, reason.binds, reason.appointment) == ("busy", Binds.ALL, visit)
    assert reason.sentence == f"{clinic.practitioner} has a visit from 10:00 am to 11:00 am."
    assert why(clinic, ignoring=[visit.pk]) == []


def test_a_hold_says_until_when():
    clinic = make_clinic(rooms=2)
    appointments.hold(clinic.option, starts_at=TEN, owner="browser", address="here", now=NOW)
    assert "held for somebody until 12:10 pm on Sunday 22 November" in only(why(clinic)).sentence


def test_missing_turnover_is_not_called_a_visit_at_that_time():
    clinic = make_clinic(rooms=2, buffer_after=TURNOVER)
    make_appointment(clinic)
    assert only(why(clinic, TEN + HOUR)).code == "turnover"


def test_every_suitable_room_says_what_it_does():
    clinic = make_clinic(rooms=3, practitioners=2)
    make_appointment(clinic)
    make_time_off(room=clinic.rooms[1], starts_at=TEN, ends_at=TEN + HOUR, reason="Leak")
    clinic.rooms[2].is_active = False
    clinic.rooms[2].save()
    taken, out, inactive = why(clinic, practitioner=clinic.practitioners[1])
    assert [one.code for one in (taken, out, inactive)] == ["room-taken", "room-out", "room-inactive"]
    assert [one.room for one in (taken, out, inactive)] == clinic.rooms
    assert out.sentence == f"{clinic.rooms[1]} is out of use from 10:00 am to 11:00 am."


def test_a_service_that_no_room_suits_says_so():
    clinic = make_clinic()
    clinic.service.rooms.clear()
    assert only(why(clinic)).code == "no-room-suits"


def test_a_time_off_the_grid_names_its_neighbours():
    clinic = make_clinic()
    reason = only(why(clinic, TEN + 5 * MINUTE))
    assert (reason.code, reason.binds) == ("off-grid", Binds.CLIENTS)
    assert reason.sentence == "The visit would fit, but times are offered every 15 minutes: 10:00 am and 10:15 am."


def test_anyone_is_refused_for_the_reasons_of_each():
    clinic = make_clinic(practitioners=2, rooms=3)
    make_appointment(clinic, practitioner=clinic.practitioners[0])
    clinic.practitioners[1].accepts_new_clients = False
    clinic.practitioners[1].save()
    found = {(reason.practitioner, reason.code) for reason in why(clinic)}
    assert found == {(clinic.practitioners[0], "busy"), (clinic.practitioners[1], "no-new-clients")}
    assert reasons.easiest(why(clinic)) == Binds.CLIENTS
    assert why(clinic, practitioner=clinic.practitioners[1]) == []


def test_nobody_is_blamed_when_somebody_could_come():
    clinic = make_clinic(practitioners=2, rooms=2, lead_time=2 * HOUR)
    make_appointment(clinic, practitioner=clinic.practitioners[0])
    assert [reason.code for reason in why(clinic, now=TEN - HOUR)] == ["too-soon"]


def test_who_left_or_never_gave_it_is_said():
    clinic = make_clinic()
    stranger = make_practitioner(name="Ines")
    assert only(why(clinic, practitioner=stranger)).sentence == f"Ines does not give {clinic.service}."
    clinic.practitioner.is_active = False
    clinic.practitioner.save()
    assert only(why(clinic, practitioner=clinic.practitioner)).code == "inactive"
    assert only(why(clinic)).code == "nobody"


def test_the_hour_that_comes_twice_is_named_with_its_letters():
    clinic = make_clinic()
    clinic.practitioner.working_hours.all().delete()
    first = TEN.replace(month=11, day=1, hour=8, minute=30)  # 1:30 am, before the clock goes back
    make_working_hours(clinic.practitioner, clinic.location, starts=time(5), valid_from=date(2020, 1, 1))
    for starts_at, letters in ((first, "PDT"), (first + HOUR, "PST")):
        reason = only(why(clinic, starts_at, now=starts_at - timedelta(days=3)))
        assert reason.sentence.startswith(f"1:30 am {letters} lies outside the hours")


def test_the_answer_takes_as_many_queries_for_many_people(django_assert_max_num_queries):
    clinic = make_clinic(practitioners=5, rooms=5)
    for number in range(5):
        make_appointment(clinic, practitioner=clinic.practitioners[number])
    clinic.service.refresh_from_db()
    with django_assert_max_num_queries(5):
        assert len(why(clinic)) == 10
