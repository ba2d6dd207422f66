"""Search: what is found, in which order, in spite of typos, and what is never found."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from services.models import Article, Practitioner, Service
from services.search import LONGEST, find
from tests.factory import make_article, make_clinic, make_location, make_practitioner, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def library():
    """A few pages of each kind, around the same words."""
    make_location()
    needles = make_service(name="Acupuncture", slug="acupuncture", summary="Fine needles rest at chosen points.")
    make_service(
        name="Therapeutic massage",
        slug="therapeutic-massage",
        summary="Time for the places that trouble you.",
        explanation="Slow **work** on the [neck](/learn/x/) and the back.[1]",
        helps_with=["A stiff neck", "Desk work"],
    )
    make_practitioner(needles, name="Tomás Rivera", slug="tomas", credentials="Acupuncturist, 9 years", bio="He rows.")
    make_article(slug="sciatica", kind="condition", title="Sciatica", summary="Nerve pain that runs down one leg.")
    make_article(
        slug="neck-pain",
        kind="condition",
        title="Neck and shoulder pain",
        summary="What massage may do when your neck will not turn.",
        body="Start slowly.\n\n![Two figures](drawing:body)\n\nA few visits of acupuncture are enough.[1]",
    )
    make_article(slug="pregnancy", title="Massage in pregnancy", summary="From the second trimester on.", body="Rest.")
    make_article(slug="draft", title="Sciatica and massage", summary="Neck.", status=Article.Status.DRAFT)


def titles(question: str) -> list[str]:
    return [result.title for result in find(question).results]


def test_one_list_holds_articles_services_and_people(library):
    found = {result.title: (result.label, result.url) for result in find("acupuncture").results}
    assert found["Acupuncture"] == ("Treatment", "/services/therapeutic/acupuncture/")
    assert found["Neck and shoulder pain"] == ("Condition", "/learn/neck-pain/")
    assert found["Tomás Rivera"] == ("Person", "/people/tomas/")


def test_a_title_goes_before_a_mention(library):
    assert titles("acupuncture")[0] == "Acupuncture"
    assert titles("massage for neck")[0] == "Neck and shoulder pain"
    assert titles("pregnancy")[0] == "Massage in pregnancy"


def test_every_word_is_wanted_where_some_page_has_them_all(library):
    assert set(titles("neck massage")) == {"Neck and shoulder pain", "Therapeutic massage"}


def test_the_beginning_of_the_last_word_is_enough(library):
    assert titles("nerve pain sci") == ["Sciatica"]
    assert "Acupuncture" in titles("acup")


@pytest.mark.parametrize("asked", ["sciatica", "SCIATICA", "legs", "nerves"])
def test_case_and_word_forms_do_not_matter(library, asked):
    assert titles(asked) == ["Sciatica"]


@pytest.mark.parametrize(
    ("asked", "meant", "first"),
    [
        ("siatica", "sciatica", "Sciatica"),
        ("acupunture", "acupuncture", "Acupuncture"),
        ("massge for neck", "massage for neck", "Neck and shoulder pain"),
        ("preganancy masage", "pregnancy massage", "Massage in pregnancy"),
    ],
)
def test_a_typo_is_corrected_and_said(library, client, asked, meant, first):
    answer = find(asked)
    assert answer.corrected == meant
    assert answer.results[0].title == first
    page = client.get("/search/", {"q": asked}).content.decode()
    assert f"Showing results for <strong>“{meant}”</strong>" in page


def test_what_was_right_is_not_called_corrected(library):
    for asked in ("sciatica", "acupuncture", "massage for neck", "nothing like it zzzz"):
        assert find(asked).corrected == ""


def test_words_that_no_page_has_together_still_find_those_with_some(library):
    assert set(titles("sciatica trimester")) == {"Sciatica", "Massage in pregnancy"}


def test_a_name_is_found_without_its_accent(library):
    assert titles("tomas") == titles("Tomás") == ["Tomás Rivera"]


def test_a_word_of_a_title_is_found_in_another_form(library):
    assert "Massage in pregnancy" in titles("pregnant")


@pytest.mark.parametrize("asked", ["Sciatica and massage", "sciatica", "siatica", "neck", "massge"])
def test_a_draft_is_never_found(library, asked):
    assert Article.objects.filter(slug="draft").exists()
    assert "Sciatica and massage" not in titles(asked)


def test_what_is_no_longer_offered_is_never_found_and_corrects_nothing(library):
    Service.objects.update(is_active=False)
    Practitioner.objects.update(is_active=False)
    Article.objects.filter(slug="neck-pain").delete()
    for asked in ("acupuncture", "acupunture", "tomas", "therapeutic", "needles", "rows"):
        answer = find(asked)
        assert not answer.results and not answer.corrected, asked


def test_found_words_are_marked_in_clean_words(library):
    (first, *_) = find("acupuncture shoulder").results
    assert first.title == "Neck and shoulder pain"
    assert first.excerpt == "Start slowly. A few visits of <mark>acupuncture</mark> are enough …"
    summary = find("leg").results[0].excerpt
    assert summary == "Nerve pain that runs down one <mark>leg</mark>."


def test_what_a_page_says_cannot_run(library, client):
    text = "<script>alert(1)</script> \ue000sciatica\ue001 <img src=x onerror=alert(1)>"
    make_article(title="<b>Leeches</b>", summary=text, body=text)
    page = client.get("/search/", {"q": "leeches"}).content.decode()
    assert "&lt;b&gt;Leeches&lt;/b&gt;" in page
    assert "<script>alert" not in page and "<img src=x" not in page and "<b>" not in page


def test_what_somebody_types_cannot_run(library, client):
    page = client.get("/search/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page
    assert "&quot;&gt;&lt;script&gt;" in page


HOSTILE = [
    "", " ", "\x00", "sciatica\x00", "a\x00b", "x" * 10_000, "massage " * 2_000, "é" * 5_000, "the", "of the and",
    "-", "--", "-massage",
    "'", '"', '"neck', '""', "''", "neck' OR 1=1 --", "'; DROP TABLE services_article; --", "neck & | ! ( ) <->", ":*",
    "neck:*", "!neck", "(", "\\", "\\'", "%", "%s", "%(text)s", "{0}", "{every}", "_", "*", "?", "a:b", "or", "or or",
    "neck or", "-neck -back", "🙂", "日本語", "\ud800".encode("utf-8", "replace").decode(), "\u202eneck", "\r\nneck\t",
    "1", "1.5e400", "neck\u2019s", "\ue000neck\ue001", " ".join("abcdefghijklmnopqrstuvwxyz"), "<mark>", "</title>",
]  # fmt: skip


@pytest.mark.parametrize("asked", HOSTILE, ids=range(len(HOSTILE)))
def test_no_question_breaks_it(library, client, asked):
    response = client.get("/search/", {"q": asked})
    assert response.status_code == 200
    assert len(response.content) < 40_000


def test_bytes_that_are_no_text_do_not_break_it(library, client):
    assert client.get("/search/?q=%ff%fe%00neck").status_code == 200
    assert client.get("/search/?q=neck&q=%00").status_code == 200
    assert client.get("/search/?x=1").status_code == 200


def test_only_the_beginning_of_a_long_question_is_read(library):
    assert len(find("x" * 10_000).asked) == LONGEST
    assert titles("sciatica" + " " * 150 + "sciatica " * 1_000) == ["Sciatica"]


@pytest.mark.parametrize("asked", ["neck massage", "siatica", "zzzzz", "the", "massge fr nck", ""])
def test_a_search_takes_at_most_three_queries_however_much_there_is(library, asked):
    with CaptureQueriesContext(connection) as few:
        find(asked)
    for _ in range(20):
        make_article(body="Massage for the neck, and sciatica.")
    with CaptureQueriesContext(connection) as many:
        find(asked)
    assert len(few) <= 3
    assert len(many) <= 3


def test_not_more_than_thirty_pages_are_shown(library):
    for _ in range(40):
        make_article(title="Leeches")
    assert len(find("leeches").results) == 30


def test_nothing_asked_shows_the_ways_on(library, client):
    page = client.get("/search/").content.decode()
    for name in ("chooser", "library", "questions"):
        assert f'href="{reverse(f"services:{name}")}"' in page
    assert "(503) 555-0142" in page
    assert "We have no page on this" not in page


def test_nothing_found_says_so_and_shows_the_ways_on(library, client):
    page = client.get("/search/", {"q": "zzzzzz"}).content.decode()
    assert "We have no page on this" in page
    for name in ("chooser", "library"):
        assert f'href="{reverse(f"services:{name}")}"' in page
    assert 'value="zzzzzz"' in page


def test_the_page_is_nobodys_to_keep_or_to_index_and_sets_no_cookie(client):
    make_clinic()
    response = client.get("/search/", {"q": "neck"})
    assert "private" in response["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert not response.cookies


def test_the_page_is_only_read(client):
    assert client.post("/search/", {"q": "neck"}).status_code == 405
    assert client.head("/search/").status_code == 200
