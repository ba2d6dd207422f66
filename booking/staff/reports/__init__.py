"""The reports' pages: all at a glance, one with its chart and table, and the same rows as a file."""

from booking.staff.reports.urls import urlpatterns

__all__ = ["urlpatterns"]
