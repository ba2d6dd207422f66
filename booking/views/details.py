"""The third step: a time is held by POST, the form is filled in, the visit is booked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking import appointments, availability, links, localtime, person, policy, wording
from booking.appointments import holds
from booking.errors import BookingError, HoldExpired, HoldLimit, SlotNotOffered, SlotTaken
from booking.forms import Choice, ChoiceForm, DetailsForm
from booking.models import Appointment
from booking.views import pages
from services import carried, pricing
from services.models import Service


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HttpRequest, slug: str) -> HttpResponse:
    """Hold the chosen time, then show the form: by redirect, or at once when details were typed before."""
    service = _service(slug)
    if request.method != "POST":
        return redirect("booking:times", slug)
    form, now = ChoiceForm(request.POST, service=service), timezone.now()
    if not form.is_valid():
        return pages.nonsense(request, service)
    choice, secret = form.choice, request.COOKIES.get(person.COOKIE, "")
    if not person.owner_key(request):
        secret = person.new_secret()
    try:
        held = _hold(request, choice, secret, now)
    except BookingError as error:
        return pages.problem(request, error, choice, now=now, kept=_typed(request))
    response = _form_page(request, choice, held, now) if _typed(request) else _see_details(choice)
    person.remember(response, secret)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest, slug: str) -> HttpResponse:
    """Hold it ten minutes longer; the form says what came of it."""
    service, now = _service(slug), timezone.now()
    if request.method != "POST":
        return redirect("booking:times", slug)
    form = ChoiceForm(request.POST, service=service)
    if not form.is_valid():
        return pages.nonsense(request, service)
    try:
        if held := _held(request, form.choice, now):
            appointments.extend(held, now=now)
    except BookingError as error:
        return pages.problem(request, error, form.choice, now=now)
    return _see_details(form.choice)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, with a hold or from a deep link without one; its POST books."""
    service, now = _service(slug), timezone.now()
    chosen = ChoiceForm(request.POST if request.method == "POST" else request.GET, service=service)
    if not chosen.is_valid():
        return pages.nonsense(request, service)
    if request.method == "POST":
        return _book(request, chosen.choice, now)
    held = _held(request, chosen.choice, now)
    if held is None and (error := _refusal(request, chosen.choice, now)):
        return pages.problem(request, error, chosen.choice, now=now)
    return _form_page(request, chosen.choice, held, now)


def _book(request: HttpRequest, choice: Choice, now: datetime) -> HttpResponse:
    form = DetailsForm(request.POST, service=choice.service)
    if not form.is_valid():
        return _form_page(request, choice, _held(request, choice, now), now, form=form)
    try:
        visit = appointments.book(
            choice.option,
            starts_at=choice.starts_at,
            practitioner=choice.practitioner,
            location=choice.location,
            details=form.details,
            article=choice.article,
            form_token=form.cleaned_data["form_token"],
            owner=person.owner_key(request),
            now=now,
        )
    except SlotTaken as error:
        lost = HoldExpired() if form.cleaned_data["held"] else error
        return pages.problem(request, lost, choice, now=now, kept=form.kept)
    except BookingError as error:
        return pages.problem(request, error, choice, now=now, kept=form.kept)
    response = _redirect(reverse("booking:visit", args=[links.token(visit)]))
    if carried.read(request):
        carried.clear(response)
    return response


def _hold(request: HttpRequest, choice: Choice, secret: str, now: datetime) -> Appointment | None:
    """The new hold, or None where this address holds enough already: then the form opens without one."""
    try:
        return appointments.hold(
            choice.option,
            starts_at=choice.starts_at,
            practitioner=choice.practitioner,
            location=choice.location,
            owner=links.hash_of(secret),
            address=person.address_key(request),
            now=now,
        )
    except HoldLimit:
        return None


def _held(request: HttpRequest, choice: Choice, now: datetime) -> Appointment | None:
    return appointments.find_hold(
        choice.option,
        starts_at=choice.starts_at,
        practitioner=choice.practitioner,
        owner=person.owner_key(request),
        now=now,
    )


def _refusal(request: HttpRequest, choice: Choice, now: datetime) -> BookingError | None:
    """Why a deep link's time cannot be booked, or None when it can."""
    asked: dict[str, Any] = {
        "starts_at": choice.starts_at,
        "practitioners": [choice.practitioner] if choice.practitioner else None,
        "location": choice.location,
        "now": now,
    }
    if availability.find_slot(choice.option, ignoring=holds.holds_of(person.owner_key(request), now=now), **asked):
        return None
    return SlotTaken() if availability.is_taken(choice.option, **asked) else SlotNotOffered()


def _form_page(
    request: HttpRequest, choice: Choice, held: Appointment | None, now: datetime, form: DetailsForm | None = None
) -> HttpResponse:
    service, zone = choice.service, localtime.zone(choice.location.timezone)
    deadline = policy.cancellation_deadline(choice.starts_at, service.cancellation_notice)
    local = localtime.to_local(choice.starts_at, zone)
    form = form or DetailsForm(service=service, initial=_initial(request, choice, held))
    context = {
        "form": form,
        "summary": {
            "starts_at": choice.starts_at,
            "service": service,
            "option": choice.option,
            "practitioner_name": _with_whom(choice, held),
            "location": choice.location,
            "price": choice.option.price_label,
            "zone": localtime.zone_label(zone, choice.starts_at),
            "change_url": _times_url(choice, local.date()),
        },
        "held_until": held.hold_expires_at if held else None,
        "may_extend": held is not None and not held.visit.has_extended_hold,
        "choice": choice.fields,
        "deadline": deadline,
        "fee": pricing.fee(policy.late_fee(choice.option.price, service.late_fee_percent)),
        "is_late_already": not policy.may_cancel_free(now, choice.starts_at, service.cancellation_notice),
        "book_label": f"Book {local:%A} at {wording.clock(local)}",
    }
    return pages.render_local(
        request, "booking/details.html", context, location=choice.location, status=422 if form.errors else 200
    )


def _times_url(choice: Choice, day: date) -> str:
    query = {"from": day.isoformat(), **({"article": choice.article.slug} if choice.article else {})}
    return f"{reverse('booking:times', args=[choice.service.slug])}?{urlencode(query)}"


def _initial(request: HttpRequest, choice: Choice, held: Appointment | None) -> dict[str, object]:
    typed = {name: request.POST.getlist(name) for name in request.POST if name in DetailsForm.base_fields}
    single = {name: values[-1] for name, values in typed.items() if name != "areas_to_avoid"}
    return {
        "form_token": person.new_secret(),
        "note": carried.read(request),
        **single,
        "areas_to_avoid": typed.get("areas_to_avoid", []),
        "accept_policy": False,
        "held": "yes" if held else "",
        **choice.fields,
    }


def _with_whom(choice: Choice, held: Appointment | None) -> str:
    if choice.practitioner:
        return choice.practitioner.name
    return held.practitioner.name if held else "Whoever is free"


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Details sent along with a choice, from the page that offers other times."""
    return DetailsForm(request.POST).kept if "form_token" in request.POST else []


def _service(slug: str) -> Service:
    return get_object_or_404(Service.objects.bookable_online(), slug=slug)


def _see_details(choice: Choice) -> HttpResponse:
    query = QueryDict(mutable=True)
    query.update(choice.fields)
    return _redirect(f"{reverse('booking:details', args=[choice.service.slug])}?{query.urlencode()}")


def _redirect(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response
