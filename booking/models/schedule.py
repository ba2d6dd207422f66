"""When practitioners work and when they do not. Wall-clock time exists here and nowhere else."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, IntegerField, Q, Value
from django.db.models.functions import Cast, ExtractHour, ExtractMinute

from services.models import Location, OpeningHours, Practitioner, Room
from services.models.minutes import whole_minutes


def _minute_of_day(field: str):
    return Cast(ExtractHour(field) * Value(60) + ExtractMinute(field), IntegerField())


class WorkingHours(models.Model):
    """Recurring hours of one practitioner at one location; several rows a day make a split shift."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="working_hours")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="working_hours")
    weekday = models.PositiveSmallIntegerField(choices=OpeningHours.Weekday)
    starts = models.TimeField(help_text="By the clock on the location's wall.")
    ends = models.TimeField()
    valid_from = models.DateField(help_text="The first day these hours apply.")
    valid_through = models.DateField(
        null=True,
        blank=True,
        help_text="The last day, or blank for no end. One day alone makes an extra shift.",
    )

    class Meta:
        ordering = ["practitioner", "weekday", "starts"]
        verbose_name = verbose_name_plural = "working hours"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")),
                name="working_hours_end_after_start",
                violation_error_message="A shift must end after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(valid_through__isnull=True) | Q(valid_through__gte=F("valid_from")),
                name="working_hours_valid_days_in_order",
                violation_error_message="The last day cannot come before the first.",
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="working_hours_weekday"),
            models.CheckConstraint(condition=Q(starts__second=0, ends__second=0), name="working_hours_whole_minutes"),
            ExclusionConstraint(
                name="working_hours_do_not_overlap",
                expressions=[
                    ("practitioner", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_through"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            _minute_of_day("starts"),
                            _minute_of_day("ends"),
                            function="int4range",
                            output_field=IntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="These hours overlap other working hours of the same practitioner.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"

    def validate_constraints(self, exclude=None) -> None:
        """Hours that end before they start are said to, before anybody looks for what they overlap."""
        for constraint in self._meta.constraints:
            if isinstance(constraint, models.CheckConstraint):
                constraint.validate(type(self), self, exclude=exclude)
        super().validate_constraints(exclude)


class TimeOff(models.Model):
    """A stretch without work: of one practitioner, of a whole location (a closure), or of a room out of use."""

    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.CASCADE, null=True, blank=True, related_name="time_off"
    )
    location = models.ForeignKey(
        Location,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="closures",
        help_text="For a closure.",
    )
    room = models.ForeignKey(
        Room,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="time_off",
        help_text="For a room that is out of use.",
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=120, blank=True, help_text="For staff only, such as “Training”.")
    public_reason = models.CharField(
        max_length=120,
        blank=True,
        help_text="Shown to clients on the times page, such as “Closed for Thanksgiving”.",
    )

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = verbose_name_plural = "time off"
        indexes = [
            models.Index(fields=["practitioner", "ends_at"]),
            models.Index(fields=["location", "ends_at"]),
            models.Index(fields=["room", "ends_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="time_off_end_after_start",
                violation_error_message="Time off must end after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(practitioner__isnull=False, location__isnull=True, room__isnull=True)
                | Q(practitioner__isnull=True, location__isnull=False, room__isnull=True)
                | Q(practitioner__isnull=True, location__isnull=True, room__isnull=False),
                name="time_off_of_exactly_one",
                violation_error_message="Choose one: a practitioner, a location for a closure, or a room.",
            ),
            models.CheckConstraint(
                condition=whole_minutes("starts_at", "ends_at"),
                name="time_off_whole_minutes",
                violation_error_message="Time off begins and ends on a whole minute.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner or self.location or self.room}: {self.public_reason or self.reason or 'time off'}"
