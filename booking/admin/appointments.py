"""Staff pages of appointments: what was promised is for reading; a status changes through buttons and actions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from booking.admin import appointment_fields as fields
from booking.admin import display, steps
from booking.admin.forms import AreasForm
from booking.admin.protected import Kept
from booking.admin.search import PhoneSearch
from booking.appointments import Author
from booking.errors import BookingError
from booking.models import Appointment


@admin.register(Appointment)
class AppointmentAdmin(fields.AppointmentFields, Kept, PhoneSearch):
    form = AreasForm
    phone_lookup = "client__phone__contains"
    list_display = ["starts", "who", "service", "practitioner", "room", "status", "price_label"]
    list_filter = [fields.DayFilter, "status", "practitioner", "location", "option__service__service_type"]
    search_fields = ["client__first_name", "client__last_name", "client__email"]
    search_help_text = "The client's name, e-mail address, or any part of the phone number."
    date_hierarchy = "starts_at"
    ordering = ["-starts_at", "-pk"]
    show_full_result_count = False
    list_per_page = 50
    actions = ["mark_arrived", "mark_done", "mark_noshow", "cancel"]
    inlines = [fields.MessageInline]
    readonly_fields = [*fields.WHAT, *fields.STATUS, *fields.PROMISED]
    fieldsets = [
        (None, {"fields": fields.WHAT}),
        ("Status", {"fields": fields.STATUS}),
        ("What was promised", {"fields": fields.PROMISED}),
        ("What the client asked for", {"fields": ["pressure", "areas_to_avoid", "note"]}),
    ]

    def get_queryset(self, request):
        appointments: Any = super().get_queryset(request)
        return appointments.with_everything()

    def get_urls(self):
        view = self.admin_site.admin_view(self.step_view)
        return [path("<path:object_id>/step/<slug:code>/", view, name="booking_appointment_step"), *super().get_urls()]

    def save_model(self, request, obj, form, change):
        """Write what was edited and nothing else: the status may have changed since the page was read."""
        obj.save(update_fields=form.changed_data)

    def render_change_form(self, request, context, *args, **kwargs):
        appointment = kwargs["obj"]
        may_change = self.has_change_permission(request, appointment)
        context["steps"] = steps.open_to(appointment) if may_change else []
        return super().render_change_form(request, context, *args, **kwargs)

    @method_decorator(require_POST)
    def step_view(self, request: HttpRequest, object_id: str, code: str) -> HttpResponse:
        """A button of the object's page. Takes the step, says what came of it and returns to the page."""
        appointment = self.get_object(request, unquote(object_id))
        if appointment is None or code not in steps.STEPS:
            raise Http404
        if not self.has_change_permission(request, appointment):
            raise PermissionDenied
        reason = request.POST.get("reason", "")
        try:
            current = steps.take(code, appointment, author=Author(user=request.user), now=timezone.now(), reason=reason)
        except BookingError as error:
            self.message_user(request, error.message, messages.ERROR)
        else:
            self._note(request, current)
            self.message_user(request, f"{current}: {current.get_status_display()}.", messages.SUCCESS)
        return redirect(reverse("admin:booking_appointment_change", args=[appointment.pk]))

    @admin.action(description="Arrived", permissions=["change"])
    def mark_arrived(self, request, queryset):
        self._take_all(request, queryset, "arrive")

    @admin.action(description="Done", permissions=["change"])
    def mark_done(self, request, queryset):
        self._take_all(request, queryset, "fulfil")

    @admin.action(description="Did not come", permissions=["change"])
    def mark_noshow(self, request, queryset):
        self._take_all(request, queryset, "noshow")

    @admin.action(description="Cancel …", permissions=["change"])
    def cancel(self, request, queryset):
        """Shows the chosen visits and asks for a reason first: mails go out."""
        if "confirm" in request.POST:
            self._take_all(request, queryset, "cancel", reason=request.POST.get("reason", ""))
            return None
        visits = self._chosen(request, queryset)
        if not visits:
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Cancel these visits?",
            "opts": self.opts,
            "rows": display.rows(visits),
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/booking/cancel_confirm.html", context)

    def _chosen(self, request: HttpRequest, queryset) -> list[Appointment]:
        """What an action is about; nothing, and a message, when it is more than one request can do."""
        chosen = list(queryset[: steps.MOST_AT_ONCE + 1])
        if len(chosen) <= steps.MOST_AT_ONCE:
            return chosen
        self.message_user(request, f"Choose at most {steps.MOST_AT_ONCE} visits at a time.", messages.ERROR)
        return []

    def _take_all(self, request: HttpRequest, queryset, code: str, *, reason: str = "") -> None:
        chosen = self._chosen(request, queryset)
        done, refused = steps.take_all(
            code, chosen, author=Author(user=request.user), now=timezone.now(), reason=reason
        )
        for appointment in done:
            self._note(request, appointment)
        if done:
            self.message_user(request, f"{done[0].get_status_display()}: {len(done)}.", messages.SUCCESS)
        for sentence, count in refused.items():
            self.message_user(request, f"Left as they were: {count}. {sentence}", messages.ERROR)

    def _note(self, request: HttpRequest, appointment: Appointment) -> None:
        self.log_change(request, appointment, appointment.get_status_display())
