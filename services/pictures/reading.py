"""Is this file a picture for our pages, and what does it look like? What was uploaded is read once, drawn anew and
dropped: no byte of it goes further, so neither where a photo was taken nor anything hidden in it reaches a visitor."""

from __future__ import annotations

import io
import re
import struct
import zipfile

from django.core.files.base import File
from PIL import Image, ImageCms, ImageOps

MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 40_000_000
MIN_LONG_SIDE = 600
MAX_RATIO = 3
MASTER = (2560, 2560)  # twice the largest width, which a picture of 1 : 2 still fills
KINDS = ("JPEG", "PNG", "WEBP", "AVIF", "MPO")  # MPO: a phone's JPEG with a second picture behind the first
# What decoders raise on files made to break them; they know no error of their own for it.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    MemoryError,
    RuntimeError,
    struct.error,
)
# Told from compressed pixels, in which any four bytes come by chance, by what has to follow.
PROGRAMS = re.compile(rb"<(?:script|!doctype|html|svg|iframe)[\s/>]|<\?php\s|%pdf-[0-9]", re.IGNORECASE)
HEIC = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypmif1", b"ftypmsf1")


class RefusedPicture(Exception):
    """Carries the sentence that its uploader reads."""


def read(file: File) -> Image.Image:
    """The picture in a file, upright, in sRGB on white, free of everything but its pixels, at most `MASTER` large.

    Goes by the bytes, never by the name. Raises RefusedPicture.
    """
    if file.size > MAX_BYTES:
        raise RefusedPicture(
            f"This file has {file.size / 2**20:.0f} MB, and a picture may have {MAX_BYTES // 2**20} MB. "
            "Save it smaller, 2,000 pixels wide is plenty, and choose it again."
        )
    data = file.read()
    _refuse_hidden_programs(data)
    image = _open(data)
    _refuse_unfit(image)
    try:
        return _drawn_anew(image)
    except BROKEN as error:
        raise RefusedPicture("This picture is damaged or incomplete. Save or download it again.") from error


def _refuse_hidden_programs(data: bytes) -> None:
    """A picture that is a web page or an archive as well. Drawing it anew disarms it; nobody sends one by mistake."""
    if PROGRAMS.search(data) or zipfile.is_zipfile(io.BytesIO(data)):
        raise RefusedPicture(
            "This file holds a web page, a drawing in SVG, a document or an archive. "
            "Open it, save the picture alone as JPEG or PNG, and choose that."
        )


def _open(data: bytes) -> Image.Image:
    """Read the header. No pixel is decoded yet."""
    try:
        return Image.open(io.BytesIO(data), formats=KINDS)
    except Image.DecompressionBombError as error:
        raise RefusedPicture(_too_many_pixels()) from error
    except BROKEN as error:
        if data[4:12] in HEIC:
            raise RefusedPicture("Browsers cannot show HEIC photos. Export it as JPEG and choose that.") from error
        raise RefusedPicture(
            "This is not a picture we can read. Choose a JPEG, PNG, WebP or AVIF file that opens on your own screen."
        ) from error


def _too_many_pixels() -> str:
    return f"This picture has more than {MAX_PIXELS // 1_000_000} million pixels. Save it smaller and choose it again."


def _refuse_unfit(image: Image.Image) -> None:
    long, short = max(image.size), min(image.size)
    if long * short > MAX_PIXELS:
        raise RefusedPicture(_too_many_pixels())
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise RefusedPicture("This picture moves. Choose one that stands still.")
    if long < MIN_LONG_SIDE:
        raise RefusedPicture(
            f"This picture is {image.width} × {image.height} pixels. On a large screen it would be blurred: "
            f"choose one with at least {MIN_LONG_SIDE} pixels on its long side."
        )
    if long > MAX_RATIO * short:
        raise RefusedPicture(
            f"This picture is {image.width} × {image.height} pixels, a mere strip. "
            f"Crop it so that no side is more than {MAX_RATIO} times as long as the other."
        )


def _drawn_anew(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.point(lambda value: value * (1 / 257)).convert("L")
    elif image.mode in ("1", "P", "PA", "LA", "La", "RGBa"):
        image = image.convert("RGBA")
    image.thumbnail(MASTER, Image.Resampling.LANCZOS)
    image.load()
    image = _on_white(ImageOps.exif_transpose(image))
    return _blank(_in_srgb(image, profile))


def _on_white(image: Image.Image) -> Image.Image:
    """Without holes: what shone through would be dark on a dark page. PNG may name one colour as clear."""
    if image.mode == "RGB" and "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            return _converted(image, profile)
        except (ImageCms.PyCMSError, OSError, ValueError):  # a profile for other colours than these, or none at all
            pass
    return image.convert("RGB")


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert converted is not None  # noqa: S101 - None is for changes in place
    return converted


def _blank(image: Image.Image) -> Image.Image:
    """The pixels alone: Pillow would carry notes, place and profile along into what it saves."""
    blank = Image.new("RGB", image.size)
    blank.paste(image)
    return blank
