"""Who changes an appointment, and what they knew of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings

from booking.errors import BookingError, ClientBusy
from booking.models import Change


@dataclass(frozen=True, kw_only=True)
class Author:
    """The client (no user) or one of the staff.

    `seen` is the appointment's youngest change the person had before their eyes, 0 for none and None for whatever
    it is: a write by staff who saw an older one raises `AppointmentChanged`. `tells_client` is whether it is mailed.
    """

    user: Any = None  # a signed-in User, as requests carry them
    seen: int | None = None
    tells_client: bool = True

    @property
    def is_staff(self) -> bool:
        return self.user is not None

    @property
    def name(self) -> str:
        return (self.user.get_full_name() or self.user.get_username()) if self.user else ""

    def did(self, change: Change) -> bool:
        """Whether it was this very person; never so for a client, of whom nothing is known."""
        return self.user is not None and self.user.pk is not None and change.by_id == self.user.pk

    def told(self, error: BookingError) -> BookingError:
        """The error in words for who reads it: staff book for somebody else."""
        if self.is_staff and isinstance(error, ClientBusy):
            return ClientBusy("The client has another visit at that time. Choose another time.")
        return error

    @property
    def wait(self) -> timedelta:
        """How long mails about what they do stay here, so that it can be taken back in silence."""
        return settings.STAFF_UNDO_WINDOW if self.is_staff else timedelta(0)


CLIENT = Author()
