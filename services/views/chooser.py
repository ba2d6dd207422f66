"""(being written)"""

from django.http import Http404, HttpRequest, HttpResponse


def chooser(request: HttpRequest, **names: str) -> HttpResponse:
    raise Http404
