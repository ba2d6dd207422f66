"""`{% next_opening service_type as opening %}`: the soonest time of a kind of care, for a cell of a table, or None."""

from django import template
from django.utils import timezone

from booking import openings
from booking.openings import Opening
from services.models import ServiceType

register = template.Library()


@register.simple_tag
def next_opening(service_type: ServiceType) -> Opening | None:
    return next(iter(openings.of_type(service_type, now=timezone.now(), count=1)), None)
