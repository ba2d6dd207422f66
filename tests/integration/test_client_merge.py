"""Two records of one person become one: everything moves, nothing is lost, and every name still leads to them."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db.models import ForeignKey
from django.urls import reverse

from booking import appointments, links
from booking.clients import merge as merging
from booking.clients import notes
from booking.clients.merge import MergeRefused, merge
from booking.models import (
    Appointment,
    BusyTime,
    Client,
    ClientImport,
    ClientNote,
    ConsultationRequest,
    ImportRow,
    Message,
    Visit,
)
from tests.factory import (
    NOW,
    TEN,
    make_appointment,
    make_client,
    make_details,
    make_practitioner,
    make_request,
    make_room,
    make_working_hours,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]

HOUR = timedelta(hours=1)


@pytest.fixture
def owner():
    return User.objects.create_superuser("owner")


@pytest.fixture
def desk(client, owner):
    client.force_login(owner)
    return client


def details_of(client):
    return make_details(first_name=client.first_name, last_name=client.last_name, email=client.email)


def merged(keep, other, owner, **chosen):
    survivor = merge(keep, other, choices=chosen, by=owner, now=NOW)
    other.refresh_from_db()
    return Client.objects.get(pk=survivor.pk)


def test_every_foreign_key_to_a_client_is_among_those_that_move():
    keys = {
        (model, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is Client and field.name != "merged_into"
    }
    assert {(key.model, key.name) for key in merging.relations()} == keys
    assert {(Appointment, "client"), (Visit, "client"), (BusyTime, "client"), (ImportRow, "client")} <= keys


def test_merge_moves_visits_busy_time_notes_requests_and_imports(clinic, owner):
    keep, other = make_client(), make_client()
    visit = make_appointment(clinic, details=details_of(other))
    note = notes.write(other, text="Rings twice", is_alert=True, by=owner, now=NOW)
    request = make_request()
    ConsultationRequest.objects.update(client=other)
    batch = ClientImport.objects.create(file_name="a.csv", headings=[], created_at=NOW)
    row = ImportRow.objects.create(batch=batch, number=2, values=[], client=other)
    token = links.token(visit.visit)
    merged(keep, other, owner)
    for one in (visit, visit.visit, note, request, row):
        one.refresh_from_db()
        assert one.client == keep
    assert BusyTime.objects.filter(client=keep).count() == 1
    assert not BusyTime.objects.filter(client=other).exists()
    assert other.merged_into == keep
    assert links.find(token) == visit.visit  # the link in the mail still opens it
    assert LogEntry.objects.filter(object_id__in=[str(keep.pk), str(other.pk)]).count() == 2


def test_chosen_values_stay_and_gaps_are_filled(owner):
    keep = make_client(first_name="Nor", phone="", talk="Chatty", areas_to_avoid=["b-neck"])
    other = make_client(phone="+15035550142", talk="Silent", scent="Cedar", areas_to_avoid=["f-head"])
    survivor = merged(keep, other, owner, first_name="other", talk="other")
    assert (survivor.first_name, survivor.talk, survivor.scent) == ("Noor", "Silent", "Cedar")
    assert str(survivor.phone) == "+15035550142"
    assert survivor.areas_to_avoid == ["b-neck", "f-head"]
    assert survivor.last_name == keep.last_name


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"email": "other"},
        {"last_name": "other"},
        {"first_name": "other", "last_name": "other", "email": "other"},
    ],
)
def test_booking_under_either_name_and_address_lands_on_the_survivor(clinic, owner, chosen):
    keep, other = make_client(), make_client()
    before = [details_of(keep), details_of(other)]
    survivor = merged(keep, other, owner, **chosen)
    for number, details in enumerate(before):
        booked = make_appointment(clinic, starts_at=TEN + number * HOUR, details=details)
        assert booked.client == survivor


def test_chain_is_flattened(owner):
    first, second, third = make_client(), make_client(), make_client()
    merged(second, first, owner)
    merged(third, second, owner)
    assert set(Client.objects.filter(merged_into=third)) == {first, second}


def test_two_visits_at_the_same_time_are_named_and_nothing_changes(clinic, owner):
    clinic.service.rooms.add(make_room(clinic.location))
    make_working_hours(make_practitioner(clinic.service), clinic.location)
    keep, other = make_client(), make_client()
    make_appointment(clinic, details=details_of(keep))
    make_appointment(clinic, details=details_of(other))
    with pytest.raises(MergeRefused) as refused:
        merge(keep, other, choices={}, by=owner, now=NOW)
    assert refused.value.message.count("Mon 23 Nov 2026 at 10:00 am") == 2
    assert keep.name in refused.value.message
    other.refresh_from_db()
    assert other.merged_into is None
    assert Appointment.objects.filter(client=other).count() == 1


def test_merged_or_same_or_deleted_client_is_refused(owner):
    keep, other, third = make_client(), make_client(), make_client()
    merged(keep, other, owner)
    for one, two in ((keep, keep), (third, other), (other, third)):
        with pytest.raises(MergeRefused):
            merge(one, two, choices={}, by=owner, now=NOW)
    gone = make_client()
    Client.objects.filter(pk=gone.pk).delete()
    with pytest.raises(MergeRefused):
        merge(keep, gone, choices={}, by=owner, now=NOW)


def test_name_and_address_of_a_third_client_cannot_be_taken(owner):
    keep = make_client(first_name="Noor", last_name="Haddad", email="a@example.org")
    other = make_client(first_name="Noor", last_name="Hadad", email="b@example.org")
    make_client(first_name="Noor", last_name="Haddad", email="b@example.org")
    with pytest.raises(MergeRefused, match="third client"):
        merge(keep, other, choices={"email": "other"}, by=owner, now=NOW)


def test_waiting_mails_go_to_the_address_that_was_chosen(clinic, owner):
    keep, other = make_client(), make_client()
    make_appointment(clinic, details=details_of(other))
    merged(keep, other, owner)
    assert Message.objects.filter(to=[keep.email]).count() == 1
    assert not Message.objects.filter(to=[other.email]).exists()


def test_note_written_to_a_merged_client_lands_on_the_survivor(owner):
    keep, other = make_client(), make_client()
    stale = Client.objects.get(pk=other.pk)
    merged(keep, other, owner)
    notes.write(stale, text="Late", is_alert=False, by=owner, now=NOW)
    assert ClientNote.objects.get().client == keep


def test_staff_choose_compare_and_confirm(desk, clinic):
    keep, other = make_client(phone="+15035550142"), make_client(phone="+15035550142", talk="Silent")
    make_appointment(clinic, details=details_of(other))
    where = reverse("admin:client_merge", args=[keep.pk])
    assert "Same phone: (503) 555-0142" in desk.get(where).content.decode()
    assert other.name in desk.get(where, {"q": other.last_name}).content.decode()
    page = desk.get(where, {"other": other.pk}).content.decode()
    assert "Silent" in page and "<li>1 appointment</li>" in page and "<li>1 visit</li>" not in page
    refused = desk.post(where, {"other": other.pk, "last_name": "keep", "email": "keep"})
    assert refused.status_code == 422
    chosen = {"last_name": "other", "email": "keep", "talk": "other", "is_same_person": "on"}
    assert desk.post(where, {"other": other.pk, **chosen}).status_code == 302
    keep.refresh_from_db()
    assert (keep.last_name, keep.talk) == (other.last_name, "Silent")


@pytest.mark.parametrize("wanted", ["", "x", "9" * 30, "-1", "٣"])
def test_other_that_is_no_number_asks_again(desk, wanted):
    keep = make_client()
    assert desk.get(reverse("admin:client_merge", args=[keep.pk]), {"other": wanted}).status_code == 200


def test_conflict_is_shown_on_the_page_with_what_was_chosen(desk, owner):
    keep, other = make_client(), make_client()
    where = reverse("admin:client_merge", args=[keep.pk])
    data = {"other": other.pk, "last_name": "other", "email": "keep", "is_same_person": "on"}
    third = make_client(first_name="Noor", last_name=other.last_name, email=keep.email)
    answer = desk.post(where, data)
    assert answer.status_code == 409
    assert f"A third client is called {third.name}" in answer.content.decode()
    assert 'value="other" id="id_last_name_1"' in answer.content.decode().replace(" required", "")


def test_booking_by_staff_for_a_merged_client_lands_on_the_survivor(clinic, owner):
    keep, other = make_client(), make_client()
    stale = Client.objects.get(pk=other.pk)
    merged(keep, other, owner)
    visit = appointments.book(clinic.option, starts_at=TEN, client=stale, form_token="f" * 32, now=NOW)
    assert visit.client == keep
