"""Pages kept for a moment, so that readers cost almost nothing: under the catalogue's edition, for twenty seconds.

A change of the catalogue is seen at once (see `Edition`); open times on such a page are at most a minute old in
all: 20 s in `booking.openings`, 20 s here, and 20 s in a browser or a proxy. Nothing is ever sold from a kept page.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import wraps

import brotli
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language

from services.models import Edition

KEPT_FOR = 20  # seconds, here
QUALITY = 9  # a few milliseconds once in twenty seconds; no page with a secret is kept
TAKES_BROTLI = re.compile(r"(?i)(?:^|,)\s*br\s*(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))(?:[;,]|$)")  # q=0 means never
BROWSER = {"public": True, "max_age": 10, "stale_while_revalidate": 10}  # seconds, out there


def kept(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep what the view answers to a path. For pages that are the same for everybody and read no query string."""

    @wraps(view)
    def keeping(request: HttpRequest, **names: str) -> HttpResponse:
        key = _key(request)
        page = cache.get(key)
        if page is None:
            response = view(request, **names)
            if response.status_code != 200:
                return response
            page = response.content, brotli.compress(response.content, mode=brotli.MODE_TEXT, quality=QUALITY)
            cache.set(key, page, KEPT_FOR)
        return _answer(request, *page)

    return keeping


def _answer(request: HttpRequest, plain: bytes, compressed: bytes) -> HttpResponse:
    """The page, compressed if the browser knows how; the gzip middleware sees to the others."""
    knows = TAKES_BROTLI.search(request.headers.get("Accept-Encoding", ""))
    answer = HttpResponse(compressed, headers={"Content-Encoding": "br"}) if knows else HttpResponse(plain)
    patch_cache_control(answer, **BROWSER)
    patch_vary_headers(answer, ["Accept-Encoding"])
    return answer


def _key(request: HttpRequest) -> str:
    words = f"{Edition.current()} {get_language()} {request.path}"
    return "kept:" + hashlib.sha256(words.encode()).hexdigest()
