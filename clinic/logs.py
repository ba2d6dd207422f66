"""What never reaches a log: the secret part of a link, e-mail addresses, line breaks."""

import logging
import re

LINK_TOKEN = re.compile(r"(/(?:visits|consultation|feeds)/)[A-Za-z0-9_-]{8,}")
EMAIL = re.compile(r"[^\s<>\"',;:]{1,64}@[A-Za-z0-9.-]{1,255}")
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def redacted(text: str) -> str:
    """The text without link tokens, e-mail addresses and control characters."""
    text = EMAIL.sub("[address]", LINK_TOKEN.sub(r"\1[token]", text))
    return CONTROL.sub(" ", text)


class RedactSecrets(logging.Filter):
    """Rewrites each record's message before a handler sees it; tracebacks keep their lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage()), None
        return True
