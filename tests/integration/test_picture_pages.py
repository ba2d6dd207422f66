"""Where staff upload pictures and where visitors see them."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client as Browser
from django.urls import reverse

from services import pictures
from services.models import Edition, Picture, Practitioner
from tests.factory import (
    make_article,
    make_clinic,
    make_location,
    make_practitioner,
    make_service,
    make_working_hours,
)
from tests.photos import REFUSED, photo, read, store, stored_files

pytestmark = pytest.mark.django_db
LAX = pytest.mark.ignore_template_errors  # Django's own admin templates print variables that are not there


# Where staff upload


def make_colleague():
    """With one line of hours, which the page shows and sends along."""
    practitioner = make_practitioner()
    make_working_hours(practitioner, make_location(), weekdays=[0])
    return practitioner


PAGES = {
    "practitioner": make_colleague,
    "service": lambda: make_clinic().service,
    "article": lambda: make_article(body="You are asked first."),
}


class FormReader(HTMLParser):
    """What a browser would send of a page's form as it came."""

    def __init__(self, html):
        super().__init__()
        self.values, self.select, self.area = {}, None, None
        self.feed(html[html.index('enctype="multipart/form-data"') :])

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        name, kind = given.get("name"), given.get("type", "text")
        if tag == "select":
            self.select = name
        elif tag == "option" and "selected" in given:
            self.values.setdefault(self.select, []).append(given.get("value", ""))
        elif tag == "textarea":
            self.area = name
            self.values[name] = ""
        elif tag == "input" and name and kind not in ("submit", "file") and (kind != "checkbox" or "checked" in given):
            self.values[name] = given.get("value", "on" if kind == "checkbox" else "")

    def handle_data(self, data):
        if self.area:
            self.values[self.area] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = None


def values_of(page):
    return FormReader(page.content.decode()).values


class Desk:
    """A record's page, as a signed-in member of staff uses it."""

    def __init__(self, browser, record):
        self.browser, self.record = browser, record
        self.address = reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])

    def page(self):
        return self.browser.get(self.address)

    def send(self, data=None, *, name="photo.jpg", **changes):
        values = {**values_of(self.page()), **changes}
        if data is not None:
            values["new_picture"] = SimpleUploadedFile(name, data, content_type="image/jpeg")
        return self.browser.post(self.address, values)

    def picture(self):
        self.record.refresh_from_db()
        return getattr(self.record, pictures.field_of(type(self.record)))


@pytest.fixture(params=PAGES)
def desk(request, admin_client):
    return Desk(admin_client, PAGES[request.param]())


@LAX
def test_staff_upload_a_picture_and_its_page_shows_it(desk):
    answer = desk.send(photo(), picture_alt="Mara in the doorway", picture_credit="Jo Ames")
    assert answer.status_code == 302, errors(answer)
    picture = desk.picture()
    assert (picture.alt, picture.credit, picture.width) == ("Mara in the doorway", "Jo Ames", 640)
    page = desk.page().content.decode()
    assert f'src="{picture.small_url}"' in page and 'alt="Mara in the doorway"' in page
    assert 'name="remove_picture"' in page


def errors(answer):
    return answer.context and {**answer.context["adminform"].form.errors}


@LAX
def test_the_page_says_nothing_of_removing_before_there_is_a_picture(desk):
    page = desk.page().content.decode()
    assert 'name="new_picture"' in page and 'enctype="multipart/form-data"' in page
    assert 'name="remove_picture"' not in page


@LAX
def test_a_picture_needs_words_for_those_who_cannot_see_it(desk):
    again = "Choose the picture again: a page that comes back cannot keep a chosen file."
    for alt in ("", "   ", "IMG_2041.JPG"):
        found = errors(desk.send(photo(), picture_alt=alt))
        assert set(found) == {"picture_alt", "new_picture"}, alt
        assert found["new_picture"] == [again], alt
    assert not Picture.objects.exists()


@LAX
def test_words_need_their_picture(desk):
    answer = desk.send(picture_alt="Mara in the doorway")
    assert set(errors(answer)) == {"new_picture"}
    assert 'value="Mara in the doorway"' in answer.content.decode()


