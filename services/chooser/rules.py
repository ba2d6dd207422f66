"""The chooser's rules, to read from top to bottom: signs of danger, where to start, what each answer changes.

Words are hedged: nothing here promises that anything will help. The rules say what our articles on conditions,
pregnancy and safety explain at length, each with its sources.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from services.chooser.questions import Answers

RELAXING = ("relaxation-massage", "warm-stone-massage")
NEEDLED = ("acupuncture", "acupuncture-with-cupping")
FIRM = ("deep-tissue-massage", "sports-massage")
CALLS = ("video-consultation", "phone-consultation")
HANDS = (
    *RELAXING, "pregnancy-massage", "therapeutic-massage", *FIRM, "medical-massage", "lymphatic-drainage",
)  # fmt: skip
EVERYTHING = frozenset((*HANDS, *NEEDLED, *CALLS))
MANY_PLACES = 5
RISKY_IN_PREGNANCY = frozenset(("thinners", "diabetes", "seizures", "device"))  # the other risks lead to a talk anyway
UNEXPLAINED = "Pain that grows, wakes you night after night, or comes with weight loss or fever: see a doctor first."


Test = Callable[[Answers], bool]


@dataclass(frozen=True, kw_only=True)
class Danger:
    """A sign that has nothing to do with booking: what to do, and why."""

    when: Test
    act: str
    says: str


@dataclass(frozen=True, kw_only=True)
class Start:
    """Where to start for an aim: services, best first, and why the first of them."""

    when: Test
    because: str
    says: str
    services: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What an answer changes: services left out, a line for the doctor, a talk before booking, and always a reason."""

    when: Test
    because: str
    says: str
    leaves_out: tuple[str, ...] = ()
    doctor: str = ""
    talk: bool = False


# Signs of danger win over everything else; the first row that fits is the headline.
DANGERS = [
    Danger(
        when=lambda a: "chest" in a.watch,
        act="Call 911 now",
        says="Chest pain, trouble breathing, sudden weakness on one side or a headache worse than any before can be a "
        "heart attack, a clot in the lung, a stroke or a bleed. Call 911. Do not drive yourself.",
    ),
    Danger(
        when=lambda a: "saddle" in a.watch,
        act="Call 911 now",
        says="Numbness between the legs, or new trouble with bladder or bowel, can mean that nerves at the base of the "
        "spine are being crushed. Hours count. Call 911.",
    ),
    Danger(
        when=lambda a: "numb" in a.watch,
        act="See a doctor today",
        says="New numbness or weakness can mean that a nerve is in trouble. See a doctor today. Call 911 if it came on "
        "suddenly, gets worse quickly, or both legs are weak.",
    ),
    Danger(
        when=lambda a: "clot" in a.watch,
        act="See a doctor today",
        says="A leg or arm that is hot, swollen and sore can hold a blood clot, and rubbing it could do harm. See a "
        "doctor today. Call 911 if you are short of breath or your chest hurts.",
    ),
    Danger(
        when=lambda a: {"fever", "cancer"} <= a.watch,
        act="Call your cancer team now",
        says="A fever during or after treatment for cancer needs a doctor at once. Call your team’s 24-hour line, or "
        "911 if you feel very ill.",
    ),
    Danger(
        when=lambda a: "fever" in a.watch and a.pregnancy in ("early", "later"),
        act="Call your midwife or doctor now",
        says="A fever of 100.4 °F or more in pregnancy is a reason to call your midwife or doctor now.",
    ),
    Danger(
        when=lambda a: {"fever", "operation"} <= a.watch,
        act="Call your surgeon today",
        says="A fever after an operation can come from an infection. Call your surgeon today, or 911 if you feel very "
        "ill, are confused or cannot breathe well.",
    ),
    Danger(
        when=lambda a: "injury" in a.watch,
        act="See a doctor first",
        says="After a fall or a crash something may be broken or torn, and pressing on it could do harm. Have a doctor "
        "look first. Call 911 after a blow to the head, or for a limb that is out of shape.",
    ),
    Danger(
        when=lambda a: "fever" in a.watch,
        act="Wait until you are well",
        says="Stay at home until you have been getting better and had no fever for at least 24 hours. See a doctor if "
        "it comes with back or neck pain, if your defenses are weak, or if it does not pass. Call 911 for trouble "
        "breathing, confusion, or a stiff neck with a bad headache.",
    ),
]

