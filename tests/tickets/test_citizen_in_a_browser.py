"""The citizen's pages in a real browser: with and without scripts, at both widths, checked by axe."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import BrowserContext, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from mostrador.organisations.models import Organisation, Procedure
from mostrador.tickets.actions import tickets as actions
from mostrador.tickets.models import Ticket
from tests import make
from tests.shared.browser import chromium
from tests.tickets.wizard import PDF, TEXT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[(1280, True), (360, True), (360, False)], ids=["wide", "narrow", "narrow without scripts"])
def window(
    request: pytest.FixtureRequest, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[BrowserContext]:
    """A browser in front of the server of the test."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in the thread of the test
    width, scripts = request.param
    with chromium() as browser:
        try:
            yield browser.new_context(
                viewport={"width": width, "height": 900},
                java_script_enabled=scripts,
                locale="es-ES",
                base_url=f"http://localhost:{live_server.thread.port}",
            )
        finally:
            connections.close_all()  # those of this loop, which nobody finds once it is over


@pytest.fixture
def office(window: BrowserContext, settings: Settings, tmp_path: Path, live_server: LiveServer) -> Organisation:
    settings.MEDIA_ROOT, settings.PUBLIC_PORT = tmp_path, str(live_server.thread.port)
    made = make.organisation(host="localhost")
    Procedure.objects.create(organisation=made, sia_code="1", names={"es": "Licencia de obra menor"})
    make.article(made, title="No aparece mi certificado al firmar")
    return made


def test_from_the_question_to_the_solved_ticket(window: BrowserContext, office: Organisation, tmp_path: Path) -> None:
    page = window.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if "Security" in message.text else None)
    for name, content in (("captura.pdf", PDF), ("factura.pdf.exe", b"MZ" + bytes(60))):
        (tmp_path / name).write_bytes(content)

    page.goto("/consultas/nueva/")
    check(page)
    page.get_by_role("button", name="Continuar").click()
    check(page)
    page.locator("textarea").press_sequentially(TEXT)
    if has_scripts(page):
        page.locator("#suggestions a").wait_for()
        check(page)
    press(page, "Continuar")
    if not has_scripts(page):
        page.get_by_role("link", name="Ninguno me sirve, quiero escribir").click()
    page.get_by_label("¿Aparece algún código").fill("SAF_09")
    page.get_by_label("Archivos").set_input_files([tmp_path / "captura.pdf", tmp_path / "factura.pdf.exe"])
    if not has_scripts(page):  # with them it is said at once
        press(page, "Continuar")
    assert "es un programa" in page.inner_text("main")
    check(page)
    page.get_by_label("¿Aparece algún código").press("Enter")  # goes on; it takes no file out
    page.get_by_label("Por teléfono").check()
    press(page, "Continuar")
    check(page)
    page.get_by_label("Por correo electrónico").check()
    page.locator("#id_email").fill("ana@casa.example")
    press(page, "Continuar")
    check(page)
    page.wait_for_timeout(3000)  # as people need to read it
    press(page, "Enviar la consulta")
    check(page)
    ticket = Ticket.objects.get()
    assert ticket.reference in page.inner_text(".reference")
    page.get_by_role("link", name="Ver mi consulta").click()
    check(page)
    page.get_by_label("Su respuesta").fill("Se me olvidaba: uso Firefox.")
    press(page, "Enviar")
    assert "uso Firefox" in page.inner_text(".conversation")
    actions.reply_as_desk(ticket, author=make.user(office), text="Pruebe ahora.")
    page.reload()
    check(page)
    press(page, "Ya está resuelto")
    check(page)

    ticket.refresh_from_db()
    assert (ticket.state, ticket.error_code) == ("resolved", "SAF_09")
    assert [file.name for message in ticket.messages.all() for file in message.attachments.all()] == ["captura.pdf"]
    assert complaints == []


def test_the_ways_back_to_a_ticket(window: BrowserContext, office: Organisation) -> None:
    page = window.new_page()

    for address in ("/consultas/seguimiento/", "/consultas/seguimiento/enviado/", f"/consultas/s/{'x' * 43}/"):
        page.goto(address)
        check(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).last.click()
    page.wait_for_load_state()


def has_scripts(page: Page) -> bool:
    context: Any = page.context
    return bool(context._impl_obj._options.get("javaScriptEnabled", True))


def check(page: Page) -> None:
    """Expect no fault that axe knows and nothing wider than the window."""
    if not has_scripts(page):
        return
    violations = Axe().run(page).response["violations"]
    assert [(found["id"], [node["html"] for node in found["nodes"]]) for found in violations] == []
    size = page.viewport_size
    assert size
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
