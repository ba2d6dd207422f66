"""Walking the client's journey with Django's test client: a page, a form's POST, a whole booking."""

import re

from django.urls import reverse

from services.models import Service

LA_TEN = "2026-11-23T10:00:00-08:00"
TYPED = {
    "first_name": "Noor",
    "last_name": "Haddad",
    "email": "noor@example.org",
    "phone": "(503) 555-0187",
    "pressure": "medium",
    "areas_to_avoid": ["b-neck", "f-r-knee"],
    "note": "No lavender.",
    "accept_policy": "on",
    "form_token": "t" * 43,
}


def page(browser, url, **params):
    return browser.get(url, params)


def post(browser, url, data):
    """Post as a page's own form would: with the CSRF token that the times page gave this browser."""
    times = browser.get(reverse("booking:times", args=[Service.objects.first().slug])).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', times)[1]
    return browser.post(url, {**data, "csrfmiddlewaretoken": token})


def choice(clinic, **given):
    return {
        "option": clinic.option.pk,
        "practitioner": "",
        "location": clinic.location.slug,
        "starts_at": LA_TEN,
        **given,
    }


def url(clinic, name):
    return reverse(f"booking:{name}", args=[clinic.service.slug])


def book(browser, clinic, **given):
    return post(browser, url(clinic, "details"), {**choice(clinic), **TYPED, **given})
