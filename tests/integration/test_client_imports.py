"""Clients from another program's list: read, matched, judged row by row, imported once, and never twice."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from booking.imports import columns, files, reading, run
from booking.imports.people import split
from booking.models import Client, ClientImport, ClientNote, ImportRow
from tests.factory import NOW, make_client

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "imports"
Outcome = ImportRow.Outcome

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]


@pytest.fixture
def owner():
    return User.objects.create_superuser("owner")


@pytest.fixture
def desk(client, owner):
    client.force_login(owner)
    return client


def taken(name, owner):
    batch = files.take((FIXTURES / name).read_bytes(), name=name, by=owner, now=NOW)
    return files.check(batch, matched=batch.columns)


def csv_of(text, owner, **matched):
    batch = files.take(text.encode(), name="some.csv", by=owner, now=NOW)
    return files.check(batch, matched=matched or batch.columns)


def imported(batch, owner):
    run.start(batch, by=owner)
    while run.import_part(batch.pk, now=NOW):
        pass
    batch.refresh_from_db()
    return batch


def outcomes(batch):
    return list(batch.rows.order_by("number").values_list("outcome", flat=True))


def problems(batch):
    return [row.problem for row in batch.rows.filter(outcome=Outcome.REFUSED).order_by("number")]


def everything():
    clients = list(Client.objects.order_by("pk").values())
    return clients, list(ClientNote.objects.order_by("pk").values())


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("jane.csv", "jane"),
        ("acuity.csv", "acuity"),
        ("cliniko.csv", "cliniko"),
        ("easyappointments.csv", "easyappointments"),
        ("whole_names.csv", "other"),
    ],
)
def test_source_is_recognised_and_every_needed_column_guessed(name, source, owner):
    batch = files.take((FIXTURES / name).read_bytes(), name=name, by=owner, now=NOW)
    assert batch.source == source
    assert columns.problem_with(batch.columns) == ""
    assert ClientImport.objects.get().rows.count() >= 2


def test_jane_s_list_comes_in_with_quoted_lines_mobile_before_home_and_the_reason_for_each_refusal(owner):
    batch = taken("jane.csv", owner)
    assert outcomes(batch) == ["new", "new", "new", "refused", "twice", "refused"]
    assert problems(batch) == [
        "The last name is missing.",
        "Neither an e-mail address nor a phone number, so nobody could tell them from a namesake.",
    ]
    assert not Client.objects.exists()  # a dry run
    imported(batch, owner)
    ada, jose, noor = Client.objects.order_by("first_name")
    assert (noor.name, noor.email, str(noor.phone)) == ("Noor Haddad", "noor.haddad@example.org", "+15035550142")
    assert noor.notes.get().text == "Parks behind the house.\nRings the side bell."
    assert (jose.name, jose.email, str(jose.phone)) == ("José Muñoz", "jose.munoz@example.org", "+15035550112")
    assert (ada.email, str(ada.phone)) == ("", "+15035550177")


def test_acuity_s_list_keeps_formulas_as_text_and_refuses_numbers_nobody_can_dial(owner, desk):
    batch = taken("acuity.csv", owner)
    assert outcomes(batch) == ["new", "new", "refused", "refused"]
    assert problems(batch)[0] == "Not a phone number: “12345”."
    assert problems(batch)[1].startswith("The first name looks like a web address")
    answer = desk.get(reverse("admin:client_import_refused", args=[batch.pk]))
    assert "'=HYPERLINK" in answer.content.decode()  # a spreadsheet shows it and runs nothing
    assert answer.headers["Content-Disposition"].endswith('refused.csv"')


def test_cliniko_s_and_easyappointments_lists_come_in_with_their_letters(owner):
    imported(taken("cliniko.csv", owner), owner)
    imported(taken("easyappointments.csv", owner), owner)
    assert {client.name for client in Client.objects.all()} == {
        "Zoë Müller",
        "Søren Åkesson",
        "Noor Haddad",
        "Ahmed El Sayed",
        "Olga Nováková",
    }
    assert ClientNote.objects.filter(text="Comes with her dog", client__last_name="Müller").exists()


def test_whole_names_are_split_and_comfort_is_understood(owner):
    batch = taken("whole_names.csv", owner)
    assert outcomes(batch) == ["new", "new", "refused", "refused"]
    assert problems(batch) == [
        "One word is not a first and a last name: “Cher”.",
        "Not light, medium or firm: “crushing”.",
    ]
    imported(batch, owner)
    anna, peter = Client.objects.order_by("first_name")
    assert (anna.first_name, anna.last_name) == ("Anna", "van der Berg")
    assert (anna.pressure, anna.areas_to_avoid, anna.warmth) == ("firm", ["b-l-shoulder", "b-neck"], "Yes please")
    assert (peter.first_name, peter.last_name) == ("Peter", "van den Heuvel")


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("Noor Haddad", ("Noor", "Haddad")),
        ("Anna Maria Lopez", ("Anna Maria", "Lopez")),
        ("Haddad, Noor", ("Noor", "Haddad")),
        ("Van Morrison", ("Van", "Morrison")),
        ("Cher", ("", "Cher")),
    ],
)
def test_split_takes_the_last_word_with_its_particles(whole, parts):
    assert split(whole) == parts


def test_same_file_again_changes_nothing(owner):
    imported(taken("jane.csv", owner), owner)
    before = everything()
    again = taken("jane.csv", owner)
    assert outcomes(again) == ["known", "known", "known", "refused", "twice", "refused"]
    imported(again, owner)
    assert everything() == before


def test_known_clients_get_what_they_lack_and_nothing_is_overwritten(owner):
    noor = make_client(first_name="NOOR", last_name="Haddad", email="Noor@example.org", talk="Chatty")
    ada = make_client(first_name="Ada", last_name="Brook", email="", phone="+15035550177")
    text = (
        "first name,last name,email,phone,talk,scent,notes\n"
        "Noor,Haddad,noor@example.org,503 555 0142,Silent,Lavender,Rings twice\n"
        "Ada,Brook,ada@example.org,503 555 0177,,,\n"
    )
    batch = imported(csv_of(text, owner), owner)
    noor.refresh_from_db()
    ada.refresh_from_db()
    assert outcomes(batch) == ["filled", "filled"]
    assert (noor.first_name, str(noor.phone), noor.talk, noor.scent) == ("NOOR", "+15035550142", "Chatty", "Lavender")
    assert noor.notes.get().text == "Rings twice"
    assert ada.email == "ada@example.org"
    assert Client.objects.count() == 2


def test_families_sharing_address_and_number_stay_two_people(owner):
    text = (
        "name,email,phone\nNoor Haddad,family@example.org,503 555 0142\nSami Haddad,family@example.org,503 555 0142\n"
    )
    imported(csv_of(text, owner), owner)
    assert {client.first_name for client in Client.objects.all()} == {"Noor", "Sami"}


def test_row_further_down_fills_the_gaps_of_the_one_above(owner):
    text = (
        "name,email,phone,notes\nNoor Haddad,noor@example.org,,Bell\nNoor Haddad,noor@example.org,503 555 0142,Bell\n"
    )
    batch = imported(csv_of(text, owner), owner)
    assert outcomes(batch) == ["new", "twice"]
    assert str(Client.objects.get().phone) == "+15035550142"
    assert ClientNote.objects.count() == 1


def test_row_of_a_merged_client_goes_to_the_survivor(owner):
    survivor = make_client(email="new@example.org")
    make_client(first_name="Noor", last_name="Old", email="old@example.org", merged_into=survivor)
    batch = imported(csv_of("name,email,scent\nNoor Old,old@example.org,Cedar\n", owner), owner)
    survivor.refresh_from_db()
    assert (outcomes(batch), survivor.scent) == (["filled"], "Cedar")


def test_import_killed_between_two_parts_goes_on_where_it_was(owner, monkeypatch):
    monkeypatch.setattr(run, "A_PART", 2)
    rows = "".join(f"Noor,Haddad {number},noor{number}@example.org\n" for number in range(5))
    batch = csv_of("first name,last name,email\n" + rows, owner)
    run.start(batch, by=owner)
    run.import_part(batch.pk, now=NOW)
    fill = run._fill
    monkeypatch.setattr(run, "_fill", lambda *args: (_ for _ in ()).throw(SystemExit("killed")))
    with pytest.raises(SystemExit):
        run.import_part(batch.pk, now=NOW)
    assert Client.objects.count() == 2  # of the part that died nothing is left
    assert run.progress(batch) == run.Progress(2, 5)
    monkeypatch.setattr(run, "_fill", fill)
    batch = imported(batch, owner)
    assert (Client.objects.count(), batch.status, run.progress(batch).percent) == (5, "done", 100)
    assert set(batch.rows.values_list("is_imported", flat=True)) == {True}


def test_each_part_queues_the_next_in_its_own_transaction(owner, monkeypatch):
    monkeypatch.setattr(run, "A_PART", 1)
    batch = csv_of("name,email\nNoor Haddad,n@example.org\nAda Brook,a@example.org\n", owner)
    run.start(batch, by=owner)
    run.import_part(batch.pk, now=NOW)
    jobs = ProcrastinateJob.objects.filter(task_name="booking.tasks.import_clients")
    assert jobs.count() == 2
    assert jobs.first().args == {"import_pk": batch.pk}


def test_values_of_imported_rows_are_not_kept_and_a_done_import_can_be_deleted(owner, desk):
    batch = imported(taken("jane.csv", owner), owner)
    assert not [row for row in batch.rows.filter(is_imported=True) if row.values]
    desk.post(reverse("admin:client_import_delete", args=[batch.pk]))
    assert not ImportRow.objects.exists()
    assert Client.objects.count() == 3


def test_no_file_is_asked_for_again(desk):
    answer = desk.post(reverse("admin:client_imports"))
    assert answer.status_code == 422 and "Choose a file first." in answer.content.decode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This file is empty."),
        (b"\n\n", "This file is empty."),
        (b"name,email\n", "This file has headings and no clients."),
        (b"name\nNoor Haddad\n", "The first line must name the columns"),
        (b"PK\x03\x04rest of a workbook", "This is a workbook."),
        (b"\x00\x01\x02\x03\xff\xfe\x00\x00" * 9, "This is not a CSV file."),
        (b"a,b\n" + b'"' + b"x" * 200_000, "Line 2 cannot be read"),
        (b"a,b\n" + b"x," * reading.MAX_COLUMNS + b"x\n", "Line 2 has 101 values"),
        (b"a,b\n" + b"," * 4_000_000, "This file has headings and no clients."),
        (b"name,email\n" + b"a b,c@example.org\n" * 10_001, "more than 10,000 clients"),
        (b"x" * (reading.MAX_BYTES + 1), "we read up to 5 MB"),
    ],
)
def test_refused_file_says_why_beside_the_field(desk, data, sentence):
    file = SimpleUploadedFile("clients.csv", data)
    answer = desk.post(reverse("admin:client_imports"), {"file": file})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ClientImport.objects.exists()


def test_columns_screen_shows_five_rows_refuses_what_cannot_work_and_keeps_what_was_chosen(desk, owner):
    batch = files.take((FIXTURES / "jane.csv").read_bytes(), name="jane.csv", by=owner, now=NOW)
    page = desk.get(reverse("admin:client_import", args=[batch.pk])).content.decode()
    assert "looks like a list from Jane" in page
    assert "Rings the side bell." in page or "Parks behind" in page
    chosen = {f"column_{number}": field for number, field in batch.columns.items()}
    where = reverse("admin:client_import_columns", args=[batch.pk])
    refused = desk.post(where, {**chosen, "column_5": ""})
    assert refused.status_code == 422
    assert "Choose the columns of the first and the last name" in refused.content.decode()
    assert desk.post(where, {**chosen, "column_5": "no such field"}).status_code == 422
    assert desk.post(where, chosen).status_code == 302
    report = desk.get(reverse("admin:client_import", args=[batch.pk])).content.decode()
    assert "Import 4 rows" in report
    only = desk.get(reverse("admin:client_import", args=[batch.pk]), {"outcome": "refused"}).content.decode()
    assert "The last name is missing." in only
    assert "Muñoz" not in only


def test_progress_is_a_fragment_for_htmx_and_a_page_for_everybody_else(desk, owner):
    batch = taken("jane.csv", owner)
    where = reverse("admin:client_import", args=[batch.pk])
    desk.post(reverse("admin:client_import_start", args=[batch.pk]))
    part = desk.get(where, headers={"HX-Request": "true"})
    assert b"<progress" in part.content
    assert b"<html" not in part.content
    assert b"Refresh</a>" in desk.get(where).content
    while run.import_part(batch.pk, now=NOW):
        pass
    done = desk.get(where, headers={"HX-Request": "true"})
    assert done.headers["HX-Refresh"] == "true"
    assert "Done: 4 of 4 rows imported." in done.content.decode()


def test_running_import_cannot_be_matched_again_nor_deleted(desk, owner):
    batch = taken("jane.csv", owner)
    run.start(batch, by=owner)
    with pytest.raises(files.ImportStarted):
        files.check(batch, matched=batch.columns)
    desk.post(reverse("admin:client_import_delete", args=[batch.pk]))
    assert ClientImport.objects.filter(pk=batch.pk).exists()


def test_imports_are_for_those_who_may_import(client, owner):
    batch = taken("jane.csv", owner)
    client.force_login(User.objects.create_user("mara", is_staff=True))
    for name, args in (("client_imports", []), ("client_import", [batch.pk]), ("client_import_refused", [batch.pk])):
        assert client.get(reverse(f"admin:{name}", args=args)).status_code == 403
    for name in ("client_import_columns", "client_import_start", "client_import_delete"):
        assert client.post(reverse(f"admin:{name}", args=[batch.pk])).status_code == 403
