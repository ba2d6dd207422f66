"""What the frame of the pages needs and templates cannot say: where one is, where a free call is booked, which
drawing belongs to a place, and what the site behind an address is called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from django import template
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone

from booking import openings
from booking.openings import Opening
from clinic.context import Facts
from services.models import OpeningHours, Service

register = template.Library()

MENU = (
    ("Kinds of care", "services:services"),
    ("What would help?", "services:chooser"),
    ("Learn", "services:library"),
    ("People", "services:people"),
    ("Contact", "contact"),
)
SITES = {
    "instagram.com": "Instagram",
    "facebook.com": "Facebook",
    "youtube.com": "YouTube",
    "linkedin.com": "LinkedIn",
    "tiktok.com": "TikTok",
    "threads.net": "Threads",
    "yelp.com": "Yelp",
    "x.com": "X",
    "bsky.app": "Bluesky",
}


class Link(NamedTuple):
    """`current` is what `aria-current` says: "page" here, "true" somewhere below, or blank."""

    name: str
    url: str
    current: str


CHANGES = {"cancel": "Cancel", "move": "Change the time"}


class Weekday(NamedTuple):
    number: int
    name: str
    hours: list[OpeningHours]


class FreeCall(NamedTuple):
    url: str
    next: Opening | None


@register.simple_tag
def menu(path: str) -> list[Link]:
    """The site's main places; the one we are in, or nearest below, is current."""
    addresses = [(name, reverse(route)) for name, route in MENU]
    above = [url for _, url in addresses if path.startswith(url)]
    here = max(above, key=len, default="")
    return [Link(name, url, "" if url != here else "page" if url == path else "true") for name, url in addresses]


@register.simple_tag
def journey_crumbs(path: str) -> list[tuple[str, str]]:
    """Names and addresses from below Home to a step of booking, or to a page about one visit."""
    first, *rest = path.strip("/").split("/")
    if first == "book":
        steps = ["Book online", "Choose a time", "Your details"]
    elif first == "visits" and rest:
        first, *rest = f"{first}/{rest[0]}", *rest[1:]
        steps = ["Your visit", CHANGES.get(rest[0], "Your visit") if rest else ""]
    else:
        return []
    places = ["/".join([first, *rest[:depth]]) for depth in range(len(rest) + 1)]
    return [(name, f"/{place}/") for name, place in zip(steps, places, strict=False)]


@register.simple_tag
def free_call_url() -> str:
    """Where a free video call is booked; where one asks for a talk if none can be booked online."""
    call = Facts.current().video_call
    return reverse("booking:times", args=[call]) if call else consultation_url()


@register.simple_tag
def free_call() -> FreeCall:
    """As `free_call_url`, with the next time somebody could call."""
    call = Facts.current().video_call
    services = Service.objects.filter(slug=call)
    found = openings.of_services(services, now=timezone.now(), count=1) if call else []
    return FreeCall(free_call_url(), found[0] if found else None)


@register.simple_tag
def consultation_url() -> str:
    """For templates that pass it on to components."""
    return reverse("booking:consultation")


@register.filter
def site_name(url: str) -> str:
    """“Instagram” for https://www.instagram.com/…; the host's own name for a site we do not know."""
    host = (urlsplit(url).hostname or url).removeprefix("www.")
    return next((name for known, name in SITES.items() if host == known or host.endswith("." + known)), host)


@register.filter
def whole_week(hours: Iterable[OpeningHours]) -> list[Weekday]:
    """All seven days in order, each with its hours, which may be none."""
    rows = list(hours)
    return [
        Weekday(number, str(name), [row for row in rows if row.weekday == number])
        for number, name in OpeningHours.Weekday.choices
    ]


@register.filter
def map_drawing(slug: str) -> str:
    """The template of the sketch of that location's streets, or blank when nobody has drawn one."""
    name = f"components/art/map_{slug}.html"
    try:
        get_template(name)
    except TemplateDoesNotExist:
        return ""
    return name
