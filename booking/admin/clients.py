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
from booking.models import Appointment, Client, ClientNote, Visit


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


class NoteInline(admin.StackedInline):
    """Notes are written on the client's own page, where their author and time are kept; here they are read."""

    model = ClientNote
    fields = readonly_fields = ("text", "is_alert", "by", "written")
    extra = 0
    can_delete = True

    def has_add_permission(self, request, obj=None):
        return False

    @admin.display(description="written")
    def written(self, note):
        return display.moment(note.at)


class MergedFilter(admin.SimpleListFilter):
    """Those who were merged into another are out of the way until somebody looks for them."""

    title, parameter_name = "merged", "merged"

    def lookups(self, request, model_admin):
        return [("yes", "Merged into another"), ("all", "All")]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        return [{**first, "display": "Not merged"}, *others]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.filter(merged_into__isnull=self.value() != "yes")


@admin.register(Client)
class ClientAdmin(PhoneSearch):
    form = AreasForm
    change_form_template = "admin/booking/client_form.html"
    change_list_template = "admin/booking/client_list.html"
    list_display = ["name", "email", "phone_display", "next_visit", "since"]
    list_filter = [MergedFilter]
    search_fields = ["first_name", "last_name", "email"]
    search_help_text = "Name, e-mail address, or any part of the phone number."
    date_hierarchy = "created_at"
    show_full_result_count = False
    readonly_fields = ["since"]
    inlines = [NoteInline, AppointmentInline]
    fieldsets = [
        (None, {"fields": ["first_name", "last_name", "email", "phone", "since"]}),
        ("Comfort card", {"fields": ["pressure", "talk", "warmth", "scent", "areas_to_avoid"]}),
    ]

    def get_queryset(self, request):
        coming = Appointment.objects.filter(
            client=OuterRef("pk"), starts_at__gte=timezone.now(), status__in=Appointment.HOLDS_TIME
        ).order_by("starts_at")
        return super().get_queryset(request).annotate(next_start=Subquery(coming.values("starts_at")[:1]))

    def has_change_permission(self, request, obj=None):
        """Who was merged is kept as it was: a booking under that name is led on from there."""
        return super().has_change_permission(request, obj) and (obj is None or obj.merged_into_id is None)

    def has_delete_permission(self, request, obj=None):
        """Nobody who ever booked or asked, and nobody another record is part of: the clinic's books need them."""
        return super().has_delete_permission(request, obj) and (obj is None or not _is_needed(obj))

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


def _is_needed(client: Client) -> bool:
    kept: tuple[Any, ...] = (client.visits, client.appointments, client.consultation_requests, client.merged_from)
    return client.merged_into_id is not None or any(related.exists() for related in kept)
