"""(being written)"""

from django.http import Http404, HttpRequest, HttpResponse


def library(request: HttpRequest, **names: str) -> HttpResponse:
    raise Http404


def guides(request: HttpRequest, **names: str) -> HttpResponse:
    raise Http404


def techniques(request: HttpRequest, **names: str) -> HttpResponse:
    raise Http404


def conditions(request: HttpRequest, **names: str) -> HttpResponse:
    raise Http404


def questions(request: HttpRequest, **names: str) -> HttpResponse:
    raise Http404


def article(request: HttpRequest, **names: str) -> HttpResponse:
    raise Http404