@LAX
def test_a_refused_upload_gets_its_sentence_and_everything_typed_stays(desk, media):
    for case in ("a web page with a picture's name", "a bomb", "more than 12 MB", "a JPEG cut short"):
        make, word = REFUSED[case]
        answer = desk.send(make(), picture_alt="Mara in the doorway", name="me.jpg", slug="typed-anew")
        assert answer.status_code == 200, case
        assert word in errors(answer)["new_picture"][0]
        page = answer.content.decode()
        assert 'value="Mara in the doorway"' in page and 'value="typed-anew"' in page, case
        assert list(media.rglob("*")) == [], case


@LAX
def test_an_upload_far_too_large_never_fills_the_disk(desk, monkeypatch, tmp_path):
    kept = []
    write = pictures.read
    monkeypatch.setattr(pictures, "read", lambda file: kept.append(Path(file.file.name).stat().st_size) or write(file))
    answer = desk.send(photo() + b"\0" * 40 * 1024 * 1024, picture_alt="Mara")
    assert "40 MB" in errors(answer)["new_picture"][0]
    assert kept[0] <= pictures.MAX_BYTES


@LAX
def test_a_new_picture_replaces_the_present_one_and_its_files(desk, django_capture_on_commit_callbacks):
    desk.send(photo(), picture_alt="Mara in the doorway")
    former = desk.picture()
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.send(photo(600, 600), picture_alt="Mara at the window").status_code == 302
    assert desk.picture().alt == "Mara at the window"
    assert Picture.objects.count() == 1
    assert not any(path.exists() for path in stored_files(former).values())
    assert all(path.exists() for path in stored_files(desk.picture()).values())


@LAX
def test_the_same_picture_chosen_again_keeps_its_files(desk, django_capture_on_commit_callbacks):
    desk.send(photo(), picture_alt="Mara in the doorway")
    with django_capture_on_commit_callbacks(execute=True):
        desk.send(photo(), picture_alt="Mara in the doorway")
    assert Picture.objects.count() == 1
    assert all(path.exists() for path in stored_files(desk.picture()).values())


@LAX
def test_other_changes_leave_the_picture_alone(desk):
    desk.send(photo(), picture_alt="Mara in the doorway")
    before = desk.picture().pk
    assert desk.send(slug="another").status_code == 302
    assert desk.picture().pk == before


@LAX
def test_the_words_can_be_changed_alone_and_not_taken_away(desk):
    desk.send(photo(), picture_alt="Mara in the doorway")
    before = desk.picture().pk
    assert desk.send(picture_alt="Mara at the door", picture_credit="Jo Ames").status_code == 302
    assert (desk.picture().pk, desk.picture().alt, desk.picture().credit) == (before, "Mara at the door", "Jo Ames")
    assert set(errors(desk.send(picture_alt=""))) == {"picture_alt"}
    assert desk.picture().alt == "Mara at the door"


@LAX
def test_a_picture_can_be_removed(desk, django_capture_on_commit_callbacks):
    desk.send(photo(), picture_alt="Mara in the doorway")
    former = desk.picture()
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.send(remove_picture="on").status_code == 302
    assert desk.picture() is None
    assert not Picture.objects.exists()
    assert not any(path.exists() for path in stored_files(former).values())


@LAX
def test_a_disk_that_cannot_be_written_costs_the_picture_alone(desk, media):
    (media / "pictures").write_text("a file where the folder should be")
    answer = desk.send(photo(), picture_alt="Mara in the doorway", slug="typed-anew")
    assert answer.status_code == 302
    assert desk.picture() is None
    assert desk.record.slug == "typed-anew"
    assert "could not be stored" in desk.page().content.decode()


@LAX
def test_a_new_record_may_come_with_its_picture(admin_client):
    address = reverse("admin:services_practitioner_add")
    values = values_of(admin_client.get(address))
    values |= {"name": "Ilse Brandt", "slug": "ilse", "email": "ilse@stillwater.example", "picture_alt": "Ilse"}
    answer = admin_client.post(address, {**values, "new_picture": SimpleUploadedFile("i.jpg", photo())})
    assert answer.status_code == 302, errors(answer)
    assert Practitioner.objects.get().portrait.alt == "Ilse"


