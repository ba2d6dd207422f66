"""`{% panel_next %}`: where the panel's forms lead back to: the board it stands beside, or its own page."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import template
from django.http import QueryDict
from django.urls import reverse

register = template.Library()


@register.simple_tag(takes_context=True)
def panel_next(context) -> str:
    """The address of the open page: the diary's with this visit beside it, else the visit's own."""
    request, visit = context["request"], context["visit"]
    asked = request.htmx.current_url if request.htmx else request.get_full_path()
    address = urlsplit(asked or "")
    if address.path != reverse("admin:diary"):
        return reverse("admin:diary_visit", args=[visit.pk])
    query = QueryDict(address.query, mutable=True)
    query["visit"] = str(visit.pk)
    return f"{address.path}?{query.urlencode()}"
