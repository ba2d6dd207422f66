"""Another time offered to a client whose visit cannot stay where it is."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import models

from booking.models.appointments import Appointment


class MoveOfferQuerySet(models.QuerySet):
    def open(self, now: datetime):
        """Offers whose time is still held."""
        return self.filter(held__hold_expires_at__gt=now)


class MoveOffer(models.Model):
    """A time held for a client instead of the one they have; the hold's end is the offer's."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="move_offers")
    held = models.OneToOneField(Appointment, on_delete=models.CASCADE, related_name="offered_as")
    created_at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = MoveOfferQuerySet.as_manager()

    class Meta:
        ordering = ["held__starts_at", "pk"]

    def __str__(self) -> str:
        return f"Offer {self.pk} for appointment {self.appointment_id}"
