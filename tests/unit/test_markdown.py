"""What becomes of our authors' Markdown, and of whatever else somebody may type into its field."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from services import markdown

HARMLESS = {
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "a", "blockquote", "code", "pre", "hr", "br",
    "table", "thead", "tbody", "tr", "th", "td", "span",
}  # fmt: skip
ATTRIBUTES = {"href", "rel", "title", "aria-label", "id", "start", "role", "scope", "data-kind", "class"}
PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<math><mtext></p><script>alert(1)</script>",
    "<style>*{background:url(https://evil.example)}</style>",
    "<a href='javascript:alert(1)'>x</a>",
    "<details open ontoggle=alert(1)>",
    "<base href=https://evil.example>",
    "<form action=https://evil.example><button>x</button></form>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<!--><script>alert(1)</script>-->",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:image/svg+xml;base64,PHN2Zz4=)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://evil.example/1)",
    "[x](drawing:body)",
    "[1]: javascript:alert(1)\n\n[1]",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    '![x" onload="alert(1)](drawing:friction)',
    "![<script>alert(1)</script>](drawing:friction)",
    "![x](drawing:../../../../etc/passwd)",
    "![x](drawing:figure)",
    "![x](drawing:)",
    '[x](https://a.example "\'onmouseover=alert(1) x=\'")',
    '[x](https://a.example/"onmouseover="alert(1))',
    "<https://a.example/\"onmouseover=alert(1)>",
    "<javascript:alert(1)>",
    "`<script>alert(1)</script>`",
    "```\"><script>alert(1)</script>\n</code></pre><script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "# <img src=x onerror=alert(1)>",
    "| <script>alert(1)</script> | x\" onclick=\"alert(1) |\n|---|---|\n| a | b |",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "{{ 1|add:1 }}{% include 'x' %}",
    "\x00<script>alert(1)</script>",
]  # fmt: skip


class Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def without_drawings(html: str) -> str:
    return re.sub(r'<figure class="drawing">.*?</figure>', "", html, flags=re.DOTALL)


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("around", ["{}", "- {}", "> {}", "Text {} text.[1]", "## {}"])
def test_nothing_that_runs_or_fetches_comes_out_of_it(payload: str, around: str):
    html = markdown.render(around.format(payload))
    for tag, attributes in Reader(without_drawings(html)).tags:
        assert tag in HARMLESS, html
        assert attributes.keys() <= ATTRIBUTES, html
        address = attributes.get("href") or "/"
        assert re.match(r"(https?://|mailto:|tel:|[/#])|[^:]*$", address), html


def test_the_words_of_a_drawing_cannot_leave_its_label():
    html = markdown.render('![x" onload="alert(1)](drawing:friction)')
    tag, attributes = Reader(html).tags[1]
    assert tag == "svg"
    assert attributes["aria-label"] == 'x" onload="alert(1)'
    assert "onload" not in attributes


def test_a_number_in_brackets_cites_a_source():
    html = markdown.render("Massage may help.[1] More.[2][12]")
    assert '<a class="cite" href="#source-1" aria-label="Source 1">1</a>' in html
    assert html.count('class="cite"') == 3
    assert markdown.cited("Massage may help.[1] More.[2][12]") == {1, 2, 12}


@pytest.mark.parametrize("text", [r"\[1\]", "`[1]`", "[0]", "[123]", "[a]", "[1](/learn/)", "[see [2] there](/learn/)"])
def test_what_only_looks_like_a_citation_is_none(text: str):
    assert "cite" not in markdown.render(text)
    assert not markdown.cited(text)


def test_headings_get_ids_of_their_own_that_no_page_uses():
    text = "# Top\n\n## What *we* do [1]\n\n### What we do\n\n## Main\n\n## Source 1\n\n## Related title\n\n## 日本"
    ids = re.findall(r'<h\d id="([^"]+)"', markdown.render(text))
    assert ids[1] == "what-we-do"
    assert len(set(ids)) == len(ids) == 7
    assert not [one for one in ids if one == "main" or one.startswith("source-") or one.endswith("-title")]


def test_the_outline_names_the_ids_that_the_page_has():
    text = "## What we do [1]\n\n### Not this\n\n## What we do"
    outline = markdown.outline(text)
    assert [heading.text for heading in outline] == ["What we do", "What we do"]
    html = markdown.render(text)
    assert all(f'<h2 id="{heading.id}">' in html for heading in outline)
    assert outline[0].id != outline[1].id


def test_a_text_has_no_first_level_heading_because_the_page_has_one():
    assert markdown.render("# Title").startswith("<h2 ")


TABLE = "| | Relaxation | Medical |\n|:--|--|--|\n| Made for | Rest[1] | **Work** |\n| Lasts | 60 min |\n"


def test_a_table_names_its_rows_and_each_cell_its_column():
    html = markdown.render(TABLE)
    assert '<table class="compare">' in html
    assert '<th scope="row">Made for</th>' in html
    assert '<th scope="col">Medical</th>' in html
    assert '<td data-kind="Medical"><span><strong>Work</strong></span></td>' in html
    assert '<td data-kind="Relaxation"><span>Rest<a class="cite"' in html
    assert "style" not in html


def test_a_column_cannot_break_out_of_its_name():
    html = markdown.render('| a | x" onclick="alert(1) |\n|--|--|\n| b | c |')
    cell = next(attributes for tag, attributes in Reader(html).tags if tag == "td")
    assert cell == {"data-kind": 'x" onclick="alert(1)'}


@pytest.mark.parametrize("name", sorted(markdown.DRAWINGS))
def test_a_drawing_alone_in_its_paragraph_is_shown_and_labelled(name: str):
    html = markdown.render(f"Before.\n\n![What it shows](drawing:{name})\n\nAfter.")
    assert html.startswith('<p>Before.</p>\n<figure class="drawing"><svg role="img" aria-label="What it shows"')
    assert html.endswith("</svg></figure><p>After.</p>\n")
    assert 'aria-hidden="true"' not in html.split("<svg", 1)[1].split(">", 1)[0]


@pytest.mark.parametrize("text", ["Look: ![shown](drawing:body)", "- ![shown](drawing:body)", "![shown](drawing:none)"])
def test_a_drawing_anywhere_else_or_unknown_is_its_words(text: str):
    html = markdown.render(text)
    assert "shown" in html
    assert "<svg" not in html and "<img" not in html


def test_links_elsewhere_keep_our_page_to_themselves():
    assert '<a href="https://www.nice.org.uk" rel="noopener">' in markdown.render("[NICE](https://www.nice.org.uk)")
    assert '<a href="//evil.example" rel="noopener">' in markdown.render("[x](//evil.example)")
    assert '<a href="/learn/compare/">' in markdown.render("[ours](/learn/compare/)")


def test_plain_is_the_words_alone():
    text = "**Bold** claim.[1]\n\n- one\n- [two](/x/)\n\n![not this](drawing:body)\n\n| a | b |\n|--|--|\n| c | d |"
    assert markdown.plain(text) == "Bold claim. one two a b c d"
    assert markdown.plain("<b>kept & escaped later</b>") == "<b>kept & escaped later</b>"


def test_plain_quotes_stay_plain():
    assert markdown.render('It\'s "so" -- really...') == '<p>It\'s "so" -- really...</p>\n'


def test_the_same_text_is_read_once():
    markdown.render.cache_clear()
    assert markdown.render("Once.") is markdown.render("Once.")
