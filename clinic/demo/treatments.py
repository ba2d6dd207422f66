"""What the demo clinic offers: five kinds, twelve services, twenty-five options. Data alone; nothing is written.

What is said of them is in `services/content/`, by their slugs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from clinic.demo.place import ACUPUNCTURE_ROOMS, MASSAGE_ROOMS

SERVICE_TYPES = [
    ("relaxation", "Relaxation massage"),
    ("therapeutic", "Therapeutic massage"),
    ("medical", "Medical massage"),
    ("acupuncture", "Acupuncture"),
    ("consultation", "Consultation"),
]


@dataclass(frozen=True)
class Option:
    """Minutes and dollars; `rest` is when the needles are in and the client lies alone, in minutes from the start."""

    minutes: int
    price: int
    name: str = ""
    rest: tuple[int, int] | None = None


@dataclass(frozen=True)
class Treatment:
    """A service with its options; `rules` are fields of `Service` that differ from its defaults."""

    kind: str
    slug: str
    name: str
    options: tuple[Option, ...]
    rooms: tuple[str, ...] = MASSAGE_ROOMS
    helps_with: tuple[str, ...] = ()
    rules: Mapping[str, object] = field(default_factory=dict)


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


TURNOVER = {"buffer_after": _minutes(15)}
NEEDLES = {
    "buffer_after": _minutes(10),
    "lead_time": timedelta(hours=4),
    "slot_step": _minutes(30),
    "needs_health_history": True,
}
MEDICAL = TURNOVER | {
    "lead_time": timedelta(hours=12),
    "booking_horizon": timedelta(days=60),
    "cancellation_notice": timedelta(hours=48),
    "needs_health_history": True,
}
CALL = {
    "lead_time": timedelta(hours=1),
    "booking_horizon": timedelta(days=30),
    "cancellation_notice": timedelta(hours=2),
    "late_fee_percent": 0,
}

TREATMENTS = [
    Treatment(
        "relaxation",
        "relaxation-massage",
        "Relaxation massage",
        (Option(60, 95), Option(90, 135)),
        (*MASSAGE_ROOMS, "Fern"),
        ("Stress", "Poor sleep", "Feeling worn out"),
        TURNOVER,
    ),
    Treatment(
        "relaxation",
        "warm-stone-massage",
        "Warm stone massage",
        (Option(75, 125), Option(90, 148)),
        ("Alder", "Cedar"),
        ("Stress", "Cold hands and feet", "Feeling worn out"),
        {"buffer_before": _minutes(10), "buffer_after": _minutes(20)},
    ),
    Treatment(
        "relaxation",
        "pregnancy-massage",
        "Pregnancy massage",
        (Option(60, 98), Option(75, 120)),
        ("Alder", "Birch"),
        ("Pregnancy aches", "A sore lower back", "Tired legs"),
        {"buffer_before": _minutes(5), "buffer_after": _minutes(15), "needs_health_history": True},
    ),
    Treatment(
        "therapeutic",
        "therapeutic-massage",
        "Therapeutic massage",
        (Option(30, 62), Option(60, 105), Option(90, 150)),
        MASSAGE_ROOMS,
        ("A sore lower back", "A stiff neck and shoulders", "Headaches", "Aches from desk work"),
        TURNOVER,
    ),
    Treatment(
        "therapeutic",
        "deep-tissue-massage",
        "Deep tissue massage",
        (Option(45, 88), Option(60, 112), Option(90, 158)),
        MASSAGE_ROOMS,
        ("A sore lower back", "Tight hips and legs", "A stiff neck and shoulders"),
        TURNOVER,
    ),
    Treatment(
        "therapeutic",
        "sports-massage",
        "Sports massage",
        (Option(30, 66), Option(60, 110), Option(90, 155)),
        MASSAGE_ROOMS,
        ("Sore after sport", "Tight hips and legs", "Tired legs"),
        TURNOVER,
    ),
    Treatment(
        "medical",
        "medical-massage",
        "Medical massage",
        (Option(60, 120), Option(75, 145, "First visit")),
        ("Alder", "Birch"),
        ("After an injury", "A stiff neck and shoulders", "A sore lower back", "Trouble moving a joint"),
        MEDICAL,
    ),
    Treatment(
        "medical",
        "lymphatic-drainage",
        "Lymphatic drainage",
        (Option(60, 125), Option(75, 150, "First visit")),
        ("Alder", "Birch", "Moss"),
        ("Swelling", "After an operation"),
        MEDICAL,
    ),
    Treatment(
        "acupuncture",
        "acupuncture",
        "Acupuncture",
        (Option(50, 95, rest=(10, 40)), Option(75, 125, "First visit", rest=(35, 65))),
        ACUPUNCTURE_ROOMS,
        ("Headaches", "A sore lower back", "Poor sleep", "Stress"),
        NEEDLES,
    ),
    Treatment(
        "acupuncture",
        "acupuncture-with-cupping",
        "Acupuncture with cupping",
        (Option(60, 115, rest=(10, 35)), Option(75, 135, rest=(10, 45))),
        (*ACUPUNCTURE_ROOMS, "Cedar"),
        ("A stiff neck and shoulders", "A sore lower back", "Tight hips and legs"),
        NEEDLES,
    ),
    Treatment(
        "consultation",
        "video-consultation",
        "Video consultation",
        (Option(15, 0),),
        (),
        ("Not sure what I need",),
        CALL | {"mode": "video"},
    ),
    Treatment(
        "consultation",
        "phone-consultation",
        "Phone consultation",
        (Option(15, 0),),
        (),
        ("Not sure what I need",),
        CALL | {"mode": "phone"},
    ),
]
