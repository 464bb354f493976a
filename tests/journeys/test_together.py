"""Two people of the desk side by side: they see each other, join a duplicate, and take that back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import sign_in, speak
from tests.journeys.faults import faults
from tests.journeys.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(600)]

NAME, EMAIL = "Repetida Inventada", "repetida@correo.example"


def log_call(page: Page, subject: str) -> str:
    """Write down a call of the same person and return the address of its ticket."""
    page.goto("/gestion/consultas/nueva/")
    page.locator("input[name=channel][value=phone]").check()
    page.locator("input[name=name]").fill(NAME)
    page.locator("input[name=email]").fill(EMAIL)
    page.locator("input[name=contact_by][value=email]").check()
    page.locator("input[name=subject]").fill(subject)
    page.locator("textarea[name=text]").fill(f"{subject}: no puedo firmar.")
    page.locator("main button[name=log]").click()
    page.wait_for_url("**/gestion/consultas/*-*-*/")
    return page.url.split("#")[0]


def test_two_agents_side_by_side(product: Product, window: Callable[..., Page]) -> None:
    marta, carmen = window(), window()
    sign_in(marta, "agent")
    sign_in(carmen, "supervisor")
    speak(marta, "es")
    speak(carmen, "es")
    first = log_call(marta, "La primera llamada")
    second = log_call(marta, "La segunda llamada")

    # They see each other look and write.
    marta.goto(first)
    carmen.goto(first)
    expect(marta.locator("#presence-who")).to_contain_text("está mirando esta consulta")
    carmen.locator("#reply_text").press_sequentially("Hola")
    expect(marta.locator("#presence-who")).to_contain_text("está escribiendo")

    # One names the other in a note, who finds it and reads it by opening the ticket.
    marta.get_by_role("link", name="Nota interna").click()
    marta.locator("#note_note").press_sequentially("Mira esto, @carm")
    expect(marta.locator("#note_note-names li").first).to_contain_text("Carmen")
    marta.keyboard.press("Enter")
    marta.locator("#note-send").click()
    expect(marta.locator("#conversation")).to_contain_text("Mira esto, @Carmen")
    carmen.locator("#reply_text").fill("")
    carmen.goto("/gestion/menciones/")
    expect(carmen.locator("main")).to_contain_text("Mira esto, @Carmen")

    # The duplicate is compared, joined, and taken apart again by the colleague.
    marta.goto(f"{second}unir/")
    assert faults(marta) == []
    marta.get_by_role("link", name="La primera llamada").first.click()
    expect(marta.get_by_role("heading", name="Queda:")).to_be_visible()
    assert faults(marta) == []
    marta.get_by_role("button", name="Unir las dos consultas").click()
    expect(marta).to_have_url(first)
    expect(marta.locator("#conversation")).to_contain_text("La segunda llamada: no puedo firmar.")
    carmen.goto(second)
    expect(carmen.locator("#ticket")).to_contain_text("Unida a la consulta")
    carmen.get_by_role("button", name="Deshacer la unión").click()
    expect(carmen.locator("#conversation")).to_contain_text("La segunda llamada: no puedo firmar.")
    marta.goto(first)
    expect(marta.locator("#conversation")).not_to_contain_text("La segunda llamada: no puedo firmar.")

    # An act opens over the ticket: what is wrong is said there, what is done shows, what was being written stays.
    marta.locator("#reply_text").fill("A medias.")
    marta.locator("h1").click()
    marta.keyboard.press("s")
    over = marta.locator("#page-dialog")
    expect(over.locator("input[name=state]").first).to_be_focused()
    over.locator("input[value=waiting_for_third_party]").check()
    over.get_by_role("button", name="Cambiar").click()
    expect(over.locator(".error-summary")).to_be_focused()
    assert faults(marta) == []
    marta.keyboard.press("Escape")
    expect(over).to_be_hidden()
    marta.keyboard.press("s")
    over.locator("input[name=third_party]").fill("La fábrica inventada")
    over.get_by_role("button", name="Cambiar").click()
    expect(over).to_be_hidden()
    expect(marta.locator("#ticket-head")).to_contain_text("La fábrica inventada")
    expect(marta.locator("#toasts")).to_contain_text("Guardado.")
    expect(marta.locator("#reply_text")).to_have_value("A medias.")
    expect(marta).to_have_url(first)
    marta.keyboard.press("l")
    over.locator("input[name=reference]").fill(second.split("/")[-2])
    over.get_by_role("button", name="Relacionar").click()
    expect(marta.locator("#together")).to_contain_text("La segunda llamada")
    marta.locator("#reply_text").fill("")

    # What is left to do, by hand, without leaving the page.
    marta.locator("#fold-tasks > summary").click()
    marta.locator("#task_text").fill("Llamarla mañana")
    marta.locator("#task_text").press("Enter")
    expect(marta.locator("#work")).to_contain_text("Tareas: 0 de 1 hechas")
    expect(marta.locator("#work")).to_contain_text("Llamarla mañana")
    expect(marta.locator("#task_text")).to_be_focused()
    marta.locator("#fold-time > summary").click()
    marta.get_by_role("button", name="Anotar 15 minutos").click()
    # The calls took their minutes too.
    expect(marta.locator("#work")).to_contain_text(re.compile(r"\b1[5-9] minutos en total"))
    assert faults(marta) == []
