"""Staff pages of what we offer: kinds of service, services, and their lengths and prices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.db.models import Count, DurationField, Exists, Field, OuterRef, Prefetch
from django.utils.html import format_html, format_html_join

from services.admin.lengths import LengthField
from services.admin.pictures import PicturedAdmin, PictureForm
from services.models import Practitioner, Room, Service, ServiceOption, ServiceType

IN_WORDS: dict[type[Field], dict[str, Any]] = {DurationField: {"form_class": LengthField}}


class TextsAlone(admin.ModelAdmin):
    """A page on which those who may not add a record may change what clients read of it, and nothing else."""

    texts: tuple[str, ...]

    def get_readonly_fields(self, request, obj=None):
        given = super().get_readonly_fields(request, obj)
        if obj is None or self.has_add_permission(request):
            return given
        named = [name for _, options in self.fieldsets or [] for name in options["fields"]]
        return [*given, *(name for name in named if name not in (*self.texts, *given))]

    def get_prepopulated_fields(self, request, obj=None):
        return super().get_prepopulated_fields(request, obj) if self.has_add_permission(request) else {}


@admin.register(ServiceType)
class ServiceTypeAdmin(TextsAlone):
    texts = ("summary", "explanation", "suits", "not_for")
    fieldsets = [
        (None, {"fields": ["name", "slug", "position"]}),
        ("What clients read", {"fields": ["summary", "explanation", "suits", "not_for"]}),
    ]
    list_display = ["name", "service_count", "position"]
    ordering = ["position", "pk"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(service_count=Count("services"))

    @admin.display(description="services", ordering="service_count")
    def service_count(self, kind):
        return kind.service_count


class ServiceOptionForm(forms.ModelForm):
    class Meta:
        model = ServiceOption
        fields = ["name", "duration", "price", "unattended_from", "unattended_until", "is_active"]
        labels = {"unattended_from": "rests from", "unattended_until": "rests until"}
        help_texts = {
            "duration": "Such as 60 min, without buffers.",
            "unattended_from": "Needles in, the practitioner leaves: this long after the start.",
            "unattended_until": "The practitioner comes back: this long after the start.",
        }


class ServiceOptionInline(admin.TabularInline):
    model = ServiceOption
    form = ServiceOptionForm
    formfield_overrides = IN_WORDS
    extra = 1
    verbose_name_plural = "lengths and prices"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("service")


class PeopleSelect(FilteredSelectMultiple):
    """Two lists side by side, in the box that the admin's script puts round those of a model's own field."""

    def render(self, name, value, attrs=None, renderer=None):
        return format_html('<div class="related-widget-wrapper">{}</div>', super().render(name, value, attrs, renderer))


class ServiceForm(PictureForm):
    given_by = forms.ModelMultipleChoiceField(
        Practitioner.objects.all(),
        required=False,
        widget=PeopleSelect("practitioners", is_stacked=False),
    )

    class Meta:
        help_texts = {
            "summary": "Two sentences, for lists.",
            "buffer_before": "Kept free before each visit, such as 10 min. It adds to the neighbour's buffer after.",
            "buffer_after": "Turnover after each visit, such as 15 min. For a single turnover set only this one.",
            "slot_step": "Times are offered on this grid of the clock: 15 min means 9:00, 9:15, 9:30.",
            "lead_time": "The shortest notice a client may give, such as 2 h.",
            "booking_horizon": "How far ahead clients may book, such as 90 days.",
            "cancellation_notice": "Until this long before the start changing or cancelling is free, such as 24 hours.",
            "needs_health_history": "A health history is taken before the first visit, and the service’s page says so.",
            "position": "Services with a lower number come first.",
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "given_by" in self.fields:
            self.fields["given_by"].initial = self.instance.practitioners.all()


@admin.register(Service)
class ServiceAdmin(TextsAlone, PicturedAdmin):
    texts = ("summary", "explanation", "helps_with", "new_picture", "picture_alt", "picture_credit", "remove_picture")
    form = ServiceForm
    formfield_overrides = IN_WORDS
    list_display = ["name", "missing", "service_type", "mode", "lengths", "booking_mode", "is_active"]
    list_filter = ["service_type", "mode", "booking_mode", "is_active"]
    list_select_related = ["service_type"]
    search_fields = ["name", "summary", "helps_with"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["service_type"]
    filter_horizontal = ["rooms", "equipment"]
    inlines = [ServiceOptionInline]
    fieldsets = [
        (None, {"fields": ["service_type", "name", "slug", "is_active", "position"]}),
        ("What clients read", {"fields": ["summary", "explanation", "helps_with"]}),
        ("Where and by whom", {"fields": ["mode", "rooms", "equipment", "given_by"]}),
        ("Booking", {"fields": ["booking_mode", "lead_time", "booking_horizon", "slot_step", "needs_health_history"]}),
        ("Time around a visit", {"fields": ["buffer_before", "buffer_after"]}),
        ("Cancelling", {"fields": ["cancellation_notice", "late_fee_percent"]}),
    ]

    def get_queryset(self, request):
        here = {"services": OuterRef("pk")}
        return (
            super()
            .get_queryset(request)
            .annotate(
                has_room=Exists(Room.objects.active().filter(**here)),
                has_practitioner=Exists(Practitioner.objects.active().filter(**here)),
                has_option=Exists(ServiceOption.objects.active().filter(service=OuterRef("pk"))),
            )
            .prefetch_related(Prefetch("options", ServiceOption.objects.active(), to_attr="shown_options"))
        )

    @admin.display(description="lengths and prices")
    def lengths(self, service):
        return ", ".join(f"{option.label} {option.price_label}" for option in service.shown_options)

    @admin.display(description="given by")
    def given_by(self, service):
        """For staff who may look and not change; for the others the form has a field of this name."""
        return ", ".join(practitioner.name for practitioner in service.practitioners.all())

    @admin.display(description="missing", empty_value="")
    def missing(self, service):
        lines = ((line,) for line in _missing(service))
        return format_html_join(" ", '<span class="staff-warning">{}</span>', lines) or None

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if "given_by" in form.cleaned_data:
            form.instance.practitioners.set(form.cleaned_data["given_by"])
        for line in _missing(self.get_queryset(request).get(pk=form.instance.pk)):
            self.message_user(request, f"Clients cannot book {form.instance} yet. {line}", messages.WARNING)


def _missing(service: Any) -> list[str]:
    """What keeps every visit of a service from being offered; `service` carries the page's annotations."""
    found = [
        ("No room suits it.", service.needs_room and not service.has_room),
        ("Nobody gives it.", not service.has_practitioner),
        ("It has no length and price.", not service.has_option),
    ]
    return [line for line, is_so in found if is_so]
