"""Which stretches remain when some are taken away? Arithmetic on half-open intervals `(start, end)`, which
hold their start and not their end, over whole numbers or datetimes. Datetimes must be in UTC: Python compares
and adds two datetimes of one local zone by their wall clocks, so in the hour a zone repeats the answers would
be wrong. Nothing here knows what an interval stands for, nor where it came from."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

T = TypeVar("T", int, datetime)


def merge(intervals: Iterable[tuple[T, T]]) -> list[tuple[T, T]]:
    """Return the same stretches sorted, disjoint, touching ones joined and empty ones dropped."""
    merged: list[tuple[T, T]] = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def intersect(a: Iterable[tuple[T, T]], b: Iterable[tuple[T, T]]) -> list[tuple[T, T]]:
    """Return what lies in both, merged."""
    left, right = merge(a), merge(b)
    shared: list[tuple[T, T]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            shared.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return shared


def subtract(intervals: Iterable[tuple[T, T]], taken: Iterable[tuple[T, T]]) -> list[tuple[T, T]]:
    """Return what lies in `intervals` and in none of `taken`, merged."""
    whole, without = merge(intervals), merge(taken)
    if not whole:
        return []
    gaps_begin = [whole[0][0]] + [end for _, end in without]
    gaps_end = [start for start, _ in without] + [whole[-1][1]]
    return intersect(whole, zip(gaps_begin, gaps_end, strict=True))


def starts_that_fit(free: Iterable[tuple[T, T]], *, before: Any, after: Any) -> list[tuple[T, T]]:
    """Return the starts `s` for which `[s - before, s + after)` lies inside one stretch of `free`.

    The answer is CLOSED intervals `(first, last)`, sorted; `first == last` is one single start. A negative
    `before` describes a part that begins later than `s`. Lengths are of the kind that adds to the ends:
    seconds for whole numbers, timedelta for datetimes; `before + after` must be more than nothing.
    """
    windows = [(start + before, end - after) for start, end in merge(free)]
    return [(first, last) for first, last in windows if first <= last]


def overlaps(a: tuple[T, T], b: tuple[T, T]) -> bool:
    """Say whether the two share any moment; touching is not sharing, and an empty interval shares nothing."""
    return max(a[0], b[0]) < min(a[1], b[1])
