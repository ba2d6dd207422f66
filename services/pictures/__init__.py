"""From a file somebody uploads to the sizes that pages show."""

from services.pictures.reading import MAX_BYTES, RefusedPicture, read
from services.pictures.storing import connect, field_of, store

__all__ = ["MAX_BYTES", "RefusedPicture", "connect", "field_of", "read", "store"]
