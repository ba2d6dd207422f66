"""Finds what somebody typed among published articles, services and people on offer: one list, best first.

The database does the work: English word forms and its ranking of them, the beginning of the last word, and, where
nothing is found, the nearest words that our titles and summaries use. Reads only, with one to three queries.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

LONGEST = 200  # characters of a question that are read
MOST_WORDS = 12
MOST_RESULTS = 30
NEAR_ENOUGH = 0.42  # of the trigrams of two words together that they share; "massge" and "massage" share half
ALIKE = 0.6  # of a single word's trigrams that stand together in a title: "pregnant" in "Pregnancy massage"
SHORTEST_BEGINNING = 3  # letters; "ac" would be the beginning of half the library
OPENS, CLOSES = "\ue000", "\ue001"  # round a found word; no text of ours holds them
MARKUP = r"\[[0-9]+\]|!\[[^]]*\]\([^)]*\)|\]\([^)]*\)|[][*_#`>|]|---+"  # citations, drawings, addresses, signs
OPERATOR = re.compile(r'(?:^|\s)-|"')
LABELS = {
    "guide": "Guide",
    "technique": "Technique",
    "condition": "Condition",
    "question": "Question",
    "service": "Treatment",
    "person": "Person",
}

_PAGES = r"""
SELECT kind, title, slug, '' AS parent, words, summary, body AS more
FROM services_article WHERE status = 'published'
UNION ALL
SELECT 'service', service.name, service.slug, type.slug,
       setweight(to_tsvector('english', service.name), 'A')
       || setweight(to_tsvector('english', service.summary || ' ' || array_to_string(helps_with, ', ')), 'B')
       || setweight(to_tsvector('english', concat_ws(' ', service.explanation, experience, service.suits)), 'C'),
       service.summary, service.explanation
FROM services_service service JOIN services_servicetype type ON type.id = service_type_id WHERE is_active
UNION ALL
SELECT 'person', name, slug, '',
       setweight(to_tsvector('english', name || ' ' || without_accents), 'A')
       || setweight(to_tsvector('english', credentials || ' ' || array_to_string(languages, ', ')), 'B')
       || setweight(to_tsvector('english', concat_ws(' ', tagline, bio, approach)), 'C'),
       concat_ws('. ', nullif(credentials, ''), tagline), bio
FROM services_practitioner,
     LATERAL regexp_replace(normalize(name, NFD), '[\u0300-\u036f]', '', 'g') AS without_accents
WHERE is_active
"""

# Each word counts by where it stands in a page and by how few pages have it, so that "massage for neck" is about the
# neck; a title that is much like the question counts as well. Headlines are made for the shown rows alone: from the
# summary if it holds a found word, else from the text without its Markdown.
_FIND = r"""
WITH page AS ({pages}),
     asked AS (
         SELECT {every} AS every, {wanted} AS wanted, {near} AS near,
                CASE WHEN %(is_one_word)s AND numnode({near}) > 0 THEN %(alike)s ELSE 2 END AS alike
     ),
     term AS (
         SELECT query, ln(1 + (SELECT count(*) FROM page) / count(page.slug)::float) AS weight
         FROM unnest(ARRAY[{terms}]) AS query JOIN page ON page.words @@ query GROUP BY query
     ),
     found AS (
         SELECT page.*, near, words @@ every AS has_every, likeness >= alike AS is_alike,
                (SELECT coalesce(sum(weight * ts_rank(words, query, 1)), 0) FROM term WHERE words @@ query)
                + 0.15 * similarity(title, %(text)s)
                + CASE WHEN likeness >= alike THEN 0.2 * likeness ELSE 0 END AS rank
         FROM asked, (SELECT *, word_similarity(%(text)s, title) AS likeness FROM page) AS page
         WHERE words @@ wanted OR likeness >= alike
         ORDER BY words @@ every OR likeness >= alike DESC, rank DESC, kind, title LIMIT %(most)s
     )
SELECT kind, title, slug, parent, has_every, is_alike,
       CASE WHEN to_tsvector('english', summary) @@ near OR NOT to_tsvector('english', more) @@ near
            THEN ts_headline('english', summary, near, %(marks)s || ', HighlightAll=true')
            ELSE ts_headline('english', regexp_replace(regexp_replace(more, %(markup)s, ' ', 'g'),
                                                       '\s+([.,;:?!]?)', '\1 ', 'g'),
                             near, %(marks)s || ', MinWords=12, MaxWords=30, MaxFragments=1')
       END
FROM found ORDER BY has_every OR is_alike DESC, rank DESC, kind, title
"""

# A word that some page has stays as it is; another one becomes the nearest word of a title or summary, or NULL.
_CORRECT = """
WITH page AS ({pages}),
     said AS (
         SELECT lower(word) AS word, count(*) AS times
         FROM page, regexp_split_to_table(title || ' ' || summary, '[^[:alpha:]]+') AS word
         WHERE length(word) > 3 GROUP BY 1
     )
