"""Where the demo clinic is: its address, the hours of its door and its rooms with what stands in them.

Data alone, nothing is written here.
"""

from datetime import time
from decimal import Decimal

LOCATION = {
    "slug": "stillwater",
    "name": "Stillwater",
    "street": "218 Alder Lane",
    "city": "Fernhollow",
    "region": "Oregon",
    "postal_code": "97099",
    "country": "US",
    "phone": "+15035550142",
    "email": "hello@stillwater.example",
    "timezone": "America/Los_Angeles",
    "access_notes": (
        "The door is level, the toilet has rails, and there is a chair at every turn. "
        "Two parking spaces behind the building; buses 4 and 12 stop outside. "
        "Tell us if stairs, scents or bright lights are hard for you."
    ),
    "social_links": [
        "https://www.instagram.com/stillwater.example",
        "https://www.facebook.com/stillwater.example",
    ],
    # Invented like the town: somewhere in the hills of Oregon.
    "latitude": Decimal("44.912300"),
    "longitude": Decimal("-122.431700"),
}

OPENING_HOURS = [(weekday, time(8), time(19)) for weekday in range(5)] + [(5, time(9), time(15))]

MASSAGE_ROOMS = ("Alder", "Birch", "Cedar")
ACUPUNCTURE_ROOMS = ("Fern", "Moss")
ROOMS = [
    {"name": "Alder", "is_step_free": True, "has_low_table": True},
    {"name": "Birch", "is_step_free": True},
    {"name": "Cedar", "is_step_free": False, "is_quiet": True},
    {"name": "Fern", "is_step_free": True, "is_quiet": True},
    {"name": "Moss", "is_step_free": True, "has_low_table": True, "is_quiet": True},
]
STANDS_IN = {
    "Alder": ("Massage table", "Hydraulic table", "Sink", "Stone warmer"),
    "Birch": ("Massage table", "Hydraulic table", "Sink"),
    "Cedar": ("Massage table", "Treatment couch", "Sink", "Stone warmer", "Sharps bin"),
    "Fern": ("Massage table", "Treatment couch", "Sink", "Sharps bin", "Heat lamp"),
    "Moss": ("Hydraulic table", "Treatment couch", "Sink", "Sharps bin", "Heat lamp"),
}
NEEDED_FOR = {
    "relaxation-massage": ("Massage table",),
    "warm-stone-massage": ("Massage table", "Sink", "Stone warmer"),
    "pregnancy-massage": ("Hydraulic table",),
    "therapeutic-massage": ("Massage table",),
    "deep-tissue-massage": ("Massage table",),
    "sports-massage": ("Massage table",),
    "medical-massage": ("Massage table", "Sink"),
    "lymphatic-drainage": ("Hydraulic table",),
    "acupuncture": ("Treatment couch", "Sharps bin"),
    # Cedar has no heat lamp, and the page of rooms says so.
    "acupuncture-with-cupping": ("Treatment couch", "Sharps bin", "Heat lamp"),
}
