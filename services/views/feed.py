"""(being written)"""

from django.http import Http404, HttpRequest, HttpResponse


def articles(request: HttpRequest, **names: str) -> HttpResponse:
    raise Http404
