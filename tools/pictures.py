"""Take the pictures of the README and the guides from a running product: `python -m tools.pictures http://localhost:8000`.

The product runs with its sample office, just loaded; nothing in a picture is anybody's.
"""

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

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
            for walk in (citizen, help_centre, desk, editors):
                page = _page(chromium, address, width)
                walk(page, width)
                page.context.close()
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


def help_centre(page: Page, width: int) -> None:
    """What readers find: a mistyped question, an error that is known, a code; in Basque too."""
    take(page, "/buscar/?q=no+me+apaerce+el+certficado", "search", width)
    take(page, "/ayuda/articulo/permiso-red-local-chrome/", "known-error", width)
    if width == NARROW:
        return
    take(page, "/eu/buscar/?q=ziurtagiria+ez+da+agertzen", "search-eu", width)
    take(page, "/ayuda/codigos/SAF_09/", "code", width)
    page.goto("/")
    page.locator("main input[type=search], main input[name=q]").first.press_sequentially("certificado cad", delay=40)
    page.locator("[role=option]").first.wait_for()
    page.wait_for_timeout(600)  # those of the last letters
    save(page, "suggestions", width)


def desk(page: Page, width: int) -> None:
    """What the people of the desk see."""
    sign_in(page, "carmen")
    take(page, "/gestion/consultas/", "desk", width)
    ticket = page.locator("main table a", has_text="Ya es la tercera vez").first.get_attribute("href")
    take(page, ticket or "/gestion/consultas/", "ticket", width)
    take(page, "/gestion/medidas/?period=90", "measures", width)
    if width == NARROW:
        return
    take(page, "/gestion/supervision/", "supervision", width)
    take(page, "/gestion/reglas/", "rules", width)
    take(page, "/gestion/consultas/nueva/", "call", width)


def editors(page: Page, width: int) -> None:
    """What those who write the articles see; who looks is not who wrote."""
    sign_in(page, "alba")
    page.goto("/gestion/articulos/?lista=en-revision")
    text = page.locator("main table th a").first.get_attribute("href") or ""
    page.goto(text)
    _scroll_to(page, "form[data-writing]")
    save(page, "editor", width)
    if width == NARROW:
        return
    _set_height(page, 1150)
    page.goto("/gestion/buzones/")
    _set_height(page, 1560)
    take(page, page.locator("main table a").first.get_attribute("href") or "/gestion/buzones/", "mailbox", width)
    _set_height(page, 1150)
    take(page, f"{text}revision/", "review", width)
    take(page, "/gestion/centro-de-ayuda/", "board", width)
    page.goto("/gestion/sinonimos/nuevo/?pregunta=cacharro+del+dni&idioma=es")
    page.locator("[name=words_es]").fill("cacharro del dni\nlector del dni")
    page.locator("button[name=try]").click()
    page.locator("#effect ol").first.wait_for()
    _set_height(page, 1580)
    page.evaluate("scrollTo(0, 0)")
    save(page, "synonyms", width)


def sign_in(page: Page, name: str) -> None:
    """Enter as somebody of the sample's provincial council."""
    page.goto("/cuenta/entrar/")
    page.locator("input[name=login]").fill(f"{name}@diputacionvaldelmar.example")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/gestion/**")


def take(page: Page, address: str, name: str, width: int) -> None:
    """Open a page and keep what fits the screen."""
    page.goto(address)
    page.wait_for_timeout(400)
    save(page, name, width)


def save(page: Page, name: str, width: int) -> None:
    """Write the picture."""
    page.screenshot(path=IMAGES / f"{name}-{width}.png")


def _page(chromium: Browser, address: str, width: int) -> Page:
    height = 860 if width == WIDE else 720
    return chromium.new_page(viewport={"width": width, "height": height}, base_url=address, locale="es-ES")


def _set_height(page: Page, pixels: int) -> None:
    """Make room for a page that says little in its first screen."""
    page.set_viewport_size({"width": WIDE, "height": pixels})


def _scroll_to(page: Page, selector: str) -> None:
    page.locator(selector).first.evaluate("element => element.scrollIntoView()")
    page.wait_for_timeout(400)


if __name__ == "__main__":
    main()
