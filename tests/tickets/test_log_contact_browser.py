"""A call written down in a real browser, without touching the mouse, and then without scripts."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from mostrador.accounts.models import User
from mostrador.organisations.models import Organisation
from mostrador.tickets.models import DeskContact, Ticket
from tests import make
from tests.journeys.faults import faults
from tests.shared.browser import chromium
from tests.tickets.desk import agent_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOG = "/gestion/consultas/nueva/"


@pytest.fixture
def window(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[BrowserContext]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in the thread of the test
    with chromium() as browser:
        try:
            yield browser.new_context(
                viewport={"width": 1280, "height": 900},
                locale="es-ES",
                reduced_motion="reduce",
                base_url=f"http://localhost:{live_server.thread.port}",
            )
        finally:
            connections.close_all()  # those of this loop, which nobody finds once it is over


@pytest.fixture
def office(window: BrowserContext, settings: Settings, tmp_path: Path, live_server: LiveServer) -> Organisation:
    settings.MEDIA_ROOT, settings.PUBLIC_PORT = tmp_path, str(live_server.thread.port)
    return make.organisation(host="localhost")


@pytest.fixture
def agent(office: Organisation) -> User:
    return agent_of(office)


def sign_in(window: BrowserContext, user: User) -> None:
    client = Client()
    client.force_login(user)
    name = django_settings.SESSION_COOKIE_NAME
    window.add_cookies([{"name": name, "value": client.cookies[name].value, "domain": "localhost", "path": "/"}])


def press_until(page: Page, name: str) -> None:
    """Go with the tabulator to the field of this name, as somebody without a mouse does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"the tabulator never reaches {name}")


def test_a_call_from_beginning_to_end_by_keyboard(window: BrowserContext, office: Organisation, agent: User) -> None:
    paca = make.person(office, name="Paca Inventada", phone="+34600112233", email="")
    old = make.ticket(office, person=paca, subject="No puedo firmar")
    article = make.article(office, title="No aparece mi certificado")
    sign_in(window, agent)
    page = window.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(LOG)

    assert page.evaluate("document.activeElement.name") == "who"
    page.keyboard.type("paca")
    choice = page.locator(f"#person-{paca.pk}")
    expect(choice).to_be_visible()
    expect(page.locator("#caller")).to_contain_text("No puedo firmar")
    press_until(page, "person")
    while page.evaluate("document.activeElement.id") != f"person-{paca.pk}":
        page.keyboard.press("ArrowUp")
    expect(page.locator("[name=phone]")).to_have_value("600 112 233")
    expect(choice).to_be_focused()
    expect(page.locator("[name=add_to]").nth(1)).to_have_value(old.reference)
    press_until(page, "subject")
    page.keyboard.type("No le aparece el certificado")
    press_until(page, "text")
    page.keyboard.type("no aparece mi certificado al firmar")
    suggested = page.locator(f"#article-{article.pk}")
    expect(suggested).to_be_visible()
    press_until(page, "article")
    page.keyboard.press("Space")
    while page.evaluate("document.activeElement.id") != f"article-{article.pk}":
        page.keyboard.press("ArrowUp")
    press_until(page, "answer")
    page.keyboard.type("Que cierre el navegador.")
    expect(page.locator("[role=timer]")).to_contain_text(re.compile(r"\d\d:\d\d"))
    expect(page.locator("[name=minutes]")).to_have_value("1")
    expect(page.locator("[name=office]")).to_be_hidden()
    assert faults(page) == []
    press_until(page, "resolve")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/gestion/consultas/[A-Z0-9]{3}-"))

    ticket = Ticket.objects.get(subject="No le aparece el certificado")
    assert (ticket.person, ticket.state, ticket.solved_by) == (paca, "resolved", article)
    assert DeskContact.objects.get().minutes == 1
    # The server of tests has no stream of live news.
    assert [text for text in complaints if not text.endswith("status of 404 (Not Found)")] == []


def test_the_same_without_scripts_on_a_telephone(
    window: BrowserContext, office: Organisation, agent: User, live_server: LiveServer
) -> None:
    paca = make.person(office, name="Paca Inventada", phone="+34600112233", email="")
    old = make.ticket(office, person=paca, subject="No puedo firmar")
    browser = window.browser
    assert browser is not None
    plain = browser.new_context(
        base_url=f"http://localhost:{live_server.thread.port}",
        java_script_enabled=False,
        viewport={"width": 360, "height": 800},
    )
    sign_in(plain, agent)
    page = plain.new_page()
    page.goto(f"{LOG}?telefono=600112233")

    page.locator(f"#person-{paca.pk}").check()
    page.get_by_role("button", name="Elegir").click()
    page.get_by_role("radio", name=f"{old.reference} · No puedo firmar", exact=True).check()
    page.locator("[name=text]").fill("Pregunta cómo va.")
    page.locator("[name=minutes]").fill("3")
    page.get_by_role("button", name="Anotar", exact=True).click()

    expect(page).to_have_url(re.compile(old.reference))
    old.refresh_from_db()
    assert (old.minutes_spent, Ticket.objects.count()) == (3, 1)
