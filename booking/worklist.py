"""What waits for somebody at the desk? One entry a kind: its rows, oldest first, and the one thing to do next.

Nothing is written here: a row's action posts to the page that does it. A new kind is one more entry in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Func, IntegerField, Min, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, TruncDate
from django.utils import timezone

from booking import access, localtime, offers, outbox, schedule
from booking.models import Appointment, ConsultationRequest, Message

MOST = 100  # counted and shown of a kind; more than this is not read, it is worked off
FAILED_FOR = timedelta(days=30)
WITHOUT_OUTCOME_FOR = timedelta(days=31)
AHEAD = timedelta(days=8)
SEQUENCE = rf"^(?:{'|'.join(outbox.VERSIONED)})/\d+/(\d+)/"  # in the reason of a mail that says how a visit stands
Status = Appointment.Status


class Kind(NamedTuple):
    """`rows(user, now)` are those this person may see, oldest first; how one looks, with its one next action, is
    `templates/admin/worklist/<code>.html`. `permission` opens the kind."""

    code: str
    title: str
    when_empty: str
    permission: str
    rows: Callable[[Any, datetime], QuerySet[Any]]


def open_to(user: Any) -> list[Kind]:
    """The kinds this person may see, in the order they are worked off."""
    return [kind for kind in KINDS if user.has_perm(kind.permission)]


def counts(user: Any, *, now: datetime) -> dict[str, int]:
    """How many rows wait by kind's code, at most `MOST` of each; one statement, none for who may see no kind."""
    parts: list[str] = []
    values: list[Any] = []
    codes: list[str] = []
    for kind in open_to(user):
        try:
            sql, given = kind.rows(user, now).order_by().values("pk")[:MOST].query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"(SELECT count(*) FROM ({sql}) AS rows)")  # noqa: S608 made by the ORM, values apart
        values.extend(given)
        codes.append(kind.code)
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), values)
        return dict(zip(codes, cursor.fetchone(), strict=True))


def waiting(user: Any, *, now: datetime) -> int:
    """How many rows wait for this person in all."""
    return sum(counts(user, now=now).values())


def requests(user: Any, now: datetime) -> QuerySet[ConsultationRequest]:
    """Consultation requests that nobody has answered."""
    new = ConsultationRequest.objects.filter(status=ConsultationRequest.Status.NEW).select_related("service")
    return access.limited(new, user).order_by("created_at", "pk")


def failed_mail(user: Any, now: datetime) -> QuerySet[Message]:
    """Mails given up within a month, without those that a later change of their visit has overtaken."""
    failed = Message.objects.filter(status=Message.Status.FAILED, queued_at__gt=now - FAILED_FOR)
    sequence = Func(F("reason"), Value(SEQUENCE), function="substring", output_field=TextField())
    failed = failed.alias(tells_of=Cast(sequence, IntegerField()))
    is_true = Q(tells_of__isnull=True) | Q(tells_of__gte=F("appointment__sequence"))
    return (
        access.limited(failed.filter(is_true), user).select_related("appointment__client").order_by("queued_at", "pk")
    )


def unconfirmed(user: Any, now: datetime) -> QuerySet[Appointment]:
    """Visits still to come today and on the next day with visits, of which nobody has said that they will come."""
    zone = timezone.get_current_timezone()
    tomorrow, _ = localtime.day_bounds(localtime.local_day(now, zone) + localtime.ONE_DAY, zone)
    mine = access.appointments_for(user).filter(status=Status.BOOKED)
    soon = mine.filter(starts_at__gt=now, starts_at__lt=now + AHEAD)
    after_today = soon.filter(starts_at__gte=tomorrow).order_by().values("status")
    next_day = after_today.annotate(day=TruncDate(Min("starts_at"))).values("day")
    is_near = Q(starts_at__lt=tomorrow) | Q(day=Subquery(next_day))
    near = soon.filter(confirmed_at__isnull=True).alias(day=TruncDate("starts_at")).filter(is_near)
    return _told(near)


def without_outcome(user: Any, now: datetime) -> QuerySet[Appointment]:
    """Visits of the last month that are over and neither done nor missed."""
    past = access.appointments_for(user).filter(
        status__in=[Status.BOOKED, Status.ARRIVED], starts_at__gt=now - WITHOUT_OUTCOME_FOR, ends_at__lte=now
    )
    return _told(past.filter(starts_at__lt=now))


def in_the_way(user: Any, now: datetime) -> QuerySet[Appointment]:
    """Booked visits that lie in time off, in a closure or in a room out of use."""
    return access.limited(schedule.visits_in_the_way(now), user)


def unanswered(user: Any, now: datetime) -> QuerySet[Appointment]:
    """Visits whose client was offered another time and has not answered while it was held."""
    return access.limited(offers.unanswered(now), user)


def _told(visits: QuerySet[Appointment]) -> QuerySet[Appointment]:
    related = ("client", "practitioner", "location", "room", "option__service")
    return visits.select_related(*related).order_by("starts_at", "pk")


SEES = "booking.view_appointment"
KINDS = [
    Kind(
        "requests",
        "New requests",
        "Every consultation request has an answer.",
        "booking.view_consultationrequest",
        requests,
    ),
    Kind("mail", "Mail that failed", "Every mail of the last month went out.", "booking.view_message", failed_mail),
    Kind("away", "Visits inside time off", "No visit lies inside time off.", SEES, in_the_way),
    Kind("offers", "Offers nobody answered", "Nobody owes us an answer.", SEES, unanswered),
    Kind(
        "unconfirmed",
        "Not confirmed yet",
        "Everybody who comes today or on the next day with visits has said so.",
        SEES,
        unconfirmed,
    ),
    Kind(
        "outcome",
        "Without an outcome",
        "Every visit of the last month has an outcome.",
        SEES,
        without_outcome,
    ),
]