# The first row that fits is where we start.
STARTS = [
    Start(
        when=lambda a: a.pregnancy == "later",
        because="You are past the first 12 weeks",
        says="Pregnancy massage is made for this. You lie on your side between pillows, and the pressure stays light "
        "to medium.",
        services=("pregnancy-massage", "relaxation-massage"),
    ),
    Start(
        when=lambda a: a.goal == "recovery",
        because="You are getting over an injury or an operation",
        says="Medical massage works toward one thing you want to do again. We measure it before and after, so we both "
        "see whether anything changes.",
        services=("medical-massage", "therapeutic-massage", "lymphatic-drainage"),
    ),
    Start(
        when=lambda a: a.goal == "sport",
        because="You train, and want help with that",
        says="Sports massage is brisk, with stretching, and spends its time on the muscles you use. Come at least two "
        "days before a race.",
        services=("sports-massage", "therapeutic-massage", "deep-tissue-massage"),
    ),
    Start(
        when=lambda a: a.goal == "rest",
        because="You would like rest",
        says="Relaxation massage is long, slow strokes over most of the body. Many people find it calming; how long "
        "that lasts differs a lot.",
        services=("relaxation-massage", "warm-stone-massage", "acupuncture"),
    ),
    Start(
        when=lambda a: a.goal == "pain" and len(a.places) >= MANY_PLACES,
        because="It hurts in many places",
        says="One hour cannot do them all justice. A relaxation massage of the whole body comes first, and shows which "
        "place to work on next time.",
        services=("relaxation-massage", "therapeutic-massage", "acupuncture"),
    ),
    Start(
        when=lambda a: a.goal == "pain" and a.strength == "much" and a.since in ("weeks", "months"),
        because="It stops you doing what you need to do",
        says="Medical massage starts from one task you want back, with a number of visits agreed and a measurement "
        "before and after.",
        services=("medical-massage", "therapeutic-massage", "acupuncture"),
    ),
    Start(
        when=lambda a: a.goal == "pain",
        because="You want less pain or stiffness",
        says="Therapeutic massage spends most of the hour on the places that trouble you, and you steer the pressure.",
        services=("therapeutic-massage", "acupuncture", "deep-tissue-massage"),
    ),
    Start(
        when=lambda a: bool(a.places),
        because="You are not sure, but it hurts somewhere",
        says="Without a clear aim, therapeutic massage is a fair first try: it goes to the places you marked, and you "
        "say what helps.",
        services=("therapeutic-massage", "relaxation-massage", "acupuncture"),
    ),
    Start(
        when=lambda a: True,
        because="You are not sure what you want",
        says="Relaxation massage is the gentlest way to find out what a visit is like. A free talk first costs nothing "
        "either.",
        services=("relaxation-massage", "therapeutic-massage"),
    ),
]

