"""Staff pages of people and what they booked together."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from booking.admin import display
from booking.admin.forms import AreasForm
from booking.admin.protected import ReadOnly
from booking.admin.search import PhoneSearch
from booking.models import Appointment, Client, Visit


class AppointmentInline(ReadOnly, admin.TabularInline):
    model = Appointment
    fields = readonly_fields = ("when", "practitioner", "room", "status", "price_label")
    ordering = ["-starts_at", "-pk"]
    show_change_link = True
    verbose_name_plural = "visits"

    def get_queryset(self, request):
        appointments: Any = super().get_queryset(request)
        return appointments.with_everything()

    @admin.display(description="when")
    def when(self, appointment):
        return display.start_of(appointment)

    @admin.display(description="price")
    def price_label(self, appointment):
        return appointment.price_label


@admin.register(Client)
class ClientAdmin(PhoneSearch):
    form = AreasForm
    list_display = ["name", "email", "phone_display", "next_visit", "since"]
    search_fields = ["first_name", "last_name", "email"]
    search_help_text = "Name, e-mail address, or any part of the phone number."
    date_hierarchy = "created_at"
    show_full_result_count = False
    readonly_fields = ["since"]
    inlines = [AppointmentInline]
    fieldsets = [
        (None, {"fields": ["first_name", "last_name", "email", "phone", "since"]}),
        ("Comfort card", {"fields": ["pressure", "talk", "warmth", "scent", "areas_to_avoid"]}),
    ]

    def get_queryset(self, request):
        coming = Appointment.objects.filter(
            client=OuterRef("pk"), starts_at__gte=timezone.now(), status__in=Appointment.HOLDS_TIME
        ).order_by("starts_at")
        return super().get_queryset(request).annotate(next_start=Subquery(coming.values("starts_at")[:1]))

    @admin.display(description="name", ordering="last_name")
    def name(self, client):
        return client.name

    @admin.display(description="phone")
    def phone_display(self, client):
        return client.phone.as_national if client.phone else display.NOTHING

    @admin.display(description="next visit", ordering="next_start")
    def next_visit(self, client):
        return display.moment(client.next_start)

    @admin.display(description="client since", ordering="created_at")
    def since(self, client):
        return display.moment(client.created_at)


@admin.register(Visit)
class VisitAdmin(ReadOnly, PhoneSearch):
    phone_lookup = "client__phone__contains"
    list_display = ["__str__", "client", "made"]
    list_select_related = ["client"]
    search_fields = ["client__first_name", "client__last_name", "client__email"]
    search_help_text = "The client's name, e-mail address, or any part of the phone number."
    date_hierarchy = "created_at"
    show_full_result_count = False
    fields = readonly_fields = ("client", "made", "link_ends")
    inlines = [AppointmentInline]

    @admin.display(description="made", ordering="created_at")
    def made(self, visit):
        return display.moment(visit.created_at)

    @admin.display(description="the client's link works until")
    def link_ends(self, visit):
        return display.moment(visit.link_expires_at)
