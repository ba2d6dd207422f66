"""The texts that come with the product: complete, readable, cited, and told precisely where they are not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from statistics import mean

import pytest

from clinic.demo.people import PEOPLE
from clinic.demo.treatments import SERVICE_TYPES, TREATMENTS
from services import content, markdown
from services.models import Article, Source
from tests.readability import reading_ease

ARTICLES = content.articles()
SERVICES, TYPES = content.described_services(), content.described_types()
TEXTS = [*ARTICLES, *SERVICES.values(), *TYPES.values()]
LEAST = {"guide": 9, "technique": 12, "condition": 15, "question": 15}
EASE, MEAN_EASE = 45, 55

pytestmark = pytest.mark.filterwarnings("error")


def test_there_are_enough_of_each_kind():
    counts = Counter(text.kind for text in ARTICLES)
    assert not {kind: counts[kind] for kind, least in LEAST.items() if counts[kind] < least}


def test_nothing_is_wrong_in_any_file():
    assert content.problems() == []


def test_every_service_and_kind_of_the_demo_clinic_is_described():
    assert set(SERVICES) == {treatment.slug for treatment in TREATMENTS}
    assert set(TYPES) == {slug for slug, _ in SERVICE_TYPES}


def test_every_reviewer_works_at_the_demo_clinic():
    assert {text.reviewer for text in ARTICLES} <= {person.slug for person in PEOPLE}


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.path)
def test_every_text_is_easy_to_read(text):
    words = text.words if isinstance(text, content.Described) else text.body
    assert reading_ease(words) >= EASE


def test_the_texts_are_easy_to_read_on_average():
    assert mean(reading_ease(text.body) for text in ARTICLES) >= MEAN_EASE


def test_no_two_articles_say_the_same_of_themselves():
    for name in ("title", "summary"):
        assert [what for what, count in Counter(getattr(text, name) for text in ARTICLES).items() if count > 1] == []


@pytest.mark.parametrize("text", ARTICLES, ids=lambda text: text.path)
def test_every_article_fits_its_columns_and_addresses(text):
    fields = ("kind", "slug", "title", "summary", "body", "not_for", "doctor_first", "position", "reviewed_on")
    article = Article(**{name: getattr(text, name) for name in fields})
    article.clean_fields(exclude=["updated_at", "reviewer", "services", "related", "picture", "words"])
    for number, source in enumerate(text.sources, 1):
        Source(position=number, **vars(source)).clean_fields(exclude=["article"])


def test_no_text_exclaims_or_sells():
    banned = ("!", "holistic", "unlock", "journey")
    for text in TEXTS:
        words = markdown.plain(f"{text.summary}\n\n{text.words}").lower()
        assert not [word for word in banned if word in words], text.path


# What is told of a file that is not right.

FRONT = {
    "kind": "condition",
    "title": "A stiff neck",
    "summary": "What may help when the neck will not turn, how sure anyone is, which visit to book, and signs to know.",
    "position": 10,
    "reviewer": "mara-ellison",
    "reviewed_on": "2026-10-12",
    "services": "[therapeutic-massage]",
    "related": "[]",
    "not_for": "A fresh injury.",
    "doctor_first": "Call 911 for sudden weakness.",
    "sources": '[{title: "Massage for neck pain", publisher: Cochrane, url: "https://www.cochrane.org/", year: 2024}]',
}
SERVICE = {"summary": "Slow.", "experience": "Calm.", "suits": "You.", "not_for": "Fever.", "techniques": "[friction]"}


def write(root: Path, name: str, front: dict, body: str = "It may help.[1]") -> None:
    path = root / name
    path.parent.mkdir(exist_ok=True)
    lines = "\n".join(f"{key}: {value}" for key, value in front.items() if value is not None)
    path.write_text(f"---\n{lines}\n---\n{body}\n")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, "services/therapeutic-massage.md", SERVICE | {"techniques": "[]"})
    return tmp_path


def test_a_right_file_has_no_problems(root: Path):
    write(root, "conditions/stiff-neck.md", FRONT)
    (text,) = content.articles(root)
    assert (text.slug, text.kind, text.body) == ("stiff-neck", "condition", "It may help.[1]")
    assert text.sources[0].year == 2024
    assert content.problems(root) == []


def test_a_technique_belongs_to_the_services_that_name_it(root: Path):
    write(root, "services/sports-massage.md", SERVICE)
    write(root, "techniques/friction.md", FRONT | {"kind": "technique"})
    assert content.articles(root)[0].services == ("therapeutic-massage", "sports-massage")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title": None}, "“title” is missing"),
        ({"reviewer": None}, "“reviewer” is missing"),
        ({"kind": "guide"}, "“kind” must be condition in this folder"),
        ({"position": "first"}, "“position” must be a number, not 'first'"),
        ({"title": 2026}, "“title” must be text, not 2026"),
        ({"reviewed_on": "soon"}, "“reviewed_on” must be a day such as 2026-10-12, not 'soon'"),
        ({"services": "acupuncture"}, "“services” must be a list"),
        ({"related": "[compare, compare]"}, "“related” must be a list of different slugs"),
        ({"sources": "[Cochrane]"}, "stiff-neck.md, source 1: names and values are expected here"),
        ({"sources": "[{publisher: NHS}]"}, "stiff-neck.md, source 1: “title” is missing"),
        ({"sources": "[{title: x, link: y}]"}, "stiff-neck.md, source 1: unknown: link"),
        ({"summry": "x"}, "unknown: summry"),
        ({"title": "[unclosed"}, "the front matter is not YAML"),
        ({"title": "!!python/object/apply:os.system [true]"}, "the front matter is not YAML"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_reason(root: Path, changed: dict, words: str):
    write(root, "conditions/stiff-neck.md", FRONT | changed)
    with pytest.raises(content.ContentError) as caught:
        content.articles(root)
    assert str(caught.value).startswith("conditions/stiff-neck.md")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "text", ["No front matter.", "---\ntitle: x\n", "---\n- a\n---\nBody.", "---\ntitle: x\n---\n"]
)
def test_a_file_without_front_matter_or_text_is_named(root: Path, text: str):
    (root / "guides").mkdir()
    (root / "guides/bare.md").write_text(text)
    with pytest.raises(content.ContentError, match=r"^guides/bare\.md: "):
        content.articles(root)


@pytest.mark.parametrize("name", ["chooser", "Not a slug"])
def test_a_file_whose_name_is_no_free_address_is_refused(root: Path, name: str):
    write(root, f"conditions/{name}.md", FRONT)
    with pytest.raises(content.ContentError, match="cannot be the address of an article"):
        content.articles(root)


@pytest.mark.parametrize(
    ("changed", "body", "words"),
    [
        ({"summary": "Too short."}, "It may help.[1]", "The summary has 10 characters"),
        ({"not_for": None}, "It may help.[1]", "“not_for” is missing"),
        ({"doctor_first": None}, "It may help.[1]", "“doctor_first” is missing"),
        ({"services": "[yoga]"}, "It may help.[1]", "“services” names yoga, which does not exist"),
        ({"related": "[no-such-page]"}, "It may help.[1]", "“related” names no-such-page, which does not exist"),
        ({"related": "[stiff-neck]"}, "It may help.[1]", "“related” names stiff-neck"),
        ({}, "It may help.[2]", "The text cites [2], and there is no source 2"),
        ({}, "It may help.", "Source 1 is cited nowhere"),
        ({}, "It may help.[1]\n\n![x](drawing:dragon)", "There is no drawing “dragon”"),
        ({}, "[Here](/learn/nowhere/).[1]", "The link to /learn/nowhere/ leads nowhere"),
        ({}, "[Here](/learn/stiff-neck).[1]", "The link to /learn/stiff-neck leads nowhere"),
    ],
)
def test_a_file_with_a_mistake_is_named_with_it(root: Path, changed: dict, body: str, words: str):
    write(root, "conditions/stiff-neck.md", FRONT | changed, body)
    found = content.problems(root)
    assert any(one.startswith("conditions/stiff-neck.md: ") and words in one for one in found), found


def test_a_service_that_names_an_unknown_technique_is_told(root: Path):
    write(root, "services/sports-massage.md", SERVICE)
    assert content.problems(root) == ["services/sports-massage.md: “techniques” names friction, which does not exist."]
