"""The search page: what somebody typed, and what we have on it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from services.page import Page
from services.search import find


@require_safe
@cache_control(private=True, max_age=60)
def search(request: HttpRequest) -> HttpResponse:
    answer = find(request.GET.get("q", ""))
    page = Page(
        title=f"Search: {answer.asked}" if answer.asked else "Search",
        description="Search our treatments, people and the library of guides, techniques, conditions and questions.",
        crumbs=(("Search", reverse("services:search")),),
    )
    return render(request, "services/search.html", {"page": page, "answer": answer})
