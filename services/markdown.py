"""From our authors' Markdown to the page: CommonMark and tables, numbered sources, known drawings, nothing else.

Raw HTML is shown as text, and what markdown-it makes passes through nh3 before anybody sees it. Drawings are our own
templates and are put in after that. Nothing here reads the database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import nh3
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

DRAWINGS = frozenset({"effleurage", "petrissage", "friction", "tapotement", "visit", "meridian", "body"})
DRAWING = re.compile(r"drawing:([a-z]+)")
CITE = re.compile(r"\[([1-9]\d?)\](?!\()")
EXTERNAL = re.compile(r"(?:https?:)?//", re.IGNORECASE)
# Ids that the pages round a text use themselves; those of their headings end in -title, of sources begin with source-.
TAKEN = ("main", "menu", "top", "ink")

TAGS = {
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "a", "blockquote", "code", "pre", "hr", "br",
    "table", "thead", "tbody", "tr", "th", "td", "span",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "rel", "title", "aria-label"},
    "h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "h5": {"id"}, "h6": {"id"},
    "ol": {"start"},
    "th": {"scope"}, "td": {"data-kind"},
}  # fmt: skip
CLASSES = {"a": {"cite"}, "table": {"compare"}}
SCHEMES = {"http", "https", "mailto", "tel"}


class Heading(NamedTuple):
    id: str
    text: str


@lru_cache(maxsize=512)
def render(text: str) -> SafeString:
    """HTML that is safe on any of our pages, whoever wrote the text."""
    return mark_safe("".join(_parts(_parse(text))))  # noqa: S308  every part is cleaned or one of our own templates


def outline(text: str) -> list[Heading]:
    """The second-level headings in order, with the ids that `render` gives them."""
    tokens = _parse(text)
    return [
        Heading(str(token.attrs["id"]), _words(tokens[place + 1]))
        for place, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == "h2"
    ]


def plain(text: str) -> str:
    """The words alone, blocks apart by one space; without citations and drawings."""
    return " ".join(filter(None, (_words(token) for token in _parse(text) if token.type == "inline")))


def cited(text: str) -> set[int]:
    """The numbers of the sources that the text cites."""
    inline = (token for token in _parse(text) if token.type == "inline")
    return {int(child.content) for token in inline for child in token.children or () if child.type == "cite"}


def drawings(text: str) -> list[str]:
    """The names of the drawings asked for anywhere in the text, known or not."""
    inline = (token for token in _parse(text) if token.type == "inline")
    images = (child for token in inline for child in token.children or () if child.type == "image")
    return [str(image.attrs["src"]).removeprefix("drawing:") for image in images]


def links(text: str) -> list[str]:
    """The addresses that the text links to."""
    inline = (token for token in _parse(text) if token.type == "inline")
    opened = (child for token in inline for child in token.children or () if child.type == "link_open")
    return [str(child.attrs["href"]) for child in opened]


def _cite(state: StateInline, silent: bool) -> bool:
    """`[1]` in running text; inside a link it stays text, because links do not nest."""
    found = CITE.match(state.src, state.pos, state.posMax)
    if not found or silent or state.linkLevel:  # silent: somebody looks for where a link's words end
        return False
    state.push("cite", "a", 0).content = found[1]
    state.pos = found.end()
    return True


def _render_cite(renderer: object, tokens: Sequence[Token], place: int, options: object, env: object) -> str:
    number = tokens[place].content
    return f'<a class="cite" href="#source-{number}" aria-label="Source {number}">{number}</a>'


def _render_image(renderer: object, tokens: Sequence[Token], place: int, options: object, env: object) -> str:
    return escape(tokens[place].content)  # we show no pictures but our own: the words stand for it


def _render_cell(renderer: RendererHTML, tokens: Sequence[Token], place: int, options: object, env: object) -> str:
    """One box round what a cell says: on a phone the cell is a grid of its column's name and this."""
    token = tokens[place]
    return f"<td{renderer.renderAttrs(token)}><span>" if token.nesting == 1 else "</span></td>\n"


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")
    reader.disable(["reference", "html_block", "html_inline"])
    reader.inline.ruler.before("link", "cite", _cite)
    reader.add_render_rule("cite", _render_cite)
    reader.add_render_rule("image", _render_image)
    reader.add_render_rule("td_open", _render_cell)
    reader.add_render_rule("td_close", _render_cell)
    return reader


