"""Finding a client, and the page that says what the front desk should know about them."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from booking.clients import card, comfort, document, notes, search
from booking.clients.export import everything
from booking.errors import NoLongerHere
from booking.models import Appointment, Client, ClientNote, Message
from tests.factory import NOW, TEN, make_appointment, make_client, make_clinic, make_details, make_request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]

FIND = "/admin/clients/find/"
HOUR = timedelta(hours=1)
MANY_CLIENTS = """
    INSERT INTO booking_client
        (first_name, last_name, email, phone, pressure, areas_to_avoid, talk, warmth, scent, created_at)
    SELECT 'Zed', md5(i::text), 'c' || i || '@example.org', '+1503' || lpad((i * 37)::text, 7, '0'),
        'decide', '{}', '', '', '', now()
    FROM generate_series(1, 20000) AS i
"""


@pytest.fixture
def owner():
    return User.objects.create_superuser("owner", first_name="Ada", last_name="Owner")


@pytest.fixture
def desk(client, owner):
    client.force_login(owner)
    return client


def practitioner_user(practitioner, *codenames):
    user = User.objects.create_user(f"user-{practitioner.pk}", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    practitioner.user = user
    practitioner.save()
    return user


def visit_of(client, clinic, *, starts_at=TEN, **changed):
    details = make_details(first_name=client.first_name, last_name=client.last_name, email=client.email)
    visit = make_appointment(clinic, starts_at=starts_at, details=details)
    Appointment.objects.filter(pk=visit.pk).update(**changed)
    return visit


@pytest.mark.parametrize(
    "text",
    [
        "no", "NO", "ha", "haddad", "addad", "noor haddad", "Haddad, Noor", "no ha", "noor@", "example.org",
        "0142", "142", "(503) 555-0142", "503 555 0142", "+1 503 555 0142", "+1 (0)503 555-0142", "o'b", "ma",
    ],
)  # fmt: skip
def test_client_is_found_by_parts_of_name_address_or_number(owner, text):
    make_client(first_name="Zed", last_name="Quill", email="z@elsewhere.test", phone="+15035550199")
    noor = make_client(
        first_name="Noor", last_name="Haddad-O'Brien Marsh", email="noor@example.org", phone="+15035550142"
    )
    assert search.found(owner, text) == [noor]


@pytest.mark.parametrize("text", ["", " ", "n", "14", "%", "__", "%%%", "noor zed", "\x00", "0000", "…"])
def test_nobody_is_found_by_too_little_or_by_wildcards(owner, text):
    make_client(first_name="Noor", last_name="Haddad", phone="+15035550142")
    make_client(first_name="Zed", last_name="Quill", email="quill@example.org")
    assert search.found(owner, text) == []


@pytest.mark.parametrize("text", ["zoë", "zoe", "ZOE", "ibanez", "Ibáñez", "ib zo", "lodz", "strasse"])
def test_accents_need_not_be_typed_and_may_be(owner, text):
    zoe = make_client(first_name="Zoë", last_name="Ibáñez-Łódź Straße")
    make_client(first_name="Zora", last_name="Quill")
    assert search.found(owner, text) == [zoe]


def test_last_digits_come_first_and_names_that_begin_so_before_others(owner):
    middle = make_client(first_name="A", last_name="A", phone="+15030142555")
    last = make_client(first_name="Z", last_name="Z", phone="+15035550142")
    assert search.found(owner, "0142") == [last, middle]
    inside = make_client(first_name="Susanna", last_name="Abel")
    begins = make_client(first_name="Anna", last_name="Zorn")
    assert search.found(owner, "anna") == [begins, inside]


def test_search_is_one_query_on_indexes_without_merged_clients(owner):
    with connection.cursor() as cursor:
        cursor.execute(MANY_CLIENTS)
        cursor.execute("VACUUM ANALYZE booking_client")  # new rows wait in a list of their own until then
    keep = make_client(last_name="Haddad")
    make_client(last_name="Haddad", merged_into=keep)
    for text in ("ha", "haddad no", "0142"):
        with CaptureQueriesContext(connection) as queries:
            search.found(owner, text)
        assert len(queries) == 1
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {queries[0]['sql']}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "_trigrams" in plan and "Seq Scan" not in plan
    assert search.found(owner, "haddad") == [keep]


def test_practitioner_finds_and_opens_only_those_who_booked_with_them(client):
    clinic = make_clinic(practitioners=2)
    mine = visit_of(make_client(last_name="Haddad"), clinic)
    hers = make_client(last_name="Haddad")
    user = practitioner_user(mine.practitioner, "view_client")
    notes.write(mine.client, text="Faints easily", is_alert=True, by=user, now=NOW)
    assert search.found(user, "haddad") == [mine.client]
    client.force_login(user)
    assert client.get(reverse("admin:client", args=[mine.client.pk])).status_code == 200
    for name in ("client", "client_merge"):
        assert client.get(reverse(f"admin:{name}", args=[hers.pk])).status_code in (403, 404)
    page = client.get(reverse("admin:client", args=[mine.client.pk])).content.decode()
    for words in ("Merge", "Export", "Save the note", "Change the comfort card", "Faints"):
        assert words not in page


def test_practitioner_sees_no_visits_of_a_shared_client_with_others(client):
    clinic = make_clinic(practitioners=2)
    noor = make_client()
    mine, other = visit_of(noor, clinic), visit_of(noor, clinic, starts_at=TEN + 2 * HOUR)
    Appointment.objects.filter(pk=other.pk).update(practitioner=clinic.practitioners[1])
    Appointment.objects.filter(pk=mine.pk).update(practitioner=clinic.practitioners[0])
    user = practitioner_user(clinic.practitioners[0], "view_client")
    assert list(card.visits_of(noor, user=user)) == [mine]


def test_find_page_lists_next_and_last_visit_in_a_fixed_number_of_queries(desk, clinic):
    noor = make_client(phone="+15035550142")
    visit_of(noor, clinic)
    page = desk.get(FIND, {"q": "0142"}).content.decode()
    assert noor.name in page and "(503) 555-0142" in page
    assert "Newest clients" in desk.get(FIND).content.decode()
    assert "Nobody matches “xyzzy”" in desk.get(FIND, {"q": "xyzzy"}).content.decode()
    with CaptureQueriesContext(connection) as few:
        desk.get(FIND)
    for _ in range(10):
        make_client()
    with CaptureQueriesContext(connection) as many:
        desk.get(FIND)
    assert len(many) == len(few)


def test_find_answers_htmx_with_the_results_alone(desk):
    noor = make_client()
    answer = desk.get(FIND, {"q": noor.last_name}, headers={"HX-Request": "true"})
    assert noor.name in answer.content.decode()
    assert b"<html" not in answer.content


def test_card_shows_alerts_visits_numbers_mails_and_requests(desk, clinic, owner):
    noor = make_client(phone="+15035550142", talk="Likes quiet")
    coming = visit_of(noor, clinic, starts_at=TEN)
    missed = visit_of(noor, clinic, starts_at=TEN + 2 * HOUR, status="noshow", fee=Decimal(40))
    make_request(email=noor.email, last_name=noor.last_name)
    notes.write(noor, text="Allergic to nuts\nsecond line", is_alert=True, by=owner, now=NOW)
    page = desk.get(reverse("admin:client", args=[noor.pk])).content.decode()
    for words in (
        "Likes quiet",
        "Allergic to nuts",
        "Ada Owner",
        "Booked:",
        "A free video call",
        "$40",
        "Did not come",
    ):
        assert words in page
    counted = card.numbers(noor, user=owner, now=NOW)
    assert (counted.coming, counted.noshows, counted.fees) == (1, 1, Decimal(40))
    assert list(card.upcoming(noor, user=owner, now=NOW)) == [coming]
    assert list(card.earlier(noor, user=owner, now=NOW)) == [missed]


def test_earlier_visits_are_paged_and_the_page_keeps_its_number_of_queries(desk, clinic):
    noor = make_client()
    first = visit_of(noor, clinic, status="fulfilled")
    where = reverse("admin:client", args=[noor.pk])
    desk.get(where)
    with CaptureQueriesContext(connection) as one:
        desk.get(where)
    for number in range(1, 30):
        Appointment.objects.create(
            **{
                field.attname: getattr(Appointment.objects.get(pk=first.pk), field.attname)
                for field in Appointment._meta.concrete_fields
                if field.name not in ("id", "starts_at", "ends_at")
            },
            starts_at=TEN - number * 24 * HOUR,
            ends_at=TEN - number * 24 * HOUR + HOUR,
        )
    with CaptureQueriesContext(connection) as many:
        page = desk.get(where).content.decode()
    assert "Page 1 of 2" in page
    assert len(many) <= len(one) + 1
    assert "Page 2 of 2" in desk.get(where, {"page": "2"}).content.decode()
    assert desk.get(where, {"page": "x"}).status_code == 200


def test_late_cancellations_are_those_after_the_deadline(clinic, owner):
    noor = make_client()
    visit_of(noor, clinic, status="cancelled", cancelled_at=TEN - HOUR)
    visit_of(noor, clinic, starts_at=TEN + 2 * HOUR, status="cancelled", cancelled_at=NOW - timedelta(days=30))
    assert card.numbers(noor, user=owner, now=NOW).late_cancellations == 1


def test_comfort_card_is_saved_and_a_refused_one_keeps_what_was_typed(desk):
    noor = make_client()
    where, seen = reverse("admin:client_comfort", args=[noor.pk]), comfort.edition(noor)
    refused = desk.post(where, {"pressure": "firm", "talk": "x" * 61, "seen": seen})
    assert refused.status_code == 422
    assert "x" * 61 in refused.content.decode() and seen in refused.content.decode()
    for _ in range(2):  # pressed twice
        given = {"pressure": "firm", "talk": "Quiet", "areas_to_avoid": ["b-neck"], "seen": seen}
        assert desk.post(where, given).status_code == 302
    noor.refresh_from_db()
    assert (noor.pressure, noor.talk, noor.areas_to_avoid) == ("firm", "Quiet", ["b-neck"])
    said = LogEntry.objects.get().change_message
    assert "firm" not in said and "neck" not in said


def test_comfort_card_that_somebody_else_changed_is_shown_first_and_what_was_typed_is_kept(desk, owner):
    noor = make_client()
    where, page = reverse("admin:client_comfort", args=[noor.pk]), reverse("admin:client", args=[noor.pk])
    typed = {"pressure": "firm", "scent": "Cedar", "seen": desk.get(page).context["comfort_seen"]}
    comfort.save(
        noor,
        {**dict.fromkeys(comfort.FIELDS, ""), "pressure": "light", "areas_to_avoid": []},
        seen=typed["seen"],
        by=owner,
    )
    answer = desk.post(where, typed)
    noor.refresh_from_db()
    assert (answer.status_code, noor.pressure, noor.scent) == (409, "light", "")
    shown = answer.content.decode()
    assert "<dt>Pressure</dt><dd>Light</dd>" in shown and 'value="Cedar"' in shown and "Somebody has changed" in shown
    desk.post(where, {**typed, "seen": answer.context["comfort_seen"]})
    noor.refresh_from_db()
    assert (noor.pressure, noor.scent) == ("firm", "Cedar")


def test_who_was_deleted_meanwhile_is_said_and_nothing_is_written(owner):
    gone = make_client()
    Client.objects.all().delete()
    values = {name: getattr(gone, name) for name in comfort.FIELDS} | {"talk": "Quiet"}
    with pytest.raises(NoLongerHere, match="deleted or merged"):
        comfort.save(gone, values, seen=comfort.edition(gone), by=owner)
    with pytest.raises(NoLongerHere, match="deleted"):
        notes.write(gone, text="Rings twice", is_alert=False, by=owner, now=NOW)
    assert not LogEntry.objects.exists()


def test_notes_are_added_and_changed_by_their_author_alone(desk, owner, client):
    noor = make_client()
    where = reverse("admin:client_note_new", args=[noor.pk])
    assert desk.post(where, {"text": "  "}).status_code == 422
    desk.post(where, {"text": "Rings twice", "is_alert": "on"})
    note = ClientNote.objects.get()
    assert (note.by, note.is_alert) == (owner, True)
    change = reverse("admin:client_note", args=[noor.pk, note.pk])
    assert "Rings twice" in desk.get(change).content.decode()
    desk.post(change, {"text": "Rings once"})
    note.refresh_from_db()
    assert (note.text, note.is_alert) == ("Rings once", False)
    client.force_login(User.objects.create_superuser("other"))
    assert client.get(change).status_code == 404
    assert client.post(change, {"text": "Mine now"}).status_code == 404


def test_duplicates_name_their_reason(owner):
    noor = make_client(phone="+15035550142", email="a@example.org")
    phone = make_client(phone="+15035550142")
    email = make_client(email="A@example.org")
    name = make_client(first_name="noor", last_name=noor.last_name.upper())
    make_client()
    found = dict(card.duplicates(noor, user=owner))
    assert found == {
        phone: "Same phone: (503) 555-0142",
        email: "Same e-mail address: a@example.org",
        name: "Same name",
    }


def test_export_holds_everything_and_is_written_down(desk, clinic, owner):
    noor = make_client(first_name="Zoë", last_name="Åkesson", phone="+15035550142", scent="Cedar")
    visit_of(noor, clinic)
    make_client(first_name="Z", last_name="A", merged_into=noor)
    notes.write(noor, text="Rings twice", is_alert=False, by=owner, now=NOW)
    make_request(email=noor.email, last_name=noor.last_name)
    answer = desk.post(reverse("admin:client_export", args=[noor.pk, "json"]))
    data = json.loads(answer.content)
    assert data["schema"] == "clinic-client/1"
    assert data["client"]["first_name"] == "Zoë"
    assert data["comfort"]["scent"] == "Cedar"
    assert data["notes"][0]["text"] == "Rings twice"
    visit = data["visits"][0]
    assert visit["starts_at"] == "2026-11-23T10:00:00-08:00"
    assert visit["promised"]["price"] == "105.00 USD" and visit["promised"]["policy"]
    assert [change["what"] for change in visit["changes"]] == ["Booked"]
    assert all(mail["to"] == [noor.email] for mail in data["messages"]) and data["messages"]
    assert data["consultation_requests"][0]["message"] == "Would acupuncture suit me?"
    assert len(data["merged_records"]) == 1
    assert "attachment" in answer.headers["Content-Disposition"]
    assert LogEntry.objects.get().change_message == "Exported as JSON."


def test_pdf_is_a_document_with_accents_and_page_numbers(desk, clinic, owner):
    noor = make_client(first_name="Zoë", last_name="Åkesson Nováková")
    for number in range(6):
        visit_of(noor, clinic, starts_at=TEN + number * HOUR)
    answer = desk.post(reverse("admin:client_export", args=[noor.pk, "pdf"]))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    made = document.Document("x")
    assert made.page_no() == 0
    assert document.pdf(everything(noor, now=NOW)).count(b"/Type /Page\n") >= 2


def test_export_is_a_post_for_those_who_may_export(client, desk):
    noor = make_client()
    where = reverse("admin:client_export", args=[noor.pk, "json"])
    assert desk.get(where).status_code == 405
    assert desk.post(reverse("admin:client_export", args=[noor.pk, "exe"])).status_code == 404
    user = User.objects.create_user("desk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_client", "view_everyone"]))
    client.force_login(user)
    assert client.post(where).status_code == 403


def test_merged_client_s_address_leads_to_the_survivor_and_takes_no_writes(desk):
    keep = make_client()
    other = make_client(merged_into=keep)
    answer = desk.get(reverse("admin:client", args=[other.pk]))
    assert answer.headers["Location"] == reverse("admin:client", args=[keep.pk])
    for name, args in (("client_comfort", [other.pk]), ("client_note_new", [other.pk])):
        assert desk.post(reverse(f"admin:{name}", args=args)).status_code == 404


def test_admin_list_leaves_merged_clients_out_until_asked_and_shows_them_read_only(desk):
    keep = make_client(last_name="Keeper")
    other = make_client(last_name="Gone", merged_into=keep)
    listed = desk.get("/admin/booking/client/").content.decode()
    assert "Keeper" in listed and "Noor Gone" not in listed
    assert "Noor Gone" in desk.get("/admin/booking/client/?merged=yes").content.decode()
    record = desk.get(f"/admin/booking/client/{other.pk}/change/").content.decode()
    assert "Merged into Noor Keeper" in record
    assert 'name="_save"' not in record


def test_admin_deletes_only_clients_nothing_hangs_on(desk, clinic):
    free, booked = make_client(), make_client()
    visit_of(booked, clinic)
    keep = make_client()
    make_client(merged_into=keep)
    for one, status in ((free, 302), (booked, 403), (keep, 403)):
        answer = desk.post(f"/admin/booking/client/{one.pk}/delete/", {"post": "yes"})
        assert answer.status_code == status
    assert not Client.objects.filter(pk=free.pk).exists()


def test_a_practitioner_reads_no_mail_about_requests_of_their_client_that_are_not_theirs(client, owner):
    clinic = make_clinic()
    one = make_client()
    visit_of(one, clinic)
    request = make_request(first_name=one.first_name, last_name=one.last_name, email=one.email)
    Message.objects.create(
        reason=f"asked/{request.pk}", message_id="<1@x>", to=[one.email], subject="About your cancer", text="",
        queued_at=NOW, send_after=NOW, consultation=request,
    )  # fmt: skip
    page = reverse("admin:client", args=[one.pk])
    client.force_login(owner)
    assert "About your cancer" in client.get(page).content.decode()
    client.force_login(practitioner_user(clinic.practitioner, "view_client", "view_consultationrequest"))
    answer = client.get(page)
    assert "About your cancer" not in answer.content.decode()
    assert not list(answer.context["requests"])
