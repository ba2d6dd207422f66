"""The chooser's advice: every combination of answers gets reasons and one next step, and danger always wins."""

from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chooser import Answers, advise, note
from services.chooser.questions import (
    CAUTIONS,
    FIRST_TIME,
    GOALS,
    NEEDLES,
    PREGNANCY,
    RED_FLAGS,
    SINCE,
    STRENGTH,
    WATCH,
)
from services.chooser.rules import DANGERS, EVERYTHING, FIRM, NEEDLED, RULES, STARTS

SOME_PLACES = [(), ("Lower back",), ("Neck", "Head", "Lower back", "Upper back", "Left hip", "Right hip")]
NAMES = {
    "relaxation-massage": "elaxation massage",
    "pregnancy-massage": "regnancy massage",
    "therapeutic-massage": "herapeutic massage",
    "sports-massage": "ports massage",
    "medical-massage": "edical massage",
    "acupuncture": "cupuncture",
}
PROMISES = ["cure", "guarantee", "will help", "heals", "detox", "toxin", "will fix", "always works"]

CALM = st.frozensets(st.sampled_from(list(CAUTIONS)))


def answering(**given):
    """Any answers, but for what is given."""
    return st.builds(
        Answers,
        **{
            "goal": st.sampled_from(list(GOALS)),
            "since": st.sampled_from(list(SINCE)),
            "strength": st.sampled_from(list(STRENGTH)),
            "first_time": st.sampled_from(list(FIRST_TIME)),
            "needles": st.sampled_from(list(NEEDLES)),
            "pregnancy": st.sampled_from(list(PREGNANCY)),
            "places": st.sampled_from(SOME_PLACES),
            "watch": st.frozensets(st.sampled_from(list(WATCH))),
            **{name: st.just(value) if isinstance(value, str) else value for name, value in given.items()},
        },
    )


def ticking(code, others):
    return others.map(lambda watch: watch | {code})


def every_answer(watch):
    """All combinations of the single questions with no, one or two of these things to watch."""
    watched = [frozenset(some) for count in range(3) for some in combinations(watch, count)]
    singles = product(GOALS, SINCE, STRENGTH, FIRST_TIME, NEEDLES, PREGNANCY)
    for number, ((goal, since, strength, first_time, needles, pregnancy), some) in enumerate(product(singles, watched)):
        yield Answers(
            goal=goal,
            since=since,
            strength=strength,
            first_time=first_time,
            needles=needles,
            pregnancy=pregnancy,
            places=SOME_PLACES[number % 3],
            watch=some,
        )


def test_every_combination_of_answers_gets_a_reason_and_exactly_one_next_step():
    for one in every_answer(CAUTIONS):
        advice = advise(one)
        assert advice.reasons and all(reason.because and reason.says for reason in advice.reasons)
        assert not advice.is_urgent
        assert advice.suggests_talk or advice.first in EVERYTHING, one


def test_a_reason_names_the_very_service_that_is_advised():
    for one in every_answer(["thinners", "skin", "seizures"]):
        advice = advise(one)
        if advice.services:
            assert any(NAMES[advice.first] in reason.says for reason in advice.reasons), one


@given(answering(watch=st.frozensets(st.sampled_from(list(RED_FLAGS)), min_size=1)), CALM)
def test_a_sign_of_danger_wins_over_everything_else(one, cautions):
    advice = advise(replace(one, watch=one.watch | cautions))
    assert advice.is_urgent and advice.doctor_first and advice.reasons
    assert not advice.services and not advice.alternatives and not advice.suggests_talk


@given(answering(watch=CALM))
def test_without_a_sign_of_danger_nothing_is_urgent(one):
    assert not advise(one).is_urgent


@pytest.mark.parametrize(
    ("flag", "act"), [("chest", "Call 911 now"), ("saddle", "Call 911 now"), ("numb", "See a doctor today")]
)
def test_the_most_pressing_danger_is_the_headline(flag, act):
    advice = advise(Answers(goal="rest", watch=frozenset({flag, "fever", "injury"})))
    assert advice.urgent == act
    assert len(advice.reasons) == 3


@pytest.mark.parametrize("flag", RED_FLAGS)
def test_every_red_flag_says_when_to_call_911(flag):
    assert any("911" in sentence for sentence in advise(Answers(goal="pain", watch=frozenset({flag}))).doctor_first)


def test_a_clot_means_a_doctor_today_and_nothing_to_book():
    advice = advise(Answers(goal="sport", watch=frozenset({"clot"})))
    assert advice.urgent == "See a doctor today" and not advice.services


def test_fever_waits_but_not_with_cancer_or_a_pregnancy():
    assert advise(Answers(goal="pain", watch=frozenset({"fever"}))).urgent == "Wait until you are well"
    cancer = advise(Answers(goal="pain", watch=frozenset({"fever", "cancer"})))
    assert cancer.urgent == "Call your cancer team now"
    assert advise(Answers(goal="rest", pregnancy="later", watch=frozenset({"fever"}))).urgent.startswith(
        "Call your mid"
    )


