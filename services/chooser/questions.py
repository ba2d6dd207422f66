"""What the chooser asks: the codes of each answer with the words people read, and one person's answers."""

from __future__ import annotations

from dataclasses import dataclass

GOALS = {
    "pain": "Less pain or stiffness",
    "rest": "Rest, sleep, less stress",
    "recovery": "Getting over an injury or an operation",
    "sport": "Help with sport or training",
    "unsure": "I am not sure",
}
SINCE = {
    "days": "A few days",
    "weeks": "A few weeks",
    "months": "Three months or more",
    "none": "It is not like that",
}
STRENGTH = {
    "little": "A little, I can do everything",
    "some": "It gets in the way of some things",
    "much": "It stops me doing what I need to do",
    "none": "Not at all",
}
FIRST_TIME = {"yes": "Yes, my first", "no": "No, I have had one before"}
NEEDLES = {"yes": "Yes", "no": "No needles", "unsure": "I am not sure"}
PREGNANCY = {
    "no": "No",
    "early": "Yes, in the first 12 weeks",
    "later": "Yes, past 12 weeks",
    "private": "I would rather not say",
}
RED_FLAGS = {
    "chest": "Chest pain, trouble breathing, sudden weakness on one side, or the worst headache of your life",
    "saddle": "Numbness between the legs, or new trouble with bladder or bowel",
    "numb": "New numbness or weakness in an arm or leg",
    "clot": "A blood clot, or one leg or arm that is hot, swollen and sore",
    "injury": "A recent fall, crash or broken bone that no doctor has checked",
    "fever": "A fever or an infection",
}
CAUTIONS = {
    "pressure": "High blood pressure that is not under control",
    "heart": "Heart failure, or kidney disease",
    "cancer": "Cancer now, or treatment for it in the last year",
    "operation": "An operation in the last three months",
    "thinners": "Blood thinners, or a bleeding problem",
    "bones": "Thin or brittle bones",
    "device": "A pacemaker or another device",
    "seizures": "Epilepsy or other seizures",
    "diabetes": "Diabetes, or skin that feels little",
    "skin": "Broken, sore or infected skin",
}
WATCH = RED_FLAGS | CAUTIONS


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The codes of what was chosen; `places` are names from the body map, `watch` codes of `WATCH`."""

    goal: str
    since: str = "none"
    strength: str = "none"
    first_time: str = "no"
    needles: str = "unsure"
    pregnancy: str = "no"
    places: tuple[str, ...] = ()
    watch: frozenset[str] = frozenset()
