"""Cards for shared links: their size, their words, and that nothing is drawn or written twice."""

from __future__ import annotations

import io
from io import StringIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from PIL import Image, ImageChops

from services import cards
from services.cards import drawing, shapes
from services.cards.drawing import Text
from services.models import Article
from tests.factory import make_article, make_clinic, make_practitioner

TEXT = Text(name="Stillwater", trade="Massage & Acupuncture", line="Guide", title="Your first visit")
LONGEST = 80  # characters of a title


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "cards"


def make_cards() -> str:
    out = StringIO()
    call_command("make_cards", stdout=out)
    return out.getvalue()


def pixels(text: Text) -> Image.Image:
    return Image.open(io.BytesIO(drawing.draw(text))).convert("RGB")


def differing(one: Image.Image, other: Image.Image) -> tuple[int, int, int, int]:
    """The box outside of which both are the same."""
    return ImageChops.difference(one, other).getbbox()


def files(folder):
    return {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}


@pytest.mark.parametrize("title", ["Sleep", "Tomás Rivera", "word " * 16, "W" * LONGEST, "Was ist Schröpfen?"])
def test_a_card_is_a_small_png_of_the_size_that_networks_ask_for(title):
    content = drawing.draw(Text(name="Stillwater", trade="Massage", line="Condition", title=title))
    card = Image.open(io.BytesIO(content))
    assert (card.format, card.size) == ("PNG", (1200, 630))
    assert len(content) < 60_000


@pytest.mark.parametrize(
    "title", ["word " * 16, "W" * LONGEST, "A question that is about as long as a title may be, and asks for more?"]
)
def test_a_title_stays_in_its_place(title):
    blank = pixels(Text(name="Stillwater", trade="Massage", line="Guide", title=""))
    left, top, right, bottom = differing(
        blank, pixels(Text(name="Stillwater", trade="Massage", line="Guide", title=title))
    )
    assert left >= drawing.LEFT - 4 and right <= drawing.LEFT + drawing.TITLE_WIDTH + 4
    assert top > 238 and bottom <= drawing.TITLE_BOTTOM + 20


def test_a_title_too_long_for_its_place_ends_in_an_ellipsis():
    size, lines = drawing._fitted("W" * LONGEST)
    assert size == min(drawing.TITLE_SIZES) and lines[-1].endswith("…")
    assert "".join(drawing._fitted("Low-back pain")[1]) == "Low-back pain"


def test_accents_are_drawn():
    assert differing(pixels(Text(**vars(TEXT) | {"title": "Tomas"})), pixels(Text(**vars(TEXT) | {"title": "Tomás"})))
    unknown = pixels(Text(**vars(TEXT) | {"title": "Tom\uffffs"}))
    assert differing(unknown, pixels(Text(**vars(TEXT) | {"title": "Tomás"})))


def test_the_house_s_colours_are_kept_as_they_are():
    colours = {colour for _, colour in pixels(TEXT).getcolors(maxcolors=256)}
    assert {(0xF7, 0xF1, 0xE6), (0x1B, 0x44, 0x38), (0xBB, 0x5E, 0x2F)} <= colours


def test_the_sign_s_file_is_read_whole():
    assert [role for role, outlines in shapes.sign()] == ["ink", "warm"]
    x_from, y_from, x_to, y_to = shapes.SIGN_BOX
    points = [point for role, outlines in shapes.sign() for outline in outlines for point in outline]
    assert all(x_from <= x <= x_to and y_from <= y <= y_to for x, y in points)
    with pytest.raises(ValueError, match="with q is not read"):
        shapes.outlines("M0 0q1 1 2 2z")


@pytest.mark.django_db
def test_everything_with_a_page_of_its_own_gets_a_card(folder):
    clinic = make_clinic()
    article, draft = make_article(), make_article(status="draft")
    gone = make_practitioner(is_active=False)
    assert make_cards() == "4 cards drawn, 0 deleted.\n"
    for owner in (article, draft, gone, clinic.service, clinic.practitioner):
        owner.refresh_from_db()
    shown = {owner.social_image.name for owner in (article, clinic.service, clinic.practitioner)}
    assert len(shown) == 3 and all(default_storage.exists(name) for name in shown)
    assert not draft.social_image and not gone.social_image
    assert cards.default_url().removeprefix("/media/") in {f"cards/{name}" for name in files(folder)} - shown


@pytest.mark.django_db
def test_what_is_unchanged_is_neither_drawn_nor_written(folder, django_assert_num_queries):
    make_clinic()
    make_article()
    make_cards()
    before = files(folder)
    with django_assert_num_queries(6):  # three lists to draw, three to see what is shown
        assert make_cards() == "Every card is as it should be; nothing was drawn.\n"
    assert files(folder) == before


@pytest.mark.django_db
def test_other_words_are_another_file_and_the_old_one_goes(folder):
    article = make_article(title="First")
    assert cards.refresh(article)
    before = article.social_image.name
    article.title = "Second"
    article.save()
    assert cards.refresh(article)
    assert article.social_image.name != before
    assert Article.objects.get().social_image.name == article.social_image.name
    assert default_storage.exists(before), "a page that was kept may still name it"
    make_cards()
    assert not default_storage.exists(before)
    assert default_storage.exists(article.social_image.name)


@pytest.mark.django_db
def test_text_that_the_card_does_not_show_leaves_it_alone(folder):
    article = make_article()
    cards.refresh(article)
    article.body = "Something else."
    article.save()
    assert not cards.refresh(article)


@pytest.mark.django_db
def test_a_card_whose_file_was_lost_is_drawn_again():
    article = make_article()
    cards.refresh(article)
    default_storage.delete(article.social_image.name)
    assert cards.refresh(article)
    assert default_storage.exists(article.social_image.name)


@pytest.mark.django_db
def test_two_with_the_same_words_share_one_file(folder):
    one, other = make_article(title="Cupping"), make_article(title="Cupping")
    assert cards.refresh(one) and cards.refresh(other)
    assert one.social_image.name == other.social_image.name
    assert len(files(folder)) == 1


@pytest.mark.django_db
def test_the_clinic_s_name_is_on_the_card(settings):
    article = make_article()
    cards.refresh(article)
    before = article.social_image.name
    settings.CLINIC_NAME = "Riverbend"
    assert cards.refresh(article) and article.social_image.name != before


def test_a_card_is_named_by_its_words_and_by_the_code_that_draws_it(monkeypatch):
    before = cards._name(TEXT)
    assert cards._name(TEXT) == before
    monkeypatch.setattr(cards, "_drawn_by", lambda: "another look")
    assert cards._name(TEXT) != before
