"""The people who come. A client is a name with an e-mail address: families share an address. Who has no address
is booked by telephone, and only staff can tell two of them apart."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Lower, Upper
from phonenumber_field.modelfields import PhoneNumberField

from services import body


class Folded(Func):
    """Capitals without accents: “Zoë” and “zoe” are both ZOE. The function is made by migration 0007."""

    function = "booking_folded"
    output_field = models.TextField()


class ClientQuerySet(models.QuerySet):
    def present(self):
        """Without those that were merged into another."""
        return self.filter(merged_into__isnull=True)

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
    email = models.EmailField(blank=True, help_text="Without one they get no mail, and nobody can book as them online.")
    phone = PhoneNumberField(blank=True)
    pressure = models.CharField(max_length=10, choices=Pressure, default=Pressure.DECIDE)
    areas_to_avoid = ArrayField(models.CharField(max_length=20, choices=body.AREAS), default=list, blank=True)
    talk = models.CharField(max_length=60, blank=True, help_text="How much they like to talk.")
    warmth = models.CharField(max_length=60, blank=True, help_text="Table warmer, blankets.")
    scent = models.CharField(max_length=60, blank=True, help_text="Oils and scents they like or cannot stand.")
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="merged_from"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    folded_name = models.GeneratedField(
        expression=Folded(Concat(F("first_name"), Value(" "), F("last_name"))),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = ClientQuerySet.as_manager()

    class Meta:
        ordering = ["last_name", "first_name", "pk"]
        indexes = [
            GinIndex(fields=["folded_name"], opclasses=["gin_trgm_ops"], name="client_name_trigrams"),
            GinIndex(OpClass(Upper(F("email")), name="gin_trgm_ops"), name="client_email_trigrams"),
            GinIndex(fields=["phone"], opclasses=["gin_trgm_ops"], name="client_phone_trigrams"),
        ]
        permissions = [
            ("merge_client", "Can merge two clients into one"),
            ("import_client", "Can import clients from a file"),
            ("export_client", "Can export everything about a client"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                Lower("first_name"),
                Lower("last_name"),
                condition=~Q(email=""),
                name="client_is_name_and_email",
                violation_error_message="There is a client of this name and e-mail address already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def short_name(self) -> str:
        """Noor H., for what leaves the clinic's own pages."""
        return f"{self.first_name} {self.last_name[:1]}."


class ClientNote(models.Model):
    """What the front desk should know. Health belongs in the health history, not here."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(max_length=2000)
    is_alert = models.BooleanField("alert", default=False, help_text="Shown as a warning wherever the client is.")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+")
    at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ["-is_alert", "-at", "-pk"]

    def __str__(self) -> str:
        return self.text[:60]
