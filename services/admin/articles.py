"""Staff pages of what we explain: articles with their sources, looked at before anybody else sees them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from services import markdown, reading
from services.admin.pictures import PicturedAdmin, PictureForm
from services.models import Article, Source
from services.views.learn import article_page

REVIEW_HOLDS = timedelta(days=365)
OUT_OF_THE_WAY = 1000
TEXTS = ("body", "not_for", "doctor_first")


class ArticleForm(PictureForm):
    class Meta:
        widgets = {"body": AdminTextareaWidget(attrs={"rows": 28}), "summary": AdminTextareaWidget(attrs={"rows": 3})}
        help_texts = {"slug": "The end of its address: /learn/…/"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "related" in self.fields:
            others = Article.objects.exclude(pk=self.instance.pk)
            self.fields["related"].queryset = others  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in TEXTS:
            cleaned[name] = cleaned.get(name, "").replace("\r\n", "\n")
            for drawing in markdown.drawings(cleaned[name]):
                if drawing not in markdown.DRAWINGS:
                    known = ", ".join(sorted(markdown.DRAWINGS))
                    self.add_error(name, f"There is no drawing “{drawing}”. These there are: {known}.")
        return cleaned


class SourceForm(forms.ModelForm):
    position = forms.IntegerField(label="Position", min_value=1, max_value=99)  # what the text can cite
    url = forms.URLField(label="Address", max_length=300, required=False, assume_scheme="https")

    def validate_constraints(self) -> None:
        """Numbers may change places on one page; the formset looks at all of them together."""


class SourceFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        missing = _cited(self.instance) - {source.position for source in self.listed()}
        if missing and self.instance.is_published and not any(self.errors):
            raise ValidationError(_missing_words(missing))

    def listed(self) -> list[Source]:
        """The sources as the page would leave them, in order, saved or not."""
        kept = (form for form in self.forms if form not in self.deleted_forms)
        rows = (form.instance for form in kept if form.instance.pk or form.has_changed())
        return sorted(rows, key=lambda source: source.position or 0)


class SourceInline(admin.TabularInline):
    model = Source
    form = SourceForm
    formset = SourceFormSet
    extra = 1
    verbose_name_plural = "sources, which the text cites by number"

    def has_view_permission(self, request, obj=None):
        """Sources are part of their article: who may do something with it may do it with them."""
        return True

    def has_add_permission(self, request, obj=None):
        may = ("services.change_article",) if obj else ("services.add_article", "services.change_article")
        return any(request.user.has_perm(name) for name in may)

    has_change_permission = has_delete_permission = has_add_permission


class ReviewFilter(admin.SimpleListFilter):
    title = "review"
    parameter_name = "review"

    def lookups(self, request, model_admin):
        return [("due", "More than a year ago"), ("never", "Never"), ("fresh", "Within a year")]

    def queryset(self, request, queryset):
        year_ago = _today() - REVIEW_HOLDS
        wanted = {
            "due": Q(reviewed_on__lt=year_ago),
            "never": Q(reviewed_on=None),
            "fresh": Q(reviewed_on__gte=year_ago),
        }
        return queryset.filter(wanted.get(self.value() or "", Q()))


@admin.register(Article)
class ArticleAdmin(PicturedAdmin):
    form = ArticleForm
    change_form_template = "admin/services/article_form.html"
    picture_place = 4
    list_display = ["title", "kind", "status", "reviewer", "reviewed", "updated"]
    list_filter = ["kind", "status", ReviewFilter, "reviewer"]
    list_select_related = ["reviewer"]
    search_fields = ["title", "slug", "summary", "body"]
    prepopulated_fields = {"slug": ["title"]}
    filter_horizontal = ["services", "related"]
    inlines = [SourceInline]
    actions = ["publish", "unpublish"]
    fieldsets = [
        (None, {"fields": ["kind", "title", "slug", "summary", "status", "position"]}),
        ("Text", {"fields": ["body", "not_for", "doctor_first"]}),
        ("Review", {"fields": ["reviewer", "reviewed_on"]}),
        ("What it leads to", {"fields": ["services", "related"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("words")

    @admin.display(description="reviewed on", ordering="reviewed_on", empty_value="never")
    def reviewed(self, article):
        if article.reviewed_on and _is_due(article.reviewed_on):
            return format_html('{} <span class="staff-warning">Review it again.</span>', _day(article.reviewed_on))
        return article.reviewed_on and _day(article.reviewed_on)

    @admin.display(description="updated", ordering="updated_at")
    def updated(self, article):
        return _day(timezone.localdate(article.updated_at))

    def view_on_site(self, article):
        return article.get_absolute_url() if article.is_published else None

    def save_model(self, request, obj, form, change):
        obj.stamp(now=timezone.now())
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        """Changed sources first leave their numbers, so that two of them can change places."""
        if formset.model is Source:
            changed = [one.instance.pk for one in formset.initial_forms if one.has_changed()]
            Source.objects.filter(pk__in=changed).update(position=F("position") + OUT_OF_THE_WAY)
        super().save_formset(request, form, formset, change)

    def render_change_form(self, request, context, *args, **kwargs):
        article = kwargs.get("obj")
        if request.method == "GET" and article and article.reviewed_on and _is_due(article.reviewed_on):
            words = f"It was last reviewed on {_day(article.reviewed_on)}, more than a year ago. Have it read again."
            self.message_user(request, words, messages.WARNING)
        name, keys = ("preview", [article.pk]) if article else ("preview_new", [])
        context["preview_url"] = reverse(f"admin:services_article_{name}", args=keys)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self):
        preview = self.admin_site.admin_view(self.preview)
        return [
            path("preview/", preview, name="services_article_preview_new"),
            path("<int:pk>/preview/", preview, name="services_article_preview"),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def preview(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """The page that the form would make, made of what was sent. Nothing is saved."""
        article = get_object_or_404(Article, pk=pk) if pk else None
        if not (self.has_change_permission(request, article) if article else self.has_add_permission(request)):
            raise PermissionDenied
        form = self.get_form(request, article, change=bool(article))(request.POST, request.FILES, instance=article)
        is_valid = form.is_valid()
        formsets, _ = self._create_formsets(  # type: ignore[attr-defined]
            request, form.instance, change=bool(article)
        )
        if not all(formset.is_valid() for formset in formsets) or not is_valid:
            context = {**self.admin_site.each_context(request), "title": "No preview yet", "form": form}
            context["sources"] = formsets[0]
            return render(request, "admin/services/article_refused.html", context, status=422)
        return article_page(request, _as_shown(form, formsets[0]))

    @admin.action(description="Publish the selected articles", permissions=["change"])
    def publish(self, request, queryset):
        for article in queryset.exclude(status=Article.Status.PUBLISHED).prefetch_related("sources"):
            missing = _cited(article) - {source.position for source in article.sources.all()}
            if missing:
                words = f"{article} stays a draft. {_missing_words(missing)}"
                self.message_user(request, words, messages.ERROR)
            else:
                self._set_status(request, article, Article.Status.PUBLISHED)

    @admin.action(description="Unpublish the selected articles", permissions=["change"])
    def unpublish(self, request, queryset):
        for article in queryset.exclude(status=Article.Status.DRAFT):
            self._set_status(request, article, Article.Status.DRAFT)

    def _set_status(self, request: HttpRequest, article: Article, status: Article.Status) -> None:
        article.status = status
        article.stamp(now=timezone.now())
        article.save(update_fields=["status", "published_at", "updated_at"])
        words = "Published." if article.is_published else "Unpublished."
        self.log_change(request, article, words)
        self.message_user(request, f"{article}: {words.lower()}", messages.SUCCESS)


def _as_shown(form: forms.ModelForm, sources: Any) -> Article:
    """The article of a valid form with everything its page reads, and none of it written."""
    article: Article = form.instance
    article.pk = article.pk or 0  # without a key its relations cannot be asked for; no row has this one
    article.stamp(now=timezone.now())
    listed = Source.objects.none()
    listed._result_cache = sources.listed()  # type: ignore[attr-defined]
    chosen = form.cleaned_data
    article._prefetched_objects_cache = {  # type: ignore[attr-defined]
        "sources": listed,
        "services": reading.services().filter(pk__in=chosen["services"]),
        "related": reading.articles().filter(pk__in=chosen["related"]),
    }
    return article


def _cited(article: Article) -> set[int]:
    return markdown.cited("\n\n".join(getattr(article, name) for name in TEXTS))


def _missing_words(missing: set[int]) -> str:
    numbers = ", ".join(f"[{number}]" for number in sorted(missing))
    return f"The text cites {numbers}: add the source with this number, or take the citation out."


def _today() -> date:
    return timezone.localdate()


def _is_due(reviewed_on: date) -> bool:
    return reviewed_on < _today() - REVIEW_HOLDS


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
