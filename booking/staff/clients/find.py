"""Finding a client: a search box, and the newest clients while it is empty."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from booking.access import clients_for
from booking.clients import card, search
from booking.staff import page
from clinic.text import clean_line

MOST, NEWEST = 25, 12


@require_safe
@page.allowed("booking.view_client")
def clients_find(request: HttpRequest) -> HttpResponse:
    """The page, or the results alone for htmx as somebody types."""
    text = clean_line(request.GET.get("q", "")[: search.LONGEST])
    shown = search.found(request.user, text, limit=MOST + 1) if text else _newest(request.user)
    rows = card.with_visits(shown[:MOST], user=request.user, now=timezone.now())
    context: dict[str, Any] = {"text": text, "rows": rows, "has_more": len(shown) > MOST, "most": MOST}
    if request.htmx:  # type: ignore[attr-defined]
        return page.fragment(request, "admin/clients/results.html", **context)
    return page.page(request, "admin/clients/find.html", title="Clients", **context)


def _newest(user: Any) -> list:
    clients: Any = clients_for(user)
    return list(clients.present().order_by("-created_at", "-pk")[:NEWEST])


urlpatterns = [path("clients/find/", clients_find, name="clients_find")]
