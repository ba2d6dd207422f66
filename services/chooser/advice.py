"""From answers to advice: danger first, then where to start, less what the rules leave out, and a reason for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.chooser.questions import Answers
from services.chooser.rules import (
    ALWAYS,
    DANGERS,
    EVERYTHING,
    INSTEAD,
    NEEDLED,
    NOT_FOR,
    RULES,
    STARTS,
    Danger,
    Rule,
    Start,
)

GENTLE = ("therapeutic-massage", "relaxation-massage")  # where one may end when nothing else is left


@dataclass(frozen=True)
class Reason:
    """“Because you said …”, and what follows from it."""

    because: str
    says: str


@dataclass(frozen=True, kw_only=True)
class Advice:
    """`services` best first: the first is what to start with; when `suggests_talk`, they are for after the talk.

    Exactly one next step: `urgent` says what to do instead of booking, `suggests_talk` leads to a consultation,
    anything else to a booking.
    """

    reasons: tuple[Reason, ...]
    services: tuple[str, ...] = ()
    not_for: str = ""
    doctor_first: tuple[str, ...] = ()
    urgent: str = ""
    suggests_talk: bool = False

    @property
    def is_urgent(self) -> bool:
        return bool(self.urgent)

    @property
    def first(self) -> str:
        return self.services[0] if self.services else ""

    @property
    def alternatives(self) -> tuple[str, ...]:
        return self.services[1:3]


def advise(answers: Answers, *, offered: frozenset[str] = EVERYTHING) -> Advice:
    """What we suggest, from the services among `offered` alone. There is always at least one reason."""
    if dangers := [danger for danger in DANGERS if danger.when(answers)]:
        return _urgent(dangers)
    start = next(row for row in STARTS if row.when(answers))
    rules = [rule for rule in RULES if rule.when(answers)]
    left_out = {slug for rule in rules for slug in rule.leaves_out}
    services = tuple(slug for slug in _wanted(start, answers) if slug in offered and slug not in left_out)
    return Advice(
        services=services,
        reasons=(
            *_reasons(rule for rule in rules if rule.talk),
            _first_reason(start, services),
            *_reasons(rule for rule in rules if not rule.talk),
        ),
        not_for=f"{NOT_FOR[services[0]]} {ALWAYS}" if services else ALWAYS,
        doctor_first=tuple(rule.doctor for rule in rules if rule.doctor),
        suggests_talk=not services or any(rule.talk for rule in rules),
    )


def _urgent(dangers: list[Danger]) -> Advice:
    says = [danger.says for danger in dangers]
    return Advice(
        urgent=dangers[0].act,
        reasons=tuple(Reason("You ticked a sign that comes before any booking", sentence) for sentence in says),
        doctor_first=tuple(says),
    )


def _wanted(start: Start, answers: Answers) -> tuple[str, ...]:
    """The start's services, then the gentler ones; needles come last unless they were asked for."""
    gentle = GENTLE if answers.goal in ("pain", "recovery", "sport") else GENTLE[::-1]
    if answers.needles == "yes":
        wanted: tuple[str, ...] = (*start.services, "acupuncture", *gentle)
    else:
        needled = tuple(slug for slug in start.services if slug in NEEDLED)
        wanted = (*(slug for slug in start.services if slug not in needled), *gentle, *needled)
    return tuple(dict.fromkeys(wanted))


def _first_reason(start: Start, services: tuple[str, ...]) -> Reason:
    if not services:
        return Reason(
            start.because, "Nothing that we could book for you right now would be a careful choice. Talk to us."
        )
    is_as_planned = services[0] == start.services[0]
    return Reason(start.because, start.says if is_as_planned else INSTEAD[services[0]])


def _reasons(rules: Iterable[Rule]) -> Iterator[Reason]:
    return (Reason(rule.because, rule.says) for rule in rules)
