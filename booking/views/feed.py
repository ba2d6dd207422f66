"""A practitioner's calendar feed, asked for by calendar programs all day long."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from booking import feeds

HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Disposition": 'inline; filename="calendar.ics"',
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The file, or 304 to who has it already: middleware compares it by its ETag. Three queries."""
    found = feeds.find(token)
    if found is None:
        raise Http404
    file = feeds.calendar(found, now=timezone.now())
    return HttpResponse(file, content_type="text/calendar; charset=utf-8", headers=HEADERS)
