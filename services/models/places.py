"""Where: the clinic's locations, the hours of their doors, and their rooms."""

from __future__ import annotations

import zoneinfo
from functools import lru_cache

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from phonenumber_field.modelfields import PhoneNumberField

from services.models.queryset import ActiveQuerySet


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def validate_timezone(value: str) -> None:
    """Refuse a name that the time zone database does not hold."""
    if value not in _zone_names():
        raise ValidationError(
            "“%(value)s” is not a time zone; write it as in America/Los_Angeles.", params={"value": value}
        )


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
    social_links = ArrayField(
        models.URLField(),
        default=list,
        blank=True,
        help_text="Pages of the clinic elsewhere, such as https://www.instagram.com/… Separate with commas.",
    )
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


class Equipment(models.Model):
    """Something a room has and a treatment needs, such as a sink or a hydraulic table."""

    name = models.CharField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "equipment"

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=60)
    is_step_free = models.BooleanField("step-free", default=True)
    has_low_table = models.BooleanField("low table", default=False)
    is_quiet = models.BooleanField("quiet", default=False)
    equipment = models.ManyToManyField(Equipment, blank=True, related_name="rooms")
    position = models.PositiveSmallIntegerField(default=0, help_text="Rooms with a lower number are filled first.")
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet.as_manager()

    class Meta:
        ordering = ["location", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["location", "name"], name="room_name_unique_in_location")]

    def __str__(self) -> str:
        return self.name
