"""Everything the front desk wants to know about one client at a glance. Reads only, within what the reader may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Upper

from booking.access import appointments_for, clients_for, limited
from booking.models import Appointment, Client, ConsultationRequest, Message
from booking.models.clients import Folded

Status = Appointment.Status
COMING = Q(status__in=Appointment.HOLDS_TIME)
LATE = Q(status=Status.CANCELLED, cancelled_at__gt=F("starts_at") - F("cancellation_notice"))


@dataclass(frozen=True)
class Numbers:
    """How it went so far: what took place, what did not, and what was charged for that."""

    visits: int
    coming: int
    noshows: int
    late_cancellations: int
    fees: Decimal


@dataclass
class Found:
    """A client as the search page lists them."""

    client: Client
    next_at: datetime | None = None
    last_at: datetime | None = None


def visits_of(client: Client, *, user: Any) -> QuerySet[Appointment]:
    """The client's visits that this user may see, without holds, with everything a line about them needs."""
    visible: Any = appointments_for(user).filter(client=client)
    return visible.promised().with_everything()


def upcoming(client: Client, *, user: Any, now: datetime) -> QuerySet[Appointment]:
    """Those still to come or under way, the next first."""
    return visits_of(client, user=user).filter(COMING, ends_at__gt=now).order_by("starts_at", "pk")


def earlier(client: Client, *, user: Any, now: datetime) -> QuerySet[Appointment]:
    """All others, the latest first."""
    return visits_of(client, user=user).exclude(COMING, ends_at__gt=now).order_by("-starts_at", "-pk")


def numbers(client: Client, *, user: Any, now: datetime) -> Numbers:
    """One query."""
    counted = visits_of(client, user=user).aggregate(
        visits=Count("pk", filter=Q(status=Status.FULFILLED)),
        coming=Count("pk", filter=COMING & Q(ends_at__gt=now)),
        noshows=Count("pk", filter=Q(status=Status.NOSHOW)),
        late_cancellations=Count("pk", filter=LATE & ~Q(cancellation_reason=Appointment.UNDONE)),
        fees=Sum("fee"),
    )
    return Numbers(**{**counted, "fees": counted["fees"] or Decimal(0)})


def messages_of(client: Client, *, user: Any) -> QuerySet[Message]:
    """Mails that went to the client about visits or requests that this user may see; the latest first."""
    visits = appointments_for(user).filter(client=client)
    about = Q(appointment__in=visits) | Q(consultation__in=limited(requests_of(client), user))
    return Message.objects.filter(about, to__overlap=addresses_of(client)).order_by("-queued_at", "-pk")


def requests_of(client: Client) -> QuerySet[ConsultationRequest]:
    """The client's consultation requests; also those sent before anybody knew that it was them."""
    same = Q(client__isnull=True, email__iexact=client.email, last_name__iexact=client.last_name)
    mine = Q(client=client) | same if client.email else Q(client=client)
    return ConsultationRequest.objects.filter(mine)


def addresses_of(client: Client) -> list[str]:
    """The client's address, and those of the records that were merged into this one."""
    merged = Client.objects.filter(merged_into=client).exclude(email="").values_list("email", flat=True)
    return [address for address in (client.email, *merged) if address]


def duplicates(client: Client, *, user: Any, limit: int = 5) -> list[tuple[Client, str]]:
    """Who else this might be, each with the reason: same phone, same address, same name; one query."""
    same = Q(folded_name=Folded(Value(client.name)))
    if client.phone:
        same |= Q(phone=client.phone)
    if client.email:
        same |= Q(upper_email=Upper(Value(client.email)))
    clients: Any = clients_for(user)
    named = clients.present().alias(upper_email=Upper("email"))
    return [(other, _likeness(client, other)) for other in named.filter(same).exclude(pk=client.pk)[:limit]]


def with_visits(clients: Iterable[Client], *, user: Any, now: datetime) -> list[Found]:
    """Each client with the next and the last visit that this user may see; one query."""
    rows = {client.pk: Found(client) for client in clients}
    times = (
        appointments_for(user)
        .filter(client__in=rows)
        .values("client_id")
        .order_by()
        .annotate(
            next_at=Min("starts_at", filter=COMING & Q(ends_at__gt=now)),
            last_at=Max("starts_at", filter=Q(status=Status.FULFILLED)),
        )
    )
    for row in times:
        rows[row["client_id"]].next_at, rows[row["client_id"]].last_at = row["next_at"], row["last_at"]
    return list(rows.values())


def _likeness(client: Client, other: Client) -> str:
    if client.phone and client.phone == other.phone:
        return f"Same phone: {client.phone.as_national}"
    if client.email and client.email.lower() == other.email.lower():
        return f"Same e-mail address: {client.email}"
    return "Same name"
