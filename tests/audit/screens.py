"""`python -m tests.audit.screens [KIND …]`: a picture of every kind of page, phone and desk, light and dark."""

from __future__ import annotations

import sys
from itertools import product

from django.conf import settings

from tests.audit import kinds, site

WIDTHS = {390: 844, 1280: 900}


def main(wanted: list[str]) -> None:
    folder = settings.BASE_DIR / ".screens"
    folder.mkdir(exist_ok=True)
    with site.running() as address, site.chrome() as browser:
        pages = kinds.all_of(browser, address) | {"not-found": f"{address}/nowhere/"}
        for width, scheme in product(WIDTHS, ["light", "dark"]):
            context = browser.new_context(viewport={"width": width, "height": WIDTHS[width]}, color_scheme=scheme)
            page = context.new_page()
            for name, url in pages.items():
                if not wanted or name in wanted:
                    page.goto(url)
                    page.screenshot(path=folder / f"{name}-{scheme}-{width}.png", full_page=True)
            context.close()
    sys.stdout.write(f"Look into {folder.name}/.\n")


if __name__ == "__main__":
    main(sys.argv[1:])
