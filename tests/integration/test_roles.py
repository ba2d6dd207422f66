"""Every address of the staff site, tried as each role, as somebody without one, and as a stranger."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import URLPattern, reverse

from booking import access, roles
from tests.integration.role_matrix import PAGES, RECORDS
from tests.integration.role_world import NOW, World

# Django's own admin templates print variables that are not there.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors, pytest.mark.usefixtures("frozen")]

COLUMNS = ["owner", "desk", "mine", "others", "editor"]
ADMIN_PAGES = ["changelist", "add", "change", "history", "delete"]
WITHOUT_A_ROLE = {"login", "logout", None}  # for strangers; and the admin's catch-all


@pytest.fixture
def world(db):
    return World()


def addresses(patterns=None):
    """The name of every address of the staff site."""
    for pattern in admin.site.get_urls() if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name
        else:
            yield from addresses(pattern.url_patterns)


def records():
    """Every table with pages in the admin."""
    return {model._meta.label_lower: model for model in admin.site._registry}


def test_the_table_has_a_row_for_every_address_and_no_other():
    generated = {f"{label.replace('.', '_')}_{page}" for label in records() for page in ADMIN_PAGES}
    ours = set(addresses()) - generated - WITHOUT_A_ROLE
    assert sorted(ours - set(PAGES)) == [], "addresses without a row"
    assert sorted(set(PAGES) - ours) == [], "rows without an address"
    assert sorted(records()) == sorted(RECORDS)


def tried(browser, method, address, data=None):
    """The cell that an answer is written as; what the request did is undone."""
    with transaction.atomic():
        connection.atomic_blocks[-1]._from_testcase = True  # durable blocks may stand inside
        answer = browser.get(address) if method == "GET" else browser.post(address, data or {})
        transaction.set_rollback(True)
    if answer.status_code in (301, 302, 303) and answer.url.split("?")[0] == reverse("admin:login"):
        return "sign-in"
    if answer.status_code == 302 and answer.url == reverse("admin:index"):
        return "g"
    return {403: "n", 404: "g", 405: "-"}.get(answer.status_code, "y" if answer.status_code < 500 else "500")


def signed_in(user=None):
    browser = Browser(raise_request_exception=False)
    if user:
        browser.force_login(user)
    return browser


def expected_of(letters, page, method, column, label):
    """What `letters` of the table come to on one of the admin's five pages."""
    needs = {"changelist": "v", "add": "a", "change": "v", "history": "v", "delete": "d"}[page]
    if method == "POST":
        needs = {"change": "c"}.get(page, needs)
    is_hidden = apps.get_model(label) in access.OWN and (
        column in ("others", "editor") or (column, label) == ("mine", "booking.consultationrequest")
    )
    if is_hidden and page == "history":  # the admin looks for the row before it asks who wants it
        return "g"
    if needs not in letters:
        return "n"
    return "g" if is_hidden and page not in ("changelist", "add") else "y"


def disagreements(world, column):
    """Where the site and the table differ for one column."""
    browser, place, there = signed_in(world.user_of(column)), COLUMNS.index(column), set(addresses())
    for name, cells in PAGES.items():
        if name not in there:
            continue  # the test above says so
        for method, row in zip(("GET", "POST"), cells, strict=True):
            got = tried(browser, method, world.address(name, column), world.data_of(name))
            want = row.split()[place]
            if got not in (want, "n" if want == "-" else want):  # who is refused anyway need not hear of the method
                yield f"{method} {name}: {got}, not {want}"
    for label, rights in RECORDS.items():
        letters = rights[{"owner": 0, "desk": 1, "mine": 2, "others": 2, "editor": 3}[column]]
        for page in ADMIN_PAGES:
            address = world.record_address(label, page, column)
            for method in ("GET", "POST"):
                data = {"post": "yes"} if page == "delete" else None
                got, want = tried(browser, method, address, data), expected_of(letters, page, method, column, label)
                if got != want:
                    yield f"{method} {label} {page}: {got}, not {want}"


@pytest.mark.parametrize("column", COLUMNS)
def test_every_address_does_for_each_role_what_the_table_says(world, column):
    assert "\n".join(disagreements(world, column)) == ""


@pytest.mark.parametrize("who", ["stranger", "nobody"])
def test_who_has_no_staff_sign_in_is_led_to_it_from_everywhere(world, who):
    browser = signed_in(User.objects.create_user("noor") if who == "nobody" else None)
    pages = [world.address(name, "desk") for name in set(PAGES) & set(addresses())]
    pages += [world.record_address(label, page, "desk") for label in RECORDS for page in ADMIN_PAGES]
    for method in ("GET", "POST"):
        got = {address: tried(browser, method, address) for address in pages}
        assert {address: cell for address, cell in got.items() if cell != "sign-in"} == {}


def test_migration_gave_each_role_exactly_what_is_listed():
    for name, wanted in roles.ROLES.items():
        held = Group.objects.get(name=name).permissions.select_related("content_type")
        assert sorted(f"{one.content_type.app_label}.{one.codename}" for one in held) == sorted(wanted)
    owner = set(Group.objects.get(name=roles.OWNER).permissions.values_list("pk", flat=True))
    everything = Permission.objects.filter(content_type__app_label__in=["booking", "services"])
    assert set(everything.values_list("pk", flat=True)) <= owner
    assert owner >= set(
        Permission.objects.filter(content_type__model__in=["user", "group"]).values_list("pk", flat=True)
    )


def test_making_the_roles_again_keeps_what_an_owner_gave():
    desk = Group.objects.get(name=roles.FRONT_DESK)
    reports = Permission.objects.get(codename="view_reports")
    desk.permissions.add(reports)
    roles.make(apps)
    assert reports in desk.permissions.all()
    assert Group.objects.count() == 4


