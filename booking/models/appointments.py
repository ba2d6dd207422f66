"""Visits, their appointments, and the time they hold. The promise "never double-booked" is a constraint here."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from booking import policy
from booking.models.clients import Client
from booking.slots import Shape
from services import body, pricing
from services.models import Article, Location, Practitioner, Room, ServiceOption


class Visit(models.Model):
    """What one person books together. Its link is derived from `link_nonce`; only the hash is kept."""

    class Source(models.TextChoices):
        WEBSITE = "website", "Website"
        PHONE = "phone", "By telephone"
        DESK = "desk", "At the desk"
        CONSULTATION = "consultation", "Consultation request"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, blank=True, related_name="visits")
    created_at = models.DateTimeField()
    source = models.CharField("booked", max_length=12, choices=Source, default=Source.WEBSITE)
    article = models.ForeignKey(
        Article,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="visits",
        help_text="The article whose link led here.",
    )
    link_nonce = models.CharField(max_length=43, editable=False)
    link_hash = models.CharField(max_length=64, unique=True, editable=False)
    link_expires_at = models.DateTimeField(null=True, editable=False)
    form_token = models.CharField(max_length=64, unique=True, null=True, editable=False)
    form_digest = models.CharField(max_length=64, blank=True, editable=False)
    hold_owner = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    hold_address = models.CharField(max_length=64, blank=True, editable=False)
    has_extended_hold = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["hold_address"], condition=~Q(hold_address=""), name="visit_hold_address")]

    def __str__(self) -> str:
        return f"Visit {self.pk}"


class AppointmentQuerySet(models.QuerySet):
    def holding_time(self, now: datetime):
        """Appointments that take time off the market at `now`: booked, arrived, or an open hold."""
        return self.filter(
            Q(status__in=Appointment.HOLDS_TIME, hold_expires_at__isnull=True) | Q(hold_expires_at__gt=now)
        )

    def promised(self):
        """Without holds: what some client was promised, whatever became of it."""
        return self.exclude(status=Appointment.Status.PENDING)

    def with_everything(self):
        return self.select_related(
            "visit", "client", "option__service__service_type", "practitioner", "location", "room"
        )


class Appointment(models.Model):
    """One client, one option, one practitioner, one place. What was promised is stored, not looked up."""

    class Status(models.TextChoices):
        PENDING = "pending", "Held"
        BOOKED = "booked", "Booked"
        ARRIVED = "arrived", "Here"
        FULFILLED = "fulfilled", "Done"
        CANCELLED = "cancelled", "Cancelled"
        NOSHOW = "noshow", "Did not come"

    UNDONE = "Undone by the client"
    HOLDS_TIME = (Status.PENDING, Status.BOOKED, Status.ARRIVED)

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="appointments")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments")
    option = models.ForeignKey(ServiceOption, on_delete=models.PROTECT, related_name="appointments")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="appointments")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="appointments")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments")
    starts_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status)
    hold_expires_at = models.DateTimeField(null=True, blank=True)
    is_any_practitioner = models.BooleanField(
        "anyone free", default=False, help_text="The client chose no one by name."
    )

    # What was promised
    price = models.DecimalField(max_digits=8, decimal_places=2, validators=[MinValueValidator(0)])
    buffer_before = models.DurationField(default=timedelta)
    buffer_after = models.DurationField(default=timedelta)
    unattended_from = models.DurationField(null=True, blank=True)
    unattended_until = models.DurationField(null=True, blank=True)
    cancellation_notice = models.DurationField()
    late_fee = models.DecimalField(max_digits=8, decimal_places=2, default=Decimal(0))
    policy_text = models.TextField(blank=True, help_text="The policy as the client accepted it.")

    # What the client asked for
    pressure = models.CharField(max_length=10, choices=Client.Pressure, default=Client.Pressure.DECIDE)
    areas_to_avoid = ArrayField(models.CharField(max_length=20, choices=body.AREAS), default=list, blank=True)
    note = models.TextField(blank=True, max_length=2000)

    # What became of it
    booked_at = models.DateTimeField(null=True, blank=True, editable=False)
    confirmed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the client said they will come."
    )
    started_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When the session began.")
    fee = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="What staff decided to charge for a missed or late-cancelled visit; blank while undecided.",
    )
    fee_waiver = models.CharField(max_length=200, blank=True, help_text="Why no fee, or a smaller one, is charged.")
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancellation_reason = models.CharField(max_length=200, blank=True)
    override_reason = models.CharField(max_length=200, blank=True, help_text="Why staff booked against a rule.")
    sequence = models.PositiveIntegerField(default=0, editable=False, help_text="Grows with each change (iCalendar).")

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        permissions = [
            ("view_diary", "Can see the diary"),
            ("view_everyone", "Can see the visits and clients of every practitioner"),
            ("override_rules", "Can book against a rule, with a reason"),
            ("view_reports", "Can read the reports"),
        ]
        indexes = [
            models.Index(fields=["practitioner", "starts_at"]),
            models.Index(fields=["client", "starts_at"]),
            models.Index(
                fields=["hold_expires_at"],
                condition=Q(hold_expires_at__isnull=False),
                name="appointment_open_holds",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="appointment_end_after_start"),
            models.CheckConstraint(condition=Q(price__gte=0, late_fee__gte=0), name="appointment_price_not_negative"),
            models.CheckConstraint(condition=Q(fee__isnull=True) | Q(fee__gte=0), name="appointment_fee_not_negative"),
            models.CheckConstraint(
                condition=Q(buffer_before__gte=timedelta(0), buffer_after__gte=timedelta(0)),
                name="appointment_buffers_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "booked", "arrived", "fulfilled", "cancelled", "noshow"]),
                name="appointment_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="pending", hold_expires_at__isnull=False)
                | (~Q(status="pending") & Q(hold_expires_at__isnull=True)),
                name="appointment_only_a_hold_expires",
            ),
            models.CheckConstraint(
                condition=Q(status="pending") | Q(client__isnull=False),
                name="appointment_has_client_once_booked",
            ),
            models.CheckConstraint(
                condition=Q(unattended_from__isnull=True, unattended_until__isnull=True)
                | Q(
                    unattended_from__isnull=False,
                    unattended_until__isnull=False,
                    unattended_from__gt=timedelta(0),
                    unattended_until__gt=F("unattended_from"),
                    unattended_until__lte=F("ends_at") - F("starts_at"),
                ),
                name="appointment_unattended_inside",
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | Q(cancelled_at__isnull=False),
                name="appointment_cancelled_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.option.service} with {self.practitioner}"

    @property
    def duration(self) -> timedelta:
        return self.ends_at - self.starts_at

    @property
    def unattended(self) -> tuple[timedelta, timedelta] | None:
        if self.unattended_from is None or self.unattended_until is None:
            return None
        return self.unattended_from, self.unattended_until

    @property
    def shape(self) -> Shape:
        """The time it takes as it was promised: its option may have changed since."""
        return Shape(
            duration=self.duration,
            buffer_before=self.buffer_before,
            buffer_after=self.buffer_after,
            unattended=self.unattended,
        )

    @property
    def deadline_at(self) -> datetime:
        return policy.cancellation_deadline(self.starts_at, self.cancellation_notice)

    @property
    def price_label(self) -> str:
        return pricing.money(self.price)

    @property
    def late_fee_label(self) -> str:
        return pricing.fee(self.late_fee)

    @property
    def is_undone(self) -> bool:
        """Taken back within minutes of booking, before anybody was told."""
        return self.is_cancelled and self.cancellation_reason == self.UNDONE

    @property
    def is_in_session(self) -> bool:
        return self.status == self.Status.ARRIVED and self.started_at is not None

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED


def _no_two_at_once(kind: str) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=f"busy_time_{kind}_never_twice",
        expressions=[(kind, RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
        condition=Q(**{f"{kind}__isnull": False}),
    )


class BusyTime(models.Model):
    """A half-open stretch that takes a practitioner, a room or a client, while its appointment holds time."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="busy_times")
    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, null=True, related_name="busy_times", db_index=False
    )
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, related_name="busy_times", db_index=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, related_name="busy_times", db_index=False)
    during = DateTimeRangeField(help_text="Buffers included for practitioner and room.")
    expires_at = models.DateTimeField(null=True, help_text="When the hold that made it ends; empty once booked.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            _no_two_at_once("practitioner"),
            _no_two_at_once("room"),
            _no_two_at_once("client"),
            models.CheckConstraint(
                condition=Q(practitioner__isnull=False, room__isnull=True, client__isnull=True)
                | Q(practitioner__isnull=True, room__isnull=False, client__isnull=True)
                | Q(practitioner__isnull=True, room__isnull=True, client__isnull=False),
                name="busy_time_of_exactly_one",
            ),
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__lower_inc=True, during__upper_inc=False)
                & Q(during__lower_inf=False, during__upper_inf=False),
                name="busy_time_half_open_and_not_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner or self.room or self.client}: {self.during}"
