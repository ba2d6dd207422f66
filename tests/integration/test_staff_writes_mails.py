"""Who hears of what staff do, and when: after a minute in which it can be taken back in silence."""

from datetime import timedelta

import pytest

from booking import appointments, outbox
from booking.appointments import Author
from booking.models import Change, Message
from tests.factory import DESK, NOW, TEN, make_appointment, make_client, make_clinic, make_details

pytestmark = pytest.mark.django_db

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EARLY = NOW - 5 * DAY
QUIETLY = Author(user=DESK.user, tells_client=False)


@pytest.fixture
def house(db):
    return make_clinic(practitioners=2, rooms=2)


@pytest.fixture
def visit(house):
    """Booked by the client; everybody has read of it."""
    booked = make_appointment(house, practitioner=house.practitioner, now=EARLY)
    everything_goes_out()
    return booked


def everything_goes_out(now=EARLY):
    for message in Message.objects.filter(status="queued"):
        outbox.deliver(message.pk, now=now)


def queued():
    """The kind of each mail that waits, and to whom."""
    waiting = Message.objects.filter(status="queued").order_by("pk")
    return [f"{message.reason.split('/')[0]} {message.reason.split('/')[3]}" for message in waiting]


def move(visit, *, to=TEN + HOUR, author=DESK, **given):
    return appointments.move(visit, starts_at=to, now=NOW, author=author, **given)


def take_back(visit, *, author=DESK, now=NOW + 30 * SECOND):
    return appointments.take_back(Change.objects.filter(appointment=visit).first(), now=now, author=author)


class TestWaiting:
    def test_what_staff_do_waits_a_minute_and_what_clients_do_does_not(self, visit, settings):
        settings.STAFF_UNDO_WINDOW = timedelta(seconds=90)
        move(visit, practitioner=visit.practitioner)
        assert set(Message.objects.filter(status="queued").values_list("send_after", flat=True)) == {NOW + 90 * SECOND}
        appointments.cancel(visit, now=NOW)
        assert set(Message.objects.filter(status="queued").values_list("send_after", flat=True)) == {NOW}

    def test_a_booking_by_telephone_waits_as_long_as_it_can_be_taken_back(self, house, settings):
        visit = appointments.book(
            house.option, starts_at=TEN, details=make_details(), form_token="desk", now=NOW, author=DESK, source="phone"
        )
        waits = {message.send_after - NOW for message in Message.objects.all()}
        assert waits == {settings.STAFF_UNDO_WINDOW}
        assert appointments.undo_until(visit.appointments.get()) is None


class TestTelling:
    def test_a_move_is_told_to_both_and_noted_as_told(self, visit):
        move(visit, practitioner=visit.practitioner)
        assert queued() == ["moved client", "moved practitioner"]
        assert Change.objects.first().is_told

    @pytest.mark.parametrize("act", ["move", "cancel"])
    def test_without_a_word_to_the_client_the_practitioner_still_hears(self, visit, act):
        if act == "move":
            move(visit, practitioner=visit.practitioner, author=QUIETLY)
        else:
            appointments.cancel(visit, now=NOW, author=QUIETLY)
        assert [one.split()[1] for one in queued()] == ["practitioner"]
        assert not Change.objects.first().is_told

    def test_a_booking_without_a_word_leaves_the_client_unmailed(self, house):
        appointments.book(
            house.option, starts_at=TEN, details=make_details(), form_token="desk", now=NOW, author=QUIETLY
        )
        assert queued() == ["new practitioner"]

    def test_a_confirmation_on_its_way_goes_out_as_things_stand_now(self, house):
        visit = make_appointment(house, practitioner=house.practitioner)
        move(visit, author=QUIETLY, practitioner=visit.practitioner)
        assert queued() == ["confirmation client", "new practitioner"]
        assert "11:00 am" in Message.objects.get(reason__startswith="confirmation/").text

    def test_from_one_to_the_other_and_back_before_anybody_read_of_it(self, visit, house):
        mara, yuki = house.practitioners
        move(visit, practitioner=yuki)
        assert queued() == ["moved client", "new practitioner", "left former"]
        move(visit, practitioner=mara, to=TEN + 2 * HOUR)
        assert queued() == ["moved client", "moved practitioner"]
        assert Message.objects.get(reason__startswith="moved/", reason__endswith="practitioner").to == [mara.email]

    def test_what_is_no_news_to_anybody_is_mailed_to_nobody(self, visit, house):
        appointments.change_room(visit, room=house.rooms[1], now=NOW, author=DESK)
        appointments.confirm(visit, now=NOW, author=DESK)
        appointments.arrive(visit, now=TEN, author=DESK)
        appointments.start(visit, now=TEN, author=DESK)
        appointments.fulfil(visit, now=TEN + HOUR, author=DESK)
        assert queued() == []
        assert not Change.objects.filter(kind__in=["room", "confirmed", "arrived"]).filter(is_told=True).exists()


