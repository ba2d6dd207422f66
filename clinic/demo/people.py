"""Who works at the demo clinic and when, and the names of those who come. Data alone, nothing is written here."""

from dataclasses import dataclass
from datetime import time

from clinic.demo import introductions as say

MON, TUE, WED, THU, FRI, SAT = range(6)
Shift = tuple[tuple[int, ...], time, time]


@dataclass(frozen=True)
class Person:
    """A practitioner; `shifts` are weekdays with wall-clock hours, two on a day make a split shift."""

    slug: str
    name: str
    credentials: str
    licence: str
    languages: tuple[str, ...]
    tagline: str
    bio: str
    approach: str
    services: tuple[str, ...]
    shifts: tuple[Shift, ...]


MASSAGES = ("relaxation-massage", "therapeutic-massage")
NEEDLES = ("acupuncture", "acupuncture-with-cupping")

PEOPLE = [
    Person(
        "mara-ellison",
        "Mara Ellison",
        "Licensed massage therapist, 14 years",
        "OR-LMT 20417",
        ("English", "German"),
        "Tell me when it is too much. I would rather hear it on the first stroke than the last.",
        say.MARA_BIO,
        say.MARA_APPROACH,
        (*MASSAGES, "deep-tissue-massage", "video-consultation"),
        (((MON, TUE, THU, FRI), time(9), time(12, 30)), ((MON, TUE, THU, FRI), time(13, 30), time(18))),
    ),
    Person(
        "jun-takeda",
        "Jun Takeda",
        "Licensed acupuncturist, 9 years",
        "OR-LAC 11862",
        ("English", "Japanese"),
        "Nobody has to believe anything for this. You only have to lie still, and you may snore.",
        say.JUN_BIO,
        say.JUN_APPROACH,
        (*NEEDLES, "video-consultation", "phone-consultation"),
        (((MON, TUE, WED, THU), time(9, 30), time(12, 30)), ((MON, TUE, WED, THU), time(13, 15), time(18))),
    ),
    Person(
        "tomas-rivera",
        "Tomás Rivera",
        "Licensed massage therapist, 6 years",
        "OR-LMT 26650",
        ("English", "Spanish"),
        "People apologise for their feet, their hair, their socks. I have never noticed a sock.",
        say.TOMAS_BIO,
        say.TOMAS_APPROACH,
        (*MASSAGES, "sports-massage", "deep-tissue-massage", "warm-stone-massage"),
        (((MON, TUE, WED, FRI), time(12), time(19)), ((SAT,), time(9), time(15))),
    ),
    Person(
        "adaeze-obi",
        "Adaeze Obi",
        "Medical massage, registered nurse, 17 years",
        "OR-LMT 18233",
        ("English", "Igbo"),
        "I write down how far you can turn your head before we start. Then we have something to be honest about.",
        say.ADAEZE_BIO,
        say.ADAEZE_APPROACH,
        (
            "medical-massage",
            "lymphatic-drainage",
            "pregnancy-massage",
            "video-consultation",
            "phone-consultation",
        ),
        (((MON, TUE, WED, THU), time(8), time(14)),),
    ),
    Person(
        "wren-halloran",
        "Wren Halloran",
        "Licensed massage therapist, 4 years",
        "OR-LMT 28904",
        ("English", "American Sign Language"),
        "You do not have to make conversation. You do not even have to be good company.",
        say.WREN_BIO,
        say.WREN_APPROACH,
        (*MASSAGES, "warm-stone-massage", "pregnancy-massage", "phone-consultation"),
        (
            ((WED, THU, FRI), time(10), time(14)),
            ((WED, THU, FRI), time(15), time(19)),
            ((SAT,), time(9), time(14)),
        ),
    ),
    Person(
        "samir-qureshi",
        "Samir Qureshi",
        "Licensed acupuncturist and massage therapist, 11 years",
        "OR-LAC 10975",
        ("English", "Urdu", "French"),
        "Half of my work is finding out what you have stopped doing because it hurts.",
        say.SAMIR_BIO,
        say.SAMIR_APPROACH,
        (*NEEDLES, "sports-massage", "medical-massage"),
        (
            ((TUE, THU, FRI), time(11), time(15)),
            ((TUE, THU, FRI), time(15, 45), time(19)),
            ((SAT,), time(9), time(13)),
        ),
    ),
]

FIRST_NAMES = [
    "Leah",
    "Sam",
    "Inês",
    "Noor",
    "Owen",
    "Priya",
    "Ruth",
    "Ben",
    "Amara",
    "Jo",
    "Tess",
    "Hal",
    "Greta",
    "Carl",
    "Yusuf",
    "Elena",
    "Pia",
    "Lou",
    "Mei",
    "Anders",
    "Rosa",
    "Ivo",
    "Dalia",
    "Kofi",
    "Hana",
    "Bram",
    "Zoe",
    "Mateo",
    "Olga",
    "Finn",
]
LAST_NAMES = [
    "Okafor",
    "Whitlock",
    "Duarte",
    "Haddad",
    "Pratt",
    "Nair",
    "Adler",
    "Castell",
    "Diallo",
    "Marchetti",
    "Lindqvist",
    "Brandt",
    "Voss",
    "Imes",
    "Demir",
    "Sousa",
    "Holm",
    "Park",
    "Chen",
    "Berg",
    "Varga",
    "Novak",
    "Amari",
    "Mensah",
    "Sato",
    "Visser",
    "Levin",
    "Cruz",
    "Petrov",
    "Doyle",
]
NOTES = (
    "Lavender gives me a headache. Otherwise anything goes.",
    "I may be five minutes late, the bus decides.",
    "Please keep the room warm.",
    "First massage ever, a little nervous.",
    "My left knee does not like to be bent.",
)
