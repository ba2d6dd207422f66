"""What every staff page of our own shares: who may open it, the admin's frame, and fragments for htmx."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

View = Callable[..., HttpResponse]


def allowed(*permissions: str) -> Callable[[View], View]:
    """Let in whoever has one of these permissions; 403 for other staff. Strangers never get as far."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not any(request.user.has_perm(permission) for permission in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard


def page(request: HttpRequest, template: str, *, title: str, status: int = 200, **context: Any) -> HttpResponse:
    """The template inside the admin's frame, under this title."""
    frame = admin.site.each_context(request)
    return render(request, template, {**frame, "title": title, "subtitle": None, **context}, status=status)


def fragment(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """The template alone, for htmx to put into a page that is open."""
    return render(request, template, context, status=status)


def way_back(request: HttpRequest, otherwise: str) -> str:
    """Where a form asked to return to, on this site alone; else `otherwise`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/admin/")
    return wanted if is_ours else otherwise
