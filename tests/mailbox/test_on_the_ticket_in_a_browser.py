"""Mail at the desk in a real browser: beside its message, and with its format, which asks nobody for anything."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, expect

from mostrador.mailbox.models import IncomingMail, Mailbox
from mostrador.organisations.models import Organisation
from tests import make
from tests.shared.browser import Drawn, opened

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

HTML = """
<p>Hola desde <a href="https://lejos.example/entrar">su sede</a></p><img src="cid:logo@casa" alt="Logo">
<img src="https://lejos.example/p.png" alt="Mapa"><p style="background:url(https://lejos.example/fondo.png)">Adiós</p>
<table width="900"><tr><td width="900">Ancha</td></tr></table><script>parent.document.title = "Otra"</script>
"""


@pytest.fixture
def drawn(organisation: Organisation, mailbox: Mailbox) -> tuple[Drawn, str, str]:
    """A ticket with a mail that has a format, drawn for an agent; the addresses of both."""
    raw = make.raw_mail("Hola.\n\n-- \nAna", html=HTML, pictures={"logo@casa": b"\x89PNG\r\n\x1a\n"})
    mail = make.taken_in(mailbox, raw)
    assert mail.ticket is not None
    IncomingMail.objects.filter(pk=mail.pk).update(
        authenticity={"verdict": "forged", "dmarc": "fail", "by": "mx.sede.example"},
        signature={"state": "intact", "signer": {"name": "ANA GARCIA"}},
        warnings=[{"code": "link_text", "shown": "sede.example", "real": "lejos.example"}],
        defects=["charset-wrong"],
    )
    ticket = f"/gestion/consultas/{mail.ticket.reference}/"
    address = f"{ticket}correo/{mail.pk}/"
    client = Client()
    client.force_login(make.user(organisation))
    pages = {each: client.get(each) for each in (ticket, address, f"{address}formato/", f"{address}documento/")}
    return Drawn({each: (page.content, dict(page.items())) for each, page in pages.items()}), ticket, address


def faults(page: Page) -> list[str]:
    found = [violation["id"] for violation in Axe().run(page).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than the screen")
    return found


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_is_accessible_and_fits(drawn: tuple[Drawn, str, str], width: int) -> None:
    pages, ticket, address = drawn

    with opened(pages, width=width) as page:
        found = {}
        for each in (ticket, address, f"{address}formato/"):
            page.goto(each)
            found[each] = faults(page)

    assert found == {each: [] for each in found}
    assert [each for each in pages.complaints if "Content Security Policy" in each] == []


def test_the_format_is_shown_in_a_frame_that_asks_for_nothing(drawn: tuple[Drawn, str, str]) -> None:
    pages, _ticket, address = drawn
    asked: list[str] = []

    with opened(pages, width=360) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}formato/")
        frame = page.frame_locator("iframe")
        expect(frame.get_by_text("Hola desde")).to_be_visible()
        expect(frame.get_by_text("Mapa")).to_be_visible()
        link = frame.get_by_role("link", name="su sede")
        expect(link).to_have_attribute("target", "_blank")
        shown = link.evaluate("link => getComputedStyle(link, '::after').content")
        title = page.title()

    assert "lejos.example" in shown
    assert title.startswith("No puedo firmar")
    assert [url for url in asked if "lejos.example" in url] == []
