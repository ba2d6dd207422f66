"""Front matter: names and values in YAML above the text of a file. Every mistake is told with the file's name.

Values are taken one by one, each with the type it must have, so that whatever is left over is a mistake too.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml

IN_WORDS = {str: "text", int: "a number", date: "a day such as 2026-10-12", list: "a list"}


class ContentError(Exception):
    """A file of `services/content/` is not as it must be; says which one and why."""


class Values:
    """Named values of a file; `place` is what errors begin with."""

    def __init__(self, given: object, *, place: str) -> None:
        self.place = place
        if not isinstance(given, dict):
            raise self.error("names and values are expected here")
        self.left = dict(given)

    def error(self, words: str) -> ContentError:
        return ContentError(f"{self.place}: {words}.")

    def take(self, name: str, kind: type, default: Any = ...) -> Any:
        """The value of a name; without a default it must be there."""
        value = self.left.pop(name, None)
        if value is None:
            if default is ...:
                raise self.error(f"“{name}” is missing")
            return default
        if type(value) is not kind:
            raise self.error(f"“{name}” must be {IN_WORDS[kind]}, not {value!r}")
        return value.strip() if isinstance(value, str) else value

    def take_slugs(self, name: str) -> tuple[str, ...]:
        slugs = self.take(name, list, [])
        if not all(isinstance(slug, str) for slug in slugs) or len(set(slugs)) < len(slugs):
            raise self.error(f"“{name}” must be a list of different slugs")
        return tuple(slugs)

    def finish(self) -> None:
        if self.left:
            raise self.error(f"unknown: {', '.join(map(str, self.left))}")


class Front(Values):
    """The front matter of one Markdown file, and its `body` below."""

    def __init__(self, path: Path, root: Path) -> None:
        self.place, self.slug = path.relative_to(root).as_posix(), path.stem
        opening, _, rest = path.read_text(encoding="utf-8").partition("---\n")
        front, closing, body = rest.partition("\n---\n")
        if opening or not closing:
            raise self.error("it must begin with front matter between two lines of ---")
        try:
            given = yaml.safe_load(front)
        except yaml.YAMLError as error:
            raise self.error(f"the front matter is not YAML: {' '.join(str(error).split())}") from error
        super().__init__(given, place=self.place)
        self.body = body.strip()
        if not self.body:
            raise self.error("there is no text below the front matter")
