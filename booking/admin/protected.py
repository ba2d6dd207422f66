"""What the front desk may look at but never add or delete: these rows come from the write modules alone."""

from __future__ import annotations


class Kept:
    """No add form, no delete: for a ModelAdmin or an inline."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ReadOnly(Kept):
    """No change either; whoever may view it sees it."""

    def has_change_permission(self, request, obj=None):
        return False
