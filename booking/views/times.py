"""The second step: seven days of times for one service.

A page is kept for those who hold no time themselves, under the fingerprint of all that it shows; so a kept page
is as true as a fresh one, and no time is ever sold from it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from booking import demand, fingerprint, localtime, person, week
from booking.appointments import holds
from booking.forms import FilterForm, choice_fields
from booking.views.pages import render_local
from services.models import Location, Service

KEPT_FOR = 60  # seconds
FILTERS = ("duration", "practitioner", "part", "location", "article", "from")
FURTHEST = timedelta(days=400)
CSRF_TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")[^"]*')


@never_cache
@require_safe
def times(request: HttpRequest, slug: str) -> HttpResponse:
    now, owner = timezone.now(), person.owner_key(request)
    mine = holds.holds_of(owner, now=now)
    response = _page(request, slug, now, mine)[0] if mine else _kept(request, slug, now)
    if not owner:
        person.remember(response, person.new_secret())  # before the hold, whose answer may get lost
    return response


def _kept(request: HttpRequest, slug: str, now: datetime) -> HttpResponse:
    """The page as it was rendered for somebody else with the same question, with this reader's own CSRF token."""
    asked_day = _asked_day(request, now)
    key = _key(request, slug, asked_day, now)
    if halves := cache.get(key):
        return HttpResponse(get_token(request).join(halves))
    response, shown_from = _page(request, slug, now, [])
    # An empty week looks further ahead than its fingerprint, and so does a day beyond the horizon, shown earlier.
    if shown_from is not None and abs(shown_from - asked_day) <= timedelta(days=1):
        cache.set(key, CSRF_TOKEN.split(response.content.decode(), maxsplit=1), KEPT_FOR)
    return response


def _asked_day(request: HttpRequest, now: datetime) -> date:
    try:
        asked = parse_date(request.GET.get("from", "")) or now.date()
    except ValueError:
        return now.date()
    return min(max(asked, now.date()), now.date() + FURTHEST)


def _key(request: HttpRequest, slug: str, asked_day: date, now: datetime) -> str:
    asked = [request.GET.get(name, "") for name in FILTERS]
    days = {"first_day": asked_day - timedelta(days=1), "last_day": asked_day + timedelta(days=week.DAYS)}
    state = fingerprint.of_times(now=now, **days)  # a day more: somewhere it is still yesterday
    words = repr([slug, asked, request.get_host(), f"{now:%Y%m%d%H%M}", state])
    return "times/" + hashlib.sha256(words.encode()).hexdigest()


def _page(request: HttpRequest, slug: str, now: datetime, mine: list[int]) -> tuple[HttpResponse, date | None]:
    """The page, and its first day; None when the week is empty."""
    service = get_object_or_404(Service.objects.bookable_online().select_related("service_type"), slug=slug)
    filters = _filters(request, service)
    wanted = _wanted(filters, now, mine)
    shown = week.build(wanted, _url_for(request, service))
    context = {
        "service": service,
        "option": filters.chosen_option,
        "filters": filters,
        "week": shown,
        "choice": choice_fields(
            filters.chosen_option, filters.chosen_practitioner, filters.chosen_location, filters.chosen_article
        ),
        "zone_label": f"Times are shown in {localtime.zone_label(wanted.zone, now)}.",
    }
    response = render_local(request, "booking/times.html", context, location=filters.chosen_location)
    if shown.nothing_reason:
        demand.count(request, _question(wanted))
    return response, None if shown.nothing_reason else wanted.first_day


def _filters(request: HttpRequest, service: Service) -> FilterForm:
    options = list(service.options.active())
    locations = list(Location.objects.active())
    if not options or not locations:
        raise Http404
    for option in options:
        option.service = service
    return FilterForm(request.GET, service=service, options=options, locations=locations)


def _wanted(filters: FilterForm, now: datetime, mine: list[int]) -> week.Wanted:
    zone = localtime.zone(filters.chosen_location.timezone)
    horizon = localtime.local_day(now + filters.chosen_option.service.booking_horizon, zone)
    return week.Wanted(
        option=filters.chosen_option,
        location=filters.chosen_location,
        practitioner=filters.chosen_practitioner,
        part=filters.chosen_part,
        first_day=filters.first_day(localtime.local_day(now, zone), horizon),
        now=now,
        ignoring=mine,
    )


def _question(wanted: week.Wanted) -> demand.Question:
    return demand.Question(
        asked_date=wanted.today,
        service=wanted.option.service.pk,
        practitioner=wanted.practitioner.pk if wanted.practitioner else None,
        location=wanted.location.pk,
        first_day=wanted.first_day,
        part=wanted.part,
    )


def _url_for(request: HttpRequest, service: Service) -> Callable[[date], str]:
    query = QueryDict(mutable=True)
    for name in FILTERS[:-1]:
        if value := request.GET.get(name):
            query[name] = value
    kept = query.urlencode()
    address = reverse("booking:times", args=[service.slug])
    return lambda day: f"{address}?{kept}{'&' if kept else ''}from={day.isoformat()}"
