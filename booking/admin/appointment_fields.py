"""What staff read of an appointment: its columns, its read-only fields, the days it is listed by, its mails."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils import timezone

from booking import calls, localtime
from booking.admin import display
from booking.admin.protected import ReadOnly
from booking.models import Message
from services.admin.lengths import words

WHAT = ("stretch", "client", "service", "practitioner", "is_any_practitioner", "location", "room", "call")
STATUS = ("status", "hold_ends", "booked", "cancelled", "cancellation_reason", "override_reason", "visit")
PROMISED = ("price_label", "deadline", "late_fee_label", "policy_text", "buffers", "rest")


class DayFilter(admin.SimpleListFilter):
    """Days by the clock this page is on."""

    title = parameter_name = "day"
    days = {"today": (0, 1), "tomorrow": (1, 2), "week": (0, 7)}

    def lookups(self, request, model_admin):
        return [("today", "Today"), ("tomorrow", "Tomorrow"), ("week", "Next 7 days")]

    def queryset(self, request, queryset):
        if (chosen := self.days.get(self.value() or "")) is None:
            return queryset
        zone: Any = timezone.get_current_timezone()
        today = localtime.local_day(timezone.now(), zone)
        begins, ends = (localtime.day_bounds(today + count * localtime.ONE_DAY, zone)[0] for count in chosen)
        return queryset.filter(starts_at__gte=begins, starts_at__lt=ends)


class MessageInline(ReadOnly, admin.TabularInline):
    model = Message
    fields = readonly_fields = ("to", "status", "sent")
    show_change_link = True
    verbose_name_plural = "mails about it"

    @admin.display(description="sent")
    def sent(self, message):
        return display.moment(message.sent_at)


class AppointmentFields:
    """The columns and read-only fields of an appointment, in the clinic's words."""

    @admin.display(description="when", ordering="starts_at")
    def starts(self, appointment):
        return display.start_of(appointment)

    @admin.display(description="when")
    def stretch(self, appointment):
        return display.stretch_of(appointment)

    @admin.display(description="client", empty_value="Held, no name yet", ordering="client__last_name")
    def who(self, appointment):
        return appointment.client

    @admin.display(description="service", ordering="option__service__name")
    def service(self, appointment):
        return f"{appointment.option.service}, {words(appointment.duration)}"

    @admin.display(description="price", ordering="price")
    def price_label(self, appointment):
        return appointment.price_label

    @admin.display(description="late fee")
    def late_fee_label(self, appointment):
        return appointment.late_fee_label

    @admin.display(description="buffers")
    def buffers(self, appointment):
        return f"{words(appointment.buffer_before)} before, {words(appointment.buffer_after)} after"

    @admin.display(description="rests alone")
    def rest(self, appointment):
        if appointment.unattended_from is None:
            return display.NOTHING
        return f"from {words(appointment.unattended_from)} to {words(appointment.unattended_until)} after the start"

    @admin.display(description="call")
    def call(self, appointment):
        """Staff may see the way into a video call at any time, and the number we ring."""
        known = calls.of(appointment, now=appointment.starts_at)
        return display.NOTHING if known is None else known.url or known.sentence

    @admin.display(description="free to change until")
    def deadline(self, appointment):
        return display.moment_at(appointment.deadline_at, appointment.location)

    @admin.display(description="held until")
    def hold_ends(self, appointment):
        return display.moment_at(appointment.hold_expires_at, appointment.location)

    @admin.display(description="booked")
    def booked(self, appointment):
        return display.moment_at(appointment.booked_at, appointment.location)

    @admin.display(description="cancelled")
    def cancelled(self, appointment):
        return display.moment_at(appointment.cancelled_at, appointment.location)
