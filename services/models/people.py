"""Who gives the care: practitioners, what they may call themselves, and what they give."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F
from django.db.models.functions import Upper
from django.urls import reverse

from services.models.catalogue import Service
from services.models.pictures import Picture
from services.models.queryset import ActiveQuerySet


class PractitionerQuerySet(ActiveQuerySet):
    def giving(self, service: Service):
        return self.active().filter(services=service)


class Practitioner(models.Model):
    name = models.CharField(max_length=80)
    slug = models.SlugField(unique=True)
    user = models.OneToOneField(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="practitioner",
        help_text="Their staff sign-in.",
    )
    email = models.EmailField(help_text="Where notices of new and changed appointments go.")
    credentials = models.CharField(
        max_length=120, blank=True, help_text="Such as Licensed massage therapist, 14 years."
    )
    licence = models.CharField(max_length=60, blank=True, help_text="Licence number, shown to clients.")
    languages = ArrayField(models.CharField(max_length=40), default=list, blank=True, help_text="Separate with commas.")
    tagline = models.CharField(max_length=160, blank=True, help_text="One sentence in their own voice.")
    bio = models.TextField(blank=True)
    approach = models.TextField(blank=True, help_text="How they work. Markdown.")
    services = models.ManyToManyField(Service, blank=True, related_name="practitioners")
    accepts_new_clients = models.BooleanField(
        default=True, help_text="When off, their times are offered only to people who choose them by name."
    )
    wants_evening_mail = models.BooleanField(
        "tomorrow's visits by mail", default=True, help_text="Sent the evening before a day with visits."
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    portrait = models.ForeignKey(
        Picture, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="practitioners"
    )
    social_image = models.ImageField(upload_to="cards", blank=True, editable=False)

    objects = PractitionerQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        indexes = [
            GinIndex(OpClass(Upper(F("name")), name="gin_trgm_ops"), name="practitioner_name_trigrams"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("services:person", args=[self.slug])

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2]).upper()
