"""Booking from the diary: a cell fills the form in, a few letters find the client, rules bend for a reason alone."""

import re
from datetime import timedelta

import pytest

from booking import appointments
from booking.models import Appointment, Client, ClientNote, Message, Visit
from tests.factory import NOW, TEN, make_appointment, make_client, make_clinic, make_option, make_room, make_service
from tests.front_desk import sign_in, text, url

# Django's own admin templates print variables that are not there.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

HOUR = timedelta(hours=1)
NEW = {"first_name": "Ada", "last_name": "Brook", "phone": "503 555 0177", "email": ""}


@pytest.fixture
def clinic(db):
    return make_clinic(practitioners=2, rooms=2)


@pytest.fixture
def noor(clinic):
    return make_client(phone="+15035550142", pressure="firm", areas_to_avoid=["b-neck"])


def given(clinic, **changes):
    """What the form of a cell sends at 10 on Monday."""
    filled = {
        "option": clinic.option.pk,
        "practitioner": clinic.practitioner.pk,
        "date": "2026-11-23",
        "at": "10:00",
        "source": "phone",
        "form_token": "desk-form-" * 3,
        "book": "yes",
    }
    return {name: value for name, value in {**filled, **changes}.items() if value is not None}


def book(browser, clinic, **changes):
    return browser.post(url("diary_new"), given(clinic, **changes))


def test_a_cell_fills_in_practitioner_day_time_and_the_only_service(desk, clinic):
    asked = {"practitioner": clinic.practitioner.pk, "date": "2026-11-23", "at": "10:00"}
    form = desk.get(url("diary_new"), asked).context["form"]
    filled = {name: str(form[name].value()) for name in ("practitioner", "date", "at", "option", "source")}
    assert filled == {
        **{name: str(value) for name, value in asked.items()},
        "option": str(clinic.option.pk),
        "source": "phone",
    }


def test_a_cell_may_name_an_instant_instead(desk, clinic):
    form = desk.get(url("diary_new"), {"starts_at": TEN.isoformat()}).context["form"]
    assert (form["date"].value(), form["at"].value()) == ("2026-11-23", "10:00")


def test_only_what_the_practitioner_gives_is_offered_and_what_fits_comes_first(desk, clinic):
    long = make_option(clinic.service, minutes=120)
    other = make_option(make_service(rooms=clinic.rooms))
    make_appointment(clinic, practitioner=clinic.practitioner, starts_at=TEN + HOUR)
    asked = {"practitioner": clinic.practitioner.pk, "date": "2026-11-23", "at": "10:00"}
    choices = desk.get(url("diary_new"), asked).context["form"].fields["option"].choices
    assert [group for group, _ in choices[1:]] == ["Fits here", "Too long for the gap"]
    assert [pk for _, group in choices[1:] for pk, _ in group] == [clinic.option.pk, long.pk]
    assert other.pk not in str(choices)[2:].split()


def test_a_cell_of_a_room_offers_what_suits_it(desk, clinic):
    quiet = make_room(clinic.location)
    needles = make_option(make_service(rooms=[quiet]))
    form = desk.get(url("diary_new"), {"room": quiet.pk, "date": "2026-11-23", "at": "10:00"}).context["form"]
    assert list(form.fields["option"].queryset) == [needles]


@pytest.mark.parametrize("typed", ["No", "ha", "0142", "5550"])
def test_two_letters_or_three_digits_find_the_client(desk, noor, typed):
    page = desk.get(url("diary_clients"), {"q": typed})
    assert noor.name in text(page) and f'value="{noor.pk}"' in text(page) and "<html" not in text(page)


def test_searching_without_script_keeps_everything_that_was_typed(desk, clinic, noor):
    page = book(desk, clinic, book=None, search="yes", q="noor", note="Brings a friend", at="10:15")
    html = text(page)
    assert page.status_code == 200 and noor.name in html and "Brings a friend" in html and 'value="10:15"' in html
    chosen = book(desk, clinic, book=None, choose=noor.pk, q="noor", note="Brings a friend")
    assert "Brings a friend" in text(chosen) and chosen.context["client"] == noor
    assert not Visit.objects.exists()


def test_a_chosen_client_shows_alerts_and_comfort(desk, clinic, noor):
    ClientNote.objects.create(client=noor, text="Allergic to almond oil", is_alert=True, at=NOW)
    html = text(book(desk, clinic, book=None, choose=noor.pk))
    assert "Allergic to almond oil" in html and "Pressure: firm" in html and "Avoid: Neck" in html


