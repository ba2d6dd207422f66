"""Markdown in templates: `{% load markdown %}{{ article.body|markdown }}`."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from services import markdown as texts

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    return texts.render(text)


@register.filter
def plain(text: str) -> str:
    """The words alone, for attributes and feeds; escaped like any other text."""
    return texts.plain(text)
