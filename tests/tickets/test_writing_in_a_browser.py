"""Writing an answer in a real browser: its tools by keyboard, its draft, its files; accessible at both widths."""

import json
import re

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import FilePayload, Page, expect
from pytest_django import Settings

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.organisations.models import Organisation
from mostrador.shared.tokens import token_hash
from mostrador.tickets.actions import canned, desk_replies, third_parties, tickets
from mostrador.tickets.models import ThirdPartyRequest, Ticket
from tests import make
from tests.shared.browser import Drawn, opened
from tests.tickets.desk import after, agent_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

DESK = "/gestion/consultas/"
TOKEN = "a" * 43


def of_ticket(ticket: Ticket, act: str = "") -> str:
    return f"{DESK}{ticket.reference}/{act}"


def page_of(organisation: Organisation, agent: User) -> tuple[Drawn, Ticket]:
    """A ticket with everything that can be about to be said, and the pages around it."""
    make.article(organisation)
    with time_machine.travel(after(), tick=False):
        ticket = make.ticket(organisation, language="ca", error_code="SAF_09")
        solved = make.ticket(organisation, error_code="SAF_09", subject="Otra del mismo certificado")
        tickets.resolve(solved, author=agent)
    texts = {"es": "{{ saludo }}\n\nDíganos más."}
    reply = canned.save_canned_reply(organisation, author=None, title="Más datos", shortcut="mas-datos", texts=texts)
    with time_machine.travel(after(hours=1), tick=False):
        colleague = agent_of(organisation)
        desk_replies.submit(ticket, author=agent, text="No **saldrá**.", key="a", send_at=after(hours=2))
        tickets.reply_as_desk(ticket, author=colleague, text="Reinicie.")
        desk_replies.keep_draft(ticket, author=colleague, text="Quizá esto", note="Ojo", stand=0)
    with time_machine.travel(after(hours=3), tick=False):
        desk_replies.send_all_due()
        desk_replies.forget_draft(ticket, agent, text=True)
        desk_replies.submit(ticket, author=agent, text="Mañana.", key="b", send_at=after(days=1))
        desk_replies.submit(ticket, author=agent, text="Ahora.", key="c")
        client = Client()
        client.force_login(make.user(organisation, Role.SUPERVISOR))
        addresses = [f"{DESK}respuestas/", f"{DESK}respuestas/nueva/", f"{DESK}respuestas/{reply.pk}/"]
        answers = {each: client.get(each) for each in addresses}
        client.force_login(agent)
        addresses = [
            of_ticket(ticket),
            of_ticket(ticket, "sugerencias/?solas"),
            of_ticket(ticket, "respuestas/"),
            of_ticket(ticket, "tercero/"),
            f"{DESK}firma/",
        ]
        answers |= {each: client.get(each) for each in addresses}
        panel = of_ticket(ticket, "sugerencias/")
        answers[panel] = client.get(panel, headers={"HX-Request": "true"})
        third_parties.ask_third_party(
            ticket, author=agent, name="FNMT", email="a@fnmt.example", text="¿Y **esto**?", key="k"
        )
        ThirdPartyRequest.objects.update(token_hash=token_hash(TOKEN))
        outside = f"/consultas/tercero/{TOKEN}/"
        answers[outside] = Client().get(outside)
    assert {each: answer.status_code for each, answer in answers.items()} == dict.fromkeys(answers, 200)
    drawn = Drawn({each: (answer.content, dict(answer.items())) for each, answer in answers.items()})
    as_json = {"content-type": "application/json"}
    row = {"value": reply.pk, "label": "Más datos", "note": "/mas-datos", "text": "Hola:\n\nDigui'ns més."}
    row |= {"language": "ca"}
    for address, said in {
        of_ticket(ticket, "respuestas/?q="): {"found": [row]},
        of_ticket(ticket, "respuestas/?q=mas"): {"found": [row]},
        of_ticket(ticket, f"respuestas/{reply.pk}/poner/"): {"text": "Hola:\n\nDíganos más.", "words": "En español."},
        of_ticket(ticket, "articulos/?q="): {"found": []},
        of_ticket(ticket, "articulos/?q=cert"): {"found": [{"value": 7, "slug": "no-aparece", "label": "No aparece"}]},
        of_ticket(ticket, "articulos/7/"): {"text": "**No aparece**\n\n1. Cierre.", "words": ""},
        of_ticket(ticket, "borrador/"): {"stand": 5, "words": "Borrador guardado."},
    }.items():
        drawn.pages[address] = (json.dumps(said).encode(), as_json)
    return drawn, ticket


