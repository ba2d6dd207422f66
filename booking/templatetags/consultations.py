"""`{% open_requests %}`: how many people wait for an answer, and how long the first has waited, for staff pages."""

from __future__ import annotations

from django import template
from django.db.models import Count, Min
from django.utils import timezone
from django.utils.timesince import timesince

from booking.models import ConsultationRequest

register = template.Library()


@register.inclusion_tag("admin/booking/open_requests.html", takes_context=True)
def open_requests(context) -> dict[str, object]:
    """One query; nothing for those who may not see requests."""
    if not context["request"].user.has_perm("booking.view_consultationrequest"):
        return {"count": 0}
    waiting = ConsultationRequest.objects.filter(status=ConsultationRequest.Status.NEW).order_by()
    found = waiting.aggregate(count=Count("pk"), oldest=Min("created_at"))
    age = timesince(found["oldest"], timezone.now(), depth=1) if found["count"] else ""
    return {"count": found["count"], "age": age}
