"""What people looked for and did not find, counted without knowing who looked."""

from django.db import models

from services.models import Location, Practitioner, Service


class UnmetSearch(models.Model):
    """How often, on one day, a search of the times page showed a week without a single open time."""

    asked_date = models.DateField(help_text="When people looked.")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="unmet_searches")
    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.CASCADE, null=True, blank=True, related_name="unmet_searches"
    )
    location = models.ForeignKey(
        Location, on_delete=models.CASCADE, null=True, blank=True, related_name="unmet_searches"
    )
    first_day = models.DateField(help_text="The first of the seven days they looked at.")
    part = models.CharField(max_length=4, blank=True, help_text="Part of the day: am, pm, eve, or blank for any.")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-asked_date", "pk"]
        verbose_name_plural = "unmet searches"
        constraints = [
            models.UniqueConstraint(
                fields=["asked_date", "service", "practitioner", "location", "first_day", "part"],
                name="unmet_search_one_row_a_question",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service}, week of {self.first_day}: {self.count}"
