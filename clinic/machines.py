"""Files that programs look for by a fixed name: what to crawl, whom to tell of a hole, icons, what to fetch ahead."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from clinic.context import ClinicFacts

HOUR, DAY = 60 * 60, 24 * 60 * 60
PAPER, PINE = "#f7f1e6", "#12302a"  # as in static/css/tokens.css
SECURITY_VALID_FOR = timedelta(days=180)
NOT_TO_CRAWL = (
    "/admin/",
    "/visits/",
    "/search/",
    "/api/",
    "/book/*/details/",
    "/book/*/hold/",
    "/consultation/*/",
    "/feeds/",
)
# What a visitor probably opens next and what costs nobody anything: no form, no cookie, no open times of a whole week.
LIKELY_NEXT = ["/services/*", "/people/*", "/learn/*", "/book/"]
NEVER_AHEAD = ["/learn/chooser/*", r"/*\?(.+)"]  # the chooser sets a cookie; the second is whatever has a query


@require_safe
@cache_control(public=True, max_age=DAY)
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_TO_CRAWL)]
    return _text([*lines, "", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}"])


@require_safe
@cache_control(public=True, max_age=HOUR)
def security(request: HttpRequest) -> HttpResponse:
    """RFC 9116. It expires half a year from today, because whoever answers the site answers for it as well."""
    location = ClinicFacts().location
    mail = location.email if location else parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    expires = datetime.combine(timezone.now().date() + SECURITY_VALID_FOR, time())
    return _text(
        [
            f"Contact: mailto:{quote(mail, safe='@+')}",
            f"Contact: {settings.SITE_URL}{reverse('contact')}",
            f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
            f"Preferred-Languages: {settings.LANGUAGE_CODE}",
            f"Canonical: {settings.SITE_URL}{reverse('security_txt')}",
        ]
    )


@require_safe
@cache_control(public=True, max_age=DAY)
def manifest(request: HttpRequest) -> JsonResponse:
    sizes = (("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any"))
    pngs = [*sizes, ("icon-maskable-512.png", "512x512", "maskable")]
    icons = [
        {"src": static(f"img/{name}"), "sizes": size, "type": "image/png", "purpose": purpose}
        for name, size, purpose in pngs
    ]
    icons.append({"src": static("img/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"})
    content = {
        "id": "/",
        "name": f"{settings.CLINIC_NAME} {settings.CLINIC_TRADE}",
        "short_name": settings.CLINIC_NAME,
        "lang": settings.LANGUAGE_CODE,
        "start_url": reverse("home"),
        "scope": "/",
        "display": "minimal-ui",
        "background_color": PAPER,
        "theme_color": PINE,
        "icons": icons,
    }
    return JsonResponse(content, content_type="application/manifest+json")


@require_safe
@cache_control(public=True, max_age=DAY)
def favicon(request: HttpRequest) -> HttpResponse:
    """For programs that ask for this name without reading the page."""
    icon = Path(settings.BASE_DIR) / "static" / "img" / "favicon.ico"
    return HttpResponse(icon.read_bytes(), content_type="image/x-icon")


@require_safe
@cache_control(public=True, max_age=DAY)
def speculation_rules(request: HttpRequest) -> JsonResponse:
    """Pages that a browser may fetch as soon as somebody presses a link to them: no sooner, so that times stay true."""
    where = {"and": [{"href_matches": LIKELY_NEXT}, {"not": {"href_matches": NEVER_AHEAD}}]}
    rules = {"prefetch": [{"source": "document", "where": where, "eagerness": "conservative"}]}
    return JsonResponse(rules, content_type="application/speculationrules+json")


def _text(lines: list[str]) -> HttpResponse:
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
