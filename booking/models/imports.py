"""A list of clients brought along from another program: the file's rows, and what became of each."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.contrib.postgres.fields import ArrayField
from django.db import models

from booking.models.clients import Client


class ClientImport(models.Model):
    """One file. Its rows are kept until it is done, so that an import that stopped goes on where it was."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", "Columns to be matched"
        CHECKED = "checked", "Checked, nothing imported yet"
        RUNNING = "running", "Being imported"
        DONE = "done", "Done"

    class Source(models.TextChoices):
        JANE = "jane", "Jane"
        ACUITY = "acuity", "Acuity"
        CLINIKO = "cliniko", "Cliniko"
        EASYAPPOINTMENTS = "easyappointments", "Easy!Appointments"
        OTHER = "other", "Another program"

    file_name = models.CharField(max_length=120)
    source = models.CharField(max_length=20, choices=Source, default=Source.OTHER)
    headings = ArrayField(models.CharField(max_length=200))
    columns = models.JSONField(default=dict, help_text="Our field by the number of the file's column.")
    status = models.CharField(max_length=10, choices=Status, default=Status.UPLOADED)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "import of clients"
        verbose_name_plural = "imports of clients"

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    class Outcome(models.TextChoices):
        WAITING = "", "Not looked at yet"
        NEW = "new", "New client"
        KNOWN = "known", "Known already, nothing to add"
        FILLED = "filled", "Known already, gaps filled"
        TWICE = "twice", "Twice in this file"
        REFUSED = "refused", "Cannot be imported"

    batch = models.ForeignKey(ClientImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="The line in the file; the headings are line 1.")
    values = ArrayField(models.TextField())
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    is_imported = models.BooleanField(default=False)
    client = models.ForeignKey(Client, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["batch", "number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_number_once_a_file")]

    def __str__(self) -> str:
        return f"Line {self.number} of {self.batch}"
