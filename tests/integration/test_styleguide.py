"""The style guide for staff shows every component there is, and nobody else sees it."""

import re

import pytest
from django.contrib.auth.models import User

from clinic.styleguide import samples

FILES = {path.stem for path in samples.COMPONENTS.glob("*.html")}


@pytest.fixture
def guide(client, db, clinic):
    client.force_login(User.objects.create_user("mara", password="a long enough password", is_staff=True))
    return client.get("/styleguide/")


def test_the_style_guide_shows_every_component(guide):
    assert guide.status_code == 200
    shown = set(re.findall(r'data-component="(\w+)"', guide.text))
    assert FILES - shown - samples.FRAME - samples.UNSEEN == set(), "give it a line in clinic/styleguide/samples.py"
    assert shown - FILES == set()


def test_the_style_guide_itself_has_what_a_page_has_once(guide):
    for name in samples.FRAME:
        assert f'class="{name}' in guide.text, name


def test_every_shown_component_has_something_to_see(guide):
    parts = re.split(r'<div class="sample" data-component="(\w+)">', guide.text)[1:]
    for name, html in zip(parts[::2], parts[1::2], strict=True):
        below_the_note = html.partition("</p>")[2].partition("</main>")[0]
        assert re.sub(r"<[^>]+>|\s", "", below_the_note) or "<svg" in below_the_note, name


def test_strangers_are_asked_to_sign_in_and_clients_too(client, django_user_model):
    answer = client.get("/styleguide/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/login/?next=/styleguide/")
    client.force_login(django_user_model.objects.create_user("noor"))
    assert client.get("/styleguide/").status_code == 302
