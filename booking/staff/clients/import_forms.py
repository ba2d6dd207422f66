"""What an import asks with: a file, then which of our fields each of its columns is."""

from __future__ import annotations

from typing import Any

from django import forms

from booking.errors import BookingError
from booking.imports import columns, reading
from booking.models import ClientImport


class UploadForm(forms.Form):
    """One CSV file."""

    file = forms.FileField(
        label="CSV file",
        help_text="The list of clients that the other program exports: CSV, up to 5 MB and 10,000 rows.",
        widget=forms.FileInput({"accept": ".csv,.txt,.tsv,text/csv"}),
        error_messages={"required": "Choose a file first.", "empty": "This file is empty."},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            reading.refuse_size(file.size)
        except BookingError as error:
            raise forms.ValidationError(error.message) from error
        return file


class ColumnsForm(forms.Form):
    """A choice for each column of the file."""

    def __init__(self, *args: Any, batch: ClientImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, heading in enumerate(batch.headings):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=heading or f"Column {number + 1}",
                choices=columns.FIELDS,
                required=False,
                initial=batch.columns.get(str(number), columns.IGNORE),
                error_messages={"invalid_choice": "Choose one of these."},
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and (problem := columns.problem_with(self.matched)):
            raise forms.ValidationError(problem)
        return cleaned

    @property
    def matched(self) -> dict[str, str]:
        """Our field by the number of the column."""
        return {name.removeprefix("column_"): field for name, field in self.cleaned_data.items()}

    def column_fields(self) -> list[forms.BoundField]:
        """The choices in the order of the file."""
        return [self[name] for name in self.fields]
