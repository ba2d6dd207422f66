"""A time somebody picked, and the filters it was looked for with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from booking import localtime, week
from booking.forms.fields import ArticleField, InstantField
from services.models import Article, Location, Practitioner, Service, ServiceOption


@dataclass(frozen=True)
class Choice:
    """A time of an option somebody picked, and the article that led them here. Price and rules are looked up."""

    option: ServiceOption
    starts_at: datetime
    practitioner: Practitioner | None
    location: Location
    article: Article | None = None

    @property
    def service(self) -> Service:
        return self.option.service

    @property
    def fields(self) -> dict[str, str]:
        """The choice as the fields of a form or an address."""
        local = localtime.to_local(self.starts_at, localtime.zone(self.location.timezone))
        others = choice_fields(self.option, self.practitioner, self.location, self.article)
        return {"starts_at": local.isoformat(), **others}


def choice_fields(
    option: ServiceOption, practitioner: Practitioner | None, location: Location, article: Article | None = None
) -> dict[str, str]:
    """Everything of a choice but its time."""
    fields = {
        "option": str(option.pk),
        "practitioner": practitioner.slug if practitioner else "",
        "location": location.slug,
    }
    return {**fields, "article": article.slug} if article else fields


class ChoiceForm(forms.Form):
    """Reads a choice from a form or a deep link; `duration` stands in where an address names no option."""

    starts_at = InstantField()
    duration = forms.IntegerField(required=False, min_value=1, max_value=1000)
    article = ArticleField()

    def __init__(self, data: QueryDict, *, service: Service) -> None:
        super().__init__(data)
        self.options = service.options.active().select_related("service")
        self.locations = Location.objects.active()
        practitioners = Practitioner.objects.giving(service)
        self.fields["option"] = forms.ModelChoiceField(self.options, required=False)
        self.fields["practitioner"] = forms.ModelChoiceField(practitioners, required=False, to_field_name="slug")
        self.fields["location"] = forms.ModelChoiceField(self.locations, required=False, to_field_name="slug")

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if not cleaned.get("option") and "option" not in self.errors:
            length = cleaned.get("duration")
            found = self.options.filter(duration=timedelta(minutes=length)) if length else self.options
            cleaned["option"] = found.first()
        if not cleaned.get("location"):
            cleaned["location"] = self.locations.first()
        if not cleaned.get("option") or not cleaned.get("location"):
            raise forms.ValidationError("We no longer offer this.")
        return cleaned

    @property
    def choice(self) -> Choice:
        cleaned = self.cleaned_data
        return Choice(
            option=cleaned["option"],
            starts_at=cleaned["starts_at"],
            practitioner=cleaned["practitioner"],
            location=cleaned["location"],
            article=cleaned["article"],
        )


class FilterForm(forms.Form):
    """The filters of the times page. What it cannot read it says, and leaves out."""

    def __init__(self, data: QueryDict, *, service: Service, options: list[ServiceOption], locations: list[Location]):
        self.options = {_length_code(option, options): option for option in options}
        self.locations = locations
        filled = {"duration": next(iter(self.options)), "part": "", "location": locations[0].slug}
        super().__init__({**filled, **{name: value for name, value in data.items() if value}})
        lengths = [(code, option.label) for code, option in self.options.items()]
        parts = [("", "Any"), *week.PARTS.items()]
        radio, date_input = forms.RadioSelect, forms.DateInput({"type": "date"})
        self.fields = {
            "duration": forms.ChoiceField(label="Length", required=False, choices=lengths, widget=radio),
            "practitioner": _by_slug("With", Practitioner.objects.giving(service), empty_label="Anyone free"),
            "part": forms.ChoiceField(label="Part of day", required=False, choices=parts, widget=radio),
            "location": _by_slug("Where", Location.objects.active(), empty_label=None),
            "from": forms.DateField(label="From", required=False, widget=date_input, input_formats=["%Y-%m-%d"]),
            "article": ArticleField(),
        }
        if len(locations) == 1:
            self.fields["location"].widget = forms.HiddenInput()

    @property
    def chosen_option(self) -> ServiceOption:
        return self.options.get(self._read("duration", ""), next(iter(self.options.values())))

    @property
    def chosen_practitioner(self) -> Practitioner | None:
        return self._read("practitioner", None)

    @property
    def chosen_location(self) -> Location:
        return self._read("location", None) or self.locations[0]

    @property
    def chosen_part(self) -> str:
        return self._read("part", "")

    @property
    def chosen_article(self) -> Article | None:
        return self._read("article", None)

    def first_day(self, today: date, horizon_day: date) -> date:
        """The asked day, kept between today and the last day that can be booked."""
        return min(max(self._read("from", None) or today, today), horizon_day)

    def _read(self, name: str, otherwise):
        self.is_valid()
        return self.cleaned_data.get(name, otherwise)


def _by_slug(label: str, choices: QuerySet, *, empty_label: str | None) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(choices, label=label, required=False, to_field_name="slug", empty_label=empty_label)


def _length_code(option: ServiceOption, options: list[ServiceOption]) -> str:
    """The minutes; two options of one length are told apart by number."""
    is_alone = sum(other.minutes == option.minutes for other in options) == 1
    return str(option.minutes) if is_alone else f"{option.minutes}-{option.pk}"
