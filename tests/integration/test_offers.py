"""Other times offered for a visit: held, mailed, accepted once, or free again."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.urls import reverse

from booking import appointments, availability, links, offers
from booking.errors import HoldExpired, NotPossible, SlotTaken
from booking.models import Appointment, BusyTime, Change, Message, MoveOffer
from tests.concurrency.races import at_once, deadlocks, overlaps, tally
from tests.factory import MONDAY, NOW, TEN, make_appointment, make_clinic, make_time_off
from tests.offers import at, slots, starts

pytestmark = [pytest.mark.django_db]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def open_slot(clinic, starts_at, practitioner=None):
    found = availability.find_slot(
        clinic.option, starts_at=starts_at, practitioners=[practitioner or clinic.practitioner], now=NOW, for_staff=True
    )
    return found[0]


def offer(clinic, visit, *walls, now=NOW):
    return offers.make(visit, [open_slot(clinic, at(wall)) for wall in walls], by=None, now=now)


def page_of(visit):
    return reverse("booking:visit", args=[links.token(visit.visit)])


def accept_url(visit, one):
    return reverse("booking:offer_accept", args=[links.token(visit.visit), one if isinstance(one, int) else one.pk])


class TestMaking:
    def test_times_are_held_for_two_days_and_one_mail_names_them(self, clinic):
        visit = make_appointment(clinic, starts_at=TEN + 5 * DAY)
        made = offer(clinic, visit, "12:00", "14:00")
        assert "12:00" not in starts(clinic) and "14:00" not in starts(clinic)
        assert {one.held.hold_expires_at for one in made} == {at("12:00"), at("14:00")}  # not later than they begin
        mail = Message.objects.get(reason__startswith="offer/")
        assert "Monday 23 November, 12:00 pm" in mail.text and "2:00 pm" in mail.text
        assert links.url(visit.visit) not in mail.text  # it is filled in when it leaves
        late = offers.make(visit, [open_slot(clinic, at("12:00", MONDAY + 4 * DAY))], by=None, now=NOW)
        assert late[0].held.hold_expires_at == NOW + timedelta(hours=48)

    def test_they_end_when_the_visit_would_begin(self, clinic):
        visit = make_appointment(clinic)
        (one,) = offers.make(visit, [open_slot(clinic, TEN + DAY)], by=None, now=NOW)
        assert one.held.hold_expires_at == TEN

    def test_new_ones_take_the_place_of_the_old(self, clinic):
        visit = make_appointment(clinic)
        offer(clinic, visit, "12:00")
        offer(clinic, visit, "14:00")
        assert [one.held.starts_at for one in offers.open_for(visit, now=NOW)] == [at("14:00")]
        assert "12:00" in starts(clinic)

    def test_all_or_none(self, clinic):
        visit, wanted = make_appointment(clinic), [open_slot(clinic, at(wall)) for wall in ("12:00", "14:00")]
        make_appointment(clinic, starts_at=at("14:00"))
        with pytest.raises(SlotTaken):
            offers.make(visit, wanted, by=None, now=NOW)
        assert not MoveOffer.objects.exists() and not Message.objects.filter(reason__startswith="offer/").exists()

    def test_only_for_a_booked_visit_with_an_address_and_at_most_three(self, clinic):
        visit = make_appointment(clinic)
        four = [open_slot(clinic, at(wall)) for wall in ("11:00", "12:00", "13:00", "14:00")]
        for wanted in ([], four):
            with pytest.raises(NotPossible):
                offers.make(visit, wanted, by=None, now=NOW)
        appointments.cancel(visit, now=NOW)
        with pytest.raises(NotPossible):
            offer(clinic, visit, "12:00")


class TestAccepting:
    def test_one_press_moves_the_visit_and_frees_the_rest(self, browser, frozen, clinic):
        browser.handler.enforce_csrf_checks = False
        visit = make_appointment(clinic)
        first, _ = offer(clinic, visit, "12:00", "14:00")
        html = browser.get(page_of(visit)).content.decode()
        assert 'datetime="2026-11-23T12:00:00-08:00"' in html and accept_url(visit, first) in html
        answer = browser.post(accept_url(visit, first))
        visit.refresh_from_db()
        assert answer.status_code == 303 and visit.starts_at == at("12:00")
        assert not MoveOffer.objects.exists() and "14:00" in starts(clinic) and "10:00" in starts(clinic)
        assert Change.objects.filter(appointment=visit, kind="moved", by=None).count() == 1
        assert Message.objects.filter(appointment=visit, to=[visit.client.email]).latest("pk").text.count("12:00 pm")

    def test_the_notice_does_not_count_because_we_asked(self, clinic):
        visit = make_appointment(clinic)
        now = TEN - HOUR  # long past the deadline, and inside the lead time
        (one,) = offers.make(visit, [open_slot(clinic, at("14:00"))], by=None, now=now)
        assert offers.accept(one, now=now).starts_at == at("14:00")

    def test_pressed_twice_is_moved_once(self, browser, frozen, clinic):
        browser.handler.enforce_csrf_checks = False
        visit = make_appointment(clinic)
        (one,) = offer(clinic, visit, "12:00")
        pressed = {"starts_at": at("12:00").isoformat()}
        for _ in range(2):
            assert browser.post(accept_url(visit, one), pressed).status_code == 303
        assert Change.objects.filter(appointment=visit, kind="moved").count() == 1

    def test_gone_is_said_politely_and_the_visit_stays(self, browser, frozen, clinic):
        browser.handler.enforce_csrf_checks = False
        visit = make_appointment(clinic)
        (one,) = offer(clinic, visit, "12:00")
        Appointment.objects.filter(offered_as=one).update(hold_expires_at=NOW)
        answer = browser.post(accept_url(visit, one))
        assert answer.status_code == 409 and "We no longer hold this time for you" in answer.content.decode()
        visit.refresh_from_db()
        assert visit.starts_at == TEN
        assert browser.post(accept_url(visit, 999_999)).status_code == 409
        assert browser.post(accept_url(visit, 10**30)).status_code == 409

    def test_somebody_else_s_offer_is_not_theirs_to_take(self, browser, frozen):
        browser.handler.enforce_csrf_checks = False
        one, two = make_clinic(), make_clinic()
        mine, theirs = make_appointment(one), make_appointment(two)
        (offered,) = offer(two, theirs, "12:00")
        assert browser.post(accept_url(mine, offered)).status_code == 409
        mine.refresh_from_db()
        assert mine.starts_at == TEN

    def test_time_off_that_came_over_it_wins(self, clinic):
        visit = make_appointment(clinic)
        (one,) = offer(clinic, visit, "12:00")
        make_time_off(practitioner=clinic.practitioner, starts_at=at("12:00"), ends_at=at("17:00"))
        with pytest.raises(HoldExpired):
            offers.accept(one, now=NOW)
        assert MoveOffer.objects.exists()  # nothing was half done

    def test_reading_the_link_accepts_nothing(self, browser, frozen, clinic):
        visit = make_appointment(clinic)
        (one,) = offer(clinic, visit, "12:00")
        assert browser.get(accept_url(visit, one)).status_code == 302
        assert browser.get(page_of(visit)).status_code == 200
        assert MoveOffer.objects.count() == 1

    def test_none_of_these_frees_them_and_waits_for_a_call(self, browser, frozen, clinic):
        browser.handler.enforce_csrf_checks = False
        visit = make_appointment(clinic)
        offer(clinic, visit, "12:00")
        url = reverse("booking:offer_decline", args=[links.token(visit.visit)])
        assert "we will call you" in browser.post(url).content.decode()
        assert "12:00" in starts(clinic) and list(offers.unanswered(NOW)) == [visit]

    def test_moving_or_cancelling_the_visit_frees_what_was_offered(self, clinic):
        moved, cancelled = make_appointment(clinic), make_appointment(clinic, starts_at=at("11:00"))
        offer(clinic, moved, "13:00")
        offer(clinic, cancelled, "15:00")
        appointments.move(moved, starts_at=at("16:00", MONDAY + 7 * DAY), now=NOW - 2 * DAY)
        appointments.cancel(cancelled, now=NOW)
        assert not MoveOffer.objects.exists() and {"13:00", "15:00"} <= set(starts(clinic))


class TestUnanswered:
    def test_only_once_it_has_ended_and_also_when_it_was_swept_away(self, clinic, django_assert_num_queries):
        visit = make_appointment(clinic, starts_at=TEN + 5 * DAY)
        offer(clinic, visit, "12:00")
        assert list(offers.unanswered(NOW)) == []
        later = at("12:00")
        with django_assert_num_queries(1):
            assert list(offers.unanswered(later)) == [visit]
        Appointment.objects.filter(offered_as__isnull=False).first().visit.delete()
        assert list(offers.unanswered(later)) == [visit]

    def test_a_move_a_withdrawal_or_a_new_offer_answers_it(self, clinic):
        visit = make_appointment(clinic, starts_at=TEN + 5 * DAY)
        offer(clinic, visit, "12:00")
        offers.withdraw(visit, tells_client=True, now=NOW)
        assert list(offers.unanswered(NOW)) == []
        assert Message.objects.filter(reason__startswith="offer_withdrawn/").count() == 1
        assert BusyTime.objects.filter(appointment=visit).exists() and "12:00" in starts(clinic)
        offer(clinic, visit, "12:00")
        assert list(offers.unanswered(at("12:00"))) == [visit]


@pytest.mark.django_db(transaction=True)
def test_two_offers_of_one_visit_pressed_at_once_move_it_once():
    clinic = make_clinic(practitioners=2, rooms=3)
    visit, before = make_appointment(clinic, practitioner=clinic.practitioner), deadlocks()
    one, two = offer(clinic, visit, "12:00", "14:00")
    answers = at_once(partial(offers.accept, one, now=NOW), partial(offers.accept, two, now=NOW))
    assert tally(answers) == {"Appointment": 1, "HoldExpired": 1}
    assert overlaps() == 0 and deadlocks() == before
    assert len(slots(clinic)) and Change.objects.filter(appointment=visit, kind="moved").count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_offer_accepted_while_staff_move_the_visit_ends_in_one_place():
    clinic = make_clinic(rooms=2)
    visit, before = make_appointment(clinic), deadlocks()
    (one,) = offer(clinic, visit, "12:00")
    move = partial(appointments.move, visit, starts_at=at("15:00"), now=NOW - 2 * DAY)
    at_once(partial(offers.accept, one, now=NOW), move)
    visit.refresh_from_db()
    assert visit.starts_at in (at("12:00"), at("15:00")) and not MoveOffer.objects.exists()
    assert overlaps() == 0 and deadlocks() == before
