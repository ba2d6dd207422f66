"""(being written)"""

from django.http import Http404, HttpRequest, HttpResponse


def services(request: HttpRequest, **names: str) -> HttpResponse:
    raise Http404


def service_type(request: HttpRequest, **names: str) -> HttpResponse:
    raise Http404


def service(request: HttpRequest, **names: str) -> HttpResponse:
    raise Http404