READER = _reader()


def _parse(text: str) -> list[Token]:
    tokens = READER.parse(text)
    _mark_headings(tokens)
    _mark_tables(tokens)
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open" and EXTERNAL.match(str(child.attrs["href"]).strip()):
                child.attrs["rel"] = "noopener"
    return tokens


def _mark_headings(tokens: list[Token]) -> None:
    """Give each heading an id of its own. The page's title is its only h1, so a text's first level is h2."""
    taken = set(TAKEN)
    for place, token in enumerate(tokens):
        if token.tag == "h1":
            token.tag = "h2"
        if token.type == "heading_open":
            token.attrs["id"] = _free_id(slugify(_words(tokens[place + 1])) or "part", taken)


def _free_id(wanted: str, taken: set[str]) -> str:
    found, number = wanted, 1
    while found in taken or found.startswith("source-") or found.endswith("-title"):
        number += 1
        found = f"part-{wanted}-{number}"
    taken.add(found)
    return found


def _mark_tables(tokens: list[Token]) -> None:
    """Row heads in the first column; each other cell names its column, for phones."""
    heads: list[str] = []
    column = 0
    for place, token in enumerate(tokens):
        if token.type == "table_open":
            token.attrs["class"], heads = "compare", []
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            heads.append(_words(tokens[place + 1]))
            _become_head(tokens, place, "col" if heads[-1] else "")
        elif token.type == "td_open":
            if column:
                token.attrs["data-kind"] = heads[column]
            else:
                _become_head(tokens, place, "row")
                token.type, tokens[place + 2].type = "th_open", "th_close"
            column += 1


def _become_head(tokens: list[Token], place: int, scope: str) -> None:
    """A head of a column or a row; without a scope the cell heads nothing and is a plain one."""
    opened, closed = tokens[place], tokens[place + 2]  # between them the cell's words
    opened.tag = closed.tag = "th" if scope else "td"
    if scope:
        opened.attrs["scope"] = scope


def _parts(tokens: list[Token]) -> Iterator[str]:
    """Cleaned stretches of text and, between them, our drawings."""
    start = 0
    for place, token in enumerate(tokens):
        if drawing := _drawing(token):
            yield _clean(tokens[start : place - 1])  # without the paragraph that held it
            yield drawing
            start = place + 2
    yield _clean(tokens[start:])


def _clean(tokens: list[Token]) -> str:
    return nh3.clean(
        READER.renderer.render(tokens, READER.options, {}),
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes=SCHEMES,
        link_rel=None,
    )


def _drawing(token: Token) -> str:
    """The figure for a paragraph that is one known drawing and nothing else; "" for anything else."""
    children = token.children or []
    if token.level != 1 or len(children) != 1 or children[0].type != "image":
        return ""
    name = DRAWING.fullmatch(str(children[0].attrs["src"]))
    if not name or name[1] not in DRAWINGS:
        return ""
    svg = str(render_to_string(f"components/art/{name[1]}.html"))
    label = f'<svg role="img" aria-label="{escape(children[0].content)}"'
    svg = svg.replace(' aria-hidden="true"', "", 1).replace("<svg", label, 1)
    return f'<figure class="drawing">{svg.strip()}</figure>'


def _words(token: Token) -> str:
    """The words of an inline token."""
    kept = {"text": lambda child: child.content, "code_inline": lambda child: child.content}
    breaks = {"softbreak": " ", "hardbreak": " "}
    found = (kept[c.type](c) if c.type in kept else breaks.get(c.type, "") for c in token.children or ())
    return " ".join("".join(found).split())
