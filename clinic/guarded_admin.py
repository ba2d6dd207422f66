"""What the staff site adds to every registered page of the admin, so that none can forget it: rows are those that
`booking.access` lets this person see, and a tampered form is refused in words."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.widgets import AutocompleteSelect

from booking import access
from clinic.text import is_id


@cache
def guarded(admin_class: type[ModelAdmin]) -> type[ModelAdmin]:
    """The same page, guarded."""
    return type(admin_class.__name__, (Guarded, admin_class), {"__doc__": admin_class.__doc__})


class Guarded(ModelAdmin):
    """Limits lists, records, deletions, actions, histories, searches, choices and inlines alike."""

    def get_queryset(self, request):
        return access.limited(super().get_queryset(request), request.user)

    def get_formset_kwargs(self, request, obj, inline, prefix):
        given = super().get_formset_kwargs(request, obj, inline, prefix)
        return {**given, "queryset": access.limited(given["queryset"], request.user)}

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if "widget" not in kwargs and db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = NumbersSelect(db_field, self.admin_site)
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            field.queryset = access.limited(field.queryset, request.user)
        return field

    def get_changelist_instance(self, request):
        try:
            return super().get_changelist_instance(request)
        except OverflowError as error:  # a year that no calendar has
            raise IncorrectLookupParameters(error) from error

    def response_action(self, request, queryset):  # type: ignore[override]  # as Django 5.2 calls it
        """Rows are ticked by primary key; anything else was not ticked on our page."""
        if all(is_id(value) for value in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            return super().response_action(request, queryset)
        self.message_user(request, "Tick the rows again. Nothing was changed.", messages.ERROR)
        return None


class NumbersSelect(AutocompleteSelect):
    """Looks up what was chosen only if it can be a primary key: a refused form shows its choices again."""

    def optgroups(self, name, value, attrs=None):
        return super().optgroups(name, [one for one in value if is_id(str(one))], attrs)
