"""Finding a person by telephone, however the number is written."""

from __future__ import annotations

from django.contrib import admin

from booking.clients.search import digits_of


class PhoneSearch(admin.ModelAdmin):
    """One whose search box also takes "(503) 555-0142", "503 555 0142" or just "0142"."""

    phone_lookup = "phone__contains"

    def get_search_results(self, request, queryset, search_term):
        if digits := digits_of(search_term):
            return queryset.filter(**{self.phone_lookup: digits}), False
        return super().get_search_results(request, queryset, search_term)
