"""Pictures for links shared elsewhere: a card for each article, service and practitioner, and one for all other pages.

A card's file is named by a digest of what is drawn and of the code that draws it: the same words are never drawn
twice, other words are another file, and an address never shows anything else. Files go only in `delete_orphans`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import astuple
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models

from services.cards import shapes
from services.cards.drawing import SIZE, Text, draw
from services.models import Article, Practitioner, Service

__all__ = ["SIZE", "Owner", "default_url", "delete_orphans", "owners", "refresh", "refresh_default"]

FOLDER = "cards"
MODELS: tuple[type[models.Model], ...] = (Article, Service, Practitioner)
Owner = Article | Service | Practitioner


def refresh(owner: Owner) -> bool:
    """Draw the owner's card if it says something new or its file is gone, and note its name; whether that was so."""
    name, is_new = _stored(_text(owner))
    if owner.social_image.name != name:
        type(owner)._default_manager.filter(pk=owner.pk).update(social_image=name)
        owner.social_image.name = name
        return True
    return is_new


def refresh_default() -> bool:
    """Draw the card of the pages that have none of their own, unless it is there; whether it was drawn."""
    return _stored(_general())[1]


def default_url() -> str:
    """The address of that card, or blank while it has not been drawn."""
    name = _name(_general())
    return default_storage.url(name) if default_storage.exists(name) else ""


def owners() -> Iterator[Owner]:
    """Everything that has a page of its own and therefore a card."""
    yield from Article.objects.published().defer("body", "not_for", "doctor_first", "words")
    yield from Service.objects.active().select_related("service_type")
    yield from Practitioner.objects.active()


def delete_orphans() -> int:
    """Delete the files that nothing shows any more; how many there were."""
    if not default_storage.exists(FOLDER):
        return 0
    shown = {_name(_general())}
    for model in MODELS:
        shown |= set(model._default_manager.values_list("social_image", flat=True))
    orphans = [name for file in default_storage.listdir(FOLDER)[1] if (name := f"{FOLDER}/{file}") not in shown]
    for name in orphans:
        default_storage.delete(name)
    return len(orphans)


def _text(owner: Owner) -> Text:
    if isinstance(owner, Article):
        return _said(owner.get_kind_display(), owner.title)
    if isinstance(owner, Service):
        return _said(owner.service_type.name, owner.name)
    return _said(owner.credentials, owner.name)


def _general() -> Text:
    return _said("Explanations, open times, and booking online", settings.CLINIC_TRADE)


def _said(line: str, title: str) -> Text:
    return Text(name=settings.CLINIC_NAME, trade=settings.CLINIC_TRADE, line=line, title=title)


def _stored(text: Text) -> tuple[str, bool]:
    """The name of the file that shows this text, and whether it had to be drawn."""
    name = _name(text)
    if default_storage.exists(name):
        return name, False
    saved = default_storage.save(name, ContentFile(draw(text)))
    if saved != name:  # another process was faster, with the same picture
        default_storage.delete(saved)
    return name, True


def _name(text: Text) -> str:
    words = json.dumps([_drawn_by(), *astuple(text)])
    return f"{FOLDER}/{hashlib.sha256(words.encode()).hexdigest()[:20]}.png"


@cache
def _drawn_by() -> str:
    """A digest of the code and the sign: when the look changes, so do the names."""
    sources = [*sorted(Path(__file__).parent.glob("*.py")), shapes.SIGN]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
