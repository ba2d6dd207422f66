"""Text that comes from outside: one clean form of it, so that nothing odd travels into a mail header or a log."""

import unicodedata

KEPT_IN_PARAGRAPHS = "\n\t"
LONGEST_ID = 18  # digits; the database's largest number has one more


def clean_line(value: str) -> str:
    """The line in NFC without control or invisible formatting characters, white space folded and trimmed."""
    spaced = "".join(" " if character.isspace() else character for character in unicodedata.normalize("NFC", value))
    return " ".join(_visible(spaced).split())


def clean_paragraphs(value: str) -> str:
    """As `clean_line`, but line breaks stay."""
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    return _visible(text, keeping=KEPT_IN_PARAGRAPHS).strip()


def is_id(value: object) -> bool:
    """Whether this text could be a primary key."""
    return isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= LONGEST_ID


def _visible(text: str, keeping: str = "") -> str:
    return "".join(one for one in text if one in keeping or unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co"))
