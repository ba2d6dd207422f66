"""Who gives the care: everybody, and each with what they give and when they are free."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from services import reading, structured
from services.kept import kept
from services.page import Crumb, Page


@require_safe
@kept
def people(request: HttpRequest) -> HttpResponse:
    page = Page(
        title="The people who treat you",
        description="Who works here, what they are licensed for, how they work, which languages they speak and when "
        "they are next free.",
        crumbs=(_root(),),
    )
    return render(request, "services/people.html", {"page": page, "people": reading.whole_person()})


@require_safe
@kept
def person(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(reading.whole_person(), slug=slug)
    credentials = f"{found.name}, {found.credentials.lower()}" if found.credentials else found.name
    page = Page(
        title=found.name,
        description=f"{credentials}. How they work, what they give, and their next open times.",
        crumbs=(_root(), (found.name, found.get_absolute_url())),
        structured=(structured.person(found),),
        image=found.social_image or None,
    )
    return render(request, "services/person.html", {"page": page, "practitioner": found})


def _root() -> Crumb:
    return "People", reverse("services:people")
