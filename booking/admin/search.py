"""Finding a person by telephone, however the number is written."""

from __future__ import annotations

import re

from django.contrib import admin

NUMBER = re.compile(r"[\d\s()+./-]+")


def digits_of(term: str) -> str:
    """The digits of a search that is a number and nothing else, at least three, without leading zeros; or blank."""
    digits = re.sub(r"\D", "", term).lstrip("0")
    return digits if NUMBER.fullmatch(term) and len(digits) >= 3 else ""


class PhoneSearch(admin.ModelAdmin):
    """One whose search box also takes "(503) 555-0142", "503 555 0142" or just "0142"."""

    phone_lookup = "phone__contains"

    def get_search_results(self, request, queryset, search_term):
        if digits := digits_of(search_term):
            return queryset.filter(**{self.phone_lookup: digits}), False
        return super().get_search_results(request, queryset, search_term)
