"""Draws a card: paper, a willow over still water, the clinic's name, a line of kind and a title. Returns PNG bytes."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from PIL import Image, ImageColor, ImageDraw, ImageFont

from services.cards import shapes
from services.cards.shapes import Point

SIZE = (1200, 630)
PAPER, INK, QUIET = "#f7f1e6", "#1a2621", "#47534d"
PINE, WATER, CLAY = "#1b4438", "#dfe9e0", "#bb5e2f"
FINE = 3  # drawn this much larger, then made smaller, for smooth edges
LEFT, TITLE_TOP, TITLE_BOTTOM, TITLE_WIDTH = 80, 268, 520, 640
TITLE_SIZES = (84, 76, 68, 60, 54, 48, 42)
LEADING = 1.14
TWIGS: tuple[tuple[Point, Point, float], ...] = (
    ((1235, -70), (800, 118), 0.55),
    ((1240, -50), (905, 300), 0.5),
    ((1250, -30), (1040, 215), 0.42),
    ((1270, -10), (1130, 392), 0.5),
)
POND: Point = (1000, 552)
# How far out, from which angle to which, how thick.
RINGS = ((56, -30, 300, 6), (122, 60, 395, 6), (195, -150, 170, 6), (268, 20, 345, 7), (345, 120, 440, 7))
# Every smooth edge lies between two of these.
MEETING = (
    (PAPER, PINE),
    (PAPER, INK),
    (PAPER, QUIET),
    (PAPER, CLAY),
    (WATER, PINE),
    (WATER, CLAY),
    (PINE, CLAY),
)
SHADES = 9


@dataclass(frozen=True)
class Text:
    """What a card says; `line` may be blank."""

    name: str
    trade: str
    line: str
    title: str


def draw(text: Text) -> bytes:
    card = _scene().copy()
    pen = ImageDraw.Draw(card)
    pen.text((LEFT + 118, 106), text.name, fill=INK, font=_font(40), anchor="ls")
    pen.text((LEFT + 118, 138), text.trade, fill=QUIET, font=_font(24), anchor="ls")
    pen.text((LEFT, 238), _shortened(text.line, 30, TITLE_WIDTH), fill=QUIET, font=_font(30), anchor="ls")
    size, lines = _fitted(text.title)
    for number, line in enumerate(lines):
        baseline = TITLE_TOP + size * (0.8 + number * LEADING)
        pen.text((LEFT, baseline), line, fill=INK, font=_font(size), anchor="ls")
    return _png(card)


def draw_sign(side: int, *, part: float, paper: str | None = PAPER) -> bytes:
    """The sign in the middle of a square, `part` of it wide; on transparent ground without `paper`."""
    mode, ground = ("RGB", paper) if paper else ("RGBA", (0, 0, 0, 0))
    large = Image.new(mode, (side * FINE, side * FINE), ground)
    _draw_sign(
        ImageDraw.Draw(large), left=side * FINE * (1 - part) / 2, width=side * FINE * part, middle=side * FINE / 2
    )
    return _png(large.resize((side, side), Image.Resampling.LANCZOS))


@cache
def _scene() -> Image.Image:
    """Everything but the words; the same on every card."""
    large = Image.new("RGB", (SIZE[0] * FINE, SIZE[1] * FINE), PAPER)
    pen = ImageDraw.Draw(large)
    pen.ellipse(_fine((POND[0] - 310, POND[1] - 82), (POND[0] + 310, POND[1] + 82)), fill=WATER)
    for reach, begins, ends, ink in RINGS:
        pen.polygon(_fine(*shapes.ring(POND, reach, begins=begins, ends=ends, ink=ink)), fill=PINE)
    pen.polygon(_fine(*shapes.leaf((POND[0] - 42, POND[1] + 4), 7, 1.5)), fill=CLAY)
    for top, tip, bend in TWIGS:
        _draw_twig(pen, shapes.branch(top, tip, bend))
    _draw_sign(pen, left=LEFT * FINE, width=96 * FINE, middle=106 * FINE)
    return large.resize(SIZE, Image.Resampling.LANCZOS)


def _draw_twig(pen: ImageDraw.ImageDraw, twig: list[Point]) -> None:
    pen.line(_fine(*twig), fill=PINE, width=3 * FINE, joint="curve")
    for number, (at, direction) in enumerate(shapes.along(twig, every=1)):
        side, scale = (24, 1.0) if number % 2 else (-22, 0.86)
        pen.polygon(_fine(*shapes.leaf(at, direction + side, scale)), fill=PINE)
    pen.polygon(_fine(*shapes.leaf(twig[-1], 84, 0.9)), fill=PINE)


def _draw_sign(pen: ImageDraw.ImageDraw, *, left: float, width: float, middle: float) -> None:
    """The sign `width` wide, its own middle at the height `middle`."""
    from_x, from_y, to_x, to_y = shapes.SIGN_BOX
    scale = width / (to_x - from_x)
    for role, outlines in shapes.sign():
        for outline in outlines:
            points = [(left + (x - from_x) * scale, middle + (y - (from_y + to_y) / 2) * scale) for x, y in outline]
            pen.polygon(points, fill=CLAY if role == "warm" else PINE)


def _fine(*points: Point) -> list[Point]:
    return [(x * FINE, y * FINE) for x, y in points]


def _fitted(title: str) -> tuple[int, list[str]]:
    """The largest size at which the title fits its place, and its lines; the smallest one is cut to fit."""
    lines: list[str] = []
    for size in TITLE_SIZES:
        room = int((TITLE_BOTTOM - TITLE_TOP) / (size * LEADING))
        lines = _wrapped(title, size)
        if len(lines) <= room and all(_width(line, size) <= TITLE_WIDTH for line in lines):
            return size, lines
    kept = [_shortened(line, size, TITLE_WIDTH) for line in lines[:room]]
    if len(lines) > room:
        kept[-1] = _shortened(f"{kept[-1]}…", size, TITLE_WIDTH)
    return size, kept


def _wrapped(title: str, size: int) -> list[str]:
    lines: list[str] = []
    for word in title.split():
        if lines and _width(f"{lines[-1]} {word}", size) <= TITLE_WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _shortened(line: str, size: int, width: int) -> str:
    while line and _width(line, size) > width:
        line = line.rstrip("…")[:-1].rstrip() + "…"
    return line


def _width(line: str, size: int) -> float:
    return _font(size).getlength(line)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = files("font_source_serif_pro") / "files" / "SourceSerifPro-Regular.ttf"
    return ImageFont.truetype(str(font), size)


def _png(image: Image.Image) -> bytes:
    """In the house's own colours and their blends alone, which makes a small file."""
    if image.mode == "RGBA":
        few = image.quantize(64, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    else:
        few = image.quantize(palette=_palette(), dither=Image.Dither.NONE)
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


@cache
def _palette() -> Image.Image:
    blends = [
        round(one + (other - one) * shade / (SHADES - 1))
        for first, second in MEETING
        for shade in range(SHADES)
        for one, other in zip(ImageColor.getrgb(first), ImageColor.getrgb(second), strict=True)
    ]
    palette = Image.new("P", (1, 1))
    palette.putpalette(blends)
    return palette
