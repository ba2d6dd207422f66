"""Staff pages of time off and closures. Saving one that covers visits shows them first and asks again."""

from __future__ import annotations

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from booking import localtime, schedule, wording
from booking.admin import display
from booking.models import TimeOff
from clinic.text import is_id
from services.models import Location

CONFIRM = "confirm"
ABOUT = ("practitioner", "location", "room")


@admin.register(TimeOff)
class TimeOffAdmin(admin.ModelAdmin):
    list_display = ["whose", "begins", "ends", "reason", "public_reason"]
    list_filter = ["practitioner", "location", "room"]
    list_select_related = ["practitioner", "location", "room__location"]
    search_fields = ["practitioner__name", "location__name", "room__name", "reason", "public_reason"]
    date_hierarchy = "starts_at"
    ordering = ["-starts_at", "-pk"]
    autocomplete_fields = ["practitioner", "location", "room"]
    change_form_template = "admin/booking/time_off_form.html"
    fieldsets = [
        (None, {"fields": ["practitioner", "location", "room"]}),
        ("When", {"fields": ["starts_at", "ends_at"], "description": "By the clock at the place it is about."}),
        ("Why", {"fields": ["reason", "public_reason"]}),
    ]

    @admin.display(description="who is away")
    def whose(self, time_off):
        if time_off.room is not None:
            return f"{time_off.room} (out of use)"
        return time_off.practitioner or f"{time_off.location} (closed)"

    @admin.display(description="from", ordering="starts_at")
    def begins(self, time_off):
        return display.moment(time_off.starts_at, _zone(time_off))

    @admin.display(description="until", ordering="ends_at")
    def ends(self, time_off):
        return display.moment(time_off.ends_at, _zone(time_off))

    def get_changeform_initial_data(self, request):
        """What the address fills in, as from a practitioner's page; a nonsense id fills in nothing."""
        given = super().get_changeform_initial_data(request)
        ids = ABOUT
        return {name: value for name, value in given.items() if name not in ids or is_id(value)}

    def save_model(self, request, obj, form, change):
        accepted = {int(value) for value in request.POST.getlist(CONFIRM) if is_id(value)}
        schedule.save_time_off(obj, now=timezone.now(), accepted=accepted)
        if accepted:
            inside = wording.count(len(accepted), "visit lies", "visits lie")
            text = f"{inside} inside this time off until somebody moves or cancels what is booked."
            self.message_user(request, text, messages.WARNING)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """The usual form, on the clock of the place it is about; or the visits it covers, with the form kept."""
        saved = self.get_object(request, unquote(object_id)) if object_id else None
        with timezone.override(_zone_name(request, saved) or timezone.get_current_timezone()):
            try:
                response = super().changeform_view(request, object_id, form_url, self._context(saved, extra_context))
            except schedule.VisitsInTheWay as found:
                response = self._ask(request, found.appointments)
            if hasattr(response, "render"):
                response.render()  # while the clock is still that place's
            return response

    def _context(self, saved: TimeOff | None, given: dict | None) -> dict:
        now = timezone.now()
        zone = localtime.zone_label(timezone.get_current_timezone(), now)
        inside = schedule.hits(saved, now=now) if saved else []
        return {**(given or {}), "zone": zone, "rows": display.rows(inside)}

    def _ask(self, request: HttpRequest, visits: list) -> HttpResponse:
        again = [(name, value) for name, values in request.POST.lists() for value in values]
        kept = [(name, value) for name, value in again if name not in ("csrfmiddlewaretoken", CONFIRM)]
        context = {
            **self.admin_site.each_context(request),
            "title": "Visits inside this time off",
            "opts": self.opts,
            "rows": display.rows(visits),
            "kept": kept,
        }
        return TemplateResponse(request, "admin/booking/time_off_confirm.html", context)


def _zone_name(request: HttpRequest, saved: TimeOff | None) -> str | None:
    """The zone a form's wall times are in: the location's, or that of where the practitioner works or the room is."""
    given = request.POST or request.GET
    if saved is None or any(name in given for name in ABOUT):
        return _zone_at({name: given.get(name, "") for name in ABOUT})
    return _zone_at({name: str(getattr(saved, f"{name}_id") or "") for name in ABOUT})


def _zone_at(about: dict[str, str]) -> str | None:
    places = Location.objects.order_by("pk").values_list("timezone", flat=True)
    columns = {"location": "pk", "room": "rooms", "practitioner": "working_hours__practitioner"}
    for name, column in columns.items():
        if is_id(about[name]):
            return places.filter(**{column: int(about[name])}).first()
    return None


def _zone(time_off: TimeOff):
    """For lists: a closure and a room on their own clock, a practitioner's time off on the main location's."""
    location = time_off.room.location if time_off.room else time_off.location
    return localtime.zone(location.timezone) if location else None
