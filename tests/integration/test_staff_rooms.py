"""The rooms' pages: what suits what, saved at once and never over the head of a visit; a room taken out of use."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client as Browser

from booking import rooms
from booking.models import Change, Message, TimeOff
from services.models import Equipment
from tests.factory import (
    MONDAY,
    NOW,
    TEN,
    make_appointment,
    make_clinic,
    make_location,
    make_room,
    make_service,
    make_time_off,
)

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
EVERYTHING = ["change_room", "view_room", "add_timeoff", "change_appointment", "view_everyone", "view_appointment"]


@pytest.fixture
def desk(frozen):
    return signed_in(*EVERYTHING)


def signed_in(*codenames):
    user = User.objects.create_user("rosa", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    browser = Browser()
    browser.force_login(user)
    return browser


def ticks(clinic, **changed):
    """Everything the page of rooms sends, as it is now."""
    now = rooms.suitability()
    sets = {"suits": now.suits, "has": now.has, "needs": now.needs} | changed
    pairs = {name: [f"{one}-{other}" for one, other in pairs] for name, pairs in sets.items()}
    return {**pairs, "state": now.digest}


def out_form(room, **changed):
    form = {"about": f"room-{room.pk}", "day": MONDAY.isoformat(), "length": "span", "starts": "09:00", "ends": "13:00"}
    return {**form, "reason": "Leak", **changed}


def test_the_page_shows_use_and_says_what_a_room_lacks(desk):
    clinic = make_clinic(rooms=2)
    make_appointment(clinic, starts_at=NOW + 3 * HOUR)
    sink = Equipment.objects.create(name="Sink")
    clinic.service.equipment.add(sink)
    clinic.rooms[0].equipment.add(sink)
    page = desk.get("/admin/rooms/").content.decode()
    assert "1 visit, 1 h" in page
    assert f"{clinic.rooms[1]} lacks the sink that {clinic.service} needs." in page
    assert f"{clinic.rooms[0]} lacks" not in page


def test_ticks_are_saved_at_once(desk):
    clinic = make_clinic(rooms=2)
    sink = Equipment.objects.create(name="Sink")
    room = clinic.rooms[1]
    pair = (clinic.service.pk, sink.pk)
    sent = ticks(clinic, suits={(clinic.service.pk, room.pk)}, needs={pair}, has={(room.pk, sink.pk)})
    assert desk.post("/admin/rooms/", sent).status_code == 302
    assert list(clinic.service.rooms.all()) == [room]
    assert list(clinic.service.equipment.all()) == list(room.equipment.all()) == [sink]


def test_a_visit_in_a_room_that_would_no_longer_suit_is_shown_first(desk):
    clinic = make_clinic(rooms=2)
    visit = make_appointment(clinic)
    sent = ticks(clinic, suits={(clinic.service.pk, clinic.rooms[1].pk)})
    asked = desk.post("/admin/rooms/", sent)
    assert str(visit.client) in asked.content.decode()
    assert clinic.service.rooms.count() == 2
    desk.post("/admin/rooms/", {**sent, "confirmed": "yes", "confirm": [visit.pk]})
    assert list(clinic.service.rooms.all()) == [clinic.rooms[1]]
    visit.refresh_from_db()
    assert visit.room == clinic.rooms[0]  # it stays as promised until somebody moves it


def test_a_change_by_somebody_else_meanwhile_is_not_overwritten(desk):
    clinic = make_clinic(rooms=2)
    sent = ticks(clinic, suits=set())
    clinic.service.rooms.remove(clinic.rooms[0])
    refused = desk.post("/admin/rooms/", sent)
    assert refused.status_code == 409
    assert "Somebody has changed the rooms" in refused.content.decode()
    assert clinic.service.rooms.count() == 1


def test_rooms_out_of_sight_keep_what_they_suit(desk):
    clinic = make_clinic(rooms=2)
    clinic.rooms[0].is_active = False
    clinic.rooms[0].save()
    desk.post("/admin/rooms/", ticks(clinic, suits=set()))
    assert list(clinic.service.rooms.all()) == [clinic.rooms[0]]


@pytest.mark.parametrize("sent", [{}, {"suits": ["x", "1-", "9" * 30 + "-1"], "state": "\x00"}])
def test_nonsense_changes_nothing(desk, sent):
    clinic = make_clinic()
    assert desk.post("/admin/rooms/", sent).status_code == 409
    assert clinic.service.rooms.count() == 1


def test_the_page_takes_as_many_queries_for_many_rooms(desk, django_assert_max_num_queries):
    clinic = make_clinic(rooms=1)
    counted = count_of(desk, "/admin/rooms/")
    for _ in range(8):
        make_service(rooms=[make_room(clinic.location)])
    make_time_off(room=clinic.rooms[0], starts_at=TEN, ends_at=TEN + HOUR)
    with django_assert_max_num_queries(counted):
        desk.get("/admin/rooms/")


def count_of(desk, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        desk.get(address)
    return len(captured)


def test_who_may_only_look_sees_no_boxes_and_changes_nothing(frozen):
    clinic = make_clinic()
    reader = signed_in("view_room")
    assert 'type="checkbox"' not in reader.get("/admin/rooms/").content.decode()
    assert reader.post("/admin/rooms/", ticks(clinic, suits=set())).status_code == 403
    assert reader.get(f"/admin/rooms/{clinic.rooms[0].pk}/out/").status_code == 403
    assert signed_out().get("/admin/rooms/").status_code == 302


def signed_out():
    return Browser()


def test_a_room_without_visits_goes_out_of_use_at_once(desk):
    clinic = make_clinic()
    done = desk.post(f"/admin/rooms/{clinic.rooms[0].pk}/out/", out_form(clinic.rooms[0]))
    assert done.status_code == 302
    away = TimeOff.objects.get()
    assert (away.room, away.reason, away.starts_at, away.ends_at) == (
        clinic.rooms[0], "Leak", TEN - HOUR, TEN + 3 * HOUR,
    )  # fmt: skip


def test_a_room_elsewhere_is_spoken_of_on_its_own_clock(desk):
    make_clinic()
    abroad = make_room(make_location(name="Z London", timezone="Europe/London"))
    said = desk.post(f"/admin/rooms/{abroad.pk}/out/", out_form(abroad), follow=True).content.decode()
    assert "out of use Monday 23 November, 9:00 am to 1:00 pm" in said


def test_nothing_is_saved_before_the_visits_were_shown(desk):
    clinic = make_clinic(rooms=2)
    visit = make_appointment(clinic)
    page = desk.post(f"/admin/rooms/{visit.room.pk}/out/", out_form(visit.room)).content.decode()
    assert str(visit.client) in page
    assert f'<option value="{clinic.rooms[1].pk}" selected>' in page
    assert not TimeOff.objects.exists()
    visit.refresh_from_db()
    assert visit.room == clinic.rooms[0]


def confirmed(visits, room, **chosen):
    return {**out_form(room), "confirmed": "yes", "confirm": [visit.pk for visit in visits], **chosen}


def test_do_all_of_this_moves_the_visits_and_tells_nobody(desk):
    clinic = make_clinic(rooms=2)
    visit = make_appointment(clinic)
    mails = Message.objects.count()
    sent = confirmed([visit], visit.room, **{f"room-{visit.pk}": clinic.rooms[1].pk})
    assert desk.post(f"/admin/rooms/{visit.room.pk}/out/", sent).url == "/admin/rooms/"
    visit.refresh_from_db()
    assert visit.room == clinic.rooms[1]
    assert TimeOff.objects.get().room == clinic.rooms[0]
    assert Change.objects.filter(appointment=visit, kind="room").exists()
    assert Message.objects.count() == mails


def test_a_visit_booked_meanwhile_is_shown_before_anything_is_saved(desk):
    clinic = make_clinic(rooms=2)
    first = make_appointment(clinic)
    second = make_appointment(clinic, starts_at=TEN + HOUR)
    sent = confirmed([first], first.room, **{f"room-{first.pk}": clinic.rooms[1].pk})
    refused = desk.post(f"/admin/rooms/{first.room.pk}/out/", sent)
    assert refused.status_code == 409
    assert str(second.client) in refused.content.decode()
    assert not TimeOff.objects.exists()
    first.refresh_from_db()
    assert first.room == clinic.rooms[0]


def test_visits_without_a_room_stay_listed_and_can_be_moved_later(desk):
    clinic = make_clinic(rooms=1)
    visit = make_appointment(clinic)
    done = desk.post(f"/admin/rooms/{visit.room.pk}/out/", confirmed([visit], visit.room))
    away = TimeOff.objects.get()
    assert done.url == f"/admin/rooms/{visit.room.pk}/out/?time_off={away.pk}"
    page = desk.get(done.url).content.decode()
    assert "No room is free then." in page
    assert f"/admin/diary/visits/{visit.pk}/move/" in page
    spare = make_room(clinic.location)
    clinic.service.rooms.add(spare)
    again = {"time_off": away.pk, f"room-{visit.pk}": spare.pk, "confirm": [visit.pk]}
    assert desk.post(f"/admin/rooms/{visit.room.pk}/out/", again).url == "/admin/rooms/"
    visit.refresh_from_db()
    assert visit.room == spare


def test_a_room_taken_meanwhile_is_refused_with_a_sentence_and_the_visit_stays(desk):
    clinic = make_clinic(rooms=2, practitioners=2)
    visit = make_appointment(clinic, practitioner=clinic.practitioners[0])
    make_appointment(clinic, practitioner=clinic.practitioners[1])
    sent = confirmed([visit], visit.room, **{f"room-{visit.pk}": clinic.rooms[1].pk})
    page = desk.post(f"/admin/rooms/{visit.room.pk}/out/", sent, follow=True).content.decode()
    assert f"{clinic.rooms[1]} is taken at that time" in page
    visit.refresh_from_db()
    assert visit.room == clinic.rooms[0]


@pytest.mark.parametrize(
    "changed",
    [{"starts": "13:00", "ends": "09:00"}, {"day": "\x00"}, {"day": ""}, {"about": "room-0"}, {"length": "x"}],
)
def test_a_refused_form_keeps_what_was_typed(desk, changed):
    clinic = make_clinic()
    refused = desk.post(f"/admin/rooms/{clinic.rooms[0].pk}/out/", out_form(clinic.rooms[0], **changed))
    assert refused.status_code == 422
    assert "Leak" in refused.content.decode()
    assert not TimeOff.objects.exists()


@pytest.mark.parametrize("key", ["9" * 18, "9" * 40, "0"])
def test_a_room_that_is_not_there_is_not_found(desk, key):
    assert desk.get(f"/admin/rooms/{key}/out/").status_code == 404


def plan(clinic, room=None):
    room = room or clinic.rooms[0]
    away = TimeOff(room=room, starts_at=TEN, ends_at=TEN + 4 * HOUR)
    from booking import schedule

    return rooms.swaps(list(schedule.hits(away, now=NOW)), room=room, now=NOW)


def test_two_visits_at_once_are_not_sent_to_the_same_room():
    clinic = make_clinic(rooms=4, practitioners=2)
    one = make_appointment(clinic, practitioner=clinic.practitioners[0])
    both = rooms.swaps([one, one], room=clinic.rooms[0], now=NOW)
    assert [swap.room for swap in both] == [clinic.rooms[1], clinic.rooms[2]]


def test_a_room_with_the_equipment_is_suggested_first():
    clinic = make_clinic(rooms=3)
    sink = Equipment.objects.create(name="Sink")
    clinic.service.equipment.add(sink)
    clinic.rooms[2].equipment.add(sink)
    make_appointment(clinic)
    (swap,) = plan(clinic)
    assert swap.rooms == [clinic.rooms[2], clinic.rooms[1]]


def test_a_room_that_is_taken_out_of_use_or_does_not_suit_is_not_suggested():
    clinic = make_clinic(rooms=3, practitioners=2)
    make_appointment(clinic)
    make_appointment(clinic, practitioner=clinic.practitioners[1])
    make_time_off(room=clinic.rooms[2], starts_at=TEN - HOUR, ends_at=TEN + HOUR)
    make_room(clinic.location)
    (swap,) = plan(clinic)
    assert (swap.rooms, swap.room) == ([], None)


def test_who_has_one_room_to_go_to_goes_there():
    clinic = make_clinic(rooms=3, practitioners=2)
    picky = make_service(rooms=[clinic.rooms[0], clinic.rooms[1]])
    anywhere = make_appointment(clinic)
    choosy = make_appointment(clinic, starts_at=TEN + HOUR)
    choosy.option.service = picky  # fits Room 2 alone
    choosy.starts_at, choosy.ends_at = anywhere.starts_at, anywhere.ends_at
    found = rooms.swaps([anywhere, choosy], room=clinic.rooms[0], now=NOW)
    assert [swap.room for swap in found] == [clinic.rooms[2], clinic.rooms[1]]


def test_swaps_take_as_many_queries_for_many_visits(django_assert_max_num_queries):
    clinic = make_clinic(rooms=2)
    visits = [make_appointment(clinic, starts_at=TEN + number * HOUR) for number in range(4)]
    fresh = list(type(visits[0]).objects.with_everything().filter(pk__in=[one.pk for one in visits]))
    with django_assert_max_num_queries(6):
        assert len(rooms.swaps(fresh, room=clinic.rooms[0], now=NOW)) == 4
