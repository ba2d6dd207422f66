"""Staff pages of time off and closures: blocking time, and what becomes of the visits that lie in it."""

from django.urls import URLPattern, path

from booking.staff.time_off import new, wizard

urlpatterns: list[URLPattern] = [
    path("time-off/new/", new.time_off_new, name="time_off_new"),
    path("time-off/visits/", wizard.time_off_all_visits, name="time_off_all_visits"),
    path("time-off/<int:pk>/visits/", wizard.time_off_visits, name="time_off_visits"),
]