# Every row that fits adds its reason.
RULES = [
    Rule(
        when=lambda a: a.pregnancy == "early",
        because="You are in the first 12 weeks",
        says="We do not treat in the first 12 weeks. There is no good proof of harm, but too little is known. Ask your "
        "midwife or doctor, and talk to us about later.",
        leaves_out=(*HANDS, *NEEDLED),
        doctor="Ask your midwife or doctor before any massage or acupuncture in the first 12 weeks.",
        talk=True,
    ),
    Rule(
        when=lambda a: a.pregnancy == "later",
        because="You are pregnant",
        says="We leave out hot stones, deep pressure and cups. Needles are possible only if your midwife or doctor "
        "agrees, so ask us first.",
        leaves_out=("warm-stone-massage", *FIRM, "medical-massage", "lymphatic-drainage", *NEEDLED),
        doctor="A high-risk pregnancy, bleeding, strong headache, or one swollen calf: see your midwife or doctor "
        "before you come.",
    ),
    Rule(
        when=lambda a: a.pregnancy == "later" and not a.watch.isdisjoint(RISKY_IN_PREGNANCY),
        because="You are pregnant and ticked something else",
        says="It can make a pregnancy a high-risk one. So we talk first, and your midwife or doctor has a say.",
        doctor="Ask your midwife or doctor whether yours is a high-risk pregnancy, and whether massage is all right.",
        talk=True,
    ),
    Rule(
        when=lambda a: a.pregnancy == "private",
        because="You would rather not say whether you are pregnant",
        says="That is fine. We suggest only what can be adapted. If you may be, tell your therapist before it starts: "
        "we do not treat in the first 12 weeks.",
        leaves_out=("warm-stone-massage", *FIRM, "lymphatic-drainage", *NEEDLED),
    ),
    Rule(
        when=lambda a: "heart" in a.watch,
        because="You have heart failure or kidney disease",
        says="Moving fluid, much warmth or lying flat can be a burden for a weak heart or weak kidneys. So we talk "
        "first, and your doctor has a say.",
        leaves_out=("warm-stone-massage", *FIRM, "lymphatic-drainage"),
        doctor="Ask your doctor whether massage is all right now. New swelling or weight gain: call the same day.",
        talk=True,
    ),
    Rule(
        when=lambda a: "cancer" in a.watch,
        because="You have cancer, or were treated for it",
        says="Light massage is often possible and some people find it a comfort, but where and how depends on your "
        "treatment. So we talk first, and your care team has a say.",
        leaves_out=("warm-stone-massage", *FIRM, "therapeutic-massage", "acupuncture-with-cupping"),
        doctor="Ask your cancer team whether massage or acupuncture is all right now, and where not to press.",
        talk=True,
    ),
    Rule(
        when=lambda a: "pressure" in a.watch,
        because="Your blood pressure is not under control",
        says="It should be treated first. Once it is, a gentle massage is usually fine; until then we talk rather than "
        "press.",
        leaves_out=("warm-stone-massage", *FIRM, "acupuncture-with-cupping", "lymphatic-drainage"),
        doctor="See your doctor about your blood pressure. Call 911 if it comes with a strong headache, confusion, "
        "weakness, chest or back pain, or trouble breathing, seeing or speaking.",
        talk=True,
    ),
    Rule(
        when=lambda a: "operation" in a.watch,
        because="You had an operation not long ago",
        says="Your surgeon decides from when on it is safe. After that, work near the scar starts very lightly.",
        leaves_out=("warm-stone-massage", *FIRM, "acupuncture-with-cupping"),
        doctor="Ask your surgeon from when on massage is safe, and where not to touch.",
        talk=True,
    ),
    Rule(
        when=lambda a: "thinners" in a.watch,
        because="You take blood thinners, or bleed easily",
        says="You bruise more easily, so we leave out deep pressure and cups, and never ask you to skip a dose.",
        leaves_out=(*FIRM, "acupuncture-with-cupping"),
        doctor="A clot in the last months, large new bruises, or bleeding that will not stop: see a doctor first. Ask "
        "the doctor who prescribes the drug before needles.",
    ),
    Rule(
        when=lambda a: "bones" in a.watch,
        because="Your bones are thin",
        says="Firm pressure can break a thin bone, so we keep it light, and away from the spine and ribs.",
        leaves_out=FIRM,
        doctor="Ask your doctor how firm a massage may be. New back pain: have it looked at first.",
    ),
    Rule(
        when=lambda a: "device" in a.watch,
        because="You have a pacemaker or another device",
        says="We do not press over it and use no electric current on needles. Tell us where it is.",
    ),
    Rule(
        when=lambda a: "seizures" in a.watch,
        because="You have seizures",
        says="With needles in you lie alone for half an hour, so for you we would start with massage, where somebody "
        "is always in the room.",
        leaves_out=NEEDLED,
    ),
    Rule(
        when=lambda a: "diabetes" in a.watch,
        because="You have diabetes, or skin that feels little",
        says="You may not feel when something is too warm or too firm, so we leave out hot stones, cups and deep work.",
        leaves_out=("warm-stone-massage", "deep-tissue-massage", "acupuncture-with-cupping"),
    ),
    Rule(
        when=lambda a: "skin" in a.watch,
        because="Your skin is broken, sore or infected",
        says="We keep away from that place, and leave out stones, cups and lymphatic drainage. If it is infected or "
        "spreads, wait until it has healed.",
        leaves_out=("warm-stone-massage", "acupuncture-with-cupping", "lymphatic-drainage"),
        doctor="Skin that is hot, red and spreading, or has pus: see a doctor before you come.",
    ),
    Rule(
        when=lambda a: a.strength == "much" and a.since == "days",
        because="It is new, and it stops you",
        says="A new, strong pain should have a name before anybody presses on it. Most such pains ease within weeks.",
        leaves_out=FIRM,
        doctor="New pain this strong: have a doctor or physical therapist look at it first.",
        talk=True,
    ),
    Rule(
        when=lambda a: a.since == "days" and a.strength != "much",
        because="It began a few days ago",
        says="Much that is this new passes by itself. One visit may ease it; we would not plan more yet.",
    ),
    Rule(
        when=lambda a: a.since == "weeks",
        because="It has been a few weeks",
        says="Two or three massages, or four to six visits for acupuncture, usually show whether it changes anything. "
        "If not, we say so.",
        doctor=UNEXPLAINED,
    ),
    Rule(
        when=lambda a: a.since == "months",
        because="It has been three months or more",
        says="Relief from massage is often short, so judge it by what you can do. Moving and your doctor’s plan "
        "matter as much.",
        doctor=f"Trouble that has lasted this long and no doctor knows of: see one. {UNEXPLAINED}",
    ),
    Rule(
        when=lambda a: a.goal == "rest",
        because="It is about rest, sleep or stress",
        says="If low mood, worry or bad nights go on for weeks, a doctor can offer more than we can.",
        doctor="If you think of harming yourself, call or text 988, day or night.",
    ),
    Rule(
        when=lambda a: 0 < len(a.places) < MANY_PLACES,
        because="You marked where it hurts",
        says="Tick the box below, and whoever treats you knows the places before you come.",
    ),
    Rule(
        when=lambda a: a.needles == "no",
        because="You want no needles",
        says="Nothing we suggest here uses any.",
        leaves_out=NEEDLED,
    ),
    Rule(
        when=lambda a: a.needles == "unsure",
        because="You are not sure about needles",
        says="Then start with hands. You can ask an acupuncturist everything in a free talk.",
    ),
    Rule(
        when=lambda a: a.needles == "yes" and a.goal in ("pain", "rest"),
        because="You do not mind needles",
        says="Acupuncture is worth a thought as well. Trials show modest relief for some kinds of lasting pain; for "
        "rest, some people simply like it.",
    ),
    Rule(
        when=lambda a: a.first_time == "yes",
        because="It would be your first time",
        says="Every visit begins with questions, you stay covered, and you can stop at any moment.",
        leaves_out=("deep-tissue-massage",),
    ),
    Rule(
        when=lambda a: not a.watch and a.pregnancy == "no",
        because="You ticked none of the conditions",
        says="Nothing you told us rules it out. Every visit still starts with questions about your health.",
    ),
]

