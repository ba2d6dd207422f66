"""Home, an article, the times page and the diary beside an empty view with the same middleware and server."""

from __future__ import annotations

import os
import subprocess
import sys

from benchmarks import web
from benchmarks.clinic import SERVICE, Clinic
from benchmarks.figures import Figure
from clinic.database import CHECKOUT

TIMES = f"/book/{SERVICE}/"
ARTICLE = "/learn/low-back-pain/"
ARTICLE_SHARE = 0.60
TIMES_SHARE = 0.25
STATEMENT_TIMES = 5
DIARY_QUERIES, DIARY_BYTES = 12, 150_000
SIGNING_IN = 4  # session, user, and the permissions of both kinds: what the bench's diary does without


def measure() -> list[Figure]:
    _collect_static_files()
    with web.served() as port:
        empty, home, article, times = web.in_turn(port, "/bench/empty/", "/", ARTICLE, TIMES)
        statement, days = web.in_turn(port, "/bench/statement/", "/bench/days/")
        sizes = [len(web.fetch(port, path)) for path in ("/", ARTICLE, TIMES)]
        day = f"?date={Clinic().next_weekday}"  # not a Sunday: every seat at work
        bare, diary = web.in_turn(port, "/bench/empty/", f"/bench/diary/{day}")
        board_size = len(web.fetch(port, f"/bench/diary/{day}"))
        queries = int(web.fetch(port, f"/bench/diary/queries/{day}").rpartition(b"\r\n")[2]) + SIGNING_IN
    return [
        _page("home page", home, empty, sizes[0]),
        _page("article page", article, empty, sizes[1], share=ARTICLE_SHARE),
        _page("times page, 20 practitioners", times, empty, sizes[2], share=TIMES_SHARE),
        Figure(
            what="open days of 90, 20 practitioners, over HTTP",
            ours=f"{1000 / days:.1f} ms",
            reference=f"{1000 / statement:.1f} ms, one bare statement",
            ratio=statement / days,
            budget=f"≤ {STATEMENT_TIMES} ×",
            is_kept=statement <= STATEMENT_TIMES * days,
        ),
        _diary(diary, bare, queries, board_size),
    ]


def note() -> str:
    return "One gunicorn worker on one core, four raw-socket clients on another; the reference is an empty view."


def _page(what: str, rate: float, empty: float, size: int, *, share: float | None = None) -> Figure:
    return Figure(
        what=what,
        ours=f"{rate:,.0f}/s, {size:,} bytes",
        reference=f"{empty:,.0f}/s",
        ratio=rate / empty,
        budget="—" if share is None else f"≥ {share:.0%}",
        is_kept=None if share is None else rate >= share * empty,
    )


def _diary(rate: float, empty: float, queries: int, size: int) -> Figure:
    return Figure(
        what="diary of a day, 20 practitioners, over HTTP",
        ours=f"{1000 / rate:.1f} ms, {queries} queries, {size / 1000:.0f} kB",
        reference=f"{1000 / empty:.1f} ms, an empty view",
        ratio=empty / rate,
        budget=f"≤ {DIARY_QUERIES} queries, ≤ {DIARY_BYTES // 1000} kB",
        is_kept=queries <= DIARY_QUERIES and size <= DIARY_BYTES,
        milliseconds=1000 / rate,
    )


def _collect_static_files() -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    for words in (["collectstatic", "--noinput"], ["compress"]):
        command = [sys.executable, str(CHECKOUT / "manage.py"), *words, "--verbosity=0"]
        subprocess.run(command, env=environment, check=True, stdout=sys.stderr)
