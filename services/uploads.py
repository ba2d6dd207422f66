"""Uploads that end: of a file too large for us only the size is kept, so that nobody can fill the disk."""

from __future__ import annotations

from django.core.files.uploadhandler import TemporaryFileUploadHandler

from services.pictures.reading import MAX_BYTES


class CappedUploadHandler(TemporaryFileUploadHandler):
    """The form beside the file arrives whole, and `services.pictures.reading` refuses the file by its true size."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) <= MAX_BYTES:
            super().receive_data_chunk(raw_data, start)
