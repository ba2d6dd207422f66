"""Serves the files that the site makes itself: cards and pictures, named by a hash of what they hold.

Nothing else below `MEDIA_ROOT` is reachable: the name decides before the disk is asked.
"""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_safe

# A folder, a hash, for a picture its width, and a kind: cards/0123….png, pictures/0123…/800.avif
NAMED_BY_HASH = re.compile(r"[a-z]+/[0-9a-f]{20}(?:/[0-9]{1,5})?\.(png|jpg|webp|avif)")
KINDS = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "avif": "image/avif"}


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponse:
    found = NAMED_BY_HASH.fullmatch(name)
    content = _content(name) if found else None
    if not found or content is None:
        return HttpResponseNotFound("There is no such file.\n", content_type="text/plain")
    response = HttpResponse(content, content_type=KINDS[found[1]])
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["ETag"] = f'"{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _content(name: str) -> bytes | None:
    """The file's bytes, or None when it is not there or only a link that leads out."""
    root = Path(settings.MEDIA_ROOT).resolve()
    try:
        file = (root / name).resolve(strict=True)
        return file.read_bytes() if file.is_relative_to(root) else None
    except OSError:
        return None
