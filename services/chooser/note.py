"""The answers as one plain sentence each, for the people who treat: what is carried into the note of a booking."""

from __future__ import annotations

from services.chooser.questions import FIRST_TIME, GOALS, NEEDLES, PREGNANCY, SINCE, STRENGTH, WATCH, Answers


def note(answers: Answers) -> str:
    """Only what was answered, in the words of the form; at most some 1,300 characters."""
    lines = [
        ("I would like", GOALS[answers.goal]),
        ("Where", ", ".join(answers.places)),
        ("Since", SINCE[answers.since]),
        ("It holds me back", STRENGTH[answers.strength]),
        ("First time", FIRST_TIME[answers.first_time]),
        ("Needles", NEEDLES[answers.needles]),
        ("Pregnant", PREGNANCY[answers.pregnancy]),
        ("True today", "; ".join(words for code, words in WATCH.items() if code in answers.watch)),
    ]
    return "From the questions on your site. " + " ".join(
        f"{name}: {said.rstrip('.')}." for name, said in lines if said
    )