def test_a_known_client_is_booked_with_their_comfort_card(desk, clinic, noor):
    answer = book(desk, clinic, client=noor.pk, note="Knocks twice")
    made = Appointment.objects.get()
    assert answer.status_code == 303 and answer["Location"].endswith(f"visit={made.pk}")
    assert (made.client, made.starts_at, made.practitioner) == (noor, TEN, clinic.practitioner)
    assert (made.pressure, made.areas_to_avoid, made.note) == ("firm", ["b-neck"], "Knocks twice")
    assert made.visit.source == "phone"
    assert Message.objects.filter(reason__startswith="confirmation/").exists()


def test_booking_can_keep_quiet(desk, clinic, noor):
    book(desk, clinic, client=noor.pk, is_quiet="on", source="desk")
    assert Visit.objects.get().source == "desk"
    assert not Message.objects.filter(reason__startswith="confirmation/").exists()


def test_a_new_client_needs_a_name_and_nothing_else(desk, clinic):
    assert book(desk, clinic, **{**NEW, "phone": ""}).status_code == 303
    made = Appointment.objects.get().client
    assert (made.name, made.email, str(made.phone)) == ("Ada Brook", "", "")


def test_somebody_of_the_same_name_or_number_is_asked_about_first(desk, clinic, noor):
    refused = book(desk, clinic, **{**NEW, "phone": "(503) 555-0142"})
    assert refused.status_code == 422 and "Use this one?" in text(refused) and refused.context["form"].same == [noor]
    assert 'value="Ada"' in text(refused) and not Visit.objects.exists()
    assert book(desk, clinic, **{**NEW, "phone": "(503) 555-0142", "is_other": "on"}).status_code == 303
    assert Client.objects.count() == 2


def test_nobody_chosen_is_said_beside_the_search(desk, clinic):
    refused = book(desk, clinic)
    assert refused.status_code == 422 and "Choose a client first." in text(refused)


def test_the_same_form_twice_is_one_visit(desk, clinic, noor):
    first, second = book(desk, clinic, client=noor.pk), book(desk, clinic, client=noor.pk)
    assert first["Location"] == second["Location"] and Visit.objects.count() == 1


def test_a_rule_is_explained_first_and_bends_for_a_reason(desk, clinic, noor):
    refused = book(desk, clinic, client=noor.pk, at="19:00")
    assert refused.status_code == 422 and refused.context["may_override"] and 'name="override"' in text(refused)
    assert refused.context["asked"].why and "nearest open times" in text(refused) and not Visit.objects.exists()
    assert 'name="override"' not in text(desk.get(url("diary_new")))
    book(desk, clinic, client=noor.pk, at="19:00", override="Their only evening")
    assert Appointment.objects.get().override_reason == "Their only evening"


def test_a_refused_time_offers_the_nearest_as_buttons_and_one_of_them_books(desk, clinic, noor):
    refused = book(desk, clinic, client=noor.pk, at="19:00", room=clinic.rooms[0].pk)
    nearest = refused.context["asked"].nearest[0]
    assert f'name="pick" value="{nearest.value}"' in text(refused)
    answer = book(desk, clinic, client=noor.pk, at="19:00", book=None, pick=nearest.value)
    booked = Appointment.objects.get()
    assert answer.status_code == 303 and nearest.value.endswith(booked.starts_at.astimezone(TEN.tzinfo).isoformat())
    assert booked.client == noor and booked.override_reason == ""


def test_enter_searches_until_a_client_is_chosen_and_then_books(desk, clinic, noor):
    first = re.compile(r'<button type="submit"[^>]*name="(\w+)"')
    assert first.search(text(desk.get(url("diary_new")))).group(1) == "search"
    assert first.search(text(desk.get(url("diary_new"), {"client": noor.pk}))).group(1) == "book"


def test_what_is_said_after_booking_tells_whether_the_client_hears_of_it(desk, clinic, noor):
    for number, (changes, words) in enumerate([({}, "told by mail"), ({"is_quiet": "yes"}, "is not told")]):
        token = f"desk-form-{number}" * 3
        page = desk.post(
            url("diary_new"),
            given(clinic, client=noor.pk, at=f"1{number}:30", form_token=token, **changes),
            follow=True,
        )
        assert words in str(next(iter(page.context["messages"])))


