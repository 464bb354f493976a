"""A day of two agents side by side, by keyboard alone, in two languages: nothing here touches the mouse."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import sign_in, speak
from tests.journeys.faults import faults
from tests.journeys.product import Product, wait_for
from tests.journeys.test_loop import link_in_mail

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(600)]

DESK = "/gestion/consultas/"
A_TICKET = re.compile(r"/gestion/consultas/\w{3}-\w{3}-\w{3}/$")
LINK = r"http://localhost:\d+/consultas/s/[\w-]+/"


@dataclass
class Hands:
    """Somebody who has no mouse: they put the focus somewhere, type, and press keys."""

    page: Page

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def enter(self, control: Locator, key: str = "Enter") -> None:
        """Press a key on a control or a link."""
        control.focus()
        self.page.keyboard.press(key)

    def choose(self, control: Locator) -> None:
        """Tick a box or a round one."""
        if not control.is_checked():
            self.enter(control, "Space")

    def write(self, control: Locator, text: str) -> None:
        control.focus()
        self.page.keyboard.insert_text(text)

    def send(self, form: Locator) -> None:
        self.enter(form.locator("button[type=submit]:not(.unseen)").first)

    def at_a_ticket(self) -> str:
        """Wait until a ticket is open and return its address."""
        self.page.wait_for_url(A_TICKET)
        return self.page.url


def log_call(hands: Hands, subject: str, email: str) -> str:
    """Write down what somebody says on the telephone; return the address of the ticket."""
    page = hands.page
    page.goto(f"{DESK}nueva/")
    hands.choose(page.locator("input[name=channel][value=phone]"))
    hands.write(page.locator("input[name=name]"), "Palmira Inventada")
    hands.write(page.locator("input[name=email]"), email)
    hands.choose(page.locator("input[name=contact_by][value=email]"))
    hands.write(page.locator("input[name=subject]"), subject)
    hands.write(page.locator("textarea[name=text]"), f"{subject}: la página se queda en blanco.")
    hands.enter(page.locator("main button[name=log]"))
    return hands.at_a_ticket()


def has_left(page: Page, address: str, words: str) -> Callable[[], bool]:
    """Return whether an answer is in the conversation for good, and no longer waits to be taken back."""

    def look() -> bool:
        page.goto(address)
        conversation = page.locator("#conversation")
        return words in conversation.inner_text() and not conversation.locator("form[action*='por-enviar']").count()

    return look


@pytest.mark.parametrize("language", ["es", "ca"])
def test_a_day_of_two_agents(product: Product, window: Callable[..., Page], language: str) -> None:
    marta, carmen, alba, person = Hands(window()), Hands(window()), Hands(window()), window(width=360)
    for hands, who in ((marta, "agent"), (carmen, "supervisor"), (alba, "administrator")):
        sign_in(hands.page, who)
    speak(marta.page, language)
    speak(carmen.page, language)
    found: list[tuple[str, str, str]] = []
    email = f"palmira.{language}@correo.example"

    # Each asks for the next case with one key, and never gets the other's.
    for hands in (marta, carmen):
        hands.page.goto(DESK)
        found += faults(hands.page)
        hands.press(".")
        hands.at_a_ticket()
    assert marta.page.url != carmen.page.url

    # A person calls twice about the same. They see each other on the first ticket.
    first = log_call(marta, "No se abre el formulario", email)
    second = log_call(marta, "El formulario no se abre", email)
    marta.page.goto(first)
    carmen.page.goto(first)
    expect(marta.page.locator("#presence-who")).to_contain_text("Carmen")
    expect(carmen.page.locator("#presence-who")).to_contain_text("Marta")

    # The second call is a duplicate: compared, and joined to the first.
    marta.page.goto(second)
    marta.press("m")
    marta.enter(marta.page.locator("main a[href*='?reference=']").first)
    marta.page.wait_for_url("**/unir/?reference=*")
    found += faults(marta.page)
    marta.send(marta.page.locator("main form.button-row"))
    expect(marta.page).to_have_url(first)
    expect(marta.page.locator("#conversation")).to_contain_text("El formulario no se abre")

    # A prepared answer, and an article in it; sent by keys, and for ten seconds it could be taken back.
    marta.press("r")
    answer = marta.page.locator("#reply_text")
    expect(answer).to_be_focused()
    marta.press("/")
    search = marta.page.locator("#put-canned-search")
    expect(search).to_be_focused()
    found += faults(marta.page)
    expect(marta.page.locator("dialog[open] [role=option]").first).to_be_visible()
    marta.press("ArrowDown")
    marta.press("Enter")
    expect(answer).not_to_have_value("")
    marta.press("Control+End")
    marta.press("Enter")
    marta.enter(marta.page.locator("button[data-tool=article]"))
    expect(marta.page.locator("#put-article")).to_be_visible()
    with marta.page.expect_response(lambda answer: "/articulos/?q=certificado" in answer.url):
        marta.write(marta.page.locator("#put-article-search"), "certificado")
    expect(marta.page.locator("#put-article [role=option]").first).to_be_visible()
    marta.press("ArrowDown")
    marta.press("Enter")
    expect(answer).to_have_value(re.compile(r"\(articulo:"))
    answer.focus()
    marta.press("Control+End")
    marta.page.keyboard.insert_text("\n\nLo miramos con sistemas.")
    marta.press("Control+Enter")
    expect(marta.page.locator("#conversation")).to_contain_text("Lo miramos con sistemas.")
    wait_for(has_left(marta.page, first, "Lo miramos con sistemas."), seconds=120)
    found += faults(marta.page)

    # It is more than one person's matter: it goes to another team, with a note for them.
    marta.press("t")
    over = marta.page.locator("#page-dialog")
    team = over.locator("input[role=combobox]")
    expect(team).to_be_focused()
    marta.write(team, "Sistemas")
    marta.press("ArrowDown")
    marta.press("Enter")
    marta.write(over.locator("textarea[name=note]"), "Dos llamadas iguales en una hora.")
    found += faults(marta.page)
    marta.send(over.locator("form.form"))
    marta.page.wait_for_url(f"**{DESK}")
    carmen.page.goto(first)
    expect(carmen.page.locator("#conversation")).to_contain_text("Dos llamadas iguales en una hora.")

    # The supervisor sees an incident in it, answers everybody at once, and ends it.
    carmen.enter(carmen.page.locator("#fold-together > summary"))
    carmen.enter(carmen.page.locator("a[href$='/incidencia/']"))
    title = f"El formulario no se abre ({language})"
    expect(carmen.page.locator("#page-dialog")).to_be_visible()
    carmen.write(carmen.page.locator("input[name=title]"), title)
    found += faults(carmen.page)
    carmen.send(carmen.page.locator("form:has(input[name=title])"))
    expect(carmen.page.locator("#together")).to_contain_text(title)
    carmen.page.goto("/gestion/incidencias/")
    carmen.enter(carmen.page.get_by_role("link", name=title).first)
    carmen.enter(carmen.page.locator("a[href$='/responder/']"))
    carmen.page.wait_for_url("**/responder/")
    for text in carmen.page.locator("textarea[name^=text_]").all():
        carmen.write(text, "El formulario vuelve a funcionar.")
    carmen.send(carmen.page.locator("form:has(textarea)"))
    expect(carmen.page.locator("button[name=end]")).to_be_visible()
    found += faults(carmen.page)
    carmen.enter(carmen.page.locator("button[name=end]"))
    expect(carmen.page.locator("#progress .notice-good")).to_be_visible(timeout=90_000)
    found += faults(carmen.page)
    carmen.page.goto(first)
    expect(carmen.page.locator("#conversation")).to_contain_text("El formulario vuelve a funcionar.")

    # The person says that it still fails; the ticket comes back, and is answered and resolved in one gesture.
    person.goto(link_in_mail(alba.page, email, "No se abre el formulario", LINK))
    Hands(person).send(person.locator("form[action$='/sin-resolver/']"))
    expect(person.locator("form[action$='/sin-resolver/']")).to_have_count(0)
    carmen.page.goto(first)
    carmen.press("r")
    carmen.page.keyboard.insert_text("Borre los datos del sitio y entre otra vez.")
    carmen.enter(carmen.page.locator("#reply-resolve"))
    wait_for(has_left(carmen.page, first, "Borre los datos del sitio"), seconds=120)
    carmen.page.goto(first)  # what was read a moment before the answer left may name the state before it
    expect(carmen.page.locator("form[action$='/reabrir/']")).to_be_visible()

    # The person asks to be forgotten.
    alba.page.goto("/gestion/personas/")
    alba.write(alba.page.locator("main input[type=search], main input[name=words]").first, email)
    alba.press("Enter")
    alba.enter(alba.page.locator("main table a, main .result-list a").first)
    alba.enter(alba.page.locator("a[href$='/suprimir/']"))
    alba.page.wait_for_url("**/suprimir/")
    found += faults(alba.page)
    for box in alba.page.locator("main form input[type=checkbox]").all():
        alba.choose(box)
    for group in alba.page.locator("main form fieldset").all():
        if group.locator("input[type=radio]").count():
            alba.choose(group.locator("input[type=radio]").first)
    alba.send(alba.page.locator("main form"))
    expect(alba.page.locator("#request .notice-good")).to_be_visible(timeout=60_000)
    found += faults(alba.page)
    marta.page.goto(first)
    expect(marta.page.locator("#conversation")).not_to_contain_text("la página se queda en blanco")

    assert found == []
