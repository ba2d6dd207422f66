"""Asking for a consultation as a visitor does, and proposing times as staff do."""

from __future__ import annotations

import re
from datetime import timedelta

from django.urls import reverse

from booking import availability, consultations, links, outbox, policy
from booking.models import Message
from tests.factory import (
    MONDAY,
    NOW,
    TEN,
)

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
FORM = "/consultation/"
TYPED = {
    "kind": "video",
    "first_name": "Ada",
    "last_name": "Brook",
    "email": "Ada@example.org",
    "phone": "",
    "service": "",
    "message": "My back is sore after gardening.",
    "preferred_parts": ["am", "eve"],
    "preferred_text": "Tuesdays",
    "consent": "on",
    "website": "",
}


def opened(browser, address=FORM):
    """The hidden fields of a form as it was just given out."""
    text = browser.get(address).content.decode()
    return {
        name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', text)[1] for name in ("csrfmiddlewaretoken", "opened_at")
    }


def ask(browser, frozen, *, after=5 * SECOND, fields=None, **given):
    """Open the form, take the time a person takes, and send it."""
    fields = fields or opened(browser)
    frozen.shift(after)
    return browser.post(FORM, {**TYPED, **fields, **given})


def press(browser, request, way, **data):
    """Press a button of the request's own page."""
    page = reverse("booking:consultation_request", args=[links.token(request)])
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(page).content.decode())
    return browser.post(f"{page}{way}/", {**data, "csrfmiddlewaretoken": token[1] if token else ""})


def page_of(browser, request):
    return browser.get(reverse("booking:consultation_request", args=[links.token(request)])).content.decode()


def slots(clinic, *, count=3, now=NOW):
    found = availability.open_slots(clinic.option, first_day=MONDAY, last_day=MONDAY, now=now)
    return [slot for slot in found if slot.practitioner == clinic.practitioner and slot.starts_at >= TEN][:count]


def propose(request, clinic, *, count=3, now=NOW, **given):
    request.refresh_from_db()
    until = now + policy.PROPOSAL_LENGTH
    asked = {"option": clinic.option, "by": None, "now": now}
    return consultations.propose(request, slots(clinic, count=count, now=now), until, **asked | given)


def reasons():
    return set(Message.objects.values_list("reason", flat=True))


def sent(kind):
    """A mail's text and HTML as its reader gets them, found by how its reason begins."""
    return outbox.rendered(Message.objects.get(reason__startswith=kind))
