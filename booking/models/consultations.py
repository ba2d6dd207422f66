"""Requests for a consultation, and the times that we hold for them until one is accepted."""

from __future__ import annotations

import re
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Q, Value, When
from phonenumber_field.modelfields import PhoneNumberField

from booking.models.appointments import Appointment, Visit
from booking.models.clients import Client
from services.models import Service

LINK = re.compile(r"https?:|www\.|\[url|</?a\b", re.IGNORECASE)
PARTS = [("am", "Mornings"), ("pm", "Afternoons"), ("eve", "Evenings")]


class ConsultationRequestQuerySet(models.QuerySet):
    def open(self):
        """Those that somebody still has to deal with: new, or answered and waiting for the visitor."""
        return self.filter(status__in=ConsultationRequest.OPEN)


class ConsultationRequest(models.Model):
    """What somebody asked us before booking. Its link is derived from `link_nonce`; only the hash is kept."""

    class Kind(models.TextChoices):
        PHONE = "phone", "A phone call"
        VIDEO = "video", "A free video call, 15 minutes"
        QUESTION = "question", "A written answer"

    class Status(models.TextChoices):
        NEW = "new", "New"
        ANSWERED = "answered", "Answered"
        SCHEDULED = "scheduled", "Scheduled"
        DECLINED = "declined", "Declined"

    OPEN = (Status.NEW, Status.ANSWERED)

    kind = models.CharField(max_length=10, choices=Kind)
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    email = models.EmailField()
    phone = PhoneNumberField(blank=True)
    service = models.ForeignKey(
        Service, on_delete=models.SET_NULL, null=True, blank=True, related_name="consultation_requests"
    )
    message = models.TextField(max_length=2000)
    preferred_parts = ArrayField(models.CharField(max_length=3, choices=PARTS), default=list, blank=True)
    preferred_text = models.CharField("preferred days", max_length=200, blank=True)

    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)
    created_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answer = models.TextField(blank=True, max_length=4000)
    reply = models.TextField(blank=True, max_length=1000, help_text="What they said to the times we proposed.")
    proposed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, null=True, blank=True, related_name="consultation_requests"
    )
    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="consultation_requests"
    )

    form_token = models.CharField(max_length=64, unique=True, editable=False)
    form_digest = models.CharField(max_length=64, editable=False)
    link_nonce = models.CharField(max_length=43, editable=False)
    link_hash = models.CharField(max_length=64, unique=True, editable=False)
    link_expires_at = models.DateTimeField(editable=False)
    sent_from = models.CharField(
        max_length=64, blank=True, editable=False, help_text="A key of the network address, for a day."
    )
    sequence = models.PositiveIntegerField(default=0, editable=False, help_text="Grows with each change.")

    objects = ConsultationRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["created_at"], name="consultation_created"),
            models.Index(fields=["created_at"], condition=Q(status="new"), name="consultation_new"),
            models.Index(fields=["sent_from", "created_at"], condition=~Q(sent_from=""), name="consultation_sent_from"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["phone", "video", "question"]), name="consultation_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["new", "answered", "scheduled", "declined"]), name="consultation_status_known"
            ),
            models.CheckConstraint(condition=~Q(kind="phone") | ~Q(phone=""), name="consultation_call_has_number"),
            models.CheckConstraint(
                condition=Q(status="new", handled_at__isnull=True) | (~Q(status="new") & Q(handled_at__isnull=False)),
                name="consultation_handled_has_time",
            ),
            models.CheckConstraint(
                condition=Q(status="scheduled", visit__isnull=False, client__isnull=False)
                | (~Q(status="scheduled") & Q(visit__isnull=True)),
                name="consultation_scheduled_has_visit",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(status="declined"), name="consultation_withdrawn_is_closed"
            ),
            models.CheckConstraint(
                condition=Q(preferred_parts__contained_by=[code for code, _ in PARTS]), name="consultation_parts_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_kind_display().lower()}"

    @classmethod
    def by_need(cls) -> list:
        """The order of the staff's list: new, then waiting for the visitor, then closed; the oldest first in each."""
        ranks = (When(status=status, then=Value(rank)) for rank, status in enumerate(cls.OPEN))
        return [Case(*ranks, default=Value(len(cls.OPEN))), "created_at", "pk"]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def has_links(self) -> bool:
        """Worth a second look: few people who ask about a sore back send an address of the web."""
        return bool(LINK.search(self.message))

    @property
    def part_names(self) -> list[str]:
        return [name for code, name in PARTS if code in self.preferred_parts]


class ProposalQuerySet(models.QuerySet):
    def held(self, now: datetime):
        """Those whose time is still held, by start."""
        return self.filter(appointment__status=Appointment.Status.PENDING, appointment__hold_expires_at__gt=now)


class Proposal(models.Model):
    """A time held for the person who asked. It goes with its appointment, so an expired one frees itself."""

    request = models.ForeignKey(ConsultationRequest, on_delete=models.CASCADE, related_name="proposals")
    appointment = models.OneToOneField(Appointment, on_delete=models.CASCADE, related_name="proposal")
    created_at = models.DateTimeField()

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["appointment__starts_at", "pk"]

    def __str__(self) -> str:
        return f"Proposal {self.pk}"
