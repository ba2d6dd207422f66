"""`{% next_opening service_type article as opening %}`: the soonest time of a kind of care, or None.

For a cell of a table; its link carries the article it stands on, if any.
"""

from django import template
from django.utils import timezone

from booking import openings
from booking.openings import Opening
from booking.templatetags.openings import through
from services.models import Article, ServiceType

register = template.Library()


@register.simple_tag
def next_opening(service_type: ServiceType, article: Article | None = None) -> Opening | None:
    found = openings.of_type(service_type, now=timezone.now(), count=1)
    return next(iter(through(article, found) if article else found), None)
