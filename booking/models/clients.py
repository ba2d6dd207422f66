"""The people who come. A client is a name with an e-mail address: families share an address."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Value
from django.db.models.functions import Lower
from phonenumber_field.modelfields import PhoneNumberField

from services import body


class ClientQuerySet(models.QuerySet):
    def of(self, email: str, first_name: str, last_name: str):
        """The one client of this name and address, compared as the unique index does."""
        typed = {"email": email, "first_name": first_name, "last_name": last_name}
        return self.alias(**{f"lower_{name}": Lower(name) for name in typed}).filter(
            **{f"lower_{name}": Lower(Value(value)) for name, value in typed.items()}
        )


class Client(models.Model):
    class Pressure(models.TextChoices):
        LIGHT = "light", "Light"
        MEDIUM = "medium", "Medium"
        FIRM = "firm", "Firm"
        DECIDE = "decide", "Decide on the day"

    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    email = models.EmailField()
    phone = PhoneNumberField(blank=True)
    pressure = models.CharField(max_length=10, choices=Pressure, default=Pressure.DECIDE)
    areas_to_avoid = ArrayField(models.CharField(max_length=20, choices=body.AREAS), default=list, blank=True)
    talk = models.CharField(max_length=60, blank=True, help_text="How much they like to talk.")
    warmth = models.CharField(max_length=60, blank=True, help_text="Table warmer, blankets.")
    scent = models.CharField(max_length=60, blank=True, help_text="Oils and scents they like or cannot stand.")
    notes = models.TextField(blank=True, help_text="For the front desk. Health belongs in the health history.")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ClientQuerySet.as_manager()

    class Meta:
        ordering = ["last_name", "first_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                Lower("first_name"),
                Lower("last_name"),
                name="client_is_name_and_email",
                violation_error_message="There is a client of this name and e-mail address already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"
