"""What the style guide shows of each component: a name of `templates/components/` and what it is given.

A new component needs a line here; `tests/integration/test_styleguide.py` fails without.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString

from booking.forms import DetailsForm, FilterForm
from booking.week import Day, Part, ShownSlot, Week
from clinic.styleguide import rows
from services.chooser.advice import Advice, Reason
from services.forms import CarryForm, ChooserForm
from services.markdown import Heading
from services.models import Picture, Service
from services.search import Result

Given = Mapping[str, object]
COMPONENTS = Path(settings.BASE_DIR) / "templates" / "components"

# Shown by the page itself, because a page has them once.
FRAME = {"masthead", "footer", "actionbar", "breadcrumb"}
# Nothing to see: they list stylesheets.
UNSEEN = {path.stem for path in COMPONENTS.glob("styles_*.html")}


def of_reading() -> dict[str, Given]:
    article, location = rows.article(), rows.location()
    signs = "- a calf that is hot, swollen and painful on one side\n- fever with back pain"
    return {
        "article_list": {"articles": [article]},
        "brand_mark": {},
        "call": {"location": location},
        "care_item": {"service_type": rows.service_type()},
        "compare_live": {"service_types": [rows.service_type()], "article": None},
        "doctor_first": {"text": signs},
        "facts": {"facts": [("Length", "60 minutes"), ("Price", "$105")]},
        "hero": {},
        "hours": {"hours": location.opening_hours.all(), "today": 1},
        "how_to_book": {
            "service": rows.service(), "location": location, "consultation": settings.SITE_URL,
        },
        "map_links": {"location": location},
        "not_for": {"text": "- numbness or weakness\n- pain after a fall"},
        "notice": {"title": "Closed on Thursday.", "text": "It is a holiday.", "tone": "warm"},
        "outline": {"headings": [Heading("outline", "The short version"), Heading("outline", "What the hands do")]},
        "people_list": {"practitioners": [rows.practitioner()]},
        "person": {"practitioner": rows.practitioner()},
        "picture": {"picture": Picture.objects.first(), "sizes": "20rem"},
        "place": {"location": location, "today": 1},
        "price_table": {"options": rows.options(rows.service())},
        "reviewed": {"article": article},
        "rooms": {"rooms": [rows.room()]},
        "search_result": {"result": Result("Guide", article.title, "/learn/first-visit/", SafeString("You may stop."))},
        "seal": {"practitioner": rows.practitioner()},
        "search_form": {"id": "sample-search", "q": "stiff neck", "label": "Search, as on a page"},
        "service_link": {"service": rows.service(), "practitioner": None, "article": None},
        "service_list": {"services": [rows.service()], "practitioner": None},
        "sources": {"sources": article.sources.all()},
        "title_list": {"articles": [article]},
        "ways_on": {"reading": [(article.title, article.get_absolute_url())]},
        "where": {"service": rows.service(), "location": location, "room": rows.room()},
    }  # fmt: skip


def of_booking() -> dict[str, Given]:
    appointment, service = rows.appointment(), rows.service()
    times = reverse("booking:times", args=[service.slug])
    choice = {"option": "1", "location": "stillwater"}
    opening = SimpleNamespace(
        starts_at=rows.STARTS_AT, relative="tomorrow", service=service, option=rows.options(service)[0],
        practitioner=rows.practitioner(), url=times,
    )  # fmt: skip
    return {
        "alternatives": {"slots": [_slot()], "action": times, "fields": choice.items()},
        "button": {"url": times, "label": "Hold it ten more minutes", "look": "primary", "fields": []},
        "consultation_proposal": {"appointment": rows.proposed()},
        "consultation_status": {"asked": rows.request(), "proposed": [], "visit_token": "", "location": None},
        "cancelled": {"appointment": rows.appointment(status="cancelled"), "is_undone": False},
        "day": {"day": _week().days[0]},
        "hold": {"held_until": rows.STARTS_AT, "may_extend": True, "extend_url": times, "choice": choice},
        "move_offers": {
            "offers": [rows.offered()], "token": rows.TOKEN, "location": rows.location(),
            "zone_label": "Los Angeles time",
        },
        "opening": {"opening": opening},
        "openings": {"title": "The next openings", "openings": [opening], "more": times},
        "pick": {
            "name": "A stiff neck",
            "note": "",
            "services": [service],
            "practitioner": rows.practitioner(),
            "article": None,
        },
        "policy": {"deadline": appointment.deadline_at, "fee": "$52.50", "is_late": False},
        "slot": {"slot": _slot()},
        "steps": {"step": 2},
        "summary": {"summary": _summary()},
        "ticket": {
            "appointment": appointment, "token": rows.TOKEN, "may_move": True, "may_cancel": True,
            "zone_label": "Los Angeles time",
        },
        "todo": {"appointment": appointment},
        "undo": {"until": rows.STARTS_AT, "token": rows.TOKEN},
        "week": {"week": _week(), "action": times, "choice": choice},
    }  # fmt: skip


def of_forms() -> dict[str, Given]:
    service = rows.service()
    refused = DetailsForm(QueryDict("first_name=Noor"), auto_id="refused_%s")
    whole, parts = DetailsForm(), DetailsForm(auto_id="part_%s")
    filters = FilterForm(QueryDict(), service=service, options=rows.options(service), locations=[rows.location()])
    alone = FilterForm(QueryDict(), service=service, options=rows.options(service), locations=[rows.location()])
    alone.auto_id = "alone_%s"
    return {
        "bodymap": {"field": parts["areas_to_avoid"]},
        "bodymap_side": {"field": DetailsForm(auto_id="side_%s")["areas_to_avoid"], "side": "front", "prefix": "f-"},
        "chooser_answer": _answer(service),
        "chooser_question": {"field": ChooserForm(auto_id="ask_%s")["needles"]},
        "chooser_urgent": {"advice": Advice(reasons=(_reason(),), urgent="Call 911 now"), "location": rows.location()},
        "choices": {"field": alone["part"]},
        "details_fields": {"form": whole},
        "errors": {"form": refused},
        "field": {"field": refused["email"]},
        "filters": {"filters": filters, "action": reverse("booking:times", args=[service.slug])},
        "pressure": {"field": parts["pressure"]},
        "select": {"field": alone["practitioner"]},
    }


CHAPTERS: dict[str, Callable[[], dict[str, Given]]] = {
    "To read": of_reading,
    "To book": of_booking,
    "To fill in": of_forms,
}


def _reason() -> Reason:
    return Reason(because="Pain in one place", says="Most of the time goes there.")


def _answer(service: Service) -> Given:
    advice = Advice(
        reasons=(_reason(),),
        services=(service.slug,),
        not_for="Numbness or fever.",
        doctor_first=("Pain after a fall.",),
    )
    return {
        "advice": advice, "service": service, "alternatives": [service], "calls": [],
        "carry": CarryForm(initial={"sealed": ""}), "consultation": reverse("booking:consultation"),
    }  # fmt: skip


def _slot(minutes: int = 0, *, is_best_fit: bool = False) -> ShownSlot:
    at = rows.STARTS_AT + timedelta(minutes=minutes)
    return ShownSlot(at.isoformat(), f"{at:%H:%M}", f"Monday 6 May, {at:%H:%M}", is_best_fit)


def _week() -> Week:
    day = rows.STARTS_AT.date()
    open_day = Day(day, "today", [Part("am", "Morning", [_slot(), _slot(15, is_best_fit=True)])])
    shut = [Day(day + timedelta(days=number), "", [], "Mara is away.") for number in range(1, 7)]
    return Week("6 to 12 May", [open_day, *shut], later_url="?from=2030-05-13")


def _summary() -> dict[str, Any]:
    service = rows.service()
    return {
        "starts_at": rows.STARTS_AT,
        "service": service,
        "option": rows.options(service)[0],
        "practitioner_name": "Mara Ellison",
        "location": rows.location(),
        "price": "$105",
        "change_url": reverse("booking:times", args=[service.slug]),
    }
