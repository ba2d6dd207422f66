"""Merging two records of one person: choose the other, compare field by field, confirm."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from booking.clients import card, search
from booking.clients.merge import merge, moving
from booking.errors import BookingError
from booking.models import Client
from booking.staff import page
from booking.staff.clients.chosen import present_or_404
from booking.staff.clients.forms import MergeForm
from clinic.text import clean_line, is_id


@require_http_methods(["GET", "HEAD", "POST"])
@page.allowed("booking.merge_client")
def client_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: choose the other (`q`), then compare (`other`). POST: merge the other into this one."""
    keep = present_or_404(request.user, pk)
    wanted = (request.POST if request.method == "POST" else request.GET).get("other", "")
    if not is_id(wanted):
        return _choose(request, keep)
    other = present_or_404(request.user, int(wanted))
    form = MergeForm(request.POST or None, keep=keep, other=other)
    if request.method != "POST" or not form.is_valid():
        return _compare(request, keep, other, form, status=422 if form.is_bound else 200)
    try:
        merge(keep, other, choices=form.chosen, by=cast(Any, request.user), now=timezone.now())
    except BookingError as error:
        return _compare(request, keep, other, form, status=error.status, problem=error.message)
    messages.success(request, f"{other.name} is now part of this client.")
    return redirect("admin:client", keep.pk)


def _choose(request: HttpRequest, keep: Client) -> HttpResponse:
    text = clean_line(request.GET.get("q", "")[: search.LONGEST])
    others = [one for one in search.found(request.user, text, limit=20) if one.pk != keep.pk] if text else []
    return page.page(
        request,
        "admin/clients/merge_choose.html",
        title=f"Merge {keep.name} with …",
        client=keep,
        text=text,
        rows=card.with_visits(others, user=request.user, now=timezone.now()),
        duplicates=card.duplicates(keep, user=request.user),
    )


def _compare(
    request: HttpRequest, keep: Client, other: Client, form: MergeForm, *, status: int, problem: str = ""
) -> HttpResponse:
    return page.page(
        request,
        "admin/clients/merge.html",
        title=f"Merge {other.name} into {keep.name}",
        status=status,
        client=keep,
        other=other,
        form=form,
        problem=problem,
        moving=moving(other),
    )


urlpatterns = [path("clients/<int:pk>/merge/", client_merge, name="client_merge")]
