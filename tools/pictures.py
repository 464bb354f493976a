"""Take the pictures of the README from a running product: `python -m tools.pictures http://localhost:8000`.

The product runs with its sample office; nothing in a picture is anybody's.
"""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from mostrador.sample.rules import PASSWORD
from tests.shared.browser import FLAGS

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
WIDE, NARROW = 1280, 360


def main() -> None:
    """Walk the pages and write docs/images/*.png."""
    address = sys.argv[1]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for width in (WIDE, NARROW):
            page = chromium.new_page(
                viewport={"width": width, "height": 860 if width == WIDE else 720}, base_url=address, locale="es-ES"
            )
            citizen(page, width)
            desk(page, width)
            page.close()
        chromium.close()


def citizen(page: Page, width: int) -> None:
    """What people see, in Spanish and in Basque."""
    take(page, "/", "home", width)
    take(page, "/eu/", "home-eu", width)
    take(page, "/ayuda/articulo/no-aparece-mi-certificado/", "article", width)
    page.goto("/consultas/nueva/")
    page.locator("textarea[name=text]").fill("Al firmar la solicitud no sale ningún certificado.")
    page.wait_for_timeout(2500)
    save(page, "ask", width)


def desk(page: Page, width: int) -> None:
    """What the people of the desk see."""
    page.goto("/cuenta/entrar/")
    page.locator("input[name=login]").fill("carmen@diputacionvaldelmar.example")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/gestion/**")
    take(page, "/gestion/consultas/", "desk", width)
    ticket = page.locator("main table a", has_text="Ya es la tercera vez").first.get_attribute("href")
    take(page, ticket or "/gestion/consultas/", "ticket", width)
    take(page, "/gestion/medidas/?period=90", "measures", width)


def take(page: Page, address: str, name: str, width: int) -> None:
    """Open a page and keep what fits the screen."""
    page.goto(address)
    page.wait_for_timeout(400)
    save(page, name, width)


def save(page: Page, name: str, width: int) -> None:
    """Write the picture."""
    page.screenshot(path=IMAGES / f"{name}-{width}.png")


if __name__ == "__main__":
    main()
