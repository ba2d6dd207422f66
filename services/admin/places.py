"""Staff pages of where we are: locations with their opening hours, rooms, and what stands in them."""

from django.contrib import admin
from django.db.models import Count, Q

from services.models import Equipment, Location, OpeningHours, Room


class OpeningHoursInline(admin.TabularInline):
    model = OpeningHours
    extra = 1
    verbose_name_plural = "opening hours, for people to read (visits follow the practitioners' working hours)"


@admin.register(Location)
class LocationAdmin(admin.ModelAdmin):
    list_display = ["name", "city", "phone_display", "timezone", "room_count", "is_active"]
    ordering = ["name", "pk"]
    list_filter = ["is_active"]
    search_fields = ["name", "street", "city", "postal_code"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [OpeningHoursInline]
    fieldsets = [
        (None, {"fields": ["name", "slug", "is_active"]}),
        ("Address", {"fields": ["street", "city", ("region", "postal_code"), "country", ("latitude", "longitude")]}),
        ("For clients", {"fields": ["phone", "email", "access_notes"]}),
        ("Clock", {"fields": ["timezone"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(room_count=Count("rooms", filter=Q(rooms__is_active=True)))

    @admin.display(description="phone")
    def phone_display(self, location):
        return location.phone_display

    @admin.display(description="rooms in use", ordering="room_count")
    def room_count(self, location):
        return location.room_count


@admin.register(Room)
class RoomAdmin(admin.ModelAdmin):
    list_display = ["name", "location", "is_step_free", "has_low_table", "is_quiet", "position", "is_active"]
    list_filter = ["location", "is_active", "is_step_free", "has_low_table", "is_quiet"]
    list_select_related = ["location"]
    search_fields = ["name", "location__name"]
    autocomplete_fields = ["location"]
    filter_horizontal = ["equipment"]
    ordering = ["location__name", "position", "pk"]
    fieldsets = [
        (None, {"fields": ["location", "name", "is_active", "position"]}),
        ("What it has", {"fields": ["is_step_free", "has_low_table", "is_quiet", "equipment"]}),
    ]


@admin.register(Equipment)
class EquipmentAdmin(admin.ModelAdmin):
    list_display = ["name", "stands_in", "needed_for"]
    search_fields = ["name"]
    ordering = ["name"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("rooms", "services")

    @admin.display(description="stands in", empty_value="nowhere")
    def stands_in(self, equipment):
        return ", ".join(str(room) for room in equipment.rooms.all()) or None

    @admin.display(description="needed for", empty_value="nothing")
    def needed_for(self, equipment):
        return ", ".join(str(service) for service in equipment.services.all()) or None
