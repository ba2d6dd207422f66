"""Whose hours a page is about, who may change them, and what day it is there."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from booking import access, localtime
from clinic.text import is_id
from services.models import Location, Practitioner

READ = ("booking.view_workinghours", "booking.change_workinghours")
CHANGE = "booking.change_workinghours"


def practitioner_or_404(request: HttpRequest, pk: int) -> Practitioner:
    if not is_id(str(pk)):
        raise Http404
    return get_object_or_404(access.practitioners_for(request.user), pk=pk)


def refuse_unless_changing(request: HttpRequest) -> None:
    """403 for who may only read hours."""
    if request.method == "POST" and not request.user.has_perm(CHANGE):
        raise PermissionDenied


def today(now: datetime) -> date:
    """The day the clinic's clock shows."""
    return timezone.localdate(now)


def asked_day(request: HttpRequest, name: str, otherwise: date) -> date:
    """The day in the address, when it is one that a calendar here can hold."""
    try:
        day = date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return otherwise
    return day if localtime.FIRST_YEAR < day.year < localtime.LAST_YEAR else otherwise


def locations() -> list[Location]:
    return list(Location.objects.active())
