"""What the parts of an address may look like; anything else is not found before a view sees it."""


class TokenConverter:
    """A visit's link token: 256 bits in URL-safe base64."""

    regex = "[A-Za-z0-9_-]{43}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
