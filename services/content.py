"""The texts that come with the product: Markdown files with YAML front matter under `services/content/`.

Reads files alone, never the database. A file that cannot be read raises `ContentError`, which names it; `problems`
finds what can be read and is wrong all the same: a link to nowhere, a source that nobody cites.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.core.validators import slug_re
from django.urls import Resolver404, resolve

from services import markdown
from services.front_matter import ContentError, Front, Values
from services.models.articles import RESERVED_SLUGS

__all__ = ["ContentError", "articles", "described_services", "described_types", "problems", "uncited"]

ROOT = Path(__file__).with_suffix("")
FOLDERS = {"guides": "guide", "techniques": "technique", "conditions": "condition", "questions": "question"}
SUMMARY_LENGTH = range(90, 156)
REQUIRED = {"guide": ["not_for"], "technique": ["not_for"], "condition": ["not_for", "doctor_first"], "question": []}


@dataclass(frozen=True, kw_only=True)
class SourceText:
    title: str
    publisher: str
    url: str
    year: int | None


@dataclass(frozen=True, kw_only=True)
class Described:
    """Texts of a kind of care; what they have in common with a service's."""

    path: str
    summary: str
    explanation: str
    suits: str
    not_for: str

    @property
    def words(self) -> str:
        return "\n\n".join([self.explanation, self.suits, self.not_for])

    @property
    def fields(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in ("summary", "explanation", "suits", "not_for")}


@dataclass(frozen=True, kw_only=True)
class DescribedService(Described):
    experience: str
    techniques: tuple[str, ...]

    @property
    def words(self) -> str:
        return f"{super().words}\n\n{self.experience}"

    @property
    def fields(self) -> dict[str, str]:
        return super().fields | {"experience": self.experience}


@dataclass(frozen=True, kw_only=True)
class ArticleText:
    path: str
    slug: str
    kind: str
    title: str
    summary: str
    body: str
    not_for: str
    doctor_first: str
    position: int
    reviewer: str
    reviewed_on: date
    services: tuple[str, ...]
    related: tuple[str, ...]
    sources: tuple[SourceText, ...]

    @property
    def words(self) -> str:
        return "\n\n".join([self.body, self.not_for, self.doctor_first])


def articles(root: Path = ROOT) -> list[ArticleText]:
    """Every article, by kind and slug. A technique belongs to each service whose own file names it, too."""
    naming = {slug: text.techniques for slug, text in described_services(root).items()}
    found = []
    for folder, kind in FOLDERS.items():
        for front in _fronts(root, folder):
            also = [service for service, techniques in naming.items() if front.slug in techniques]
            found.append(_article(front, kind, also))
    return found


def described_services(root: Path = ROOT) -> dict[str, DescribedService]:
    """What is said of each service, by its slug."""
    return {front.slug: _service(front) for front in _fronts(root, "services")}


def described_types(root: Path = ROOT) -> dict[str, Described]:
    """What is said of each kind of care, by its slug."""
    return {front.slug: _type(front) for front in _fronts(root, "types")}


def problems(root: Path = ROOT) -> list[str]:
    """What is wrong in files that can be read, a sentence each with the file's name in front."""
    texts, services, types = articles(root), described_services(root), described_types(root)
    learn = {text.slug for text in texts}
    found = [f"{text.path}: {problem}" for text in texts for problem in _article_problems(text, learn, services)]
    for service in services.values():
        found += [f"{service.path}: {problem}" for problem in _unknown("techniques", service.techniques, learn)]
    for described in [*services.values(), *types.values()]:
        found += [f"{described.path}: {problem}" for problem in _text_problems(described.words, learn)]
    return found


def uncited(numbers: set[int], count: int) -> Iterator[str]:
    """What is wrong between the numbers that a text cites and its `count` sources."""
    for number in sorted(numbers - set(range(1, count + 1))):
        yield f"The text cites [{number}], and there is no source {number}."
    for number in sorted(set(range(1, count + 1)) - numbers):
        yield f"Source {number} is cited nowhere in the text."


def _article_problems(text: ArticleText, learn: set[str], services: Iterable[str]) -> Iterator[str]:
    if len(text.summary) not in SUMMARY_LENGTH:
        yield f"The summary has {len(text.summary)} characters; 90 to 155 are right."
    yield from (f"“{name}” is missing." for name in REQUIRED[text.kind] if not getattr(text, name))
    yield from _unknown("services", text.services, services)
    yield from _unknown("related", text.related, learn - {text.slug})
    yield from uncited(markdown.cited(text.words), len(text.sources))
    yield from _text_problems(text.words, learn)


def _text_problems(words: str, learn: set[str]) -> Iterator[str]:
    for name in markdown.drawings(words):
        if name not in markdown.DRAWINGS:
            yield f"There is no drawing “{name}”."
    for address in markdown.links(words):
        if address.startswith("/") and not _leads_somewhere(address, learn):
            yield f"The link to {address} leads nowhere."


def _leads_somewhere(address: str, learn: set[str]) -> bool:
    try:
        found = resolve(address.partition("#")[0])
    except Resolver404:
        return False
    return found.view_name != "services:article" or found.kwargs["slug"] in learn


def _unknown(name: str, slugs: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    yield from (f"“{name}” names {slug}, which does not exist." for slug in slugs if slug not in known)


def _fronts(root: Path, folder: str) -> list[Front]:
    return [Front(path, root) for path in sorted((root / folder).glob("*.md"))]


def _article(front: Front, kind: str, also: list[str]) -> ArticleText:
    if front.take("kind", str) != kind:
        raise front.error(f"“kind” must be {kind} in this folder")
    if front.slug in RESERVED_SLUGS or not slug_re.fullmatch(front.slug):
        raise front.error("its name cannot be the address of an article")
    services = front.take_slugs("services")
    text = ArticleText(
        path=front.place,
        slug=front.slug,
        kind=kind,
        title=front.take("title", str),
        summary=front.take("summary", str),
        body=front.body,
        not_for=front.take("not_for", str, ""),
        doctor_first=front.take("doctor_first", str, ""),
        position=front.take("position", int),
        reviewer=front.take("reviewer", str),
        reviewed_on=front.take("reviewed_on", date),
        services=services + tuple(slug for slug in also if slug not in services),
        related=front.take_slugs("related"),
        sources=tuple(
            _source(Values(source, place=f"{front.place}, source {number}"))
            for number, source in enumerate(front.take("sources", list, []), 1)
        ),
    )
    front.finish()
    return text


def _source(values: Values) -> SourceText:
    source = SourceText(
        title=values.take("title", str),
        publisher=values.take("publisher", str, ""),
        url=values.take("url", str, ""),
        year=values.take("year", int, None),
    )
    values.finish()
    return source


def _described(front: Front) -> dict[str, str]:
    texts = {name: front.take(name, str) for name in ("summary", "suits", "not_for")}
    return {"path": front.place, "explanation": front.body, **texts}


def _type(front: Front) -> Described:
    text = Described(**_described(front))
    front.finish()
    return text


def _service(front: Front) -> DescribedService:
    text = DescribedService(
        **_described(front), experience=front.take("experience", str), techniques=front.take_slugs("techniques")
    )
    front.finish()
    return text