@LAX
def test_the_list_of_pictures_says_who_shows_each(admin_client, django_assert_max_num_queries):
    address = reverse("admin:services_picture_changelist")
    make_practitioner(name="Mara", portrait=store())
    store(read(photo(600, 600)), alt="Left over")
    with django_assert_max_num_queries(20) as few:
        page = admin_client.get(address).content.decode()
    assert ">Mara</a>" in page and "nobody" in page
    for number in range(6):
        make_service(picture=store(alt=f"Picture {number}"))
    with django_assert_max_num_queries(len(few)):
        admin_client.get(address)
    assert admin_client.get(reverse("admin:services_picture_add")).status_code == 403


def test_strangers_upload_nothing(media):
    practitioner = make_practitioner()
    address = reverse("admin:services_practitioner_change", args=[practitioner.pk])
    Browser().post(address, {"new_picture": SimpleUploadedFile("a.jpg", photo()), "picture_alt": "Me"})
    assert list(media.rglob("*")) == []


# Where visitors see it


def shown(picture, **inputs):
    return render_to_string("components/picture.html", {"picture": picture, "sizes": "22rem", **inputs})


def test_a_picture_comes_in_every_size_with_its_own_size_and_words():
    picture = store(read(photo(1600, 1200)), alt='Mara & "Ilse"')
    html = shown(picture)
    address = f"/media/pictures/{picture.digest}"
    assert (
        f"{address}/320.avif 320w, {address}/640.avif 640w, {address}/960.avif 960w, {address}/1280.avif 1280w" in html
    )
    assert f'<source type="image/webp" srcset="{address}/320.webp 320w' in html
    assert f'src="{address}/1280.jpg" width="1280" height="960" alt="Mara &amp; &quot;Ilse&quot;"' in html
    assert 'loading="lazy" decoding="async"' in html
    assert html.count('sizes="22rem"') == 2
    assert html.index("image/avif") < html.index("image/webp") < html.index("<img")
    assert 'class="picture portrait"' in shown(picture, **{"class": "portrait"})


def test_the_first_picture_of_a_page_does_not_wait_and_names_who_took_it():
    picture = store(credit="Jo Ames")
    assert "Jo Ames" not in shown(picture)
    lead = shown(picture, lead=True)
    assert "Picture: Jo Ames" in lead and "loading" not in lead


@pytest.mark.parametrize("make", [make_practitioner, make_service, make_article])
def test_its_page_shows_the_picture(client, make):
    record = make()
    before = client.get(record.get_absolute_url()).content.decode()
    assert "<picture>" not in before
    setattr(record, pictures.field_of(type(record)), store())
    record.save()
    cache.clear()
    page = client.get(record.get_absolute_url()).content.decode()
    assert page.count("<picture>") == 1
    assert 'width="640" height="480" alt="Mara in the doorway"' in page


def test_a_portrait_takes_the_place_of_the_seal_wherever_somebody_is_listed(client):
    make_practitioner(name="Ilse Brandt", portrait=store())
    make_practitioner(name="Omar Haddad")
    for address in (reverse("home"), reverse("services:people")):
        page = client.get(address).content.decode()
        assert page.count("<picture>") == page.count('class="seal"') == 1
        assert ">OH</span>" in page and ">IB</span>" not in page


@pytest.mark.parametrize("page", ["home", "services:people", "services:services"])
def test_pages_take_as_many_queries_for_many_pictures_as_for_none(client, page, django_assert_max_num_queries):
    clinic = make_clinic(practitioners=4)
    Edition.current()
    with django_assert_max_num_queries(40) as few:
        client.get(reverse(page))
    for number, practitioner in enumerate(clinic.practitioners):
        practitioner.portrait = store(alt=f"Portrait {number}")
        practitioner.save()
    clinic.service.picture = store()
    clinic.service.save()
    cache.clear()
    Edition.current()
    with django_assert_max_num_queries(len(few)):
        assert client.get(reverse(page)).status_code == 200


def test_every_file_that_a_page_names_is_served_and_may_be_kept_for_ever(client):
    picture = store()
    addresses = set(re.findall(r"/media/[\w/.]+", shown(picture)))
    assert len(addresses) == len(picture.file_names)
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        assert (
            answer["Content-Type"]
            == {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}[address[-4:].strip(".")]
        )
        assert "immutable" in answer["Cache-Control"]
