"""What a page says about itself: to the tab, to search engines, to programs, and where it stands on the site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models.fields.files import FieldFile

Crumb = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Page:
    """`title` without the clinic's name; `crumbs` (name, path) from below Home to this page itself;
    `structured` schema.org nodes without `@context`; `image` for links shared elsewhere."""

    title: str
    description: str
    crumbs: tuple[Crumb, ...] = ()
    structured: tuple[Mapping[str, object], ...] = ()
    image: FieldFile | None = None
    kind: str = "website"
