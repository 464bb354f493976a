"""The whole product, as `mostrador up --sample` starts it, with a browser in front: nothing is replaced."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from mostrador.sample.rules import PASSWORD
from tests.journeys.product import Product, running_product
from tests.shared.browser import chromium

EXPECTED_REFUSALS = ("status of 422 (Unprocessable Entity)", "status of 410 (Gone)", "status of 404 (Not Found)")
ACCOUNTS = {
    "agent": "marta@diputacionvaldelmar.example",
    "supervisor": "carmen@diputacionvaldelmar.example",
    "editor": "lucia@diputacionvaldelmar.example",
    "director": "rosa@diputacionvaldelmar.example",
    "administrator": "alba@diputacionvaldelmar.example",
}


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """The product with its sample office, for all journeys."""
    with running_product() as running:
        yield running


@pytest.fixture
def browser() -> Iterator[Browser]:
    """The browser of this process."""
    with chromium() as running:
        yield running


@pytest.fixture
def window(product: Product, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open windows of different people: each has its own cookies. Errors of the console fail the test."""
    complaints: list[str] = []
    contexts = []

    def open_window(*, scripts: bool = True, width: int = 1280, language: str = "es-ES") -> Page:
        context = browser.new_context(
            base_url=product.address,
            java_script_enabled=scripts,
            viewport={"width": width, "height": 900},
            locale=language,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_window
    for context in contexts:
        context.close()
    # The console also tells of pages that rightly say no: what was typed is wrong (422), a link was used (410).
    assert [text for text in complaints if not text.endswith(EXPECTED_REFUSALS)] == []


def sign_in(page: Page, who: str) -> None:
    """Sign in as one of the sample's people."""
    page.goto("/cuenta/entrar/")
    page.locator("input[name=login]").fill(ACCOUNTS[who])
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/gestion/**")


def speak(page: Page, language: str) -> None:
    """Choose the language of the desk's pages, as everybody does for themselves."""
    page.goto("/cuenta/")
    page.locator("select[name=language]").select_option(language)
    page.locator("select[name=language]").locator("xpath=ancestor::form").locator("button[type=submit]").click()
    expect(page.locator("html")).to_have_attribute("lang", language)
