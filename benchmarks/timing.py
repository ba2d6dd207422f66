"""How long does a call take? Ours and the reference take turns, so that a busy machine is unfair to neither."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

ROUNDS = 30


def side_by_side(*calls: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """The quickest of each call's rounds in milliseconds, after one warm-up: what the work takes undisturbed."""
    taken: list[list[float]] = [[] for _ in calls]
    for call in calls:
        call()
    gc.collect()
    for _ in range(rounds):
        for call, times in zip(calls, taken, strict=True):
            times.append(once(call))
    return [min(times) for times in taken]


def once(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000
