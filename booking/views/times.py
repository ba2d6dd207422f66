"""The second step: seven days of times for one service."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from booking import localtime, person, week
from booking.appointments import holds
from booking.forms import FilterForm, choice_fields
from booking.views.pages import render_local
from services.models import Location, Service


@never_cache
@require_safe
def times(request: HttpRequest, slug: str) -> HttpResponse:
    service = get_object_or_404(Service.objects.bookable_online().select_related("service_type"), slug=slug)
    now, filters = timezone.now(), _filters(request, service)
    wanted = _wanted(request, filters, now)
    context = {
        "service": service,
        "option": filters.chosen_option,
        "filters": filters,
        "week": week.build(wanted, lambda day: _url(request, service, day)),
        "choice": choice_fields(filters.chosen_option, filters.chosen_practitioner, filters.chosen_location),
        "zone_label": f"Times are shown in {localtime.zone_label(wanted.zone, now)}.",
    }
    response = render_local(request, "booking/times.html", context, location=filters.chosen_location)
    if not person.owner_key(request):
        person.remember(response, person.new_secret())  # before the hold, whose answer may get lost
    return response


def _filters(request: HttpRequest, service: Service) -> FilterForm:
    options = list(service.options.active())
    locations = list(Location.objects.active())
    if not options or not locations:
        raise Http404
    for option in options:
        option.service = service
    return FilterForm(request.GET, service=service, options=options, locations=locations)


def _wanted(request: HttpRequest, filters: FilterForm, now) -> week.Wanted:
    zone = localtime.zone(filters.chosen_location.timezone)
    horizon = localtime.local_day(now + filters.chosen_option.service.booking_horizon, zone)
    return week.Wanted(
        option=filters.chosen_option,
        location=filters.chosen_location,
        practitioner=filters.chosen_practitioner,
        part=filters.chosen_part,
        first_day=filters.first_day(localtime.local_day(now, zone), horizon),
        now=now,
        ignoring=holds.holds_of(person.owner_key(request), now=now),
    )


def _url(request: HttpRequest, service: Service, day: date) -> str:
    query = QueryDict(mutable=True)
    for name in ("duration", "practitioner", "part", "location"):
        if value := request.GET.get(name):
            query[name] = value
    query["from"] = day.isoformat()
    return f"{reverse('booking:times', args=[service.slug])}?{query.urlencode()}"
