"""All the way round: question, article, ticket, answer by e-mail, survey, measures."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mostrador.tickets.actions.drafts import SHORTEST_TIME
from tests.journeys.conftest import sign_in
from tests.journeys.product import Product, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(600)]

QUESTION = "Al firmar la solicitud de ayuda se queda pensando y no sale ningún certificado."


def write_a_query(page: Page, email: str, tmp_path: Path, *, scripts: bool) -> str:
    """Walk the form and return the reference."""
    picture = tmp_path / "captura.png"
    picture.write_bytes(bytes.fromhex("89504e470d0a1a0a0000000d49484452") + b"\x00" * 32)
    page.goto("/consultas/nueva/")
    page.locator("textarea[name=text]").fill(QUESTION)
    if scripts:
        expect(page.locator("#suggestions a").first).to_be_visible()
    page.get_by_role("button", name="Continuar").click()
    if page.get_by_role("link", name="Ninguno me sirve").count():
        page.get_by_role("link", name="Ninguno me sirve").click()
    expect(page.get_by_role("heading", level=1, name="¿Dónde le ocurre?")).to_be_visible()
    page.locator("input[name=error_code]").fill("SAF_08")
    page.locator("input[type=file]").set_input_files(picture)
    page.get_by_role("button", name="Continuar").click()
    expect(page.get_by_role("heading", level=1, name="¿Cómo le contestamos?")).to_be_visible()
    page.locator("input[name=contact_by][value=email]").check()
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=name]").fill("Amalia Inventada")
    page.get_by_role("button", name="Continuar").click()
    expect(page.get_by_role("heading", level=1, name="Compruebe y envíe")).to_be_visible()
    for words in (QUESTION, "SAF_08", "captura.png", email, "no es un asiento de registro"):
        expect(page.locator("main")).to_contain_text(words)
    page.wait_for_timeout(1000 * SHORTEST_TIME.total_seconds())  # whoever is quicker is taken for a robot
    page.get_by_role("button", name="Enviar la consulta").click()
    expect(page.get_by_role("heading", level=1, name="Hemos recibido su consulta")).to_be_visible()
    return page.locator("p.reference").inner_text().strip()


def link_in_mail(administrator: Page, email: str, subject: str, pattern: str) -> str:
    """Wait for a message to somebody in the outbox and return the link that it carries."""

    def has_come() -> bool:
        administrator.goto("/gestion/correo/")
        return rows.count() > 0

    rows = administrator.locator("tr", has_text=email).filter(has_text=subject)
    wait_for(has_come)
    rows.first.get_by_role("link").first.click()
    found = re.search(pattern, administrator.locator("main").inner_text())
    assert found, "the message carries no link"
    return found.group().rstrip(".,)")


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_loop(product: Product, window: Callable[..., Page], tmp_path: Path, scripts: bool) -> None:
    email = f"amalia.{'con' if scripts else 'sin'}@correo.example"
    citizen, agent, administrator = window(scripts=scripts, width=360), window(), window()
    sign_in(agent, "agent")
    sign_in(administrator, "administrator")

    # The person looks for an answer first.
    citizen.goto("/")
    citizen.locator("main input[name=q]").fill("no sale mi certificado")
    citizen.get_by_role("button", name="Buscar").click()
    citizen.locator("ol.result-list a").first.click()
    expect(citizen.get_by_role("heading", name="¿Le ha servido?")).to_be_visible()
    citizen.get_by_role("button", name="No", exact=True).click()
    citizen.get_by_label("Lo he hecho y sigue sin funcionar").check()
    citizen.get_by_role("button", name="Enviar").click()
    expect(citizen.locator("main")).to_contain_text("Nos ayuda a mejorar")

    # Then they write, and are told what happens next.
    reference = write_a_query(citizen, email, tmp_path, scripts=scripts)
    assert re.fullmatch(r"[3-9A-Y]{3}-[3-9A-Y]{3}-[3-9A-Y]{3}", reference)
    link = link_in_mail(administrator, email, "Consulta", r"http://localhost:\d+/consultas/s/[\w-]+/")

    # An agent answers and resolves.
    agent.goto(f"/gestion/consultas/{reference}/")
    expect(agent.locator("#ticket")).to_contain_text(QUESTION)
    agent.locator("#reply_text").fill("Cierre el navegador, actualice Autofirma y vuelva a probar.")
    agent.locator("#reply-send").click()
    expect(agent.locator("#ticket")).to_contain_text("Cierre el navegador, actualice Autofirma")

    # The person reads the answer by their private link, once nobody has taken it back, and says that it works.
    def has_left() -> bool:
        citizen.goto(link)
        return "Cierre el navegador, actualice Autofirma" in citizen.locator("main").inner_text()

    wait_for(has_left)
    citizen.get_by_role("button", name="Ya está resuelto").click()
    expect(citizen.locator("main")).to_contain_text("esuelta")

    # They are asked for their opinion, once.
    survey = link_in_mail(administrator, email, "¿Le hemos ayudado?", r"http://localhost:\d+/opinion/[\w-]+/\S*")
    citizen.goto(survey)
    citizen.locator("input[type=radio][value='5']").check()
    citizen.locator("main form button[type=submit]").first.click()
    expect(citizen.locator("main")).to_contain_text("Gracias")
    citizen.goto(survey)
    expect(citizen.locator("main")).not_to_contain_text("Enviar mi opinión")

    # And the figures know.
    product.run("roll_up")
    director = window()
    sign_in(director, "director")
    before = director.goto("/gestion/medidas/?period=7")
    assert before is not None
    assert before.ok
    for words in (
        "Tiempo de primera respuesta",
        "Resolución en el primer contacto",
        "Satisfacción",
        "Frecuencia de uso",
    ):
        expect(director.locator("main")).to_contain_text(words)
    expect(director.locator("svg.chart")).to_have_count(3)
