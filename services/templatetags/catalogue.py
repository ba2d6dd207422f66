"""The catalogue in words: lengths of time, shares of a price, and what happens while the needles rest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django import template
from django.utils.safestring import SafeString, mark_safe

from services import markdown, pricing, reading
from services.models import Article, Service, ServiceOption

register = template.Library()

NOT_ONLINE: dict[str, str] = {
    Service.BookingMode.ON_REQUEST.value: ", on request",
    Service.BookingMode.STAFF_ONLY.value: ", booked by the front desk",
}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@register.filter
def span(length: timedelta) -> str:
    """“24 hours”, “3 days”, “90 minutes”: the largest whole unit, but a day or two in hours."""
    for unit, name, least in ((DAY, "day", 3 * DAY), (HOUR, "hour", HOUR)):
        if length >= least and not length % unit:
            return _counted(length // unit, name)
    return _counted(round(length / timedelta(minutes=1)), "minute")


@register.filter
def share(percent: int) -> str:
    """“half the price”, “the full price”, “30 % of the price”."""
    return {50: "half the price", 100: "the full price"}.get(percent, f"{percent} % of the price")


@register.filter
def rest(option: ServiceOption) -> str:
    """The unattended phase as a sentence, or blank."""
    if option.unattended is None:
        return ""
    begins, ends = option.unattended
    return (
        f"Of the {option.minutes} minutes, the needles rest for {round((ends - begins) / timedelta(minutes=1))}: "
        f"from minute {round(begins / timedelta(minutes=1))} to minute {round(ends / timedelta(minutes=1))} "
        "you lie still, and nobody does anything to you."
    )


@register.filter
def lengths(services: Iterable[Service]) -> str:
    """“30, 60 or 90 minutes”: every length among these services."""
    minutes = sorted({option.minutes for service in services for option in service.options.all()})
    *most, last = [str(count) for count in minutes] or [""]
    return f"{', '.join(most)} or {last} minutes" if most else f"{last} minutes" if last else ""


@register.filter
def price(services: Iterable[Service]) -> str:
    """“from $62”, “$105” where there is but one price, “free”; blank without a length."""
    prices = {option.price for service in services for option in service.options.all()}
    if not prices:
        return ""
    return f"from {pricing.money(min(prices))}" if len(prices) > 1 else pricing.money(min(prices))


@register.filter
def offer(service: Service) -> str:
    """“30, 60 or 90 minutes, from $62”; and that it is not booked online, if so."""
    return f"{lengths([service])}, {price([service])}{NOT_ONLINE.get(service.booking_mode, '')}"


@register.filter
def answer(question: Article) -> SafeString:
    """The opening of a question's text on a page of many: its citations lead to the sources on its own page."""
    html = markdown.render(reading.opening(question))
    return mark_safe(html.replace('href="#source-', f'href="{question.get_absolute_url()}#source-'))  # noqa: S308


def _counted(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"
