"""Suggestions below the search box, in a browser: by keyboard, aloud, with the mouse, and without scripts."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Locator, Page

from mostrador.organisations.models import Organisation
from tests import make
from tests.journeys.faults import RULES
from tests.shared.browser import HOST, Drawn, opened

pytestmark = pytest.mark.browser

Box = Callable[..., tuple[Page, Locator]]
ARTICLES = ("no-aparece-mi-certificado", "certificado-caducado")


@pytest.fixture
def drawn(organisation: Organisation, client: Client) -> Drawn:
    """Home and search page, what is suggested for some words, and the pages that these lead to."""
    make.article(organisation, title="No aparece mi certificado")
    make.article(organisation, title="Certificado caducado")
    addresses = [
        *("/", "/buscar/?q=certificado", "/buscar/?q=cert", "/gl/buscar/?q=certificado"),
        *(f"/buscar/sugerencias/?q={quote(typed)}" for typed in ("certificado", "xyzzy", "cert")),
        "/gl/buscar/sugerencias/?q=certificado",
        *(f"/ayuda/articulo/{slug}/" for slug in ARTICLES),
    ]
    answers = {address: client.get(address) for address in addresses}
    results = re.findall(r'href="(/ayuda/articulo/[^"]+)"', answers["/buscar/?q=certificado"].content.decode())
    answers |= {address: client.get(address) for address in results}
    pages = {address: (answer.content, dict(answer.items())) for address, answer in answers.items()}
    return Drawn(pages | {"/gl/hora-oficial/": (b"", {})})


@pytest.fixture
def box_on(drawn: Drawn) -> Iterator[Box]:
    """Open a page and return it with its search box."""
    with ExitStack() as windows:

        def open_page(address: str = "/", width: int = 1280) -> tuple[Page, Locator]:
            page = windows.enter_context(opened(drawn, width=width))
            page.goto(address)
            return page, page.get_by_role("combobox")

        yield open_page


def type_slowly(box: Locator, text: str) -> None:
    box.press_sequentially(text, delay=20)


@pytest.mark.parametrize("address", ["/", "/buscar/?q=cert"])
def test_an_article_is_opened_with_the_keyboard(box_on: Box, address: str) -> None:
    page, box = box_on(address)
    box.fill("")

    type_slowly(box, "certificado")
    options = page.get_by_role("listbox").get_by_role("option")
    options.first.wait_for()
    first = options.first.inner_text()
    before = (box.get_attribute("aria-expanded"), box.get_attribute("aria-activedescendant"))
    box.press("ArrowDown")
    active = page.locator(f"[id='{box.get_attribute('aria-activedescendant')}']")
    chosen = (active.inner_text(), active.get_attribute("aria-selected"))
    box.press("Enter")
    page.wait_for_url("**/ayuda/articulo/**")

    assert before == ("true", None)
    assert chosen == (first, "true")


def test_the_arrows_go_around_through_the_box_and_escape_closes(box_on: Box) -> None:
    page, box = box_on()
    type_slowly(box, "certificado")
    options = page.get_by_role("option")
    options.first.wait_for()
    ids = [option.get_attribute("id") for option in options.all()]

    seen = []
    for key in ("ArrowUp", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown"):
        box.press(key)
        seen.append(box.get_attribute("aria-activedescendant"))
    box.press("Escape")

    assert seen == [ids[1], None, ids[0], ids[1], None]
    assert (options.count(), box.get_attribute("aria-expanded"), box.input_value()) == (0, "false", "certificado")


def test_how_many_there_are_is_said_aloud(box_on: Box) -> None:
    page, box = box_on()
    said = page.locator("form[role=search] [role=status]")

    type_slowly(box, "certificado")
    page.get_by_role("option").first.wait_for()
    some = said.inner_text()
    box.fill("")
    nothing_typed = said.inner_text()
    type_slowly(box, "xyzzy")
    said.get_by_text("Ninguna").wait_for()

    assert some == "2 sugerencias. Use las flechas para elegir."
    assert nothing_typed == ""
    assert said.inner_text() == "Ninguna sugerencia. Pulse Intro para buscar."
    assert page.get_by_role("listbox").count() == 0


def test_enter_without_a_choice_sends_the_box(box_on: Box) -> None:
    page, box = box_on()

    type_slowly(box, "certificado")
    page.get_by_role("option").first.wait_for()
    box.press("Enter")
    page.wait_for_url("**/buscar/?q=certificado")


def test_a_click_opens_and_leaving_closes(box_on: Box) -> None:
    page, box = box_on()
    type_slowly(box, "certificado")
    page.get_by_role("option").first.wait_for()
    box.press("Tab")
    after_leaving = page.get_by_role("option").count()

    box.fill("")
    type_slowly(box, "certificado")
    page.get_by_role("option").nth(1).click()
    page.wait_for_url("**/ayuda/articulo/**")

    assert after_leaving == 0


def test_only_the_last_words_are_asked_for_and_only_after_a_pause(box_on: Box) -> None:
    page, box = box_on()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(HOST)))

    type_slowly(box, "certificado")
    page.get_by_role("option").first.wait_for()

    asked = [address.partition("?q=")[2] for address in asked if address.startswith("/buscar/")]
    # A slow machine may pause between two letters; whoever types without a pause asks once.
    assert asked[-1] == "certificado"
    assert len(asked) < len("certificado") / 2


@pytest.mark.parametrize("address", ["/", "/gl/buscar/?q=certificado"])
def test_the_open_list_is_accessible_and_fits_a_telephone(drawn: Drawn, box_on: Box, address: str) -> None:
    page, box = box_on(address, width=360)
    box.fill("")
    type_slowly(box, "certificado")
    page.get_by_role("option").first.wait_for()
    box.press("ArrowDown")

    result = Axe().run(page, options=RULES)

    assert [(found["id"], found["nodes"][0]["html"]) for found in result.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert (
        page.evaluate("Math.min(...[...document.querySelectorAll('[role=option]')].map((o) => o.offsetHeight))") >= 44
    )
    assert drawn.complaints == []


def test_opening_a_result_tells_so_once_without_a_cookie(drawn: Drawn, box_on: Box) -> None:
    page, _box = box_on("/buscar/?q=certificado")

    link = page.locator("[data-result]").nth(1)
    key, article = page.locator("[data-search]").get_attribute("data-search"), link.get_attribute("data-result")
    with page.expect_request("**/buscar/abierto/") as told:
        link.click()
    page.wait_for_url("**/ayuda/articulo/**")

    assert drawn.posts == [f"key={key}&article={article}&place=2"]
    assert "cookie" not in told.value.all_headers()


def test_without_scripts_the_box_is_sent(drawn: Drawn) -> None:
    with opened(drawn, scripts=False) as page:
        page.goto("/")
        page.get_by_role("searchbox").fill("certificado")
        page.get_by_role("button", name="Buscar").click()

        assert page.url == f"{HOST}/buscar/?q=certificado"
