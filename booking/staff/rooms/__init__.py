"""Rooms: what suits what, how they are used, and taking one out of use."""

from django.urls import path

from booking.staff.rooms.out import room_out
from booking.staff.rooms.overview import rooms

urlpatterns = [
    path("rooms/", rooms, name="rooms"),
    path("rooms/<int:pk>/out/", room_out, name="room_out"),
]
