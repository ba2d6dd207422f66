"""Whose visits and clients may this person see? Asked by every staff page and every admin list.

A right to everyone's, or to one's own as a practitioner; never decided anywhere else.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from booking.models import Appointment, Client
from services.models import Practitioner


def sees_everyone(user: Any) -> bool:
    return user.has_perm("booking.view_everyone")


def practitioners_for(user: Any) -> QuerySet[Practitioner]:
    """The active practitioners whose diary this person may open, in the clinic's order; possibly none."""
    if sees_everyone(user):
        return Practitioner.objects.active()
    return Practitioner.objects.active().filter(user=user)


def appointments_for(user: Any) -> QuerySet[Appointment]:
    """Every appointment this person may open, holds included."""
    if sees_everyone(user):
        return Appointment.objects.all()
    return Appointment.objects.filter(practitioner__user=user)


def clients_for(user: Any) -> QuerySet[Client]:
    """Every client this person may open: all, or those who were promised a visit with them."""
    if sees_everyone(user):
        return Client.objects.all()
    return Client.objects.filter(pk__in=appointments_for(user).filter(client__isnull=False).values("client"))
