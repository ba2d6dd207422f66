"""Staff pages of who works here and when: practitioners with their weekly hours and coming time off."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, Q, Subquery
from django.forms import BaseInlineFormSet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from booking import schedule, wording
from booking.admin import display
from booking.admin.protected import ReadOnly
from booking.models import TimeOff, WorkingHours
from services.admin.pictures import PicturedAdmin
from services.models import Practitioner


class WorkingHoursFormSet(BaseInlineFormSet):
    """All hours of a practitioner at once. A form of an inline cannot check the constraint that names its parent."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = [form.instance for form in self.initial_forms if form not in self.deleted_forms]
        added = [form.instance for form in self.extra_forms if form.has_changed() and form not in self.deleted_forms]
        if schedule.overlap_among([*kept, *added, *self._not_on_this_page()]):
            raise ValidationError("These hours overlap other working hours of the same practitioner.")

    def _not_on_this_page(self) -> Iterable[WorkingHours]:
        """What somebody else has added since the page was read."""
        if self.instance.pk is None:
            return []
        shown = [form.instance.pk for form in self.initial_forms]
        return WorkingHours.objects.filter(practitioner=self.instance).exclude(pk__in=shown)

    def save(self, commit: bool = True) -> list[WorkingHours]:
        """Changed rows make room before they are written again, so that two shifts can swap places."""
        changed = [form.instance.pk for form in self.initial_forms if form.has_changed()]
        WorkingHours.objects.filter(pk__in=changed).delete()
        return super().save(commit=commit)


class WorkingHoursInline(admin.TabularInline):
    model = WorkingHours
    formset = WorkingHoursFormSet
    extra = 1
    ordering = ["weekday", "starts", "valid_from"]
    verbose_name_plural = "working hours, by the clock on the location's wall (two rows a day make a split shift)"

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.choices = list(field.choices)  # read once, not once a row
        return field

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Without the icons that add and change a location from within a shift."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "location":
            field.widget = field.widget.widget
        return field


class ComingTimeOffInline(ReadOnly, admin.TabularInline):
    model = TimeOff
    fields = readonly_fields = ("begins", "ends", "reason", "public_reason")
    show_change_link = True
    verbose_name_plural = "coming time off"

    def get_queryset(self, request):
        return super().get_queryset(request).filter(ends_at__gt=timezone.now())

    @admin.display(description="from")
    def begins(self, time_off):
        return display.moment(time_off.starts_at)

    @admin.display(description="until")
    def ends(self, time_off):
        return display.moment(time_off.ends_at)


@admin.register(Practitioner)
class PractitionerAdmin(PicturedAdmin):
    picture_title = "Portrait"
    list_display = ["name", "credentials", "service_count", "next_time_off", "accepts_new_clients", "is_active"]
    ordering = ["position", "pk"]
    list_filter = ["is_active", "accepts_new_clients", "services"]
    search_fields = ["name", "credentials", "languages"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["user"]
    filter_horizontal = ["services"]
    inlines = [WorkingHoursInline, ComingTimeOffInline]
    change_form_template = "admin/booking/practitioner_form.html"
    fieldsets = [
        (None, {"fields": ["name", "slug", "email", "user", "is_active", "accepts_new_clients", "position"]}),
        ("What clients read", {"fields": ["credentials", "licence", "languages", "tagline", "bio"]}),
        ("What they give", {"fields": ["services"]}),
    ]

    def get_formset_kwargs(self, request, obj, inline, prefix):
        """Two people who save one practitioner do so one after the other; the second sees what the first did."""
        if request.method == "POST" and obj.pk and isinstance(inline, WorkingHoursInline):
            schedule.lock_people([obj])
        return super().get_formset_kwargs(request, obj, inline, prefix)

    def save_related(self, request, form, formsets, change):
        """As usual, and say which booked visits the hours on this page leave out."""
        super().save_related(request, form, formsets, change)
        outside = schedule.outside_hours(form.instance, now=timezone.now())
        if outside and form.instance.is_active:
            visits = wording.count(len(outside), "booked visit lies", "booked visits lie")
            url = reverse("admin:hours_visits", args=[form.instance.pk])
            words = format_html("{} outside these hours. <a href='{}'>Choose what to do</a>.", visits, url)
            self.message_user(request, words, messages.WARNING)

    def get_queryset(self, request):
        coming = TimeOff.objects.filter(practitioner=OuterRef("pk"), ends_at__gt=timezone.now()).order_by("starts_at")
        return (
            super()
            .get_queryset(request)
            .annotate(
                service_count=Count("services", filter=Q(services__is_active=True)),
                away_from=Subquery(coming.values("starts_at")[:1]),
            )
        )

    @admin.display(description="services", ordering="service_count")
    def service_count(self, practitioner):
        return practitioner.service_count

    @admin.display(description="next time off", ordering="away_from")
    def next_time_off(self, practitioner):
        return display.moment(practitioner.away_from)
