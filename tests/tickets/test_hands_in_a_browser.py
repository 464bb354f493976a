"""The speed of hand in a real browser: choosing rows, a list that renews itself, the palette, keys and their switch."""

import html
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.organisations.models import Organisation
from mostrador.tickets.actions import tickets
from mostrador.tickets.actions.routing import set_available
from mostrador.tickets.models import Ticket
from tests import make
from tests.shared.browser import HOST, Drawn, opened
from tests.tickets.desk import after, agent_of, team_of
from tests.tickets.test_desk_in_a_browser import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

DESK, MANY, SHARE, PALETTE = (
    "/gestion/consultas/",
    "/gestion/consultas/varias/",
    "/gestion/reparto/",
    "/gestion/buscar/",
)
LIST = f"{DESK}?lista=todas"


class Desk:
    """Pages drawn for one person at one moment; drawn again after something has happened."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.drawn = Drawn({})

    def draw(self, address: str, *, hours: float = 3, sent: dict[str, Any] | None = None, htmx: bool = False) -> str:
        with time_machine.travel(after(hours=hours), tick=False):
            headers = {"HX-Request": "true"} if htmx else {}
            if sent is None:
                answer = self.client.get(address, headers=headers)
            else:
                answer = self.client.post(address, sent, headers=headers)
        assert answer.status_code == 200, answer.status_code
        self.drawn.pages[address] = answer.content, dict(answer.items())
        return answer.content.decode()

    def draw_news(self, page: str, *, hours: float) -> None:
        """The cheap question that the list asks when it hears of a change."""
        found = re.search(r'hx-get="([^"]+/novedades/[^"]+)"', page)
        assert found
        self.draw(html.unescape(found[1]), hours=hours)


@pytest.fixture
def three(organisation: Organisation) -> list[Ticket]:
    made = []
    for number, subject in enumerate(("Primera", "Segunda", "Tercera")):
        with time_machine.travel(after(hours=number / 2), tick=False):
            made.append(make.ticket(organisation, subject=subject))
    return made


@pytest.fixture
def desk(agent: User, three: list[Ticket]) -> Desk:
    made = Desk(agent)
    made.draw(LIST)
    return made


def box(page: Page, subject: str) -> Locator:
    return page.get_by_role("checkbox", name=f"Elegir «{subject}»")


def hear_of_a_change(page: Page) -> None:
    page.locator(".live-mark").evaluate("(mark) => mark.dispatchEvent(new CustomEvent('live'))")


# --- Choosing rows --------------------------------------------------------------------------------------


def test_rows_are_chosen_by_keys_and_acted_upon(desk: Desk, agent: User, three: list[Ticket]) -> None:
    desk.draw(MANY, sent={"t": [three[0].pk, three[1].pk], "kind": "assign"}, htmx=True)

    with opened(desk.drawn) as page:
        page.goto(LIST)
        bar = page.get_by_role("region", name="Con las consultas elegidas")
        expect(bar).to_be_hidden()
        for key in ("j", "x", "j", "x"):
            page.keyboard.press(key)
        expect(bar).to_be_visible()
        expect(bar).to_contain_text("2 elegidas")
        before = page.get_by_role("link", name="Tercera").bounding_box()
        page.keyboard.press("a")
        expect(bar.get_by_role("combobox")).to_be_focused()
        assert page.get_by_role("link", name="Tercera").bounding_box() == before
        with page.expect_request(lambda request: request.url.endswith("/varias/hacer/")) as sent:
            bar.get_by_role("button", name="Asignar: 2 consultas").click()
        body = sent.value.post_data or ""

    assert f"tickets={three[0].pk}%2C{three[1].pk}" in body
    assert f"to={agent.pk}" in body


def test_everything_between_two_is_chosen_and_let_go(desk: Desk) -> None:
    with opened(desk.drawn) as page:
        page.goto(LIST)
        box(page, "Primera").check()
        box(page, "Tercera").click(modifiers=["Shift"])
        expect(box(page, "Segunda")).to_be_checked()
        expect(page.get_by_role("checkbox", name="Todas las de esta página")).to_be_checked()
        page.get_by_role("checkbox", name="Todas las de esta página").uncheck()
        expect(page.get_by_role("region", name="Con las consultas elegidas")).to_be_hidden()
        page.keyboard.press("Shift+X")
        expect(box(page, "Segunda")).to_be_checked()
        page.get_by_role("region", name="Con las consultas elegidas").get_by_role("button", name="Cerrar").click()
        expect(box(page, "Segunda")).not_to_be_checked()


def test_a_key_on_a_row_that_is_not_chosen_is_for_that_row(desk: Desk, three: list[Ticket]) -> None:
    desk.draw(MANY, sent={"t": three[1].pk, "kind": "spam"}, htmx=True)

    with opened(desk.drawn) as page:
        page.goto(LIST)
        page.keyboard.press("j")
        page.keyboard.press("j")
        with page.expect_request(lambda request: request.url.endswith("/varias/")) as sent:
            page.keyboard.press("s")
        body = sent.value.post_data or ""

    assert f"&t={three[1].pk}" in body
    assert "kind=state" in body


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_are_accessible_and_fit(
    desk: Desk, organisation: Organisation, agent: User, three: list[Ticket], width: int
) -> None:
    supervisor = Desk(agent_of(organisation, Role.SUPERVISOR))
    tickets.resolve(three[2], author=agent)
    set_available(agent, organisation, is_available=False, hand_over=False, actor=agent)
    supervisor.draw(LIST)
    supervisor.draw(MANY, sent={"t": [ticket.pk for ticket in three], "kind": "resolve"})
    done = f"{MANY}hacer/"
    sent = {"tickets": ",".join(str(ticket.pk) for ticket in three), "kind": "spam", "key": "k"}
    supervisor.draw(done, sent=sent, htmx=True)
    shown = re.search(r"/varias/(\d+)/", supervisor.drawn.pages[done][0].decode())
    assert shown
    for address in (f"{MANY}{shown[1]}/", SHARE, f"{SHARE}equipos/{team_of(organisation).pk}/", PALETTE):
        supervisor.draw(address)
    supervisor.draw(f"{SHARE}personas/{agent.pk}/")
    del supervisor.drawn.pages[done]

    found = {}
    with opened(supervisor.drawn, width=width) as page:
        for address in supervisor.drawn.pages:
            page.goto(address)
            found[address] = faults(page)
        page.goto(LIST)
        box(page, "Primera").check()
        found["chosen"] = faults(page)
        page.keyboard.press("Control+k")
        expect(page.get_by_role("dialog", name="Buscar o hacer")).to_be_visible()
        expect(page.get_by_role("option", name="Siguiente consulta")).to_be_visible()
        found["palette"] = faults(page)

    assert found == {address: [] for address in found}


# --- The list renews itself -----------------------------------------------------------------------------


def test_rows_change_in_place_and_new_ones_wait(
    desk: Desk, organisation: Organisation, agent: User, three: list[Ticket]
) -> None:
    before_it, after_it = _something_happens(desk, organisation, agent, three)
    desk.drawn.pages |= before_it

    with opened(desk.drawn) as page:
        page.goto(LIST)
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("x")
        desk.drawn.pages |= after_it
        before = page.get_by_role("link", name="Segunda").bounding_box()
        hear_of_a_change(page)

        expect(page.get_by_role("button", name="1 nueva")).to_be_visible(timeout=20_000)
        expect(page.get_by_role("row", name="Segunda")).to_contain_text(agent.name)
        expect(page.get_by_role("row", name="Primera")).to_contain_text("ya no está en esta lista")
        expect(page.get_by_role("link", name="Segunda")).to_be_focused()
        expect(box(page, "Segunda")).to_be_checked()
        expect(page.get_by_role("link", name="Urgente")).to_have_count(0)
        assert page.get_by_role("link", name="Segunda").bounding_box() == before

        page.get_by_role("button", name="1 nueva").click()
        expect(page.get_by_role("link", name="Urgente")).to_be_focused()
        expect(page.get_by_role("link", name="Primera")).to_have_count(0)
        expect(box(page, "Segunda")).to_be_checked()
        expect(page.get_by_role("button", name="1 nueva")).to_have_count(0)
        assert page.evaluate("performance.getEntriesByType('navigation').length") == 1


def _something_happens(
    desk: Desk, organisation: Organisation, agent: User, three: list[Ticket]
) -> tuple[dict[str, tuple[bytes, dict[str, str]]], ...]:
    """Return the pages before and after the first is resolved, the second taken and an urgent one comes."""
    before = dict(desk.drawn.pages)
    with time_machine.travel(after(hours=4), tick=False):
        tickets.resolve(three[0], author=agent)
        tickets.assign(three[1], author=agent, to=agent)
        urgent = make.ticket(organisation, subject="Urgente")
        Ticket.objects.filter(pk=urgent.pk).update(due_at=after(hours=1))
    desk.draw_news(before[LIST][0].decode(), hours=4)
    desk.draw(LIST, hours=4)
    return before, dict(desk.drawn.pages)


# --- The palette and the keys ---------------------------------------------------------------------------


def test_the_palette_does_and_goes_by_keyboard(desk: Desk, organisation: Organisation, three: list[Ticket]) -> None:
    desk.draw(PALETTE, sent={"q": "segunda"}, htmx=True)
    desk.draw(f"{DESK}{three[1].reference}/")

    with opened(desk.drawn) as page:
        page.goto(LIST)
        page.keyboard.press("/")
        page.keyboard.press("Control+k")
        palette, field = page.get_by_role("dialog", name="Buscar o hacer"), page.locator("#palette-words")
        expect(field).to_be_focused()
        page.keyboard.type("segunda")
        option = palette.get_by_role("option", name="Segunda")
        expect(option).to_have_attribute("aria-selected", "true")
        expect(field).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "")
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{HOST}{DESK}{three[1].reference}/")


def test_the_palette_knows_what_the_page_does_and_closes(desk: Desk) -> None:
    desk.draw(PALETTE, sent={"q": ""}, htmx=True)

    with opened(desk.drawn, width=360) as page:
        page.goto(LIST)
        page.get_by_role("link", name="Buscar o hacer").click()
        palette = page.get_by_role("dialog", name="Buscar o hacer")
        expect(palette.get_by_role("option", name="Anotar una consulta")).to_be_visible()
        page.keyboard.type("personas")
        expect(palette.get_by_role("option")).to_have_count(1)
        page.keyboard.press("Escape")
        expect(palette).to_be_hidden()
        page.keyboard.press("Control+k")
        palette.get_by_role("button", name="Cerrar").click()
        expect(palette).to_be_hidden()


def test_the_palette_offers_another_ticket_than_the_one_that_is_open(desk: Desk, three: list[Ticket]) -> None:
    for ticket in (three[0], three[1]):
        desk.draw(f"{DESK}{ticket.reference}/")
    desk.draw(PALETTE, sent={"q": ""}, htmx=True)

    with opened(desk.drawn) as page:
        page.goto(f"{DESK}{three[1].reference}/")
        page.keyboard.press("Control+k")
        palette = page.get_by_role("dialog", name="Buscar o hacer")
        first = palette.get_by_role("option").first
        expect(first).to_contain_text(three[0].reference)
        expect(first).to_have_attribute("aria-selected", "true")
        expect(palette.get_by_text(three[1].reference)).to_have_count(0)


def test_without_scripts_the_button_is_a_page(desk: Desk) -> None:
    desk.draw(PALETTE, sent={"q": "segunda"})

    with opened(desk.drawn, scripts=False) as page:
        page.goto(LIST)
        page.get_by_role("link", name="Buscar o hacer").click()

        expect(page.get_by_role("link", name="Segunda")).to_be_visible()
        page.goto(LIST)
        expect(page.get_by_role("button", name="Asignar", exact=False).first).to_be_visible()
        expect(box(page, "Segunda")).to_be_visible()


def test_pairs_of_keys_go_to_lists_and_a_key_gives_the_next_case(desk: Desk) -> None:
    desk.draw(f"{DESK}?lista=mias")
    desk.draw(f"{DESK}?lista=sin-asignar")

    with opened(desk.drawn) as page:
        page.goto(LIST)
        page.keyboard.press("g")
        page.keyboard.press("m")
        expect(page).to_have_url(f"{HOST}{DESK}?lista=mias")
        page.wait_for_load_state()
        page.keyboard.press("g")
        page.keyboard.press("u")
        expect(page).to_have_url(f"{HOST}{DESK}?lista=sin-asignar")
        page.wait_for_load_state()
        with page.expect_request(lambda request: request.url.endswith("/siguiente/") and request.method == "POST"):
            page.keyboard.press(".")


def test_keys_are_listed_on_every_page_and_can_be_switched_off(desk: Desk, agent: User) -> None:
    desk.draw(SHARE)

    with opened(desk.drawn) as page:
        page.goto(SHARE)
        page.keyboard.press("?")
        keys = page.get_by_role("dialog", name="Teclas rápidas")
        expect(keys).to_contain_text("Siguiente consulta")
        with page.expect_request(lambda request: request.url.endswith("/cuenta/teclas/")) as sent:
            keys.get_by_role("checkbox", name="Usar teclas rápidas de una letra").uncheck()
        body = sent.value.post_data or ""
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        expect(keys).to_be_hidden()
        page.keyboard.press("Control+k")
        expect(page.get_by_role("dialog", name="Buscar o hacer")).to_be_visible()

    assert 'name="uses_keys"\r\n\r\n0' in body
    desk.client.post("/cuenta/teclas/", {"uses_keys": "0"})
    assert 'data-keys="off"' in desk.draw(LIST)
    assert not User.objects.get(pk=agent.pk).uses_keys