NOT_FOR = {
    "relaxation-massage": "One stubborn knot, or a movement you want back: that is therapeutic or medical massage.",
    "warm-stone-massage": "Skin that feels heat poorly, pregnancy, or one stubborn knot.",
    "pregnancy-massage": "The first 12 weeks, or a pregnancy your midwife calls high-risk, unless she agrees.",
    "therapeutic-massage": "A fresh injury, numbness that nobody has looked at, or an hour of pure rest.",
    "deep-tissue-massage": "Blood thinners, thin bones, fresh injuries, or a body that tenses under pressure.",
    "sports-massage": "Blood thinners, or a fresh strain with swelling or a bruise: let that rest first.",
    "medical-massage": "Finding out what is wrong. We do not diagnose; bring your doctor’s letter if you have one.",
    "lymphatic-drainage": "Swelling that nobody has explained, an infection, a clot, heart failure or kidney disease. "
    "After cancer, only with your care team’s word.",
    "acupuncture": "An emergency, or replacing medicine. Change that only with your doctor.",
    "acupuncture-with-cupping": "Blood thinners, broken skin, or a back that must be without marks next week.",
}
ALWAYS = "It cannot replace a doctor’s examination."

# Why this one, when what one would start with is left out.
INSTEAD = {
    "relaxation-massage": "With the rest of what you told us, relaxation massage is the gentler choice: slow strokes, "
    "light to medium pressure.",
    "warm-stone-massage": "Warm stone massage aims at rest as well, and is the nearest thing we offer.",
    "therapeutic-massage": "With the rest of what you told us, therapeutic massage is the safer choice: the same "
    "places, with a pressure that you set.",
    "lymphatic-drainage": "Lymphatic drainage is very light, for swelling after an operation or injury once a doctor "
    "agrees.",
    "deep-tissue-massage": "Deep tissue massage is slow, firm work on the places that trouble you.",
    "acupuncture": "Acupuncture needs no pressure at all. Large trials show modest relief for some kinds of lasting "
    "pain.",
}