def test_no_reason_books_over_somebody_else(desk, clinic, noor):
    make_appointment(clinic, practitioner=clinic.practitioner)
    answer = book(desk, clinic, client=noor.pk, override="Please")
    assert answer.status_code == 409 and "Not booked." in text(answer) and Visit.objects.count() == 1


def test_a_reason_needs_the_right_to_override(client, clock, clinic, noor):
    sign_in(client, "add_appointment", "view_everyone", "view_client")
    assert book(client, clinic, client=noor.pk, at="19:00", override="Please").status_code == 403
    refused = book(client, clinic, client=noor.pk, at="19:00")
    assert refused.status_code == 409 and 'name="override"' not in text(refused)


def test_new_clients_need_the_right_to_add_them(client, clock, clinic):
    sign_in(client, "add_appointment", "view_everyone")
    assert "New client" not in text(client.get(url("diary_new")))
    assert book(client, clinic, **NEW).status_code == 422
    sign_in(client, "add_appointment", "view_everyone", "add_client")
    assert book(client, clinic, **NEW).status_code == 303


def test_the_page_and_the_search_need_the_right_to_book(client, clock, clinic):
    for name in ("diary_new", "diary_clients"):
        assert client.get(url(name)).status_code == 302
    sign_in(client, "view_appointment", "view_everyone")
    for name in ("diary_new", "diary_clients"):
        assert client.get(url(name)).status_code == 403
    assert book(client, clinic, **NEW).status_code == 403


def test_a_practitioner_books_their_own_clients_in_their_own_diary(client, clock, clinic, noor):
    mine = make_appointment(clinic, practitioner=clinic.practitioner, starts_at=TEN + 2 * HOUR)
    sign_in(client, role="Practitioner")
    clinic.practitioner.user = client.user
    clinic.practitioner.save()
    assert noor.name not in text(client.get(url("diary_clients"), {"q": "0142"}))
    assert mine.client.name in text(client.get(url("diary_clients"), {"q": "noor"}))
    assert book(client, clinic, client=noor.pk).status_code == 422
    assert book(client, clinic, client=mine.client.pk, practitioner=clinic.practitioners[1].pk).status_code == 422
    assert book(client, clinic, client=mine.client.pk).status_code == 303


@pytest.mark.parametrize(
    "changes",
    [
        {"option": "x"},
        {"option": "9" * 40},
        {"option": "\x00"},
        {"practitioner": "\x00"},
        {"practitioner": "9" * 40},
        {"room": "9" * 40},
        {"room": "\x00"},
        {"location": "\x00"},
        {"date": "0001-01-01"},
        {"date": "9999-12-31"},
        {"date": "\x00"},
        {"at": "25:00"},
        {"at": None},
        {"exactly": "9999-12-31T23:59-12:00"},
        {"client": "\x00"},
        {"client": "9" * 40},
        {"client": "1 OR 1=1"},
        {"form_token": "short"},
        {"form_token": "\x00" * 30},
        {"source": "website"},
        {"first_name": "http://x.example"},
    ],
)
def test_tampered_input_is_refused_with_a_sentence(desk, clinic, changes):
    data = {**NEW, **changes}
    answer = book(desk, clinic, **data)
    assert answer.status_code == 422
    assert not Visit.objects.exists()
    plain = {name: value or "" for name, value in changes.items()}
    expected = 400 if "\x00" in "".join(plain.values()) else 200
    assert desk.get(url("diary_new"), plain).status_code == expected
    assert book(desk, clinic, **data, book=None, search="yes").status_code == 200
    assert book(desk, clinic, **data, book=None, choose="\x00").status_code == 200


def test_an_hour_the_clock_skips_is_said(desk, clinic, noor, clock):
    clock(NOW + timedelta(days=100))
    refused = book(desk, clinic, client=noor.pk, date="2027-03-14", at="02:30")
    assert refused.status_code == 422 and "The clock skips this time" in text(refused)


def test_what_the_client_had_last_is_suggested(desk, clinic):
    other = make_option(clinic.service, minutes=90)
    visit = make_appointment(clinic, option=other)
    appointments.cancel(visit, now=NOW)
    page = book(desk, clinic, option=None, book=None, choose=visit.client.pk)
    assert re.search(rf'<option value="{other.pk}" selected', text(page))
