"""The rows behind the promise that nobody is in two places, for looking only."""

from __future__ import annotations

from django.contrib import admin

from booking.admin import display
from booking.admin.protected import ReadOnly
from booking.models import BusyTime


@admin.register(BusyTime)
class BusyTimeAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["whose", "begins", "ends", "appointment", "hold_ends"]
    list_filter = ["practitioner", "room"]
    list_select_related = [
        "practitioner",
        "room",
        "client",
        *(f"appointment__{one}" for one in ("location", "practitioner", "option__service")),
    ]
    search_fields = ["practitioner__name", "room__name", "client__first_name", "client__last_name"]
    show_full_result_count = False
    fields = readonly_fields = ("practitioner", "room", "client", "begins", "ends", "appointment", "hold_ends")
    ordering = ["-pk"]

    @admin.display(description="who or what is taken")
    def whose(self, busy):
        return busy.practitioner or busy.room or busy.client

    @admin.display(description="from", ordering="during")
    def begins(self, busy):
        return display.moment_at(busy.during.lower, busy.appointment.location)

    @admin.display(description="until")
    def ends(self, busy):
        return display.moment_at(busy.during.upper, busy.appointment.location)

    @admin.display(description="held until")
    def hold_ends(self, busy):
        return display.moment_at(busy.expires_at, busy.appointment.location)
