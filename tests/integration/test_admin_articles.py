"""Articles at the front desk: written, looked at before anybody else sees them, published, and reviewed each year."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from services.models import Article, Edition, Source
from tests.factory import NOW, make_article, make_clinic, make_location, make_practitioner

# Django's own admin templates print variables that are not there.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
ADD = "/admin/services/article/add/"


def url(article: Article, page: str = "change") -> str:
    return reverse(f"admin:services_article_{page}", args=[article.pk])


def form_of(article: Article | None = None, *, sources: list[dict] | None = None, **changed) -> dict:
    """What a browser sends; `sources` are those of the page in their order, each with an id if it is saved already."""
    values = {
        "kind": "guide",
        "title": "A stiff neck",
        "slug": "stiff-neck",
        "summary": "What may help when the neck will not turn.",
        "status": "draft",
        "position": 1,
        "body": "It may help.[1]",
        "not_for": "",
        "doctor_first": "",
        "reviewer": "",
        "reviewed_on": "",
    }
    if article:
        values = {name: getattr(article, name) or "" for name in values} | {"position": article.position}
    rows = [{"position": 1, "title": "A trial"}] if sources is None else sources
    values |= {"sources-TOTAL_FORMS": len(rows), "sources-INITIAL_FORMS": sum("id" in row for row in rows)}
    for number, row in enumerate(rows):
        filled = {"publisher": "", "url": "", "year": "", "article": article.pk if article else ""} | row
        values |= {f"sources-{number}-{name}": value for name, value in filled.items()}
    return values | changed


def rows_of(article: Article) -> list[dict]:
    return [{"id": source.pk, "position": source.position, "title": source.title} for source in article.sources.all()]


def make_sourced(*titles: str, **given) -> Article:
    article = make_article(**given)
    for number, title in enumerate(titles, 1):
        Source.objects.create(article=article, position=number, title=title)
    return article


def errors(response) -> str:
    """Everything the page says is wrong; empty for a page that went on."""
    if response.status_code == 302:
        return ""
    context = response.context
    inline = context["inline_admin_formsets"][0].formset
    found = [*context["errors"], *inline.non_form_errors()]
    return unescape(" ".join(map(str, found)))


def test_a_new_article_is_stamped_and_leaves_a_trace(admin_client):
    assert errors(admin_client.post(ADD, form_of(status="published"))) == ""
    article = Article.objects.get()
    assert timezone.now() - article.updated_at < timedelta(minutes=1)
    assert article.published_at == article.updated_at
    assert [source.title for source in article.sources.all()] == ["A trial"]
    assert LogEntry.objects.get().is_addition()


def test_a_change_keeps_the_day_of_publication_and_moves_the_other(admin_client):
    article = make_sourced("A trial")
    assert errors(admin_client.post(url(article), form_of(article, sources=rows_of(article), title="Necks"))) == ""
    fresh = Article.objects.get()
    assert fresh.title == "Necks"
    assert fresh.published_at == NOW
    assert timezone.now() - fresh.updated_at < timedelta(minutes=1)
    assert LogEntry.objects.get().is_change()


def test_line_ends_are_stored_as_files_have_them(admin_client):
    admin_client.post(ADD, form_of(body="One.[1]\r\n\r\nTwo."))
    assert Article.objects.get().body == "One.[1]\n\nTwo."


def test_what_is_published_has_every_source_it_cites(admin_client):
    response = admin_client.post(ADD, form_of(body="It helps.[1] A lot.[3]", status="published"))
    assert "The text cites [3]: add the source with this number" in errors(response)
    response = admin_client.post(ADD, form_of(body="It helps.", doctor_first="- Fever.[2]", status="published"))
    assert "The text cites [2]" in errors(response)
    assert not Article.objects.exists()


def test_a_draft_may_still_lack_sources(admin_client):
    assert errors(admin_client.post(ADD, form_of(body="It helps.[3]"))) == ""


def test_a_cited_source_cannot_be_deleted_from_a_published_page(admin_client):
    article = make_sourced("A trial", body="It helps.[1]")
    rows = [row | {"DELETE": "on"} for row in rows_of(article)]
    assert "The text cites [1]" in errors(admin_client.post(url(article), form_of(article, sources=rows)))
    assert article.sources.exists()


def test_what_is_published_has_a_summary_and_a_text(admin_client):
    for name in ("summary", "body"):
        assert "required" in errors(admin_client.post(ADD, form_of(status="published", **{name: ""})))


def test_a_reviewer_needs_a_day(admin_client):
    mara = make_practitioner()
    response = admin_client.post(ADD, form_of(status="published", reviewer=mara.pk))
    assert "Say on which day it was reviewed." in errors(response)


def test_an_unknown_drawing_is_told_with_the_known_ones(admin_client):
    response = admin_client.post(ADD, form_of(body="![A dragon](drawing:dragon)"))
    assert "There is no drawing “dragon”" in errors(response)
    assert "effleurage" in errors(response)


def test_an_address_of_another_page_is_refused(admin_client):
    assert "is the address of another page" in errors(admin_client.post(ADD, form_of(slug="chooser")))


def test_sources_can_change_places(admin_client):
    article = make_sourced("First", "Second", "Third")
    rows = rows_of(article)
    for row, number in zip(rows, (3, 1, 2), strict=True):
        row["position"] = number
    assert errors(admin_client.post(url(article), form_of(article, sources=rows))) == ""
    assert list(article.sources.values_list("title", flat=True)) == ["Second", "Third", "First"]


def test_a_deleted_sources_number_can_be_taken_by_another(admin_client):
    article = make_sourced("First", "Second")
    gone, moved = rows_of(article)
    rows = [gone | {"DELETE": "on"}, moved | {"position": 1}]
    assert errors(admin_client.post(url(article), form_of(article, sources=rows))) == ""
    assert list(article.sources.values_list("position", "title")) == [(1, "Second")]


def test_two_sources_cannot_have_one_number(admin_client):
    rows = [{"position": 1, "title": "First"}, {"position": 1, "title": "Second"}]
    assert "duplicate" in errors(admin_client.post(ADD, form_of(sources=rows)))
    assert not Article.objects.exists()


@pytest.mark.parametrize("number", [0, 100, 32767])
def test_a_sources_number_is_one_that_the_text_can_cite(admin_client, number):
    article = make_sourced("First")
    [row] = rows_of(article)
    refused = admin_client.post(url(article), form_of(article, sources=[row | {"position": number}]))
    assert "Ensure this value" in errors(refused)
    assert article.sources.get().position == 1


def test_an_article_is_not_related_to_itself(admin_client):
    article, other = make_sourced("A trial"), make_article()
    choices = admin_client.get(url(article)).context["adminform"].form.fields["related"].queryset
    assert set(choices) == {other}


# Looking at it first.


@pytest.fixture
def place():
    return make_location()


def test_the_preview_is_the_page_that_saving_would_make(admin_client):
    massage, other = make_clinic(name="Neck massage").service, make_article(title="Read this next")
    mara = make_practitioner(name="Mara Ellison")
    sent = form_of(
        status="published", services=[massage.pk], related=[other.pk], reviewer=mara.pk, reviewed_on="2026-11-01",
        body="It may help.[2]\n\n## A heading\n\n![A back](drawing:friction)",
        sources=[{"position": 2, "title": "Second"}, {"position": 1, "title": "First", "url": "https://a.example/"}],
    )  # fmt: skip
    preview = admin_client.post(f"{ADD[:-4]}preview/", sent)
    assert preview.status_code == 200
    assert errors(admin_client.post(ADD, sent)) == ""
    cache.clear()
    real = admin_client.get("/learn/stiff-neck/")
    main = [page.content.decode().split("<main", 1)[1].split("</main>")[0] for page in (preview, real)]
    assert main[0] == main[1]
    for words in ("Neck massage", "Read this next", "Mara Ellison", 'id="a-heading"', '<figure class="drawing">'):
        assert words in main[0]
    assert main[0].index("First") < main[0].index("Second")


def test_a_preview_saves_nothing(admin_client, place):
    article = make_sourced("A trial", slug="ours", title="Ours")
    before = Edition.objects.get().number, list(Article.objects.values()), list(Source.objects.values())
    rows = [{"id": article.sources.get().pk, "position": 1, "title": "Another"}, {"position": 2, "title": "New"}]
    page = admin_client.post(url(article, "preview"), form_of(article, sources=rows, title="Theirs", slug="theirs"))
    html = page.content.decode()
    assert "Theirs" in html and "Another" in html and "New" in html
    assert before == (Edition.objects.get().number, list(Article.objects.values()), list(Source.objects.values()))
    assert not LogEntry.objects.exists()
    cache.clear()
    assert "Theirs" not in admin_client.get("/learn/ours/").content.decode()


def test_a_draft_can_be_previewed_though_nobody_can_read_it(admin_client, place):
    article = make_sourced("A trial", status=Article.Status.DRAFT, title="Not yet")
    assert "Not yet" in admin_client.post(url(article, "preview"), form_of(article)).content.decode()
    assert admin_client.get(article.get_absolute_url()).status_code == 404


def test_a_preview_is_kept_by_nobody(admin_client, place):
    article = make_sourced("A trial", title="Once")
    first = admin_client.post(url(article, "preview"), form_of(article))
    assert "no-store" in first["Cache-Control"]
    second = admin_client.post(url(article, "preview"), form_of(article, title="Twice"))
    assert "Twice" in second.content.decode()


def test_a_preview_runs_nothing(admin_client, place):
    text = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    sent = form_of(title="<script>alert(1)</script>", summary=text, body=text, not_for=text, doctor_first=text)
    html = admin_client.post(f"{ADD[:-4]}preview/", sent).content.decode()
    assert "&lt;script&gt;" in html
    for danger in ("<script>alert", "<img src=x", 'href="javascript'):
        assert danger not in html


def test_what_cannot_be_saved_is_explained_in_place_of_a_preview(admin_client):
    page = admin_client.post(f"{ADD[:-4]}preview/", form_of(title="", sources=[{"position": 1, "title": ""}]))
    assert page.status_code == 422
    html = unescape(page.content.decode())
    assert "Title: This field is required." in html
    assert "Source 1, Title: This field is required." in html
    page = admin_client.post(f"{ADD[:-4]}preview/", form_of(status="published", body="It helps.[7]"))
    assert "The text cites [7]" in unescape(page.content.decode())


def test_only_those_who_may_change_it_can_preview(client, place):
    article = make_sourced("A trial")
    user = User.objects.create_user("rosa", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_article"))
    client.force_login(user)
    assert client.post(url(article, "preview"), form_of(article)).status_code == 403
    assert client.post(f"{ADD[:-4]}preview/", form_of()).status_code == 403
    assert "Preview in a new tab" not in client.get(url(article)).content.decode()
    user.user_permissions.add(Permission.objects.get(codename="change_article"))
    assert client.post(url(article, "preview"), form_of(article)).status_code == 200


def test_a_preview_is_sent_never_fetched(admin_client):
    assert admin_client.get(f"{ADD[:-4]}preview/").status_code == 405


def test_the_form_has_a_button_for_it_after_those_that_save(admin_client):
    article = make_article()
    for page, target in ((ADD, f"{ADD[:-4]}preview/"), (url(article), url(article, "preview"))):
        html = admin_client.get(page).content.decode()
        assert f'formaction="{target}" formtarget="_blank"' in html
        assert html.index('name="_save"') < html.index("formaction=")


# The list.


def listed(client, **filters) -> set[str]:
    page = client.get(reverse("admin:services_article_changelist"), filters)
    return {article.title for article in page.context["cl"].result_list}


def test_a_review_of_more_than_a_year_ago_is_due(admin_client):
    mara, today = make_practitioner(), timezone.localdate()
    old = make_article(title="Old", reviewer=mara, reviewed_on=today - timedelta(days=366))
    fresh = make_article(title="Fresh", reviewer=mara, reviewed_on=today - timedelta(days=365))
    make_article(title="Never")
    html = admin_client.get(reverse("admin:services_article_changelist")).content.decode()
    assert html.count("Review it again.") == 1
    assert "more than a year ago. Have it read again." in admin_client.get(url(old)).content.decode()
    assert "more than a year ago. Have" not in admin_client.get(url(fresh)).content.decode()
    for review, titles in {"due": {"Old"}, "fresh": {"Fresh"}, "never": {"Never"}}.items():
        assert listed(admin_client, review=review) == titles


def test_the_list_is_searched_and_filtered(admin_client):
    make_article(title="Sciatica", kind="condition")
    make_article(title="Cupping", kind="technique", status=Article.Status.DRAFT, body="Glass cups.")
    assert listed(admin_client, q="glass") == {"Cupping"}
    assert listed(admin_client, kind__exact="condition") == {"Sciatica"}
    assert listed(admin_client, status__exact="draft") == {"Cupping"}


def test_the_list_takes_as_many_queries_for_many_as_for_few(admin_client):
    mara = make_practitioner()
    counts = []
    for number in (1, 9):
        for _ in range(number):
            make_sourced("A trial", reviewer=mara, reviewed_on=timezone.localdate())
        with CaptureQueriesContext(connection) as queries:
            listed(admin_client)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def act(client, action: str, *articles: Article):
    rows = [article.pk for article in articles]
    page = reverse("admin:services_article_changelist")
    return client.post(page, {"action": action, "_selected_action": rows}, follow=True).content.decode()


def test_publishing_from_the_list_leaves_out_what_lacks_a_source(admin_client):
    whole = make_sourced("A trial", title="Whole", status=Article.Status.DRAFT, published_at=None, body="So.[1]")
    lacking = make_sourced(title="Lacking", status=Article.Status.DRAFT, published_at=None, body="So.[1]")
    html = act(admin_client, "publish", whole, lacking)
    assert "Whole: published." in html
    assert "Lacking stays a draft. The text cites [1]" in html
    assert list(Article.objects.published()) == [whole]
    whole.refresh_from_db()
    assert whole.published_at == whole.updated_at
    assert LogEntry.objects.get().object_id == str(whole.pk)


def test_unpublishing_takes_the_page_away_at_once(admin_client, place):
    article = make_article()
    assert "unpublished." in act(admin_client, "unpublish", article)
    assert not Article.objects.published().exists()
    assert Article.objects.get().published_at == NOW
    assert admin_client.get(article.get_absolute_url()).status_code == 404
    assert LogEntry.objects.get().get_change_message() == "Unpublished."


def test_staff_who_may_only_look_have_no_actions(client):
    article = make_article()
    user = User.objects.create_user("rosa", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_article"))
    client.force_login(user)
    act(client, "unpublish", article)
    assert Article.objects.published().exists()


def test_the_way_to_the_page_is_shown_once_there_is_one(admin_client):
    shown, draft = make_article(), make_article(status=Article.Status.DRAFT)
    assert f'href="{shown.get_absolute_url()}" class="viewsitelink"' in admin_client.get(url(shown)).content.decode()
    assert "viewsitelink" not in admin_client.get(url(draft)).content.decode()


def test_the_pages_say_nothing_inline_that_our_policy_would_block(admin_client):
    article = make_sourced("A trial")
    for page in (reverse("admin:services_article_changelist"), url(article), ADD):
        html = admin_client.get(page).content.decode()
        assert " style=" not in html and "<style" not in html and "onclick" not in html
