"""Open times for other programs: JSON, public, cacheable for half a minute."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from booking import availability, localtime
from services.models import Location, Service

MOST_DAYS = 31


class OpeningsForm(forms.Form):
    """The question's parameters; `to` is included and at most a month after `from`."""

    service = forms.ModelChoiceField(Service.objects.bookable_online(), to_field_name="slug")
    to = forms.DateField()

    def __init__(self, data) -> None:
        super().__init__(data)
        self.fields["from"] = forms.DateField()

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        first, last = cleaned.get("from"), cleaned.get("to")
        today = timezone.now().date()
        if first and last and not first <= last <= first + timedelta(days=MOST_DAYS):
            raise forms.ValidationError(f"“to” lies at most {MOST_DAYS} days after “from”.")
        if first and not today - timedelta(days=2) <= first <= today + timedelta(days=400):
            raise forms.ValidationError("“from” lies between today and 400 days ahead.")
        return cleaned


@require_safe
@cache_control(public=True, max_age=30)
def openings(request: HttpRequest) -> JsonResponse:
    form = OpeningsForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors.get_json_data()}, status=422)
    service, first_day, last_day = (form.cleaned_data[name] for name in ("service", "from", "to"))
    return JsonResponse({"service": service.slug, "openings": _openings(service, first_day, last_day)})


def _openings(service: Service, first_day: date, last_day: date) -> list[dict[str, object]]:
    location, option = Location.objects.active().first(), service.options.active().select_related("service").first()
    if location is None or option is None:
        return []
    zone = localtime.zone(location.timezone)
    slots = availability.open_slots(
        option, location=location, first_day=first_day, last_day=last_day, now=timezone.now()
    )
    return [
        {
            "starts_at": localtime.to_local(slot.starts_at, zone).isoformat(),
            "ends_at": localtime.to_local(slot.ends_at, zone).isoformat(),
            "practitioner": slot.practitioner.slug,
        }
        for slot in slots
    ]
