"""`manage.py make_icons`: the icons of the site for browsers and home screens, from `static/img/icon.svg`.

The files are part of the repository; run it when the sign has changed.
"""

from __future__ import annotations

import io
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from PIL import Image

from services.cards import drawing

FOLDER = Path(settings.BASE_DIR) / "static" / "img"
# Side, and how much of it the sign may take: round and cut shapes of a home screen leave the middle four fifths.
ICONS = {
    "icon-192.png": (192, 0.84),
    "icon-512.png": (512, 0.84),
    "icon-maskable-512.png": (512, 0.62),
    "apple-touch-icon.png": (180, 0.76),
}
FAVICON_SIDES = (48, 32, 16)


class Command(BaseCommand):
    help = "Draw the PNG icons and favicon.ico again from static/img/icon.svg."

    def handle(self, *args: object, **options: object) -> None:
        for name, (side, part) in ICONS.items():
            (FOLDER / name).write_bytes(drawing.draw_sign(side, part=part))
        (FOLDER / "favicon.ico").write_bytes(_favicon())
        self.stdout.write(f"{len(ICONS) + 1} icons are in {FOLDER.relative_to(settings.BASE_DIR)}.")


def _favicon() -> bytes:
    """The sign alone, on the browser's own ground, each size drawn for itself."""
    largest, *smaller = (
        Image.open(io.BytesIO(drawing.draw_sign(side, part=1, paper=None))).convert("RGBA") for side in FAVICON_SIDES
    )
    out = io.BytesIO()
    largest.save(out, "ICO", sizes=[(side, side) for side in FAVICON_SIDES], append_images=smaller)
    return out.getvalue()
