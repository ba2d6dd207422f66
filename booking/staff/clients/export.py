"""Everything about one client as a file: JSON for programs, PDF for people. Who took it is written down."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_POST

from booking.clients import document, history
from booking.clients.export import everything
from booking.staff import page
from booking.staff.clients.chosen import present_or_404


@require_POST
@page.allowed("booking.export_client")
def client_export(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The file to download. POST, because the taking is logged."""
    if kind not in ("json", "pdf"):
        raise Http404
    chosen = present_or_404(request.user, pk)
    data = everything(chosen, now=timezone.now())
    user: Any = request.user
    history.note(chosen, by=user, message=f"Exported as {kind.upper()}.")
    if kind == "pdf":
        response = HttpResponse(document.pdf(data), content_type="application/pdf")
    else:
        text = json.dumps(data, ensure_ascii=False, indent=2, default=str)
        response = HttpResponse(text, content_type="application/json")
    name = slugify(chosen.name) or f"client-{chosen.pk}"
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


urlpatterns = [path("clients/<int:pk>/export.<slug:kind>", client_export, name="client_export")]
