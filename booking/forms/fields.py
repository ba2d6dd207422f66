"""Fields that more than one form asks with: clean text, days and times on the wall, and instants."""

from __future__ import annotations

import re
from datetime import datetime

from django import forms
from django.core.validators import RegexValidator

from booking import localtime
from clinic.text import clean_line, clean_paragraphs
from services.models import Article

SLUG = re.compile(r"[-\w]{1,50}", re.ASCII)


class LineField(forms.CharField):
    """One line of text in its clean form."""

    def to_python(self, value):
        return clean_line(super().to_python(value) or "")


class NameField(LineField):
    """Part of a person's name: 60 characters, and no web address, because names are written into mails.

    `which` is the word for it: first, last.
    """

    default_validators = [
        RegexValidator(r"://|www\.|\.\w{2,}/", "Enter a name without a web address.", inverse_match=True)
    ]

    def __init__(self, which: str, **kwargs) -> None:
        widget = forms.TextInput({"autocomplete": {"first": "given-name", "last": "family-name"}[which]})
        required = {"required": f"Enter your {which} name."}
        super().__init__(max_length=60, widget=widget, error_messages=required, **kwargs)


class ParagraphField(forms.CharField):
    widget = forms.Textarea

    def to_python(self, value):
        return clean_paragraphs(super().to_python(value) or "")


class AddressField(forms.EmailField):
    """An e-mail address in small letters, no longer than we can keep."""

    def __init__(self, **kwargs) -> None:
        messages = {
            "required": "Enter an email address, such as noor@example.org.",
            "invalid": "Enter an email address with an @, such as noor@example.org.",
        }
        widget = forms.EmailInput({"autocomplete": "email", "spellcheck": "false"})
        super().__init__(label="Email", max_length=254, error_messages=messages, widget=widget, **kwargs)

    def to_python(self, value):
        return (super().to_python(value) or "").lower()


class ArticleField(forms.CharField):
    """The slug of the article that led here, cleaned to the article; whatever it is not is nobody's fault."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput)

    def clean(self, value):
        slug = str(value or "")
        return Article.objects.published().filter(slug=slug).first() if SLUG.fullmatch(slug) else None


class DayField(forms.DateField):
    """A day, as a browser's own calendar sends it."""

    def __init__(self, **kwargs) -> None:
        messages = {"required": "Choose a day.", "invalid": "Write the day as in 2026-12-05."}
        super().__init__(widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), error_messages=messages, **kwargs)


class WallTimeField(forms.TimeField):
    """A time by the clock on the wall, to the minute."""

    def __init__(self, **kwargs) -> None:
        messages = {"required": "Enter a time.", "invalid": "Write the time as in 9:30 or 14:30."}
        super().__init__(widget=forms.TimeInput({"type": "time"}, "%H:%M"), error_messages=messages, **kwargs)

    def to_python(self, value):
        found = super().to_python(value)
        return found.replace(second=0, microsecond=0) if found else found


class InstantField(forms.CharField):
    """An RFC 3339 instant with its offset, as offered times carry it; cleaned to UTC."""

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        try:
            # A plus sign in an address that nobody encoded arrives as a space.
            return localtime.to_utc(datetime.fromisoformat(text[:40].replace(" ", "+")))
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError("That is not a time.") from error
