"""What happened to an appointment: who did what, when, and how it stood before, so that it can be taken back."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models

from booking.models.appointments import Appointment


class Change(models.Model):
    """One act on one appointment, written in the transaction that did it. The youngest can be taken back.

    `before` and `after` hold the columns that changed, by name, as JSON: instants in ISO 8601, rows by primary key.
    """

    class Kind(models.TextChoices):
        BOOKED = "booked", "Booked"
        CONFIRMED = "confirmed", "Confirmed"
        MOVED = "moved", "Moved"
        ROOM = "room", "Room changed"
        ARRIVED = "arrived", "Arrived"
        STARTED = "started", "Started"
        FULFILLED = "fulfilled", "Done"
        NOSHOW = "noshow", "Did not come"
        CANCELLED = "cancelled", "Cancelled"
        TAKEN_BACK = "taken_back", "Taken back"

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = models.CharField(
        max_length=150, blank=True, help_text="Kept when the sign-in is gone; blank: the client."
    )
    reason = models.CharField(max_length=200, blank=True)
    is_told = models.BooleanField("the client was told", default=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["appointment", "-id"]), models.Index(fields=["kind", "at"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.by_name or 'the client'}"