SELECT asked.word, is_known, nearest.word
FROM unnest(%(words)s::text[]) WITH ORDINALITY AS asked (word, place)
CROSS JOIN LATERAL (
    SELECT numnode(plainto_tsquery('english', asked.word)) = 0
           OR EXISTS (SELECT FROM page WHERE words @@ plainto_tsquery('english', asked.word)) AS is_known
) AS known
LEFT JOIN LATERAL (
    SELECT said.word FROM said WHERE similarity(said.word, asked.word) >= %(near)s
    ORDER BY similarity(said.word, asked.word) DESC, times DESC, said.word LIMIT 1
) AS nearest ON NOT is_known
ORDER BY place
"""


@dataclass(frozen=True)
class Result:
    label: str
    title: str
    url: str
    excerpt: SafeString


@dataclass(frozen=True)
class Answer:
    """`asked` is what was read of the question; `corrected` what was looked for instead, or ""."""

    asked: str
    results: tuple[Result, ...] = ()
    corrected: str = ""


def find(question: str) -> Answer:
    """Answer a question of any length and content. No query for an empty one."""
    asked = " ".join(re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", " ", question[:LONGEST]).split())
    words = re.findall(r"\w+", asked)[:MOST_WORDS]
    if not words:
        return Answer(asked)
    if results := _find(asked, words):
        return Answer(asked, results)
    better = _corrected(words)
    if not better:
        return Answer(asked)
    text = " ".join(better)
    results = _find(text, better, is_any_enough=True)
    is_other = [word.lower() for word in words] != [word.lower() for word in better]
    return Answer(asked, results, corrected=text if is_other and results else "")


def _find(text: str, words: list[str], *, is_any_enough: bool = False) -> tuple[Result, ...]:
    """Pages with every word, and with them those whose title is much like it; where none has every word, nothing,
    or pages with some of them if that is enough."""
    is_plain = not OPERATOR.search(text)
    given: dict[str, Any] = {
        "text": text,
        "head": text.rpartition(" ")[0],
        "last": f"{words[-1]}:*",
        "alike": ALIKE,
        "is_one_word": is_plain and len(words) == 1,
        "most": MOST_RESULTS,
        "markup": MARKUP,
        "marks": f"StartSel={OPENS}, StopSel={CLOSES}",
    } | {f"word{place}": word for place, word in enumerate(words)}
    every = "websearch_to_tsquery('english', %(text)s)"
    terms = [f"plainto_tsquery('english', %(word{place})s)" for place in range(len(words))]
    if is_plain and text.endswith(words[-1]) and len(words[-1]) >= SHORTEST_BEGINNING:
        beginning = "to_tsquery('english', %(last)s)"
        every = f"({every} || (websearch_to_tsquery('english', %(head)s) && {beginning}))"
        terms[-1] = f"({terms[-1]} || {beginning})"
    near = f"({' || '.join(terms)})"
    wanted = near if is_any_enough else every
    with connection.cursor() as cursor:
        cursor.execute(_FIND.format(every=every, wanted=wanted, near=near, terms=", ".join(terms), pages=_PAGES), given)
        rows = cursor.fetchall()
    has_every = any(row[4] for row in rows)
    best = [row for row in rows if row[4] or row[5]] if has_every else rows if is_any_enough else []
    return tuple(_result(kind, title, slug, parent, excerpt) for kind, title, slug, parent, _, _, excerpt in best)


def _corrected(words: list[str]) -> list[str]:
    """The words with unknown ones replaced by the nearest known, or left out where none is near."""
    with connection.cursor() as cursor:
        cursor.execute(_CORRECT.format(pages=_PAGES), {"words": [w.lower() for w in words], "near": NEAR_ENOUGH})
        rows = cursor.fetchall()
    kept = [word if is_known else nearest for (_, is_known, nearest), word in zip(rows, words, strict=True)]
    return [word for word in kept if word]


def _result(kind: str, title: str, slug: str, parent: str, excerpt: str) -> Result:
    if kind == "service":
        url = reverse("services:service", args=[parent, slug])
    else:
        url = reverse("services:person" if kind == "person" else "services:article", args=[slug])
    return Result(LABELS[kind], title, url, _marked(excerpt))


def _marked(excerpt: str) -> SafeString:
    """Escaped, with the found words marked, and … where it leaves something out."""
    text = excerpt.strip()
    bare = re.sub(f"[{OPENS}{CLOSES}]", "", text)
    text = ("… " if bare[:1].islower() else "") + text + ("" if bare[-1:] in ".?!”)" else " …")
    text = re.sub(f"{OPENS}([^{OPENS}{CLOSES}]*){CLOSES}", r"<mark>\1</mark>", escape(text))
    return mark_safe(re.sub(f"[{OPENS}{CLOSES}]", "", text))  # noqa: S308  escaped above
