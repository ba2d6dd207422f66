"""The front desk finds a client, and brings a list of clients along, in a real browser."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Group

from booking.imports import run
from booking.models import Client, ClientImport
from tests.browser.audit import audit
from tests.browser.desk import Desk
from tests.factory import NOW, make_client

JANE = Path(__file__).resolve().parent.parent / "fixtures" / "imports" / "jane.csv"


@pytest.fixture
def desk(chrome, live_server, transactional_db):
    made = Desk(chrome, live_server)
    yield made
    made.close()
    assert not [said for said in made.errors if "422" not in said]


@pytest.fixture
def plain_desk(chrome, live_server, transactional_db):
    made = Desk(chrome, live_server, javascript=False)
    yield made
    made.close()


def let_in_the_owner(desk):
    desk.user.groups.set([Group.objects.get(name="Owner")])


def work_through(batch):
    while run.import_part(batch.pk, now=NOW):
        pass


def test_client_is_found_by_the_last_four_digits_in_two_clicks(desk):
    noor = make_client(phone="+15035550142")
    for number in range(20):
        make_client(last_name=f"Other {number}", phone=f"+15035551{number:03}")
    desk.open("/admin/diary/")
    desk.click("Clients", role="link", exact=True)
    desk.type("Find a client", "0142")
    desk.page.wait_for_selector("#client-results >> text=1 found")
    assert desk.page.url.endswith("?q=0142")  # can be sent to a colleague
    desk.click(noor.name, role="link")
    assert desk.page.locator("h1").inner_text() == noor.name
    assert desk.clicks == 2


def test_client_is_found_without_javascript_in_three_clicks(plain_desk):
    noor = make_client(phone="+15035550142")
    plain_desk.open("/admin/diary/")
    plain_desk.click("Clients", role="link", exact=True)
    plain_desk.type("Find a client", "0142")
    plain_desk.click("Find", exact=True)
    plain_desk.click(noor.name, role="link")
    assert plain_desk.page.locator("h1").inner_text() == noor.name
    assert plain_desk.clicks == 3


def test_note_and_comfort_card_are_kept_without_javascript(plain_desk):
    noor = make_client()
    plain_desk.open(f"/admin/clients/{noor.pk}/")
    plain_desk.page.fill("#id_text", "Rings the side bell.")
    plain_desk.tick("Show as a warning wherever the client is")
    plain_desk.click("Save the note")
    assert plain_desk.page.get_by_text("Alert: Rings the side bell.").first.is_visible()
    plain_desk.page.get_by_text("Change the comfort card").click()
    plain_desk.type("Scent", "Cedar")
    plain_desk.tick("Neck")
    plain_desk.click("Save", exact=True)
    noor.refresh_from_db()
    assert (noor.scent, noor.areas_to_avoid) == ("Cedar", ["b-neck"])


def test_duplicates_are_merged_from_the_card(desk):
    let_in_the_owner(desk)
    noor = make_client(phone="+15035550142")
    twin = make_client(phone="+15035550142", talk="Silent")
    desk.open(f"/admin/clients/{noor.pk}/")
    desk.click(f"Compare with {twin.name}", role="link")
    desk.tick("Both are the same person")
    desk.click("Merge", exact=True)
    assert desk.page.get_by_text(f"{twin.name} is now part of this client.").is_visible()
    twin.refresh_from_db()
    noor.refresh_from_db()
    assert (twin.merged_into, noor.talk) == (noor, "Silent")


def test_import_shows_its_progress_and_its_end_by_itself(desk):
    let_in_the_owner(desk)
    desk.open("/admin/clients/imports/")
    desk.page.set_input_files("input[type=file]", str(JANE))
    desk.click("Upload and match the columns")
    desk.click("Check every row")
    assert desk.page.get_by_text("The last name is missing.").is_visible()
    desk.click("Import 4 rows")
    assert desk.page.get_by_text("0 of 4 rows imported").is_visible()
    work_through(ClientImport.objects.get())
    desk.page.wait_for_selector("text=Done: 4 of 4 rows imported.", timeout=10_000)
    assert Client.objects.count() == 3


def test_import_without_javascript_has_a_link_to_look_again(plain_desk):
    let_in_the_owner(plain_desk)
    plain_desk.open("/admin/clients/imports/")
    plain_desk.page.set_input_files("input[type=file]", str(JANE))
    plain_desk.click("Upload and match the columns")
    plain_desk.click("Check every row")
    plain_desk.click("Import 4 rows")
    work_through(ClientImport.objects.get())
    plain_desk.click("Refresh", role="link")
    assert plain_desk.page.get_by_text("Done: 4 of 4 rows imported.").is_visible()


def test_client_pages_have_nothing_for_axe_and_fit_the_screen(desk):
    let_in_the_owner(desk)
    noor, twin = make_client(phone="+15035550142"), make_client(phone="+15035550142")
    desk.visit("15:00", first_name=noor.first_name, last_name=noor.last_name, email=noor.email)
    batches = [ClientImport.objects.create(file_name="a.csv", headings=["Name", "E-mail"], created_at=NOW)]
    batches[0].rows.create(number=2, values=["Noor Haddad", "noor@example.org"])
    for path in (
        "find/?q=haddad",
        f"{noor.pk}/",
        f"{noor.pk}/merge/",
        f"{noor.pk}/merge/?other={twin.pk}",
        "imports/",
        f"imports/{batches[0].pk}/",
    ):
        desk.open(f"/admin/clients/{path}")
        audit(desk.page, path)
    desk.errors.clear()  # axe looks for style sheets in places of its own
