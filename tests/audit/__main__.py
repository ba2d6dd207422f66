"""`python -m tests.audit [KIND …]`: one row a kind of page, exit 1 when a figure is missed."""

from __future__ import annotations

import sys

from tests.audit import kinds, site, tools


def main(wanted: list[str]) -> int:
    tools.install()
    missed = 0
    with site.running() as address:
        with site.chrome() as browser:
            pages = kinds.all_of(browser, address)
            pages = {name: url for name, url in pages.items() if not wanted or name in wanted}
            broken = {name: tools.axe(browser, url) for name, url in pages.items()}
        errors = tools.checker(pages)
        _row("page", "performance", "access", "practices", "search", "axe", "Nu")
        for name, url in pages.items():
            scores, lost = tools.lighthouse(url, is_private=name in kinds.PRIVATE)
            _row(name, *scores, len(broken[name]), len(errors[name]))
            for complaint in lost + broken[name] + errors[name]:
                sys.stdout.write(f"    {complaint}\n")
            missed += scores != [100] * 4 or bool(broken[name] or errors[name])
    return missed


def _row(name: str, *cells: object) -> None:
    sys.stdout.write(f"{name:14}" + "".join(f"{cell!s:>12}" for cell in cells) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
