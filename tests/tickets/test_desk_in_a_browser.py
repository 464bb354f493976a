"""The desk in a real browser: keys, two places to write, accessible at both widths."""

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, expect

from mostrador.accounts.models import User
from mostrador.organisations.models import Organisation
from mostrador.tickets.actions import tickets
from mostrador.tickets.choices import Channel, State
from mostrador.tickets.models import Ticket
from tests import make
from tests.shared.browser import HOST, Drawn, opened
from tests.tickets.desk import after, agent_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

DESK = "/gestion/consultas/"


def address(ticket: Ticket, act: str = "") -> str:
    return f"{DESK}{ticket.reference}/{act}"


def desk_of(organisation: Organisation, agent: User) -> tuple[Drawn, list[Ticket]]:
    """Three tickets, the first with a conversation, drawn for an agent."""
    opened_tickets = []
    for number, subject in enumerate(("Primera", "Segunda", "Tercera")):
        with time_machine.travel(after(hours=number), tick=False):
            opened_tickets.append(make.ticket(organisation, subject=subject, error_code="SAF_09"))
    first, second, third = opened_tickets
    colleague = agent_of(organisation)
    with time_machine.travel(after(hours=3), tick=False):
        tickets.assign(first, author=colleague, to=colleague)
        tickets.write_note(first, author=colleague, text="Ya llamó ayer.")
        tickets.reply_as_desk(first, author=colleague, text="Instale el certificado.\n\nY reinicie.")
        tickets.reply_as_person(first, text="Sigue igual.", channel=Channel.WEB)
        tickets.change_state(third, author=agent, state=State.WAITING_FOR_THIRD_PARTY, third_party="FNMT")
        tickets.resolve(second, author=agent, article=make.article(organisation))
    client = Client()
    with time_machine.travel(after(days=1, hours=2), tick=False):
        client.force_login(agent)
        addresses = [
            DESK,
            f"{DESK}?lista=resueltas",
            f"{DESK}vistas/",
            f"{DESK}vistas/nueva/",
            f"{DESK}?q=zzzz",
            *(address(ticket) for ticket in opened_tickets),
            *(address(first, f"{act}/") for act in ("asignar", "traspasar", "estado", "resolver")),
        ]
        answers = {each: client.get(each) for each in addresses}
    assert {each: answer.status_code for each, answer in answers.items()} == dict.fromkeys(addresses, 200)
    return Drawn({each: (answer.content, dict(answer.items())) for each, answer in answers.items()}), opened_tickets


def faults(page: Page) -> list[str]:
    found = [violation["id"] for violation in Axe().run(page).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than the screen")
    return found


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_is_accessible_and_fits(organisation: Organisation, agent: User, width: int) -> None:
    drawn, _tickets = desk_of(organisation, agent)

    with opened(drawn, width=width) as page:
        found = {}
        for each in drawn.pages:
            page.goto(each)
            found[each] = faults(page)

    assert found == {each: [] for each in drawn.pages}


def test_the_list_is_walked_and_opened_by_keys(organisation: Organisation, agent: User) -> None:
    drawn, (first, _second, third) = desk_of(organisation, agent)

    with opened(drawn) as page:
        page.goto(DESK)
        page.keyboard.press("j")
        expect(page.get_by_role("link", name="Primera")).to_be_focused()
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("link", name="Tercera")).to_be_focused()
        page.keyboard.press("j")
        expect(page.get_by_role("link", name="Tercera")).to_be_focused()
        page.keyboard.press("k")
        page.keyboard.press("o")
        expect(page).to_have_url(f"{HOST}{address(first)}")
        page.wait_for_load_state()
        page.keyboard.press("u")
        expect(page).to_have_url(f"{HOST}{DESK}")
        page.wait_for_load_state()
        page.keyboard.press("/")
        expect(page.get_by_role("searchbox")).to_be_focused()
        page.keyboard.type("jj")
        expect(page.get_by_role("searchbox")).to_have_value("jj")
        page.goto(address(third))
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Teclas rápidas")).to_be_visible()


def test_answer_and_note_take_turns_and_keep_what_was_typed(organisation: Organisation, agent: User) -> None:
    drawn, (first, *_others) = desk_of(organisation, agent)

    with opened(drawn) as page:
        page.goto(address(first))
        answer, note = (
            page.get_by_role("textbox", name="Respuesta a la persona"),
            page.get_by_label("Nota interna").last,
        )
        expect(note).to_be_hidden()
        page.keyboard.press("r")
        expect(answer).to_be_focused()
        page.keyboard.type("ninguna nota")
        page.get_by_role("link", name="Nota interna").click()
        expect(note).to_be_focused()
        expect(answer).to_be_hidden()
        page.get_by_role("link", name="Responder").click()
        expect(answer).to_have_value("ninguna nota")


def test_without_scripts_both_are_there(organisation: Organisation, agent: User) -> None:
    drawn, (first, *_others) = desk_of(organisation, agent)

    with opened(drawn, scripts=False) as page:
        page.goto(address(first))

        expect(page.get_by_role("textbox", name="Respuesta a la persona")).to_be_visible()
        expect(page.get_by_label("Nota interna").last).to_be_visible()
        expect(page.get_by_role("button", name="Asignármela")).to_be_visible()


def test_keys_of_a_ticket_do_what_they_say(organisation: Organisation, agent: User) -> None:
    drawn, (first, *_others) = desk_of(organisation, agent)
    client = Client()
    client.force_login(agent)
    for act in ("resolver", "traspasar"):  # as they answer htmx
        answer = client.get(address(first, f"{act}/"), headers={"HX-Request": "true"})
        drawn.pages[address(first, f"{act}/")] = (answer.content, dict(answer.items()))

    with opened(drawn) as page:
        page.goto(address(first))
        page.keyboard.press("e")
        expect(page.get_by_role("dialog", name="Resolver la consulta")).to_be_visible()
        expect(page.get_by_role("radio", name="Ninguno")).to_be_focused()
        assert faults(page) == []
        page.keyboard.press("Escape")
        page.keyboard.press("t")
        expect(page.get_by_role("combobox", name="Equipo que la atenderá")).to_be_focused()
        page.get_by_label("Nota para el equipo").fill("A medias.")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        page.get_by_text("Más acciones").click()
        link = page.get_by_role("link", name="Pasar a otro equipo")
        link.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_label("Nota para el equipo")).to_have_value("A medias.")
        page.keyboard.press("Escape")
        expect(link).to_be_focused()
        expect(page).to_have_url(f"{HOST}{address(first)}")
        with page.expect_request(lambda request: request.url.endswith("/asignarmela/") and request.method == "POST"):
            page.keyboard.press("a")


def test_an_answer_sent_with_htmx_takes_the_seen_message_along(organisation: Organisation, agent: User) -> None:
    drawn, (first, *_others) = desk_of(organisation, agent)
    last = first.messages.order_by("-pk")[0].pk

    with opened(drawn) as page:
        page.goto(address(first))
        page.get_by_role("textbox", name="Respuesta a la persona").fill("Hecho.")
        page.get_by_role("link", name="Nota interna").click()
        page.get_by_label("Nota interna").last.fill("a medias")
        page.get_by_role("link", name="Responder").click()
        with page.expect_request(lambda request: request.url.endswith("/responder/")) as sent:
            page.get_by_role("button", name="Enviar y resolver").click()
        body, headers = sent.value.post_data or "", sent.value.headers

    assert headers["hx-request"] == "true"
    for name, value in (("seen_until", last), ("note", "a medias"), ("resolve", 1)):
        assert f'name="{name}"\r\n\r\n{value}\r\n' in body
