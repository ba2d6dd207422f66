"""What several reports count about visits alike: how many were kept, and what was promised for them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Exists, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from booking.models import Appointment

Status = Appointment.Status
DONE, OPEN = Q(status=Status.FULFILLED), Q(status__in=[Status.BOOKED, Status.ARRIVED])
KEPT = DONE | OPEN
LOST = Q(status__in=[Status.CANCELLED, Status.NOSHOW])


def money(expression: str, condition: Q | None = None) -> Coalesce:
    """The sum of a column, 0 of nothing."""
    zero = Value(Decimal(0), output_field=DecimalField())
    return Coalesce(Sum(expression, filter=condition), zero)


def counts() -> dict[str, Any]:
    """Annotations: `booked` visits, `kept` ones, `lost` ones, and the `promised` price of those kept."""
    return {
        "booked": Count("pk"),
        "kept": Count("pk", filter=KEPT),
        "lost": Count("pk", filter=LOST),
        "promised": money("price", KEPT),
    }


def counted_by(visits: QuerySet[Appointment], name: str, **also: Any) -> list[dict[str, Any]]:
    """`counts` of the visits, and what `also` names, for each value of a column. One query."""
    return [dict(row) for row in visits.values(name).annotate(**counts(), **also)]


def with_first_visits(visits: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """With `has_earlier`: whether their client has kept a visit before it, here or anywhere in the clinic."""
    earlier = Appointment.objects.filter(KEPT, client=OuterRef("client"), starts_at__lt=OuterRef("starts_at"))
    return visits.annotate(has_earlier=Exists(earlier.order_by()))
