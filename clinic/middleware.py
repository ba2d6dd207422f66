"""What every request needs: the real address it came from, an answer when the database is away, cookies that nobody
else is given, and for readers a hint of what to fetch ahead."""

from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.urls import reverse
from psycopg_pool import PoolTimeout

Next = Callable[[HttpRequest], HttpResponse]


class ClientAddressMiddleware:
    """Puts the client's address into `REMOTE_ADDR`, believing only `TRUSTED_PROXIES` many proxies."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.TRUSTED_PROXIES:
            hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
            if len(hops) >= settings.TRUSTED_PROXIES:
                request.META["REMOTE_ADDR"] = hops[-settings.TRUSTED_PROXIES]
        return self.get_response(request)


class DatabaseAwayMiddleware:
    """Answers 503 with a plain page and `Retry-After` while the database cannot be reached."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError, PoolTimeout):
            return _away()

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError | InterfaceError | PoolTimeout):
            return _away()
        return None


class CookiesStayPrivateMiddleware:
    """An answer with a cookie is for one browser alone, even on a page that anybody may keep.

    Django replaces a spoilt cookie wherever it comes; a cache between us that ignores `Vary` would hand it round.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.cookies and "public" in response.get("Cache-Control", ""):
            response["Cache-Control"] = "private"
        return response


class SpeculationRulesMiddleware:
    """Tells browsers on pages for reading where `clinic.machines.speculation_rules` are; never on visits, or staff."""

    READING = ("/services/", "/people/", "/learn/", "/contact/", "/privacy/")
    EXACTLY = ("/", "/book/")

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "GET" and response.status_code == 200 and self._is_for_reading(request.path):
            response["Speculation-Rules"] = f'"{reverse("speculation_rules")}"'
        return response

    def _is_for_reading(self, path: str) -> bool:
        return path in self.EXACTLY or path.startswith(self.READING)


def _away() -> HttpResponse:
    page = get_template("503.html").render({})
    return HttpResponse(page, status=503, headers={"Retry-After": "5", "Cache-Control": "no-store"})
