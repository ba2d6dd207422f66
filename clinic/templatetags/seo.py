"""What the head of a page tells programs: how a link to it looks elsewhere, and what it is about."""

from __future__ import annotations

import json

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, to_locale

from services import cards, structured
from services.page import Page

register = template.Library()
# A text that ends the script or opens a comment in it, or that older programs take for a new line.
ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


@register.simple_tag(takes_context=True)
def machine_readable(context: template.Context, page: Page) -> SafeString:
    """Open Graph and JSON-LD. The tags' order is theirs: a picture's facts follow its address."""
    metas = format_html_join("\n    ", '<meta property="{}" content="{}">', _open_graph(page, context["request"].path))
    twitter = mark_safe('<meta name="twitter:card" content="summary_large_image">')
    script = format_html('<script type="application/ld+json">{}</script>', _json(_graph(page)))
    return format_html("{}\n    {}\n    {}", metas, twitter, script)


def _open_graph(page: Page, path: str) -> list[tuple[str, str]]:
    facts = [
        ("og:type", page.kind),
        ("og:title", page.title),
        ("og:description", page.description),
        ("og:url", structured.absolute(path)),
        ("og:site_name", settings.CLINIC_NAME),
        ("og:locale", _locale()),
    ]
    if address := page.image.url if page.image else cards.default_url():
        width, height = cards.SIZE
        facts += [
            ("og:image", structured.absolute(address)),
            ("og:image:width", str(width)),
            ("og:image:height", str(height)),
            ("og:image:alt", f"{page.title if page.image else settings.CLINIC_TRADE}, {settings.CLINIC_NAME}"),
        ]
    return [(name, value) for name, value in facts if value]


def _locale() -> str:
    """`en_US`: the language, with the clinic's own country where the language names none."""
    locale = to_locale(get_language() or settings.LANGUAGE_CODE)
    return locale if "_" in locale else f"{locale}_{settings.PHONENUMBER_DEFAULT_REGION}"


def _graph(page: Page) -> dict[str, object]:
    """The page's own nodes and where it stands; the page that stands above all is the site."""
    place = structured.breadcrumbs(page.crumbs) if page.crumbs else structured.website()
    return {"@context": "https://schema.org", "@graph": [*page.structured, place]}


def _json(graph: dict[str, object]) -> SafeString:
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(ESCAPES))  # noqa: S308  nothing in it can end the script
