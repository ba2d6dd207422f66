"""Pictures to upload, made with Pillow: good ones, and every kind that must be refused with its sentence."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

from services import pictures
from tests.factory import NOW

RED, BLUE, WHITE = (200, 30, 30), (30, 30, 200), (255, 255, 255)


def drawn(width=1600, height=1200, mode="RGB"):
    """Red, with a blue left half."""
    image = Image.new("RGB", (width, height), RED)
    ImageDraw.Draw(image).rectangle((0, 0, width // 2 - 1, height), fill=BLUE)
    return image.convert(mode)


def file_of(image, kind="JPEG", **how):
    buffer = io.BytesIO()
    image.save(buffer, kind, **how)
    return buffer.getvalue()


def photo(width=640, height=480):
    return file_of(drawn(width, height))


def read(data, name="photo.jpg"):
    return pictures.read(ContentFile(data, name=name))


def store(image=None, *, alt="Mara in the doorway", **words):
    return pictures.store(image or read(photo()), alt=alt, now=NOW, **words)


def refusal(data):
    with pytest.raises(pictures.RefusedPicture) as refused:
        read(data)
    sentence = str(refused.value)
    assert sentence.endswith(".") and len(sentence) < 200
    return sentence


def stored_files(picture):
    return {name: Path(default_storage.path(name)) for name in picture.file_names}


def is_near(pixel, colour, by=24):
    return all(abs(one - other) <= by for one, other in zip(pixel, colour, strict=True))


def huge(width, height):
    """A PNG whose header promises more than anybody could hold."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    data = b"IDAT" + zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))


def archive():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("run.class", "x" * 100)
    return buffer.getvalue()


def moving(kind):
    return file_of(drawn(), kind, save_all=True, append_images=[drawn().transpose(Image.Transpose.ROTATE_180)])


REFUSED = {
    "a web page with a picture's name": (lambda: b"<html><script>alert(1)</script></html>", "a web page"),
    "a drawing in SVG": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="900"/>', "SVG"),
    "a picture with a script in its comment": (
        lambda: file_of(drawn(), comment=b"<ScRiPt src=//x.example></script>"),
        "a web page",
    ),
    "a picture with a script behind it": (lambda: file_of(drawn()) + b"<?php system('id'); ?>", "a web page"),
    "a picture that is an archive as well": (lambda: file_of(drawn()) + archive(), "an archive"),
    "text": (lambda: b"Dear clinic, here is my photo." * 40, "not a picture we can read"),
    "a GIF": (lambda: file_of(drawn(), "GIF"), "not a picture we can read"),
    "a GIF that moves": (lambda: moving("GIF"), "not a picture we can read"),
    "a TIFF": (lambda: file_of(drawn(), "TIFF"), "not a picture we can read"),
    "a phone's HEIC": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 400, "HEIC"),
    "a PNG that moves": (lambda: moving("PNG"), "moves"),
    "a WebP that moves": (lambda: moving("WEBP"), "moves"),
    "an AVIF that moves": (lambda: moving("AVIF"), "moves"),
    "a small one": (lambda: file_of(drawn(599, 500)), "at least 600 pixels"),
    "a strip": (lambda: file_of(drawn(1600, 500)), "a mere strip"),
    "more pixels than we hold": (lambda: huge(6400, 6251), "40 million pixels"),
    "a bomb": (lambda: huge(60000, 60000), "40 million pixels"),
    "a JPEG cut short": (lambda: file_of(drawn())[:-2000], "damaged"),
    "a PNG cut short": (lambda: file_of(drawn(), "PNG")[:-200], "damaged"),
    "a header without a picture": (lambda: huge(900, 900), "damaged"),
    "more than 12 MB": (lambda: file_of(drawn()) + b"\0" * 12 * 1024 * 1024, "12 MB"),
}
