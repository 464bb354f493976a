"""What axe finds on a page that somebody has open, and whether it fits their screen."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what passes need not be described: half of axe's work
}


def faults(page: Page) -> list[tuple[str, str, str]]:
    """Return what axe finds as (address, rule, element), and that the page is wider than the screen."""
    result = Axe().run(page, options=RULES)
    found = [
        (page.url, violation["id"], node["html"][:200])
        for violation in result.response["violations"]
        for node in violation["nodes"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append((page.url, "wider than the screen", ""))
    return found
