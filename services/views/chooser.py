"""“What would help?”: questions, a reasoned answer, and on request the answers carried into the note of a booking."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from services import carried, reading
from services.chooser import Answers, advise, note
from services.forms import CarryForm, ChooserForm
from services.page import Page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def chooser(request: HttpRequest) -> HttpResponse:
    """The questions; after them, on the same page, the answer. Nothing is stored, nothing is in the address."""
    form = ChooserForm(request.POST) if request.method == "POST" else ChooserForm()
    page = Page(
        title="What would help?",
        description="Answer eight questions for a reasoned suggestion: what to start with, why, what it is not for, "
        "and when to see a doctor first.",
        crumbs=(("Learn", reverse("services:library")), ("What would help?", request.path)),
    )
    context = {"page": page, "form": form, "advice": None}
    if form.is_bound and form.is_valid():
        context |= _answer(form.answers)
    return render(request, "services/chooser.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
def carry(request: HttpRequest) -> HttpResponse:
    """Go on to the advised service's times, or to a consultation; with the answers only if the box is ticked."""
    form = CarryForm(request.POST)
    if not form.is_valid():
        return redirect("services:chooser")
    words, slug = form.cleaned_data["sealed"]
    response = HttpResponseRedirect(
        reverse("booking:times", args=[slug]) if slug else reverse("booking:consultation"), status=303
    )
    if form.cleaned_data["carry"]:
        carried.put(response, words)
    return response


def _answer(answers: Answers) -> dict[str, object]:
    """The advice with the services it names. Two queries."""
    bookable = {service.slug: service for service in reading.bookable_services()}
    advice = advise(answers, offered=frozenset(bookable))
    services = [bookable[slug] for slug in advice.services]
    to = "" if advice.suggests_talk else advice.first
    return {
        "advice": advice,
        "service": services[0] if services else None,
        "alternatives": services[1:3],
        "calls": [service for service in bookable.values() if not service.needs_room],
        "carry": CarryForm(initial={"sealed": carried.seal(note(answers), to=to)}),
    }
