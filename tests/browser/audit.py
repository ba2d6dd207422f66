"""What every staff page is held to at the size it has just now: the rules of WCAG 2.2 AA, and no scrolling sideways."""

from axe_playwright_python.sync_playwright import Axe

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def audit(page, path=""):
    """Fail on the first finding. axe fetches style sheets in its own way, of which the console then complains."""
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], path
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, f"{path}: {found.generate_report()}"
