"""Whose visits and clients may this person see? Asked by every staff page and every admin list.

A right to everyone's, or to one's own as a practitioner; never decided anywhere else. What one may *do* with them
is a permission: docs/roles.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model, Q, QuerySet

from booking.models import (
    Appointment,
    BusyTime,
    CalendarFeed,
    Change,
    Client,
    ClientNote,
    ConsultationRequest,
    Message,
    MoveOffer,
    TimeOff,
    Visit,
    WorkingHours,
)
from services.models import Practitioner


def sees_everyone(user: Any) -> bool:
    return user.has_perm("booking.view_everyone")


def limited(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Those of these rows that this person may see. A table nobody made a rule for is not limited."""
    rule = OWN.get(rows.model)
    return rows if rule is None or sees_everyone(user) else rows.filter(rule(user))


def practitioners_for(user: Any) -> QuerySet[Practitioner]:
    """The active practitioners whose diary this person may open, in the clinic's order; possibly none."""
    if sees_everyone(user):
        return Practitioner.objects.active()
    return Practitioner.objects.active().filter(user=user)


def appointments_for(user: Any) -> QuerySet[Appointment]:
    """Every appointment this person may open, holds included."""
    return limited(Appointment.objects.all(), user)


def clients_for(user: Any) -> QuerySet[Client]:
    """Every client this person may open: all, or those who were promised a visit with them."""
    return limited(Client.objects.all(), user)


def _own(path: str) -> Callable[[Any], Q]:
    """Rows that lead to the practitioner whose sign-in this is."""
    return lambda user: Q(**{f"{path}__user": user})


def _through(path: str, column: str) -> Callable[[Any], Q]:
    """Rows that one's own appointments point at."""
    return lambda user: Q(
        **{f"{path}__in": Appointment.objects.filter(practitioner__user=user, client__isnull=False).values(column)}
    )


OWN: dict[type[Model], Callable[[Any], Q]] = {
    Appointment: _own("practitioner"),
    BusyTime: _own("appointment__practitioner"),
    CalendarFeed: _own("practitioner"),
    Change: _own("appointment__practitioner"),
    Client: _through("pk", "client"),
    ClientNote: _through("client", "client"),
    ConsultationRequest: _through("visit", "visit"),
    Message: _own("appointment__practitioner"),
    MoveOffer: _own("appointment__practitioner"),
    TimeOff: lambda user: Q(practitioner__user=user) | Q(practitioner__isnull=True),  # closures are everyone's
    Visit: _through("pk", "visit"),
    WorkingHours: _own("practitioner"),
}
