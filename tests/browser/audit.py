"""What every page is held to: the rules of WCAG 2.2 AA on a phone in the dark and on a desk in the light, and no
scrolling sideways there, at 200 and 400 % zoom, or on the narrowest phone."""

from axe_playwright_python.sync_playwright import Axe

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what passes is not described, which takes axe most of its time
}
SIGHTS = [(390, "dark"), (1280, "light")]
NARROW = (320, 640)  # 1280 at 400 % and at 200 %
COLOURS_AT_REST = "Promise.all(document.getAnimations().map(one => one.finished)).then(() => null)"


def audit(page, path=""):
    """Fail on the first finding. axe fetches style sheets in its own way, of which the console then complains."""
    for width in NARROW:
        _look(page, width, path)
    for width, scheme in SIGHTS:
        page.emulate_media(color_scheme=scheme)
        _look(page, width, path)
        page.evaluate(COLOURS_AT_REST)
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, f"{path}, {width}, {scheme}: {found.generate_report()}"


def _look(page, width, path):
    """In a window as tall as the page: a bar that sticks to the fold covers something on any shorter one."""
    page.set_viewport_size({"width": width, "height": 900})
    height, wide = page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]")
    assert wide <= width, f"{path} at {width}"
    page.set_viewport_size({"width": width, "height": max(height, 900)})
