"""Asking for a call or an answer before booking, and the request's own page behind its secret link."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from booking import consultations, links, localtime, person, spam
from booking.errors import BookingError, HoldExpired
from booking.forms import ConsultationForm, OtherTimesForm
from booking.models import Appointment, ConsultationRequest
from booking.views import pages
from clinic.text import is_id
from services import carried
from services.models import Location, Service
from services.page import Page

Kind = ConsultationRequest.Kind
SLUG = re.compile(r"[-\w]{1,50}", re.ASCII)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consultation(request: HttpRequest) -> HttpResponse:
    """The form, beside the calls that can be booked at once; its POST sends the request."""
    now = timezone.now()
    if request.method != "POST":
        return _form_page(request, ConsultationForm(initial=_initial(request, now), now=now))
    form = ConsultationForm(request.POST, now=now)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    try:
        sent = consultations.submit(
            form.asked, form_token=form.form_token, address=person.address_key(request), now=now
        )
    except BookingError as error:
        form.seal_again()
        return _form_page(request, form, error=error.message, status=error.status)
    response = _see(links.token(sent))
    carried.clear(response)
    return response


def of_request(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Find the request through its link: 404 for an unknown link, 410 for a spent one; never cached or indexed."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        found = links.find_request(token)
        if found is None:
            raise Http404
        if links.is_spent(found, now=timezone.now()):
            response = render(request, "410.html", status=410)
        else:
            response = view(request, token, found)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


@require_safe
@of_request
def status(request: HttpRequest, token: str, asked: ConsultationRequest) -> HttpResponse:
    return _status_page(request, token, asked)


@require_http_methods(["GET", "HEAD", "POST"])
@of_request
def accept(request: HttpRequest, token: str, asked: ConsultationRequest) -> HttpResponse:
    """Book one of the times we hold for them."""
    if request.method != "POST":
        return redirect("booking:consultation_request", token)
    chosen = request.POST.get("proposal", "")
    proposal = asked.proposals.filter(pk=int(chosen)).first() if is_id(chosen) else None
    try:
        if proposal is None:
            raise HoldExpired(consultations.GONE)
        visit = consultations.accept(proposal, now=timezone.now())
    except BookingError as error:
        return _status_page(request, token, asked, error=error.message, status=error.status)
    return _redirect(reverse("booking:visit", args=[links.token(visit)]))


@require_http_methods(["GET", "HEAD", "POST"])
@of_request
def turn_down(request: HttpRequest, token: str, asked: ConsultationRequest) -> HttpResponse:
    """None of the times suit, or the answer left something open."""
    if request.method != "POST":
        return redirect("booking:consultation_request", token)
    form = OtherTimesForm(request.POST)
    if not form.is_valid():
        return _status_page(request, token, asked, form=form, status=422)
    note = form.cleaned_data["note"]
    return _change(request, token, asked, lambda: consultations.turn_down(asked, note=note, now=timezone.now()))


@require_http_methods(["GET", "HEAD", "POST"])
@of_request
def withdraw(request: HttpRequest, token: str, asked: ConsultationRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("booking:consultation_request", token)
    return _change(request, token, asked, lambda: consultations.withdraw(asked, now=timezone.now()))


def _change(
    request: HttpRequest, token: str, asked: ConsultationRequest, act: Callable[[], ConsultationRequest]
) -> HttpResponse:
    try:
        act()
    except BookingError as error:
        return _status_page(request, token, asked, error=error.message, status=error.status)
    return _see(token)


def _form_page(request: HttpRequest, form: ConsultationForm, *, error: str = "", status: int = 200) -> HttpResponse:
    location = _location()
    context = {
        "page": Page(
            title="Book a consultation",
            description="A free 15-minute video call, a phone call or a written answer before you book anything.",
            crumbs=(("Consultation", request.path),),
        ),
        "form": form,
        "error": error,
        "calls": Service.objects.bookable_online().exclude(mode=Service.Mode.IN_CLINIC),
        "zone_label": localtime.zone_label(localtime.zone(location.timezone), form.now),
    }
    return pages.render_local(request, "booking/consultation.html", context, location=location, status=status)


def _initial(request: HttpRequest, now: datetime) -> dict[str, object]:
    """What the address and the chooser fill in; a kind or a service we do not know fills in nothing."""
    kind, slug = request.GET.get("kind", ""), request.GET.get("service", "")
    about = Service.objects.active().filter(slug=slug).first() if SLUG.fullmatch(slug) else None
    return {
        "kind": kind if kind in Kind.values else Kind.VIDEO,
        "service": about,
        "message": carried.read(request),
        "opened_at": spam.seal(now=now),
    }


def _status_page(
    request: HttpRequest,
    token: str,
    asked: ConsultationRequest,
    *,
    form: OtherTimesForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    now, location = timezone.now(), _location()
    asked = ConsultationRequest.objects.select_related("service", "visit").get(pk=asked.pk)  # an error may be news
    held = asked.proposals.held(now).values("appointment")
    context = {
        "asked": asked,
        "token": token,
        "proposed": Appointment.objects.filter(pk__in=held).with_everything().select_related("proposal"),
        "visit_token": links.token(asked.visit) if asked.visit else "",
        "form": form or OtherTimesForm(),
        "error": error,
        "zone_label": localtime.zone_label(localtime.zone(location.timezone), now),
    }
    return pages.render_local(request, "booking/consultation_request.html", context, location=location, status=status)


def _location() -> Location:
    return get_object_or_404(Location.objects.active()[:1])


def _see(token: str) -> HttpResponse:
    return _redirect(reverse("booking:consultation_request", args=[token]))


def _redirect(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response
