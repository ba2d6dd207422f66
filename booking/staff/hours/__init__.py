"""Staff pages of working hours: a week at a glance, the week editor, copying, extra shifts and swapped days."""

from django.urls import URLPattern, path

from booking.staff.hours import copy, days, overview, visits, week

urlpatterns: list[URLPattern] = [
    path("hours/", overview.hours, name="hours"),
    path("hours/<int:pk>/", week.hours_week, name="hours_week"),
    path("hours/<int:pk>/copy/", copy.hours_copy, name="hours_copy"),
    path("hours/<int:pk>/extra/", days.hours_extra, name="hours_extra"),
    path("hours/<int:pk>/swap/", days.hours_swap, name="hours_swap"),
    path("hours/<int:pk>/visits/", visits.hours_visits, name="hours_visits"),
]
