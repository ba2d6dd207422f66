"""Asking for a board in few words."""

from datetime import timedelta

from django.contrib.auth.models import Permission, User

from booking.diary import board
from booking.diary.asked import Asked
from booking.models import Appointment
from tests.factory import (
    MONDAY,
    NOW,
)

DIARY = "/admin/diary/"
MONDAYS = f"{DIARY}?date={MONDAY}"
HOUR = timedelta(hours=1)
BUFFERS = {"buffer_before": timedelta(minutes=5), "buffer_after": timedelta(minutes=15)}


def staff(*permissions, **given):
    user = User.objects.create_user(f"rosa{User.objects.count()}", is_staff=True, **given)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def asked(clinic, *, day=MONDAY, now=NOW, **given):
    return Asked(location=clinic.location, locations=[clinic.location], now=now, day=day, **given)


def day_of(clinic, user=None, **given) -> board.Board:
    user = user or User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("owner")
    return board.of_day(user, asked(clinic, **given))


def card_of(clinic, appointment, **given):
    shown = (card for column in day_of(clinic, **given).columns for card in column.cards)
    return next(card for card in shown if card.visit.pk == appointment.pk)


def labels(column, kind):
    return [stretch.label for stretch in column.stretches if stretch.kind == kind]


def become(appointment, **columns):
    """Set what the write module would have set, whenever it would have."""
    Appointment.objects.filter(pk=appointment.pk).update(**columns)
