"""`python -m benchmarks [topics] [--peers]`: measures each topic in a process of its own and prints one table."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace

from benchmarks import databases
from benchmarks.databases import Database
from benchmarks.figures import Figure, milliseconds, table

TOPICS = ("availability", "bookings", "pages")
SAME = 1.5
WORDS = {"small": "10 k past", "large": "1 M past"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("topics", nargs="*", metavar="topic", help=f"any of {', '.join(TOPICS)}; by default all")
    parser.add_argument("--peers", action="store_true", help="measure django-appointment from PyPI as well")
    chosen = parser.parse_args()
    if unknown := set(chosen.topics) - set(TOPICS):
        parser.error(f"there is no topic {', '.join(sorted(unknown))}")
    figures = [figure for topic in chosen.topics or TOPICS for figure in MEASURES[topic]()]
    if chosen.peers:
        from benchmarks import peers

        figures += peers.measure()
    print(f"\n{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores\n")
    print(table(figures))
    over = [figure.what for figure in figures if figure.is_kept is False]
    print(f"\n{len(over)} over budget." if over else "\nEvery budget holds.")


def availability() -> Iterator[Figure]:
    """The same questions with a short past and with a long one, then how far the two are apart."""
    by_size = {size: list(_run("availability", databases.ready(size))) for size in WORDS}
    for small, large in zip(by_size["small"], by_size["large"], strict=True):
        yield replace(small, what=f"{small.what}, {WORDS['small']}")
        yield replace(large, what=f"{large.what}, {WORDS['large']}")
    yield _independence(by_size["small"][3], by_size["large"][3])


def bookings() -> Iterator[Figure]:
    copied = databases.copy(databases.ready("small"), "bench_bookings")
    try:
        yield from _run("bookings", copied)
    finally:
        databases.drop(copied.name)


def pages() -> Iterator[Figure]:
    yield from _run("pages", databases.ready("large"))


MEASURES = {"availability": availability, "bookings": bookings, "pages": pages}


def _independence(small: Figure, large: Figure) -> Figure:
    ratio = large.milliseconds / small.milliseconds
    return Figure(
        what="20 × 90 open times: 1 M past beside 10 k",
        ours=milliseconds(large.milliseconds),
        reference=milliseconds(small.milliseconds),
        ratio=ratio,
        budget=f"the same (≤ {SAME} ×)",
        is_kept=ratio <= SAME,
    )


def _run(topic: str, database: Database) -> Iterable[Figure]:
    print(f"Measuring {topic} on {database.name} …", flush=True)
    command = [sys.executable, "-m", "benchmarks.child", topic]
    done = subprocess.run(command, env=database.environment, cwd=databases.CHECKOUT, stdout=subprocess.PIPE, check=True)
    answer = json.loads(done.stdout)
    print(f"  {answer['note']}")
    return [Figure(**figure) for figure in answer["figures"]]


if __name__ == "__main__":
    main()
