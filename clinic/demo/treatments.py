"""What the demo clinic offers: five kinds, twelve services, twenty-five options. Data alone; nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from clinic.demo.place import ACUPUNCTURE_ROOMS, MASSAGE_ROOMS

SERVICE_TYPES = [
    (
        "relaxation",
        "Relaxation massage",
        "Slow, flowing strokes over most of the body, with light to medium pressure. "
        "People come for stress, for poor sleep, or for one hour when nobody needs them.",
    ),
    (
        "therapeutic",
        "Therapeutic massage",
        "Time spent on the places that trouble you: the neck that will not turn, the shoulder that aches at the desk. "
        "You say what you feel and we adjust as we go.",
    ),
    (
        "medical",
        "Medical massage",
        "Work with a goal after an injury, or alongside your doctor’s plan. "
        "We measure first, agree on a number of visits, then measure again.",
    ),
    (
        "acupuncture",
        "Acupuncture",
        "Fine, sterile, single-use needles rest at chosen points while you lie still. "
        "Most people feel a brief dull ache, or nothing at all.",
    ),
    (
        "consultation",
        "Consultation",
        "Fifteen minutes with a practitioner, free, by video or telephone. "
        "Ask what would suit you, what it costs, whether it is safe with your medicines.",
    ),
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
    summary: str
    explanation: str
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
        "Long, slow strokes from shoulders to feet, at a pressure you could fall asleep under.",
        "There is no goal beyond rest. You lie under a sheet in a warm, dim room, we uncover one part at a time, "
        "and the strokes stay long and even. It is not the visit for one stubborn knot: choose therapeutic for that.",
        (Option(60, 95), Option(90, 135)),
        (*MASSAGE_ROOMS, "Fern"),
        ("Stress", "Poor sleep", "Feeling worn out"),
        TURNOVER,
    ),
    Treatment(
        "relaxation",
        "warm-stone-massage",
        "Warm stone massage",
        "Smooth basalt stones, warmed and tested on our own arms first, do half of the work.",
        "Warmth lets muscles give way with less pressure. Tell us if your skin feels heat poorly, for example with "
        "diabetes: then we leave the stones out and give you the same time with hands alone.",
        (Option(75, 125), Option(90, 148)),
        ("Alder", "Cedar"),
        ("Stress", "Cold hands and feet", "Feeling worn out"),
        {"buffer_before": _minutes(10), "buffer_after": _minutes(20)},
    ),
    Treatment(
        "relaxation",
        "pregnancy-massage",
        "Pregnancy massage",
        "Lying on your side between pillows, from the second trimester on.",
        "For the lower back, the hips and the legs that carry more than they used to. If your pregnancy is a "
        "high-risk one, or a calf is hot and swollen, speak with your midwife or doctor first.",
        (Option(60, 98), Option(75, 120)),
        ("Alder", "Birch"),
        ("Pregnancy aches", "A sore lower back", "Tired legs"),
        {"buffer_before": _minutes(5), "buffer_after": _minutes(15), "needs_health_history": True},
    ),
    Treatment(
        "therapeutic",
        "therapeutic-massage",
        "Therapeutic massage",
        "Most of the time goes to one or two places that trouble you, and you steer the pressure.",
        "We ask, look at how you move, and work slowly where it matters, with pauses to check in. Two or three visits "
        "usually show whether it helps. New numbness, weakness or pain after a fall belongs to a doctor first.",
        (Option(30, 62), Option(60, 105), Option(90, 150)),
        MASSAGE_ROOMS,
        ("A sore lower back", "A stiff neck and shoulders", "Headaches", "Aches from desk work"),
        TURNOVER,
    ),
    Treatment(
        "therapeutic",
        "deep-tissue-massage",
        "Deep tissue massage",
        "Slow, firm work on the deeper layers, never faster than you can breathe.",
        "Firm should not mean holding your breath: say so and we ease off. You may feel sore the next day. "
        "We do not offer it to people on blood thinners; therapeutic massage is the gentler choice.",
        (Option(45, 88), Option(60, 112), Option(90, 158)),
        MASSAGE_ROOMS,
        ("A sore lower back", "Tight hips and legs", "A stiff neck and shoulders"),
        TURNOVER,
    ),
    Treatment(
        "therapeutic",
        "sports-massage",
        "Sports massage",
        "For legs and shoulders that train: before an event, after it, or in between.",
        "Brisker than our other massages, with stretching. Come at least two days before a race. "
        "A fresh strain, with swelling or a bruise, should rest first.",
        (Option(30, 66), Option(60, 110), Option(90, 155)),
        MASSAGE_ROOMS,
        ("Sore after sport", "Tight hips and legs", "Tired legs"),
        TURNOVER,
    ),
    Treatment(
        "medical",
        "medical-massage",
        "Medical massage",
        "A goal, a number of visits, and a measurement before the first and after the last.",
        "We write down what you cannot do, such as turning your head to reverse the car, agree on four to six visits, "
        "and measure again. If nothing has changed we say so and stop. Bring your doctor’s letter if there is one.",
        (Option(60, 120), Option(75, 145, "First visit")),
        ("Alder", "Birch"),
        ("After an injury", "A stiff neck and shoulders", "A sore lower back", "Trouble moving a joint"),
        MEDICAL,
    ),
    Treatment(
        "medical",
        "lymphatic-drainage",
        "Lymphatic drainage",
        "Very light, rhythmic strokes for swelling after surgery or injury.",
        "It should feel like almost nothing. Your surgeon or doctor says from when on it is safe. "
        "With an infection, a clot or heart failure we do not do it.",
        (Option(60, 125), Option(75, 150, "First visit")),
        ("Alder", "Birch", "Moss"),
        ("Swelling", "After an operation"),
        MEDICAL,
    ),
    Treatment(
        "acupuncture",
        "acupuncture",
        "Acupuncture",
        "A talk, a handful of fine needles, and half an hour in which nothing is asked of you.",
        "Needles go in within ten minutes and rest while you lie alone, with a bell in your hand; then we take them "
        "out. A small bruise is the usual harm. Tell us about blood thinners, a pacemaker or pregnancy.",
        (Option(50, 95, rest=(10, 40)), Option(75, 125, "First visit", rest=(35, 65))),
        ACUPUNCTURE_ROOMS,
        ("Headaches", "A sore lower back", "Poor sleep", "Stress"),
        NEEDLES,
    ),
    Treatment(
        "acupuncture",
        "acupuncture-with-cupping",
        "Acupuncture with cupping",
        "Needles first, then glass cups moved over an oiled back.",
        "Cups leave round marks that fade within ten days or so, which is worth knowing before a wedding. "
        "We leave them out over broken skin, or when bruises come easily.",
        (Option(60, 115, rest=(10, 35)), Option(75, 135, rest=(10, 45))),
        (*ACUPUNCTURE_ROOMS, "Cedar"),
        ("A stiff neck and shoulders", "A sore lower back", "Tight hips and legs"),
        NEEDLES,
    ),
    Treatment(
        "consultation",
        "video-consultation",
        "Video consultation",
        "Fifteen minutes face to face on your screen, free of charge.",
        "A practitioner answers, not a salesperson: what would suit you, what it costs, what to ask your doctor. "
        "You get a link in the confirmation; a telephone with a camera is enough.",
        (Option(15, 0),),
        (),
        ("Not sure what I need",),
        CALL | {"mode": "video"},
    ),
    Treatment(
        "consultation",
        "phone-consultation",
        "Phone consultation",
        "Fifteen minutes by telephone, free of charge. We call you.",
        "The same talk without a screen. We ring the number you leave at the time you choose, and once more five "
        "minutes later if you do not pick up.",
        (Option(15, 0),),
        (),
        ("Not sure what I need",),
        CALL | {"mode": "phone"},
    ),
]
