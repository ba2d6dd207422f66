"""The sizes of a picture that pages show: written once under names made of their bytes, gone with their last row."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.models.signals import post_delete
from PIL import Image

from services.models.pictures import FOLDER, Picture

WIDTHS = (320, 640, 960, 1280)
SETTINGS: dict[str, dict[str, Any]] = {
    "avif": {"format": "AVIF", "quality": 58, "speed": 7},
    "webp": {"format": "WEBP", "quality": 78, "method": 4},
    "jpg": {"format": "JPEG", "quality": 80, "optimize": True, "progressive": True},
}


def store(image: Image.Image, *, alt: str, credit: str = "", now: datetime) -> Picture:
    """Write every size of a picture from `reading.read`, and its row. Uploads take turns until their transactions end.

    Raises OSError when the files cannot be written; the row is then not there either.
    """
    files = _encode(image)
    digest = hashlib.sha256(b"".join(files.values())).hexdigest()[:20]
    width = min(image.width, WIDTHS[-1])
    with transaction.atomic():
        _take_turns()
        for name, data in files.items():
            _write(f"{FOLDER}/{digest}/{name}", data)
        return Picture.objects.create(
            digest=digest,
            widths=_widths(image),
            width=width,
            height=_height(image, width),
            alt=alt,
            credit=credit,
            created_at=now,
        )


def field_of(owner: type[models.Model]) -> str:
    """The name of the field that holds this kind of record's picture."""
    return next(field.name for field in owner._meta.fields if field.related_model is Picture)


def connect() -> None:
    """From now on a picture goes with the last record that shows it, and its files with the picture."""
    post_delete.connect(_drop_files, sender=Picture)
    for relation in Picture._meta.related_objects:
        post_delete.connect(_drop_picture, sender=relation.related_model)


def _widths(image: Image.Image) -> list[int]:
    return sorted({min(width, image.width) for width in WIDTHS})


def _height(image: Image.Image, width: int) -> int:
    return max(1, round(image.height * width / image.width))


def _encode(image: Image.Image) -> dict[str, bytes]:
    """The bytes of every file by its name."""
    files = {}
    widths = _widths(image)
    for width in widths:
        size = (width, _height(image, width))
        resized = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)
        for kind in ("avif", "webp", "jpg") if width == widths[-1] else ("avif", "webp"):
            buffer = io.BytesIO()
            resized.save(buffer, **SETTINGS[kind])
            files[f"{width}.{kind}"] = buffer.getvalue()
    return files


def _write(name: str, data: bytes) -> None:
    """Same name, same bytes; what a crash left half written is written again."""
    if default_storage.exists(name):
        if default_storage.size(name) == len(data):
            return
        default_storage.delete(name)
    default_storage.save(name, ContentFile(data))


def _take_turns() -> None:
    """Until this transaction ends, so that nobody drops files that another upload is about to point to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('services.pictures'))")


def _drop_picture(instance: models.Model, **_: object) -> None:
    Picture.objects.filter(pk=getattr(instance, f"{field_of(type(instance))}_id")).unused().delete()


def _drop_files(instance: Picture, **_: object) -> None:
    transaction.on_commit(partial(_drop_unless_used, instance.digest, instance.file_names), robust=True)


def _drop_unless_used(digest: str, names: list[str]) -> None:
    with transaction.atomic():
        _take_turns()
        if Picture.objects.filter(digest=digest).exists():
            return
        for name in (*names, f"{FOLDER}/{digest}"):
            default_storage.delete(name)