def faults(page: Page) -> list[str]:
    found = [violation["id"] for violation in Axe().run(page).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than the screen")
    return found


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_is_accessible_and_fits(organisation: Organisation, agent: User, width: int) -> None:
    drawn, ticket = page_of(organisation, agent)

    with opened(drawn, width=width) as page:
        found = {}
        for each, (_body, headers) in drawn.pages.items():
            if "json" in headers.get("content-type", "") or each.endswith("/sugerencias/"):
                continue
            page.goto(each)
            found[each] = faults(page)
        page.goto(of_ticket(ticket))
        page.locator("#reply_text").press("/")
        found["dialog"] = faults(page)

    assert found == {each: [] for each in found}


def test_a_prepared_answer_is_put_by_keyboard_alone(organisation: Organisation, agent: User) -> None:
    drawn, ticket = page_of(organisation, agent)

    with opened(drawn) as page:
        page.goto(of_ticket(ticket))
        page.keyboard.press("r")
        area = page.get_by_role("textbox", name="Respuesta a la persona")
        expect(area).to_be_focused()
        page.keyboard.press("/")
        expect(page.get_by_role("dialog", name="Respuesta preparada")).to_be_visible()
        preview = page.get_by_role("status", name="Texto")
        expect(preview).to_have_text("Aquí verá el texto de la que señale.")
        page.keyboard.press("ArrowDown")
        expect(preview).to_have_text("Hola: Digui'ns més.")
        expect(preview).to_have_attribute("lang", "ca")
        page.keyboard.type("mas")
        page.keyboard.press("Enter")
        expect(area).to_have_value("Hola:\n\nDíganos más.")
        expect(area).to_be_focused()
        expect(page.get_by_text("En español.")).to_be_visible()
        page.keyboard.press("Enter")
        page.keyboard.press("/")
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        expect(area).to_have_value("Hola:\n\nDíganos más.\n/")
        page.keyboard.type(" no es un atajo: a/b")
        expect(area).to_have_value("Hola:\n\nDíganos más.\n/ no es un atajo: a/b")


@pytest.mark.parametrize(
    ("way", "text"),
    [("Como enlace", "[No aparece](articulo:no-aparece)"), ("Como texto", "**No aparece**\n\n1. Cierre.")],
)
def test_an_article_is_put_as_a_link_or_as_its_text(
    organisation: Organisation, agent: User, way: str, text: str
) -> None:
    drawn, ticket = page_of(organisation, agent)

    with opened(drawn) as page:
        page.goto(of_ticket(ticket))
        page.get_by_role("button", name="Artículo", exact=True).click()
        page.get_by_label(way).check()
        page.get_by_label("Qué busca").fill("cert")
        page.get_by_role("option", name="No aparece").click()
        expect(page.get_by_role("textbox", name="Respuesta a la persona")).to_have_value(text)


def test_what_is_typed_is_kept_and_sent_by_keys(organisation: Organisation, agent: User) -> None:
    drawn, ticket = page_of(organisation, agent)

    with opened(drawn) as page:
        page.goto(of_ticket(ticket))
        with page.expect_request(lambda request: request.url.endswith("/borrador/")) as kept:
            page.get_by_role("textbox", name="Respuesta a la persona").fill("Instale el certificado.")
        expect(page.get_by_text("Borrador guardado.")).to_be_visible()
        with page.expect_request(lambda request: request.url.endswith("/responder/")) as sent:
            page.keyboard.press("Control+Enter")
        page.goto(of_ticket(ticket))
        page.keyboard.press("n")
        page.keyboard.insert_text("Llamar mañana.")
        with page.expect_request(lambda request: request.url.endswith("/nota/")) as noted:
            page.keyboard.press("Control+Enter")
        draft, answer, note = (each.value.post_data or "" for each in (kept, sent, noted))

    assert "text=Instale+el+certificado." in draft
    assert "Instale el certificado." in answer
    assert "Llamar mañana." in note


def test_the_seconds_are_counted_and_the_third_partys_name_is_asked_only_then(
    organisation: Organisation, agent: User
) -> None:
    drawn, ticket = page_of(organisation, agent)

    with opened(drawn) as page:
        page.goto(of_ticket(ticket))
        expect(page.get_by_role("timer")).to_have_text("Se enviará en 10 s.")
        expect(page.get_by_role("timer")).to_have_text("Se enviará en 8 s.")
        page.get_by_text("Otra forma de enviar").click()
        expect(page.get_by_label("Nombre del tercero")).to_be_hidden()
        page.get_by_label("Después queda").select_option("third_party")
        expect(page.get_by_label("Nombre del tercero")).to_be_visible()


def test_two_answers_that_leave_together_leave_no_fault(organisation: Organisation, agent: User) -> None:
    drawn, ticket = page_of(organisation, agent)
    body, headers = drawn.pages[of_ticket(ticket)]
    left, headers = body.decode(), {"Content-Type": headers["Content-Type"]}
    row = re.search(r'<li id="pending-\d+" class="pending" data-leaves-in.*?</li>', left, re.DOTALL)
    assert row is not None
    both = re.sub(r'data-leaves-in="\d+"', 'data-leaves-in="0"', row[0])
    again = re.sub(r"pending-(\d+)|undo-(\d+)", r"other-\1\2", both)
    drawn.pages[of_ticket(ticket)] = (left.replace(row[0], both + again).encode(), headers)

    with opened(drawn) as page:
        page.goto(of_ticket(ticket))
        with page.expect_response(lambda answer: answer.url.endswith(of_ticket(ticket))):
            drawn.pages[of_ticket(ticket)] = (left.replace(row[0], "").encode(), headers)
        expect(page.get_by_role("timer")).to_have_count(0)
        page.wait_for_timeout(500)

    assert [each for each in drawn.complaints if "404" not in each] == []


def test_files_are_pasted_and_too_many_are_told(organisation: Organisation, agent: User) -> None:
    drawn, ticket = page_of(organisation, agent)
    paste = """([area, count]) => {
        const transfer = new DataTransfer();
        for (let n = 0; n < count; n += 1) transfer.items.add(new File(["x" + n], `captura-${count}-${n}.png`));
        area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
    }"""

    with opened(drawn) as page:
        page.goto(of_ticket(ticket))
        area = page.locator("#reply_text").element_handle()
        page.evaluate(paste, [area, 1])
        expect(page.locator(".file-list li")).to_have_count(1)
        page.evaluate(paste, [area, 200])
        expect(page.locator(".file-list li")).to_have_count(5)
        expect(page.get_by_text("Se pueden adjuntar 5 archivos como máximo.")).to_be_visible()
        assert page.evaluate("document.getElementById('reply_uploads').files.length") == 5


def test_what_is_not_taken_is_told_when_it_is_chosen_and_the_rest_is_kept(
    organisation: Organisation, agent: User, settings: Settings
) -> None:
    settings.ATTACHMENT_MAX_BYTES = 2_000_000
    drawn, ticket = page_of(organisation, agent)
    chosen = {"bien.png": b"x", "todo.ZIP": b"x", "grande.png": b"x" * 2_000_001, "vacio.txt": b""}

    with opened(drawn) as page:
        page.goto(of_ticket(ticket))
        field = page.locator("#reply_uploads")
        field.set_input_files([FilePayload(name=name, mimeType="", buffer=each) for name, each in chosen.items()])
        expect(page.locator(".file-list .file-name")).to_have_text(["bien.png"])
        expect(page.locator(".field-file .field-error p")).to_have_text(
            [
                "«todo.ZIP» es un archivo comprimido. Adjunte por separado los archivos que contiene.",
                "«grande.png» pesa más de 2 MB, el máximo por archivo. Reduzca su tamaño o envíe solo una parte.",
                "«vacio.txt» está vacío. Compruebe que es el archivo correcto.",
            ]
        )
        sent = page.evaluate("[...document.getElementById('reply_uploads').files].map((file) => file.name)")
        found = faults(page)
        field.set_input_files([FilePayload(name="otra.png", mimeType="", buffer=b"y")])
        expect(page.locator(".file-list .file-name")).to_have_text(["bien.png", "otra.png"])
        expect(page.locator(".field-file .field-error")).to_be_hidden()

    assert (sent, found) == (["bien.png"], [])


def test_without_scripts_everything_is_there(organisation: Organisation, agent: User) -> None:
    drawn, ticket = page_of(organisation, agent)

    with opened(drawn, scripts=False) as page:
        page.goto(of_ticket(ticket))

        expect(page.get_by_role("textbox", name="Respuesta a la persona")).to_be_visible()
        expect(page.get_by_role("link", name="Respuestas preparadas")).to_be_visible()
        expect(page.get_by_role("link", name="Artículos y consultas parecidas")).to_be_visible()
        expect(page.get_by_role("button", name="Deshacer el envío")).to_be_visible()
        expect(page.get_by_text("La persona lee en catalán.")).to_be_visible()
