"""The sign of the house as Pillow can draw it: the outlines of `static/img/icon.svg`, and leaves on a willow's branch.

Points are pairs of numbers; nothing here knows colours, files to write or texts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from django.conf import settings

Point = tuple[float, float]
SIGN = Path(settings.BASE_DIR) / "static" / "img" / "icon.svg"
SIGN_BOX = (3.5, 12.8, 42.5, 34.0)  # what is drawn of its 44 × 44
STEPS = 12  # straight lines to a curve
RING_STEPS = 90
SLANT = 0.27  # how flat a ring on the water looks
WORD = re.compile(r"[a-zA-Z]|-?(?:\d+\.?\d*|\.\d+)")
LEAF = "M0 0c14-11 36-12 58 0-22 5-42 6-58 0z"


@cache
def sign() -> list[tuple[str, list[list[Point]]]]:
    """The class of each path of the sign (ink, warm) with its outlines."""
    paths = ElementTree.parse(SIGN).getroot().iter("{http://www.w3.org/2000/svg}path")  # noqa: S314  a file of ours
    return [(path.attrib["class"], outlines(path.attrib["d"])) for path in paths]


def outlines(path: str) -> list[list[Point]]:
    """The closed outlines of an SVG path made of `M`, `c` and `z` alone."""
    found: list[list[Point]] = []
    words = WORD.findall(path)
    command, at = "", 0
    while at < len(words):
        if words[at].isalpha():
            command, at = words[at], at + 1
        if command == "M":
            found.append([(float(words[at]), float(words[at + 1]))])
            at += 2
        elif command == "c":
            found[-1].extend(_curve(found[-1][-1], [float(word) for word in words[at : at + 6]]))
            at += 6
        elif command != "z":
            raise ValueError(f"A path with {command} is not read here.")
    return found


def leaf(at: Point, degrees: float, scale: float) -> list[Point]:
    """A willow leaf that hangs at a point, turned and scaled."""
    return [_turned(point, at, math.radians(degrees), scale) for point in outlines(LEAF)[0]]


def branch(top: Point, tip: Point, bend: float) -> list[Point]:
    """From top to tip, first out and then down, as a willow's twig hangs."""
    (x, y), (to_x, to_y) = top, tip
    reach, drop = to_x - x, to_y - y
    return [top, *_curve(top, [reach * bend, drop * 0.04, reach, drop * 0.3, reach, drop])]


def ring(middle: Point, reach: float, *, begins: float, ends: float, ink: float) -> list[Point]:
    """A stroke round a point on water, seen from the side: thin where it begins and ends, `ink` thick between."""
    outer: list[Point] = []
    inner: list[Point] = []
    for step in range(RING_STEPS + 1):
        part = step / RING_STEPS
        angle = math.radians(begins + (ends - begins) * part)
        half = ink / 2 * math.sin(math.pi * part) ** 0.5
        for edge, points in ((half, outer), (-half, inner)):
            points.append(
                (middle[0] + (reach + edge) * math.cos(angle), middle[1] + (reach * SLANT + edge) * math.sin(angle))
            )
    return outer + inner[::-1]


def along(twig: list[Point], *, every: int) -> Iterator[tuple[Point, float]]:
    """Places on the twig and its direction there in degrees."""
    for place in range(2, len(twig) - 1, every):
        (x, y), (to_x, to_y) = twig[place], twig[place + 1]
        yield twig[place], math.degrees(math.atan2(to_y - y, to_x - x))


def _curve(start: Point, by: list[float]) -> list[Point]:
    """Points of a cubic curve after its start; the other three are given relative to it."""
    (x, y), (x1, y1, x2, y2, x3, y3) = start, by
    points = []
    for step in range(1, STEPS + 1):
        t = step / STEPS
        a, b, c = 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3
        points.append((x + a * x1 + b * x2 + c * x3, y + a * y1 + b * y2 + c * y3))
    return points


def _turned(point: Point, at: Point, angle: float, scale: float) -> Point:
    x, y = point[0] * scale, point[1] * scale
    return at[0] + x * math.cos(angle) - y * math.sin(angle), at[1] + x * math.sin(angle) + y * math.cos(angle)
