"""What the head of a page tells programs."""

from __future__ import annotations

from django import template

from services.page import Page

register = template.Library()


@register.simple_tag(takes_context=True)
def machine_readable(context: template.Context, page: Page) -> str:
    return ""
