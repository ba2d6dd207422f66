"""Pictures that staff upload: what each shows, and which sizes of it are stored. It never holds an uploaded file."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.files.storage import default_storage
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

not_a_file_name = RegexValidator(
    r"(?i)\.(jpe?g|png|webp|avif|heic|gif)\s*$",
    "This is the name of a file. Say what the picture shows.",
    inverse_match=True,
)
FOLDER = "pictures"
MODERN = ("avif", "webp")  # in every width; the JPEG, for whoever knows neither, in the largest alone


class PictureQuerySet(models.QuerySet):
    def unused(self):
        return self.filter(**{f"{owner.name}__isnull": True for owner in Picture._meta.related_objects})


class Picture(models.Model):
    """Its files lie in a folder named by a hash of their bytes, so that what an address shows never changes."""

    digest = models.CharField(max_length=20, editable=False)
    widths = ArrayField(models.PositiveSmallIntegerField(), editable=False)
    width = models.PositiveSmallIntegerField(editable=False, help_text="Of the largest size, in pixels.")
    height = models.PositiveSmallIntegerField(editable=False)
    alt = models.CharField(
        "what it shows",
        max_length=200,
        validators=[not_a_file_name],
        help_text="For people who cannot see it. A few words, without “Picture of”.",
    )
    credit = models.CharField(max_length=120, blank=True, help_text="Who took it, if that has to be said.")
    created_at = models.DateTimeField(editable=False)

    objects = PictureQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(alt__regex=r"\S"),
                name="picture_alt_says_something",
                violation_error_message="Say in a few words what the picture shows.",
            ),
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{20}$"), name="picture_digest_is_a_hash"),
            models.CheckConstraint(condition=Q(width__gte=1, height__gte=1), name="picture_has_a_size"),
            models.CheckConstraint(condition=Q(widths__len__gte=1), name="picture_has_a_file"),
        ]

    def __str__(self) -> str:
        return self.alt

    @property
    def file_names(self) -> list[str]:
        """Every file of it, below the media folder."""
        modern = [self._name(width, kind) for kind in MODERN for width in self.widths]
        return [*modern, self._name(self.widths[-1], "jpg")]

    @property
    def url(self) -> str:
        """The largest size as JPEG, which every program reads."""
        return default_storage.url(self._name(self.widths[-1], "jpg"))

    @property
    def small_url(self) -> str:
        return default_storage.url(self._name(self.widths[0], "webp"))

    @property
    def avif_srcset(self) -> str:
        return self._srcset("avif")

    @property
    def webp_srcset(self) -> str:
        return self._srcset("webp")

    def _srcset(self, kind: str) -> str:
        return ", ".join(f"{default_storage.url(self._name(width, kind))} {width}w" for width in self.widths)

    def _name(self, width: int, kind: str) -> str:
        return f"{FOLDER}/{self.digest}/{width}.{kind}"