def test_styleguide_is_for_staff(world):
    assert signed_in().get(reverse("styleguide")).status_code == 302
    assert signed_in(world.editor).get(reverse("styleguide")).status_code == 200


def test_practitioner_without_a_link_to_their_sign_in_sees_nobody(world):
    loner = User.objects.create_user("loner", is_staff=True)
    loner.groups.add(Group.objects.get(name=roles.PRACTITIONER))
    assert not access.appointments_for(loner) and not access.clients_for(loner) and not access.practitioners_for(loner)


@pytest.mark.parametrize("model", sorted(access.OWN, key=str))
def test_rules_let_who_sees_everyone_see_every_row_and_a_practitioner_their_own(world, model):
    everything = set(model._default_manager.values_list("pk", flat=True))
    assert set(access.limited(model._default_manager.all(), world.desk).values_list("pk", flat=True)) == everything
    own = set(access.limited(model._default_manager.all(), world.mara_user).values_list("pk", flat=True))
    assert own < everything


@pytest.mark.parametrize("label", sorted({model._meta.label_lower for model in access.OWN} & set(RECORDS)))
def test_lists_and_searches_of_a_practitioner_hold_their_own_rows_alone(world, label):
    """Whatever is typed or filtered by, another's client is neither shown nor counted."""
    browser = signed_in(world.mara_user)
    model = apps.get_model(label)
    if not world.mara_user.has_perm(f"booking.view_{model._meta.model_name}"):
        pytest.skip("No such list for practitioners.")
    address = reverse(f"admin:{label.replace('.', '_')}_changelist")
    secret = world.other_client
    for asked in ({}, {"q": secret.last_name}, {"q": secret.email}, {"q": "0199"}, {"all": ""}):
        page = browser.get(address, asked)
        text = page.content.decode()
        assert secret.first_name not in text  # the last name is in the box that was typed into
        if asked.get("q"):
            assert page.context["cl"].result_count == 0


@pytest.mark.parametrize("name", ["clients_find", "diary_clients"])
def test_searches_of_a_practitioner_find_their_own_clients_alone(world, name):
    browser = signed_in(world.mara_user)
    for typed in (world.other_client.last_name, world.other_client.email, "0199"):
        text = browser.get(reverse(f"admin:{name}"), {"q": typed}).content.decode()
        assert world.other_client.first_name not in text
    assert world.own_client.first_name in browser.get(reverse(f"admin:{name}"), {"q": "Whitlock"}).content.decode()


def test_another_practitioners_visits_of_a_shared_client_stay_hidden(world):
    """Somebody who sees two practitioners is a client of both; what they do with the other is not shown."""
    theirs = world.book(world.other, NOW, hour=5, details=world.own_details)
    assert theirs.client == world.own_client
    browser = signed_in(world.mara_user)
    page = browser.get(reverse("admin:booking_client_change", args=[world.own_client.pk])).content.decode()
    assert reverse("admin:booking_appointment_change", args=[world.own.pk]) in page
    assert reverse("admin:booking_appointment_change", args=[theirs.pk]) not in page
    visit = browser.get(reverse("admin:booking_visit_change", args=[theirs.visit_id]))
    assert (visit.status_code, visit.url) == (302, reverse("admin:index"))


def test_diary_of_a_practitioner_shows_no_other_client(world):
    browser = signed_in(world.mara_user)
    for view in ("day", "week", "month"):
        for by in ("practitioner", "room"):
            asked = {"date": "2026-11-23", "view": view, "by": by, "practitioner": world.other.pk}
            text = browser.get(reverse("admin:diary"), asked).content.decode()
            assert world.other_client.last_name not in text and world.other_client.first_name not in text


def test_action_on_another_practitioners_visit_changes_nothing(world):
    browser = signed_in(world.mara_user)
    chosen = {"action": "cancel", "confirm": "yes", "_selected_action": [world.theirs.pk]}
    browser.post(reverse("admin:booking_appointment_changelist"), chosen)
    world.theirs.refresh_from_db()
    assert world.theirs.status == "booked"


def test_every_table_of_visits_and_clients_has_a_rule():
    """A new table that leads to a client needs a rule, or a word here why it has none."""
    without = {"Proposal", "ImportRow", "UnmetSearch", "ClientImport"}  # in no page of a practitioner's
    booking_models = set(apps.get_app_config("booking").get_models())
    assert {model.__name__ for model in booking_models - set(access.OWN)} == without


def test_no_filter_of_a_list_names_clients():
    """A filter's choices come from the whole table, whoever looks."""
    for model, page in admin.site._registry.items():
        for one in page.list_filter:
            if isinstance(one, str):
                field = model._meta.get_field(one.split("__")[0])
                assert field.related_model not in access.OWN, (model, one)


def test_editor_changes_texts_of_a_service_and_nothing_else(world):
    browser = signed_in(world.editor)
    address = reverse("admin:services_service_change", args=[world.clinic.service.pk])
    before = world.clinic.service
    form = {"summary": "New words.", "explanation": "", "helps_with": "", "name": "Free!", "late_fee_percent": "0"}
    assert browser.post(address, {**form, "given_by": [], "is_active": ""}).status_code == 302
    after = type(before).objects.get(pk=before.pk)
    assert after.summary == "New words."
    assert (after.name, after.late_fee_percent, after.is_active) == (
        before.name,
        before.late_fee_percent,
        before.is_active,
    )
    assert after.practitioners.count() == before.practitioners.count() > 0