class TestTakingBackInTime:
    """Within the minute nobody hears of it, nor of its being taken back."""

    @pytest.mark.parametrize("author", [DESK, QUIETLY], ids=["told", "quietly"])
    @pytest.mark.parametrize("act", ["move", "to another", "cancel"])
    def test_nobody_ever_knows(self, visit, house, act, author):
        if act == "cancel":
            appointments.cancel(visit, now=NOW, author=author)
        else:
            with_whom = house.practitioners[act == "to another"]
            move(visit, practitioner=with_whom, author=author)
        take_back(visit, author=author)
        assert queued() == []

    def test_a_booking_by_staff_is_gone_without_a_trace(self, house):
        visit = appointments.book(
            house.option, starts_at=TEN, details=make_details(), form_token="desk", now=NOW, author=DESK
        ).appointments.get()
        take_back(visit)
        assert not Message.objects.exists()

    @pytest.mark.parametrize("act", ["move", "to another", "cancel"])
    def test_a_confirmation_that_waited_waits_again(self, house, act):
        visit = make_appointment(house, practitioner=house.practitioner)
        if act == "cancel":
            appointments.cancel(visit, now=NOW, author=DESK)
            assert queued() == []
        else:
            move(visit, practitioner=house.practitioners[act == "to another"])
        take_back(visit)
        assert queued() == ["confirmation client", "new practitioner"]
        mail = Message.objects.get(reason__startswith="confirmation/")
        assert "10:00 am" in mail.text
        assert Message.objects.get(reason__startswith="new/").to == [house.practitioner.email]
        everything_goes_out(NOW + 2 * MINUTE)
        assert not Message.objects.exclude(status="sent").exists()

    def test_an_earlier_move_is_still_told_when_the_later_is_taken_back(self, visit):
        move(visit, practitioner=visit.practitioner)
        move(visit, practitioner=visit.practitioner, to=TEN + 2 * HOUR)
        take_back(visit)
        assert queued() == ["moved client", "moved practitioner"]
        assert "11:00 am" in Message.objects.get(reason__endswith="client", status="queued").text

    def test_who_was_to_hear_that_it_left_hears_so_again(self, visit, house):
        mara, yuki = house.practitioners
        move(visit, practitioner=yuki)
        move(visit, practitioner=mara, to=TEN + 2 * HOUR)
        take_back(visit)
        assert set(queued()) == {"moved client", "new practitioner", "left former"}
        assert Message.objects.get(reason__startswith="left/").to == [mara.email]
        assert Message.objects.get(reason__startswith="new/", status="queued").to == [yuki.email]


