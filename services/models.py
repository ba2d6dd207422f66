"""The catalogue: what we offer, who gives it, and where. It never knows when anything happens."""

from __future__ import annotations

import zoneinfo
from datetime import timedelta
from functools import lru_cache

from django.contrib.auth.models import User
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from phonenumber_field.modelfields import PhoneNumberField

from services import pricing


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def validate_timezone(value: str) -> None:
    """Refuse a name that the time zone database does not hold."""
    if value not in _zone_names():
        raise ValidationError(
            "“%(value)s” is not a time zone; write it as in America/Los_Angeles.", params={"value": value}
        )


class ActiveQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)


class Location(models.Model):
    name = models.CharField(max_length=80)
    slug = models.SlugField(unique=True, help_text="The part of addresses that names this place.")
    street = models.CharField(max_length=120)
    city = models.CharField(max_length=80)
    region = models.CharField(max_length=80, blank=True, help_text="State, county or province.")
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, default="US", help_text="Two letters, such as US.")
    phone = PhoneNumberField()
    email = models.EmailField()
    timezone = models.CharField(
        max_length=64,
        validators=[validate_timezone],
        help_text="People always see this place's own time, such as America/Los_Angeles.",
    )
    access_notes = models.TextField(blank=True, help_text="Doors, steps, toilets, parking, buses.")
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def phone_display(self) -> str:
        return self.phone.as_national

    @property
    def address(self) -> str:
        return ", ".join(part for part in (self.street, self.city, f"{self.region} {self.postal_code}".strip()) if part)


class OpeningHours(models.Model):
    """When the door is open, for people to read. Appointments follow the practitioners' working hours."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "Monday"
        TUESDAY = 1, "Tuesday"
        WEDNESDAY = 2, "Wednesday"
        THURSDAY = 3, "Thursday"
        FRIDAY = 4, "Friday"
        SATURDAY = 5, "Saturday"
        SUNDAY = 6, "Sunday"

    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering = ["location", "weekday", "opens"]
        verbose_name_plural = "opening hours"
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="opening_hours_end_after_start",
                violation_error_message="The closing time must come after the opening time.",
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_hours_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class Room(models.Model):
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=60)
    is_step_free = models.BooleanField("step-free", default=True)
    has_low_table = models.BooleanField("low table", default=False)
    is_quiet = models.BooleanField("quiet", default=False)
    position = models.PositiveSmallIntegerField(default=0, help_text="Rooms with a lower number are filled first.")
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet.as_manager()

    class Meta:
        ordering = ["location", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["location", "name"], name="room_name_unique_in_location")]

    def __str__(self) -> str:
        return self.name


class ServiceType(models.Model):
    name = models.CharField(max_length=60)
    slug = models.SlugField(unique=True)
    summary = models.TextField(blank=True, help_text="Two sentences, for the home page and lists.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


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
    summary = models.TextField(blank=True)
    explanation = models.TextField(blank=True)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.IN_CLINIC)
    booking_mode = models.CharField(max_length=10, choices=BookingMode, default=BookingMode.INSTANT)
    rooms = models.ManyToManyField(
        Room,
        blank=True,
        related_name="services",
        help_text="The rooms that suit it. At the clinic it needs one of them.",
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
        ]

    def __str__(self) -> str:
        return self.name

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


class PractitionerQuerySet(ActiveQuerySet):
    def giving(self, service: Service):
        return self.active().filter(services=service)


class Practitioner(models.Model):
    name = models.CharField(max_length=80)
    slug = models.SlugField(unique=True)
    user = models.OneToOneField(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="practitioner",
        help_text="Their staff sign-in.",
    )
    email = models.EmailField(help_text="Where notices of new and changed appointments go.")
    credentials = models.CharField(
        max_length=120, blank=True, help_text="Such as Licensed massage therapist, 14 years."
    )
    licence = models.CharField(max_length=60, blank=True, help_text="Licence number, shown to clients.")
    languages = ArrayField(models.CharField(max_length=40), default=list, blank=True, help_text="Separate with commas.")
    tagline = models.CharField(max_length=160, blank=True, help_text="One sentence in their own voice.")
    bio = models.TextField(blank=True)
    services = models.ManyToManyField(Service, blank=True, related_name="practitioners")
    accepts_new_clients = models.BooleanField(
        default=True, help_text="When off, their times are offered only to people who choose them by name."
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    objects = PractitionerQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2]).upper()
