"""The page that says why a time is not offered, and what the front desk could still do."""

from django.urls import path

from booking.staff.why.view import diary_why

urlpatterns = [path("diary/why/", diary_why, name="diary_why")]