class TestTakingBackLater:
    """Who has read of it reads how it stands now."""

    def test_a_move(self, visit):
        move(visit, practitioner=visit.practitioner)
        everything_goes_out(NOW + MINUTE)
        take_back(visit, now=NOW + HOUR)
        assert queued() == ["moved client", "moved practitioner"]
        assert "10:00 am" in Message.objects.get(reason__endswith="client", status="queued").text

    def test_a_move_to_another(self, visit, house):
        mara, yuki = house.practitioners
        move(visit, practitioner=yuki)
        everything_goes_out(NOW + MINUTE)
        take_back(visit, now=NOW + HOUR)
        assert set(queued()) == {"moved client", "left former", "new practitioner"}
        waiting = Message.objects.filter(status="queued")
        assert waiting.get(reason__startswith="left/").to == [yuki.email]
        assert waiting.get(reason__startswith="new/").to == [mara.email]

    def test_a_cancelling(self, visit):
        appointments.cancel(visit, now=NOW, author=DESK)
        everything_goes_out(NOW + MINUTE)
        take_back(visit, now=NOW + HOUR)
        assert queued() == ["confirmation client", "new practitioner"]
        mail = Message.objects.get(reason__startswith="confirmation/", status="queued")
        assert "SEQUENCE:2" in mail.calendar and mail.calendar_method == "PUBLISH"

    def test_a_booking(self, house):
        visit = make_appointment(house)
        everything_goes_out(NOW + HOUR)
        take_back(visit, now=NOW + HOUR)
        assert queued() == ["cancelled client", "cancelled practitioner"]

    def test_nothing_goes_to_the_client_when_staff_say_so(self, visit):
        move(visit, practitioner=visit.practitioner)
        everything_goes_out(NOW + MINUTE)
        take_back(visit, now=NOW + HOUR, author=QUIETLY)
        assert queued() == ["moved practitioner"]

    def test_who_was_not_told_of_the_move_is_not_told_of_its_end(self, visit):
        move(visit, practitioner=visit.practitioner, author=QUIETLY)
        everything_goes_out(NOW + MINUTE)
        take_back(visit, now=NOW + HOUR)
        assert queued() == ["moved practitioner"]


class TestOtherMails:
    def test_a_word_to_the_client_is_a_mail_of_its_own_each_time(self, visit):
        first, second = (outbox.tell_client("confirmation", visit, now=NOW) for _ in range(2))
        assert first.reason != second.reason and first.message_id != second.message_id
        assert first.to == [visit.client.email] and first.calendar == ""

    def test_no_change_of_the_visit_withdraws_it(self, visit):
        word = outbox.tell_client("confirmation", visit, now=NOW)
        Message.objects.filter(pk=word.pk).update(reason=word.reason.replace("confirmation", "word"))
        move(visit)
        everything_goes_out(NOW)
        assert Message.objects.get(pk=word.pk).status == "sent"

    def test_who_has_no_address_gets_none(self, house):
        visit = appointments.book(
            house.option, starts_at=TEN, client=make_client(email=""), form_token="desk", now=NOW, author=DESK
        ).appointments.get()
        assert outbox.tell_client("confirmation", visit, now=NOW) is None
        for act in (lambda: move(visit), lambda: appointments.cancel(visit, now=NOW, author=DESK)):
            act()
            assert not Message.objects.filter(reason__endswith="/client").exists()

    def test_a_mail_about_no_visit_goes_out_once_for_its_reason(self):
        mail = {"reason": "evening/3/2026-11-23", "to": "mara@example.org", "subject": "Two\nvisits", "text": "Hello"}
        assert outbox.queue_mail(**mail, now=NOW).subject == "Two visits"
        assert outbox.queue_mail(**mail, now=NOW) is None
        assert outbox.queue_mail(**mail | {"to": "", "reason": "evening/4/2026-11-23"}, now=NOW) is None
        everything_goes_out(NOW)
        assert Message.objects.get().status == "sent"

    def test_sent_again_it_goes_to_the_address_put_right(self, visit):
        message = Message.objects.get(reason__startswith="confirmation/")
        theirs = Message.objects.get(reason__startswith="new/")
        visit.client.email = "right@example.org"
        visit.client.save()
        for one in (message, theirs):
            was = one.to
            outbox.resend(one, now=NOW)
            one.refresh_from_db()
            assert one.to == (["right@example.org"] if one == message else was)
