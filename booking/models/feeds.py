"""A practitioner's private calendar feed."""

from django.db import models

from services.models import Practitioner


class CalendarFeed(models.Model):
    """Its address is derived from `link_nonce`, as a visit's is; only the hash is kept. A new nonce revokes it."""

    practitioner = models.OneToOneField(Practitioner, on_delete=models.CASCADE, related_name="calendar_feed")
    link_nonce = models.CharField(max_length=43, editable=False)
    link_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["practitioner"]

    def __str__(self) -> str:
        return f"Calendar feed of {self.practitioner}"
