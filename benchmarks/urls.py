"""The site's addresses and three views to compare them with: an empty one, one bare read, and the open days alone."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time

from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from benchmarks.clinic import Clinic
from booking import availability
from booking.staff.diary import diary

BARE_STATEMENT = """
SELECT practitioner_id, range_agg(during) IS NULL FROM booking_busytime
WHERE practitioner_id IS NOT NULL AND during && tstzrange(%s::timestamptz, %s::timestamptz + interval '90 days')
GROUP BY practitioner_id
"""


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def bare_statement(request: HttpRequest) -> HttpResponse:
    day = datetime.combine(date.fromisoformat(os.environ["BENCH_DAY"]), time(), UTC)
    with connection.cursor() as cursor:
        cursor.execute(BARE_STATEMENT, [day, day])
        return HttpResponse(str(len(cursor.fetchall())))


def open_days(request: HttpRequest) -> HttpResponse:
    found = availability.days_with_openings(
        CLINIC.option,
        location=CLINIC.location,
        first_day=CLINIC.first_day,
        last_day=CLINIC.last_day,
        now=CLINIC.now,
    )
    return HttpResponse(str(len(found)))


def diary_of_the_owner(request: HttpRequest) -> HttpResponse:
    """The staff's page without signing in: all of its own work, and none of the session's."""
    request.user = OWNER
    return admin.site.admin_view(diary)(request)


def queries_of_the_diary(request: HttpRequest) -> HttpResponse:
    with CaptureQueriesContext(connection) as seen:
        diary_of_the_owner(request)
    return HttpResponse(str(len(seen)))


CLINIC = Clinic()
OWNER = User(pk=0, username="owner", is_staff=True, is_superuser=True)
urlpatterns = [
    path("bench/empty/", empty),
    path("bench/statement/", bare_statement),
    path("bench/days/", open_days),
    path("bench/diary/", diary_of_the_owner),
    path("bench/diary/queries/", queries_of_the_diary),
    path("", include("clinic.urls")),
]
