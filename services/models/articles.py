"""What we explain: guides, techniques, conditions and questions, with their sources and who reviewed them."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse

from services.models.catalogue import Service
from services.models.people import Practitioner
from services.models.pictures import Picture

RESERVED_SLUGS = frozenset({"chooser", "guides", "techniques", "conditions", "questions"})


def validate_slug_is_free(value: str) -> None:
    """Refuse an address that a page of ours has already."""
    if value in RESERVED_SLUGS:
        raise ValidationError("“%(value)s” is the address of another page; choose another.", params={"value": value})


class ArticleQuerySet(models.QuerySet):
    def published(self):
        return self.filter(status=Article.Status.PUBLISHED)

    def guides(self):
        return self.filter(kind=Article.Kind.GUIDE)

    def techniques(self):
        return self.filter(kind=Article.Kind.TECHNIQUE)

    def conditions(self):
        return self.filter(kind=Article.Kind.CONDITION)

    def questions(self):
        return self.filter(kind=Article.Kind.QUESTION)


class Article(models.Model):
    """One page under `/learn/`; its texts are Markdown as `services.markdown` reads it."""

    class Kind(models.TextChoices):
        GUIDE = "guide", "Guide"
        TECHNIQUE = "technique", "Technique"
        CONDITION = "condition", "Condition"
        QUESTION = "question", "Question"

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    kind = models.CharField(max_length=10, choices=Kind)
    slug = models.SlugField(unique=True, validators=[validate_slug_is_free], help_text="The page is /learn/<this>/.")
    title = models.CharField(max_length=80)
    summary = models.CharField(
        max_length=200, help_text="One or two sentences, for lists and search results: 90 to 155 characters."
    )
    body = models.TextField(
        help_text="Markdown. [1] cites the first source; ![What it shows](drawing:effleurage) places a drawing."
    )
    not_for = models.TextField("what it is not for", blank=True, help_text="Markdown.")
    doctor_first = models.TextField("when to see a doctor first", blank=True, help_text="Markdown.")
    services = models.ManyToManyField(
        Service, blank=True, related_name="articles", help_text="The page ends in their next open times."
    )
    related = models.ManyToManyField("self", blank=True, symmetrical=False, related_name="related_from")
    reviewer = models.ForeignKey(
        Practitioner, on_delete=models.SET_NULL, null=True, blank=True, related_name="reviewed_articles"
    )
    reviewed_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first in lists.")
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(editable=False)
    seeded_digest = models.CharField(max_length=64, blank=True, editable=False)
    picture = models.ForeignKey(
        Picture, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="articles"
    )
    social_image = models.ImageField(upload_to="cards", blank=True, editable=False)
    words = models.GeneratedField(
        expression=SearchVector("title", weight="A", config="english")
        + SearchVector("summary", weight="B", config="english")
        + SearchVector("body", weight="C", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft") | Q(published_at__isnull=False), name="article_published_has_a_time"
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(reviewer__isnull=True) | Q(reviewed_on__isnull=False),
                name="article_reviewer_has_a_date",
                violation_error_message="Say on which day it was reviewed.",
            ),
        ]
        indexes = [
            GinIndex(fields=["words"], name="article_words"),
            GinIndex(OpClass(Upper(F("title")), name="gin_trgm_ops"), name="article_title_trigrams"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("services:article", args=[self.slug])

    @property
    def is_published(self) -> bool:
        return self.status == self.Status.PUBLISHED

    def stamp(self, *, now: datetime) -> None:
        """Note the time of this change, and of the first publication. Does not save."""
        self.updated_at = now
        if self.is_published and self.published_at is None:
            self.published_at = now


class Source(models.Model):
    """Where a claim comes from; the body cites it by its position."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="sources")
    position = models.PositiveSmallIntegerField(help_text="The number that the text cites it by, from 1.")
    title = models.CharField(max_length=240)
    publisher = models.CharField(max_length=120, blank=True)
    url = models.URLField("address", max_length=300, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["article", "position"]
        constraints = [
            models.UniqueConstraint(fields=["article", "position"], name="source_position_unique_in_article"),
            models.CheckConstraint(condition=Q(position__gte=1), name="source_position_from_1"),
        ]

    def __str__(self) -> str:
        return self.title
