"""The page itself, for staff alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic.styleguide import rows, samples
from services.page import Page


class Shown(NamedTuple):
    """`note` is the component's own opening comment."""

    name: str
    note: str
    html: SafeString


@never_cache
@require_safe
@staff_member_required
def styleguide(request: HttpRequest) -> HttpResponse:
    page = Page(
        title="Style guide",
        description="Every part our pages are made of, with made-up data.",
        crumbs=(("Style guide", request.path),),
    )
    with timezone.override(rows.location().timezone):
        chapters = {name: list(_shown(given(), request)) for name, given in samples.CHAPTERS.items()}
        return render(request, "styleguide.html", {"page": page, "chapters": chapters, "frame": sorted(samples.FRAME)})


def _shown(given: dict[str, samples.Given], request: HttpRequest) -> Iterator[Shown]:
    for name, context in sorted(given.items()):
        note = (samples.COMPONENTS / f"{name}.html").read_text().partition("#}")[0].removeprefix("{# ").strip()
        yield Shown(name, note, _html(name, context, request))


def _html(name: str, context: samples.Given, request: HttpRequest) -> SafeString:
    if context.get("picture", "given") is None:
        return SafeString("<p>No picture has been uploaded yet.</p>")
    return _with_ids_of_its_own(render_to_string(f"components/{name}.html", dict(context), request), name)


def _with_ids_of_its_own(html: str, name: str) -> SafeString:
    """A page has each component's ids once; here several bring the same."""
    for own in set(re.findall(r'\bid="([^"]+)"', html)):
        named = rf'(\b(?:id|for|aria-labelledby|aria-describedby)="|href="#|url\(#){re.escape(own)}(?=["\)])'
        html = re.sub(named, rf"\g<1>{name}-{own}", html)
    return SafeString(html)
