"""Who changes an appointment, and what they knew of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User


@dataclass(frozen=True, kw_only=True)
class Author:
    """The client (no user) or one of the staff.

    `seen` is the appointment's youngest change the person had before their eyes, 0 for none and None for whatever
    it is: a write by staff who saw an older one raises `AppointmentChanged`. `tells_client` is whether it is mailed.
    """

    user: User | None = None
    seen: int | None = None
    tells_client: bool = True

    @property
    def is_staff(self) -> bool:
        return self.user is not None

    @property
    def name(self) -> str:
        return (self.user.get_full_name() or self.user.get_username()) if self.user else ""


CLIENT = Author()