def test_fever_after_an_operation_is_the_surgeon_s():
    assert advise(Answers(goal="recovery", watch=frozenset({"fever", "operation"}))).urgent == "Call your surgeon today"


@given(answering(pregnancy="early", watch=CALM))
def test_the_first_twelve_weeks_lead_to_a_talk_and_a_midwife_never_to_a_service(one):
    advice = advise(one)
    assert advice.suggests_talk and not advice.services
    assert "midwife" in advice.doctor_first[0]


@given(answering(pregnancy="later", watch=CALM))
def test_past_twelve_weeks_it_is_pregnancy_massage_without_firm_work_or_needles(one):
    advice = advise(one)
    assert advice.first == "pregnancy-massage"
    assert not {*advice.services} & {*FIRM, *NEEDLED, "warm-stone-massage"}


@given(answering(watch=ticking("cancer", CALM)))
def test_treatment_for_cancer_is_talked_about_first_and_never_pressed_hard(one):
    advice = advise(one)
    assert advice.suggests_talk and any("cancer team" in line for line in advice.doctor_first)
    assert not {*advice.services} & {*FIRM, "therapeutic-massage", "acupuncture-with-cupping"}


@given(answering(watch=ticking("thinners", CALM)))
def test_blood_thinners_leave_out_firm_work_and_cups(one):
    assert not {*advise(one).services} & {*FIRM, "acupuncture-with-cupping"}


@given(answering(watch=ticking("bones", CALM)))
def test_thin_bones_leave_out_firm_work(one):
    assert not {*advise(one).services} & {*FIRM}


@given(answering(watch=ticking("heart", CALM)))
def test_heart_failure_or_kidney_disease_leads_to_a_talk_without_drainage_or_heat(one):
    advice = advise(one)
    assert advice.suggests_talk and advice.doctor_first
    assert not {*advice.services} & {*FIRM, "lymphatic-drainage", "warm-stone-massage"}


@given(answering(watch=ticking("skin", CALM)))
def test_infected_skin_leaves_out_drainage_stones_and_cups(one):
    assert not {*advise(one).services} & {"lymphatic-drainage", "warm-stone-massage", "acupuncture-with-cupping"}


@pytest.mark.parametrize("code", ["thinners", "diabetes", "seizures", "pressure", "heart", "operation", "cancer"])
def test_a_pregnancy_that_may_be_high_risk_leads_to_a_talk(code):
    assert advise(Answers(goal="rest", pregnancy="later", watch=frozenset({code}))).suggests_talk
    assert not advise(Answers(goal="rest", pregnancy="later")).suggests_talk


def test_who_would_not_say_is_told_of_the_first_twelve_weeks_and_offered_no_drainage():
    advice = advise(Answers(goal="recovery", pregnancy="private"))
    assert "lymphatic-drainage" not in advice.services
    assert any("first 12 weeks" in reason.says for reason in advice.reasons)


@pytest.mark.parametrize("since", ["weeks", "months"])
def test_pain_that_goes_on_is_told_when_a_doctor_comes_first(since):
    assert any("weight loss" in line for line in advise(Answers(goal="pain", since=since)).doctor_first)


def test_who_wants_rest_is_told_of_the_crisis_line():
    assert any("988" in line for line in advise(Answers(goal="rest")).doctor_first)


@given(answering(needles="no"))
def test_who_wants_no_needles_is_offered_none(one):
    assert not {*advise(one).services} & {*NEEDLED}


@given(answering(needles="unsure"))
def test_needles_never_come_first_for_who_is_unsure_unless_we_talk_first(one):
    advice = advise(one)
    assert advice.first not in NEEDLED or advice.suggests_talk


@given(answering(), st.frozensets(st.sampled_from(sorted(EVERYTHING))))
def test_only_what_this_clinic_offers_is_advised(one, offered):
    advice = advise(one, offered=offered)
    assert {*advice.services} <= offered
    assert advice.reasons and (advice.is_urgent or advice.suggests_talk or advice.services)


def test_every_row_of_the_tables_is_used_by_somebody():
    unused = {*DANGERS, *STARTS, *RULES}
    for one in every_answer(WATCH):
        unused -= {row for row in unused if row.when(one)}
        if not unused:
            break
    assert not unused


def test_nothing_promises_a_cure():
    said = " ".join(row.says for row in (*DANGERS, *STARTS, *RULES)).lower()
    assert not [word for word in PROMISES if word in said]


def test_the_note_says_what_was_answered_and_nothing_else():
    one = Answers(goal="pain", since="weeks", places=("Neck", "Lower back"), watch=frozenset({"thinners"}))
    assert note(one) == (
        "From the questions on your site. I would like: Less pain or stiffness. Where: Neck, Lower back. "
        "Since: A few weeks. It holds me back: Not at all. First time: No, I have had one before. "
        "Needles: I am not sure. Pregnant: No. True today: Blood thinners, or a bleeding problem."
    )
