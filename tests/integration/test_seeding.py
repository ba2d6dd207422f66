"""Articles come from their files and follow them, until somebody here has written something else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from services import content, seeding
from services.content import ArticleText, SourceText
from services.models import Article, Edition, Source
from tests.factory import NOW, make_practitioner, make_service

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)
TRIAL = SourceText(title="A trial", publisher="BMJ", url="https://www.bmj.com/1", year=2020)
REVIEW = SourceText(title="A review", publisher="Cochrane", url="https://www.cochrane.org/1", year=2024)


def make_text(slug: str = "stiff-neck", **given) -> ArticleText:
    return ArticleText(
        **{
            "path": f"conditions/{slug}.md",
            "slug": slug,
            "kind": "condition",
            "title": slug.capitalize(),
            "summary": "What may help when the neck will not turn.",
            "body": "It may help.[1]\n\nOr not.",
            "not_for": "A fresh injury.",
            "doctor_first": "Call 911.",
            "position": 10,
            "reviewer": "mara",
            "reviewed_on": date(2026, 10, 12),
            "services": ("massage",),
            "related": (),
            "sources": (TRIAL,),
            **given,
        }
    )


@pytest.fixture
def mara():
    return make_practitioner(make_service(slug="massage"), slug="mara")


def seed(*texts: ArticleText, **how) -> seeding.Outcome:
    return seeding.seed_articles(texts, **{"now": NOW, **how})


def edition() -> int:
    return Edition.objects.get().number


def test_an_article_comes_with_everything_its_file_says(mara):
    outcome = seed(make_text(related=("sciatica",), sources=(TRIAL, REVIEW)), make_text("sciatica"))
    assert outcome == seeding.Outcome(added=["stiff-neck", "sciatica"])
    article = Article.objects.get(slug="stiff-neck")
    assert article.is_published and article.published_at == article.updated_at == NOW
    assert (article.reviewer, article.reviewed_on) == (mara, date(2026, 10, 12))
    assert [service.slug for service in article.services.all()] == ["massage"]
    assert [other.slug for other in article.related.all()] == ["sciatica"]
    assert list(article.sources.values_list("position", "title", "year")) == [
        (1, "A trial", 2020),
        (2, "A review", 2024),
    ]


def test_a_second_run_writes_nothing(mara):
    texts = [make_text(f"condition-{number}", related=("condition-0",) if number else ()) for number in range(5)]
    seed(*texts)
    before = edition(), list(Article.objects.values())
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert seed(*texts, now=LATER) == seeding.Outcome()
    assert (edition(), list(Article.objects.values())) == before
    assert not [one for one in queries if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_the_number_of_queries_of_such_a_run_does_not_grow(mara):
    counts = []
    for number in (2, 12):
        texts = [make_text(f"condition-{count}") for count in range(number)]
        seed(*texts)
        with CaptureQueriesContext(connection) as queries:
            seed(*texts)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "The neck"},
        {"body": "It helps a little.[1]"},
        {"position": 3},
        {"sources": (REVIEW, TRIAL)},
        {"sources": ()},
        {"services": ()},
        {"reviewer": "jun"},
        {"reviewed_on": date(2026, 11, 1)},
        {"related": ("sciatica",)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_an_article_that_nobody_edited_follows_its_file(mara, changed):
    make_practitioner(slug="jun")
    old, other = make_text(), make_text("sciatica")
    seed(old, other)
    new = replace(old, **changed)
    assert seed(new, other, now=LATER) == seeding.Outcome(changed=["stiff-neck"])
    fresh = edition()
    assert seed(new, other, now=LATER) == seeding.Outcome()
    assert edition() == fresh
    article = Article.objects.get(slug="stiff-neck")
    assert (article.published_at, article.updated_at) == (NOW, LATER)
    for name in changed.keys() & {"title", "body", "position", "reviewed_on"}:
        assert getattr(article, name) == changed[name]
    assert [source.title for source in article.sources.all()] == [source.title for source in new.sources]


EDITS = {
    "title": lambda article: Article.objects.filter(pk=article.pk).update(title="Ours"),
    "body": lambda article: Article.objects.filter(pk=article.pk).update(body="Ours."),
    "reviewer": lambda article: Article.objects.filter(pk=article.pk).update(reviewer=None),
    "source": lambda article: article.sources.update(title="Ours"),
    "no sources": lambda article: article.sources.all().delete(),
    "services": lambda article: article.services.clear(),
    "related": lambda article: article.related.set([make_other()]),
}


def make_other() -> Article:
    seed(make_text("other"))
    return Article.objects.get(slug="other")


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_what_staff_wrote_is_never_written_over(mara, edit):
    seed(make_text())
    edit(Article.objects.get())
    before = list(Article.objects.values()), list(Source.objects.values())
    assert seed(make_text(body="New.[1]"), now=LATER).kept == ["stiff-neck"]
    assert (list(Article.objects.values()), list(Source.objects.values())) == before


def test_by_force_the_files_text_is_taken_and_followed_again(mara):
    seed(make_text(), make_text("sciatica"))
    Article.objects.update(title="Ours")
    outcome = seed(make_text(), make_text("sciatica"), force=["stiff-neck"])
    assert (outcome.changed, outcome.kept) == (["stiff-neck"], ["sciatica"])
    assert Article.objects.get(slug="stiff-neck").title == "Stiff-neck"
    assert seed(make_text(title="Newer"), now=LATER).changed == ["stiff-neck"]


def test_line_ends_of_a_browser_are_no_edit(mara):
    seed(make_text())
    Article.objects.update(body=make_text().body.replace("\n", "\r\n"))
    assert seed(make_text(title="Newer")).changed == ["stiff-neck"]


def test_an_edit_that_became_the_files_text_follows_again(mara):
    seed(make_text())
    Article.objects.update(title="The neck")
    seed(make_text(title="The neck"))
    assert seed(make_text(title="Necks")).changed == ["stiff-neck"]


def test_publishing_is_the_clinics_choice_and_stays(mara):
    seed(make_text())
    Article.objects.update(status=Article.Status.DRAFT)
    assert seed(make_text(title="Newer")).changed == ["stiff-neck"]
    assert not Article.objects.get().is_published


def test_where_the_reviewer_does_not_work_it_is_a_draft_that_nobody_reviewed():
    outcome = seed(make_text())
    assert outcome.unreviewed == ["stiff-neck"]
    article = Article.objects.get()
    assert not article.is_published
    assert (article.reviewer, article.reviewed_on) == (None, None)
    assert not article.services.exists()


def test_an_own_article_of_the_clinic_is_left_alone(mara):
    make_other()
    Article.objects.filter(slug="other").update(slug="ours", seeded_digest="")
    assert seed(make_text()).added == ["stiff-neck"]
    assert Article.objects.filter(slug="ours").exists()


# The command.


def run(*words: str) -> str:
    said = StringIO()
    call_command("seed_content", *words, stdout=said)
    return said.getvalue()


def test_the_command_adds_every_article_and_then_changes_nothing():
    count = len(content.articles())
    assert f"{count} articles added as drafts" in run()
    assert Article.objects.count() == count
    before = edition()
    assert "nothing was changed" in run()
    assert edition() == before


def test_the_command_names_kept_edits_and_takes_the_file_by_force():
    run("--publish")
    assert Article.objects.published().count() == Article.objects.count()
    Article.objects.filter(slug="sciatica").update(title="Ours")
    assert "Kept your edits of sciatica; --force sciatica takes" in run()
    assert "1 article brought up to date" in run("--force", "sciatica")
    assert Article.objects.get(slug="sciatica").title == "Sciatica"
    with pytest.raises(CommandError, match="There is no file for nowhere"):
        run("--force", "nowhere")


def test_check_reads_the_files_and_writes_nothing():
    assert "nothing wrong" in run("--check")
    assert not Article.objects.exists()


FRONT = "kind: guide\ntitle: Bad\nsummary: Short.\nposition: 1\nreviewer: mara\nreviewed_on: 2026-10-01\n"


def write(folder, front: str) -> None:
    (folder / "guides").mkdir()
    (folder / "guides/bad.md").write_text(f"---\n{front}---\nText.[1]\n")


def test_check_fails_with_every_mistake(tmp_path):
    write(tmp_path, FRONT + "related: [gone]\nservices: [yoga]\n")
    with pytest.raises(CommandError) as caught:
        run("--check", "--folder", str(tmp_path))
    for words in ("related” names gone", "services” names yoga", "no source 1", "“not_for” is missing"):
        assert words in str(caught.value)
    assert str(caught.value).count("guides/bad.md: ") == 5


def test_a_file_that_cannot_be_read_stops_the_command_by_name(tmp_path):
    write(tmp_path, FRONT.replace("title: Bad\n", ""))
    for words in ((), ("--check",)):
        with pytest.raises(CommandError, match=r"^guides/bad\.md: “title” is missing\.$"):
            run(*words, "--folder", str(tmp_path))
    assert not Article.objects.exists()
