"""What every staff page is held to: the rules of WCAG 2.2 AA on a phone in the dark and on a desk in the light, and no
scrolling sideways there, at 200 % zoom, or on the narrowest phone."""

from axe_playwright_python.sync_playwright import Axe

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SIGHTS = [(390, "dark"), (1280, "light")]
SETTLED = 250  # milliseconds, in which colours fade into the other scheme
NARROW = (320, 640)  # the second is 1280 at 200 %


def audit(page, path=""):
    """Fail on the first finding. axe fetches style sheets in its own way, of which the console then complains."""
    for width in NARROW:
        _look(page, width, path)
    for width, scheme in SIGHTS:
        page.emulate_media(color_scheme=scheme)
        _look(page, width, path)
        page.wait_for_timeout(SETTLED)
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, f"{path}, {width}, {scheme}: {found.generate_report()}"


def _look(page, width, path):
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"
