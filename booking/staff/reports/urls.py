"""Addresses of the reports, under /admin/."""

from django.urls import URLPattern, path

from booking.staff.reports import views

urlpatterns: list[URLPattern] = [
    path("reports/", views.overview, name="reports"),
    path("reports/<slug:slug>/", views.report, name="report"),
    path("reports/<slug:slug>.<slug:kind>", views.report_file, name="report_file"),
]
