"""The panel of a visit: what it shows to whom, and each of its acts, through the write module alone."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from booking import appointments
from booking.appointments import Author
from booking.models import Appointment, Change, ClientNote, Message
from tests.factory import DESK, NOW, TEN, make_appointment, make_clinic, make_details, make_time_off
from tests.front_desk import fresh, sign_in, text, url

# Django's own admin templates print variables that are not there.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

Status = Appointment.Status
HOUR = timedelta(hours=1)
TUESDAY = TEN + timedelta(days=1)  # far enough to cancel for nothing
HX = {"HX-Request": "true"}


@pytest.fixture
def clinic(db):
    return make_clinic(practitioners=2, rooms=2)


def panel(client, visit, **headers):
    return client.get(url("diary_visit", visit.pk), headers=headers)


def step(client, visit, code, *, seen=None, headers=None, **data):
    seen = appointments.seen_of(visit) if seen is None else seen
    return client.post(url("diary_step", visit.pk, code), {"seen": seen, **data}, headers=headers or {})


def test_panel_is_a_page_without_htmx_and_a_fragment_with_it(desk, clinic):
    visit = make_appointment(clinic)
    page, fragment = text(panel(desk, visit)), text(panel(desk, visit, **HX))
    for words in ("Noor Haddad", "Monday 23 November", "10:00 to 11:00 am", visit.practitioner.name, "Booked"):
        assert words in page and words in fragment
    assert "<html" in page and "<html" not in fragment


def test_panel_takes_at_most_twelve_queries(desk, clinic, django_assert_max_num_queries):
    details = make_details()
    for days in range(1, 4):
        make_appointment(clinic, details=details, starts_at=TEN + days * timedelta(days=1))
    visit = make_appointment(clinic, details=details, starts_at=TEN + timedelta(days=4))
    appointments.move(visit, starts_at=TEN + timedelta(days=4, hours=2), now=NOW, author=Author(user=desk.user))
    ClientNote.objects.create(client=visit.client, text="Rings the bell twice", at=NOW)
    panel(desk, visit)
    with django_assert_max_num_queries(12):
        panel(desk, visit, **HX)


def test_next_step_is_arrived_then_start_then_done(desk, clinic, clock):
    visit = make_appointment(clinic)
    clock(TEN)
    for code, label, status in [
        ("arrive", "Arrived", Status.ARRIVED),
        ("start", "Start", Status.ARRIVED),
        ("fulfil", "Done", Status.FULFILLED),
    ]:
        page = panel(desk, visit)
        assert page.context["acts"].next_step.label == label
        assert step(desk, visit, code).status_code == 303
        assert fresh(visit).status == status
    assert panel(desk, visit).context["acts"].next_step is None


def test_on_the_days_before_the_next_step_is_to_confirm(desk, clinic):
    visit = make_appointment(clinic)
    assert panel(desk, visit).context["acts"].next_step.code == "confirm"
    step(desk, visit, "confirm")
    assert fresh(visit).confirmed_at == NOW
    assert panel(desk, visit).context["acts"].next_step is None


def test_htmx_answers_with_the_fresh_panel_and_a_stale_board(desk, clinic, clock):
    visit = make_appointment(clinic)
    clock(TEN)
    answer = step(desk, visit, "arrive", headers=HX)
    assert answer.status_code == 200 and "The client is here." in text(answer)
    assert "#board" in answer["HX-Trigger-After-Swap"]


def test_a_step_returns_to_the_diary_it_came_from_and_nowhere_else(desk, clinic):
    visit = make_appointment(clinic)
    back = f"/admin/diary/?date=2026-11-23&visit={visit.pk}"
    assert step(desk, visit, "confirm", next=back)["Location"] == back
    assert step(desk, visit, "arrive", next="https://elsewhere.example/")["Location"] == url("diary_visit", visit.pk)


def test_who_saw_an_older_state_is_told_what_happened(desk, clinic):
    visit = make_appointment(clinic, starts_at=TUESDAY)
    seen = appointments.seen_of(visit)
    other = User.objects.create_user("tom", first_name="Tom", last_name="Ash")
    appointments.move(visit, starts_at=TUESDAY + HOUR, now=NOW, author=Author(user=other))
    answer = step(desk, visit, "cancel", seen=seen, because="The client asked")
    assert answer.status_code == 409
    assert "Tom Ash moved this visit" in text(answer) and "11:00 am" in text(answer)
    assert fresh(visit).status == Status.BOOKED


def test_a_form_without_what_it_saw_is_an_old_one(desk, clinic):
    visit = make_appointment(clinic)
    answer = desk.post(url("diary_step", visit.pk, "confirm"))
    assert answer.status_code == 409 and fresh(visit).confirmed_at is None


def test_no_show_suggests_the_stored_fee_and_keeps_it(desk, clinic, clock):
    visit = make_appointment(clinic)
    clock(TEN + HOUR)
    form = panel(desk, visit).context["noshow_form"]
    assert form["fee"].value() == Decimal("52.50")
    step(desk, visit, "noshow", costs="charge", fee="52.50")
    assert (fresh(visit).status, fresh(visit).fee) == (Status.NOSHOW, Decimal("52.50"))


def test_no_show_without_a_fee_needs_a_reason_and_keeps_what_was_typed(desk, clinic, clock):
    visit = make_appointment(clinic)
    clock(TEN + HOUR)
    refused = step(desk, visit, "noshow", costs="waive", waiver="")
    assert refused.status_code == 422 and "Say why no fee is charged." in text(refused)
    assert fresh(visit).status == Status.BOOKED
    step(desk, visit, "noshow", costs="waive", waiver="Bus strike")
    assert (fresh(visit).fee, fresh(visit).fee_waiver) == (Decimal(0), "Bus strike")


@pytest.mark.parametrize("fee", ["-1", "abc", "1e99", "\x00", "9999999999", ""])
def test_a_fee_that_is_none_is_refused_with_a_sentence(desk, clinic, clock, fee):
    visit = make_appointment(clinic)
    clock(TEN + HOUR)
    assert step(desk, visit, "noshow", costs="charge", fee=fee).status_code == 422
    assert fresh(visit).status == Status.BOOKED


def test_a_fee_above_the_price_is_refused_by_the_write_module_and_the_form_stays_open(desk, clinic, clock):
    visit = make_appointment(clinic)
    clock(TEN + HOUR)
    answer = step(desk, visit, "noshow", costs="charge", fee="500")
    assert answer.status_code == 409 and "at most the price" in text(answer) and 'value="500"' in text(answer)


def test_cancel_takes_a_reason_with_words_and_mails_the_client(desk, clinic):
    visit = make_appointment(clinic, starts_at=TUESDAY)
    Message.objects.update(status="sent", sent_at=NOW)
    step(desk, visit, "cancel", because="The client is ill", words="A cold")
    assert fresh(visit).cancellation_reason == "The client is ill: A cold"
    assert Message.objects.filter(reason__startswith="cancelled/", reason__endswith="/client").exists()


def test_cancel_can_keep_quiet(desk, clinic):
    visit = make_appointment(clinic, starts_at=TUESDAY)
    Message.objects.update(status="sent", sent_at=NOW)
    step(desk, visit, "cancel", because="The client asked", is_quiet="yes")
    assert fresh(visit).is_cancelled
    assert not Message.objects.filter(reason__startswith="cancelled/", reason__endswith="/client").exists()
    assert "the client was not mailed" in text(panel(desk, visit))


def test_late_cancelling_asks_what_it_costs_and_the_reason_may_waive_it(desk, clinic, clock):
    visit = make_appointment(clinic)
    clock(TEN - HOUR)
    assert "costs" in panel(desk, visit).context["cancel_form"].fields
    assert step(desk, visit, "cancel", because="The client asked").status_code == 422
    step(desk, visit, "cancel", because="The practitioner is away", costs="waive")
    assert (fresh(visit).fee, fresh(visit).fee_waiver) == (Decimal(0), "The practitioner is away")


def test_undo_is_offered_for_ten_minutes_and_takes_the_change_back(desk, clinic, clock):
    visit = make_appointment(clinic, starts_at=TUESDAY)
    step(desk, visit, "cancel", because="Booked by mistake")
    assert panel(desk, visit).context["undo"]["words"] == "Rosa Lind cancelled this visit just now."
    change = Change.objects.first()
    answer = desk.post(url("diary_take_back", change.pk), {"seen": change.pk})
    assert answer.status_code == 303 and fresh(visit).status == Status.BOOKED
    assert panel(desk, visit).context["undo"] is None
    step(desk, visit, "confirm")
    clock(NOW + timedelta(minutes=11))
    assert panel(desk, visit).context["undo"] is None


def test_undo_says_when_the_time_has_gone(desk, clinic):
    visit = make_appointment(clinic, starts_at=TUESDAY, practitioner=clinic.practitioner)
    step(desk, visit, "cancel", because="The client asked")
    make_appointment(clinic, starts_at=TUESDAY, practitioner=clinic.practitioner)
    change = Change.objects.filter(appointment=visit).first()
    answer = desk.post(url("diary_take_back", change.pk), {"seen": change.pk})
    assert answer.status_code == 409 and "given to somebody else" in text(answer)


def test_a_practitioner_takes_nothing_back_into_the_diary_of_another(client, clock, clinic):
    visit = make_appointment(clinic, practitioner=clinic.practitioners[0], starts_at=TUESDAY)
    appointments.move(visit, starts_at=TUESDAY, practitioner=clinic.practitioners[1], now=NOW, author=DESK)
    change = visit.changes.first()
    sign_in(client, role="Practitioner")
    clinic.practitioners[1].user = client.user
    clinic.practitioners[1].save()
    assert panel(client, visit).context["undo"] is None
    answer = client.post(url("diary_take_back", change.pk), {"seen": change.pk}, headers=HX)
    assert answer.status_code == 403
    assert "with somebody else before" in text(answer)
    assert fresh(visit).practitioner == clinic.practitioners[1]


def test_history_says_who_did_what_from_where_to_where(desk, clinic, clock):
    visit = make_appointment(clinic, practitioner=clinic.practitioners[0])
    data = {"pick": f"{clinic.practitioners[1].pk} {(TEN + HOUR).isoformat()}", "seen": appointments.seen_of(visit)}
    desk.post(url("diary_move", visit.pk), data)
    clock(NOW + timedelta(minutes=3))
    first, second = clinic.practitioners
    expected = (
        "Rosa Lind moved it from Monday 23 November, 10:00 am to 11:00 am, "
        f"from {first} to {second}, 3 minutes ago; the client was mailed."
    )
    assert panel(desk, visit).context["history"][0].sentence == expected


def test_alerts_come_first_and_notes_can_be_added(desk, clinic):
    visit = make_appointment(clinic)
    data = {"seen": appointments.seen_of(visit), "text": "Faints at needles", "is_alert": "on"}
    assert desk.post(url("diary_note", visit.pk), data).status_code == 303
    page = text(panel(desk, visit))
    assert "Faints at needles" in page and page.index("Faints at needles") < page.index("panel__acts")
    refused = desk.post(url("diary_note", visit.pk), {"text": "\x00"})
    assert refused.status_code == 422 and "Write the note first." in text(refused)


def test_previous_visits_are_three_and_counted(desk, clinic):
    details = make_details()
    for days in range(1, 6):
        make_appointment(clinic, details=details, starts_at=TEN + days * timedelta(days=1))
    last = make_appointment(clinic, details=details, starts_at=TEN + timedelta(days=6))
    context = panel(desk, last).context
    assert len(context["previous"]) == 3 and context["visits_before"] == 5


def test_room_can_be_changed_to_a_free_one_and_not_to_a_taken_one(desk, clinic):
    visit = make_appointment(clinic, practitioner=clinic.practitioners[0])
    other = make_appointment(clinic, practitioner=clinic.practitioners[1], starts_at=TEN)
    assert list(desk.get(url("diary_room", visit.pk)).context["free"]) == []
    refused = desk.post(url("diary_room", visit.pk), {"room": other.room_id, "seen": appointments.seen_of(visit)})
    assert refused.status_code == 409 and "is taken at that time" in text(refused)
    appointments.cancel(other, now=NOW)
    assert desk.get(url("diary_room", visit.pk)).context["free"] == [other.room]
    desk.post(url("diary_room", visit.pk), {"room": other.room_id, "seen": appointments.seen_of(visit)})
    assert fresh(visit).room == other.room


@pytest.mark.parametrize("room", ["", "0", "abc", "9" * 40, "\x00"])
def test_a_room_that_is_none_is_refused(desk, clinic, room):
    visit = make_appointment(clinic)
    assert desk.post(url("diary_room", visit.pk), {"room": room, "seen": 1}).status_code == 422


def test_writing_to_the_client_queues_one_mail_however_often_it_is_sent(desk, clinic):
    visit = make_appointment(clinic)
    for _ in range(2):
        assert (
            desk.post(url("diary_message", visit.pk), {"text": "Please come\nfive minutes early."}).status_code == 303
        )
    mail = Message.objects.get(reason__startswith="letter/")
    assert mail.to == [visit.client.email] and "five minutes early." in mail.text and "five minutes" in mail.html
    assert desk.post(url("diary_message", visit.pk), {"text": "  "}).status_code == 422


def test_a_short_letter_goes_out_although_a_longer_one_has_its_words(desk, clinic):
    visit = make_appointment(clinic)
    for words in ("Please call us today.", "Please call us"):
        desk.post(url("diary_message", visit.pk), {"text": words})
    assert Message.objects.filter(reason__startswith="letter/").count() == 2


def test_last_mail_says_why_it_failed_and_goes_again_to_the_address_of_now(desk, clinic):
    visit = make_appointment(clinic)
    Message.objects.update(status="failed", last_error="SMTPRecipientsRefused: no such user")
    assert "no such user" in text(panel(desk, visit))
    visit.client.email = "new@example.org"
    visit.client.save()
    assert desk.post(url("diary_resend", visit.pk)).status_code == 303
    mail = Message.objects.get(appointment=visit, reason__endswith="/client")
    assert (mail.status, mail.to) == ("queued", ["new@example.org"])


def test_who_has_no_address_is_not_written_to(desk, clinic):
    details = make_details(email="", phone="+15035550111")
    visit = (
        appointments.book(
            clinic.option, starts_at=TEN, details=details, form_token="by-phone-" * 4, now=NOW,
            author=Author(user=desk.user),
        ).appointments.get()
    )  # fmt: skip
    assert "None, so no mails" in text(panel(desk, visit))
    assert desk.post(url("diary_message", visit.pk), {"text": "Hello"}).status_code == 422
    assert desk.post(url("diary_resend", visit.pk)).status_code == 422


def test_receipt_says_the_promised_price_or_the_fee(desk, clinic, clock):
    visit = make_appointment(clinic)
    assert "$105" in text(desk.get(url("diary_receipt", visit.pk)))
    clock(TEN + HOUR)
    step(desk, visit, "noshow", costs="charge", fee="20")
    page = text(desk.get(url("diary_receipt", visit.pk)))
    assert "Missed visit" in page and "$20" in page and "$105" not in page


PAGES = [
    ("diary_visit", "get", ["view_appointment"]),
    ("diary_receipt", "get", ["view_appointment"]),
    ("diary_move", "get", ["change_appointment"]),
    ("diary_room", "get", ["change_appointment"]),
    ("diary_message", "get", ["change_appointment"]),
    ("diary_resend", "post", ["change_appointment"]),
    ("diary_again", "get", ["add_appointment"]),
    ("diary_note", "post", ["add_clientnote"]),
]


@pytest.mark.parametrize(("name", "method", "codes"), PAGES)
def test_each_page_needs_its_permission_and_ones_own_visit(client, clock, clinic, name, method, codes):
    visit = make_appointment(clinic, practitioner=clinic.practitioner)
    where = url(name, visit.pk)
    assert getattr(client, method)(where).status_code == 302  # a stranger is asked to sign in
    sign_in(client, "view_everyone")
    assert getattr(client, method)(where).status_code == 403
    sign_in(client, *codes, "view_everyone")
    assert getattr(client, method)(where).status_code not in (302, 403, 404)
    sign_in(client, *codes)  # and nobody's practitioner
    assert getattr(client, method)(where).status_code == 404
    clinic.practitioner.user = client.user
    clinic.practitioner.save()
    assert getattr(client, method)(where).status_code not in (302, 403, 404)


@pytest.mark.parametrize("code", ["confirm", "arrive", "start", "fulfil", "noshow", "cancel"])
def test_each_step_needs_the_right_to_change_and_a_post(client, clock, clinic, code):
    visit = make_appointment(clinic)
    sign_in(client, "view_appointment", "view_everyone")
    assert step(client, visit, code).status_code == 403
    assert "panel__acts" not in text(panel(client, visit))
    sign_in(client, "change_appointment", "view_everyone")
    assert client.get(url("diary_step", visit.pk, code)).status_code == 405
    assert fresh(visit).status == Status.BOOKED and not fresh(visit).confirmed_at


def test_taking_back_needs_the_right_to_change(client, clock, clinic):
    visit = make_appointment(clinic)
    change = Change.objects.get(appointment=visit)
    sign_in(client, "view_appointment", "view_everyone")
    assert client.post(url("diary_take_back", change.pk), {"seen": change.pk}).status_code == 403
    sign_in(client, "change_appointment")
    assert client.post(url("diary_take_back", change.pk), {"seen": change.pk}).status_code == 404


def test_what_is_not_there_is_not_found(desk, clinic):
    for pk in (0, 999999, 10**30):
        for name in ("diary_visit", "diary_move", "diary_room", "diary_again", "diary_message", "diary_receipt"):
            assert desk.get(url(name, 7).replace("7", str(pk))).status_code == 404
        assert desk.post(f"/admin/diary/changes/{pk}/take-back/").status_code == 404
    visit = make_appointment(clinic)
    assert desk.post(url("diary_step", visit.pk, "delete")).status_code == 404


def test_a_hold_can_be_looked_at_and_not_acted_on(desk, clinic):
    held = appointments.hold(clinic.option, starts_at=TEN, owner="somebody", address="somewhere", now=NOW)
    page = text(panel(desk, held))
    assert "Held online" in page and "panel__acts" not in page
    assert step(desk, held, "cancel").status_code == 404
    assert desk.get(url("diary_move", held.pk)).status_code == 404


def test_time_off_does_not_keep_the_panel_from_opening(desk, clinic):
    visit = make_appointment(clinic)
    make_time_off(practitioner=visit.practitioner, starts_at=TEN, ends_at=TEN + HOUR)
    assert panel(desk, visit).status_code == 200
