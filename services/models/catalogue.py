"""What we offer: kinds of care, services, and their lengths and prices. It never knows when anything happens."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse

from services import pricing
from services.models.minutes import whole_minutes
from services.models.pictures import Picture
from services.models.places import Equipment, Room
from services.models.queryset import ActiveQuerySet


class ServiceType(models.Model):
    name = models.CharField(max_length=60)
    slug = models.SlugField(unique=True)
    summary = models.TextField(blank=True, help_text="Two sentences, for the home page and lists.")
    explanation = models.TextField(blank=True, help_text="Markdown.")
    suits = models.TextField("who it suits", blank=True, help_text="Markdown, best as a list.")
    not_for = models.TextField("whom it does not suit", blank=True, help_text="Markdown, best as a list.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("services:type", args=[self.slug])


class ServiceQuerySet(ActiveQuerySet):
    def bookable_online(self):
        return self.active().filter(booking_mode=Service.BookingMode.INSTANT, options__is_active=True).distinct()


class Service(models.Model):
    class Mode(models.TextChoices):
        IN_CLINIC = "in_clinic", "At the clinic"
        VIDEO = "video", "Video call"
        PHONE = "phone", "Phone call"

    class BookingMode(models.TextChoices):
        INSTANT = "instant", "Clients book a time themselves"
        ON_REQUEST = "on_request", "Clients ask, we answer"
        STAFF_ONLY = "staff_only", "Only the front desk books it"

    service_type = models.ForeignKey(ServiceType, on_delete=models.PROTECT, related_name="services")
    name = models.CharField(max_length=80)
    slug = models.SlugField(unique=True)
    summary = models.TextField(blank=True, help_text="Two sentences, for lists and search results.")
    explanation = models.TextField("what it is", blank=True, help_text="Markdown.")
    experience = models.TextField("what it is like", blank=True, help_text="Markdown.")
    suits = models.TextField("who it suits", blank=True, help_text="Markdown, best as a list.")
    not_for = models.TextField("whom it does not suit", blank=True, help_text="Markdown, best as a list.")
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.IN_CLINIC)
    booking_mode = models.CharField(max_length=10, choices=BookingMode, default=BookingMode.INSTANT)
    rooms = models.ManyToManyField(
        Room,
        blank=True,
        related_name="services",
        help_text="The rooms that suit it. At the clinic it needs one of them.",
    )
    equipment = models.ManyToManyField(
        Equipment, blank=True, related_name="services", help_text="What a room must have for it."
    )
    buffer_before = models.DurationField(
        default=timedelta,
        help_text="Kept free before each visit, hh:mm:ss. It adds to the neighbour's buffer after.",
    )
    buffer_after = models.DurationField(
        default=timedelta,
        help_text="Turnover after each visit, hh:mm:ss. For a single turnover set only this one.",
    )
    slot_step = models.DurationField(
        default=timedelta(minutes=15), help_text="Times are offered on this grid of the clock, hh:mm:ss."
    )
    lead_time = models.DurationField(default=timedelta(hours=2), help_text="The shortest notice a client may give.")
    booking_horizon = models.DurationField(default=timedelta(days=90), help_text="How far ahead clients may book.")
    cancellation_notice = models.DurationField(
        default=timedelta(hours=24),
        help_text="Clients change or cancel free of charge until this long before the start.",
    )
    late_fee_percent = models.PositiveSmallIntegerField(
        default=50,
        validators=[MaxValueValidator(100)],
        help_text="Share of the price charged for a late cancellation.",
    )
    needs_health_history = models.BooleanField(default=False)
    helps_with = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        help_text="What people come with, in their words: “A stiff neck”, “Headaches”. Separate with commas.",
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    picture = models.ForeignKey(
        Picture, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="services"
    )
    social_image = models.ImageField(upload_to="cards", blank=True, editable=False)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["service_type__position", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(buffer_before__gte=timedelta(0), buffer_after__gte=timedelta(0)),
                name="service_buffers_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(slot_step__gte=timedelta(minutes=5)), name="service_slot_step_at_least_5_min"
            ),
            models.CheckConstraint(
                condition=Q(lead_time__gte=timedelta(0), booking_horizon__gt=F("lead_time")),
                name="service_horizon_after_lead_time",
                violation_error_message="The booking horizon must be longer than the lead time.",
            ),
            models.CheckConstraint(
                condition=Q(booking_horizon__lte=timedelta(days=400)), name="service_horizon_at_most_400_days"
            ),
            models.CheckConstraint(
                condition=Q(cancellation_notice__gte=timedelta(0)), name="service_notice_not_negative"
            ),
            models.CheckConstraint(condition=Q(late_fee_percent__lte=100), name="service_late_fee_at_most_all"),
            models.CheckConstraint(
                condition=whole_minutes(
                    "buffer_before", "buffer_after", "slot_step", "lead_time", "booking_horizon", "cancellation_notice"
                ),
                name="service_whole_minutes",
                violation_error_message="Give whole minutes.",
            ),
        ]
        indexes = [
            GinIndex(OpClass(Upper(F("name")), name="gin_trgm_ops"), name="service_name_trigrams"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("services:service", args=[self.service_type.slug, self.slug])

    @property
    def needs_room(self) -> bool:
        return self.mode == self.Mode.IN_CLINIC

    @property
    def is_bookable_online(self) -> bool:
        return self.is_active and self.booking_mode == self.BookingMode.INSTANT


class ServiceOption(models.Model):
    """A length and price of a service; an unattended phase is when the client rests and the practitioner may leave."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="options")
    name = models.CharField(max_length=40, blank=True, help_text="Such as “First visit”; blank for just the length.")
    duration = models.DurationField(help_text="hh:mm:ss, without buffers.")
    price = models.DecimalField(max_digits=8, decimal_places=2, validators=[MinValueValidator(0)])
    unattended_from = models.DurationField(
        null=True,
        blank=True,
        help_text="When the needles are in and the client rests: this long after the start.",
    )
    unattended_until = models.DurationField(
        null=True, blank=True, help_text="When the practitioner comes back: this long after the start."
    )
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet.as_manager()

    class Meta:
        ordering = ["service", "duration", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["service", "duration", "name"], name="service_option_unique"),
            models.CheckConstraint(
                condition=Q(duration__gte=timedelta(minutes=5), duration__lte=timedelta(hours=8)),
                name="service_option_duration",
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="service_option_price_not_negative"),
            models.CheckConstraint(
                condition=whole_minutes("duration", "unattended_from", "unattended_until"),
                name="service_option_whole_minutes",
                violation_error_message="Give whole minutes.",
            ),
            models.CheckConstraint(
                condition=Q(unattended_from__isnull=True, unattended_until__isnull=True)
                | Q(
                    unattended_from__isnull=False,
                    unattended_until__isnull=False,
                    unattended_from__gt=timedelta(0),
                    unattended_until__gt=F("unattended_from"),
                    unattended_until__lte=F("duration"),
                ),
                name="service_option_unattended_inside",
                violation_error_message="The unattended phase begins after the start and ends by the end of the visit.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service}, {self.label}"

    @property
    def minutes(self) -> int:
        return int(self.duration.total_seconds() // 60)

    @property
    def label(self) -> str:
        return f"{self.minutes} min" + (f", {self.name.lower()}" if self.name else "")

    @property
    def price_label(self) -> str:
        return pricing.money(self.price)

    @property
    def unattended(self) -> tuple[timedelta, timedelta] | None:
        if self.unattended_from is None or self.unattended_until is None:
            return None
        return self.unattended_from, self.unattended_until
