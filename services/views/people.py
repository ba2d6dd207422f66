"""(being written)"""

from django.http import Http404, HttpRequest, HttpResponse


def people(request: HttpRequest, **names: str) -> HttpResponse:
    raise Http404


def person(request: HttpRequest, **names: str) -> HttpResponse:
    raise Http404
