"""What the small scripts add for those whose browser runs them."""

from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Dialog

from mostrador.accounts.choices import Role
from mostrador.organisations.models import Organisation
from mostrador.portal.forms import SpecimenForm
from mostrador.shared.pages import jinja
from tests import make
from tests.shared.browser import Drawn, opened

ADDRESS = "/sistema-de-diseno/"
FORM = """<!doctype html><html lang="es"><title>Formulario</title><main>
{% call ui.form(form, "/enviar", keep=True, csrf=False, multipart=False, fields=("subject",)) %}
  {{ ui.button("Enviar", name="go", value="1") }}
{% endcall %}
<iframe name="elsewhere" title="Respuesta"></iframe>
<div id="toasts"><template>{{ ui.toast("") }}</template></div></main>
<script type="module" src="/static/shared/forms.js"></script>
<script type="module" src="/static/shared/toasts.js"></script></html>"""

pytestmark = pytest.mark.browser


@pytest.fixture
def drawn(organisation: Organisation, client: Client) -> Drawn:
    """The catalogue, and a page with one form."""
    client.force_login(make.user(organisation, Role.ADMINISTRATOR))
    answer = client.get(ADDRESS)
    form = jinja().from_string(FORM).render({"form": SpecimenForm()})
    html = {"content-type": "text/html; charset=utf-8"}
    return Drawn({ADDRESS: (answer.content, dict(answer.items())), "/formulario": (form.encode(), html)})


def test_a_long_list_is_searched_without_accents_and_chosen_with_the_keyboard(drawn: Drawn) -> None:
    with opened(drawn) as page:
        page.goto(ADDRESS)
        field = page.get_by_role("combobox", name="Procedimiento, buscando")

        field.fill("padron")
        options = page.locator("#select_search-list [role=option]").all_inner_texts()
        field.press("Enter")

        assert options == ["Alta en el padrón"]
        assert field.input_value() == "Alta en el padrón"
        assert page.locator("#select_search-select").input_value() == "padron"
        assert field.get_attribute("aria-expanded") == "false"


def test_what_matches_nothing_goes_back_to_what_was_chosen(drawn: Drawn) -> None:
    with opened(drawn) as page:
        page.goto(ADDRESS)
        field = page.get_by_role("combobox", name="Procedimiento, buscando")
        field.fill("tasas")
        field.press("Enter")

        field.fill("zzz")
        nothing = page.get_by_text("Nada coincide con lo que ha escrito").is_visible()
        field.press("Tab")

        assert nothing
        assert field.input_value() == "Pago de tasas"
        assert page.locator("#select_search-select").input_value() == "tasas"


def test_the_characters_that_remain_are_counted_as_the_server_counts_them(drawn: Drawn) -> None:
    with opened(drawn) as page:
        page.goto(ADDRESS)
        note = page.locator("[data-specimen=text_fields] .limit[aria-hidden]")

        page.locator("#text_fields_what").fill("a\nb")
        after_a_line = note.inner_text()
        page.locator("#text_fields_what").fill("x" * 2001)

        assert after_a_line == "Puede escribir 1.996 caracteres más."
        assert note.inner_text() == "Sobra 1 carácter."


def test_chosen_files_are_listed_added_to_and_taken_out(drawn: Drawn, tmp_path: Path) -> None:
    for name, size in (("captura.png", 482_113), ("informe.pdf", 1_830_000)):
        (tmp_path / name).write_bytes(b"0" * size)

    with opened(drawn) as page:
        page.goto(ADDRESS)
        field, lines = page.locator("#files_attachments"), page.locator("#files_attachments + .file-list li")
        field.set_input_files(tmp_path / "captura.png")
        field.set_input_files(tmp_path / "informe.pdf")
        both = lines.all_inner_texts()
        lines.first.get_by_role("button").click()

        assert [" ".join(line.split()) for line in both] == [
            "captura.png 482 kB Quitar captura.png",
            "informe.pdf 1,8 MB Quitar informe.pdf",
        ]
        assert page.evaluate("[...document.getElementById('files_attachments').files].map((file) => file.name)") == [
            "informe.pdf"
        ]


def test_a_dialog_opens_takes_the_focus_and_gives_it_back(drawn: Drawn) -> None:
    with opened(drawn) as page:
        page.goto(ADDRESS)
        opener = page.get_by_role("button", name="Borrar la consulta")

        opener.click()
        is_open = page.get_by_role("dialog", name="¿Borrar esta consulta?").is_visible()
        page.keyboard.press("Escape")

        assert is_open
        assert page.get_by_role("dialog").count() == 0
        assert page.evaluate("document.activeElement.dataset.opens") == "specimen-dialog"


def test_single_keys_work_outside_of_fields_and_can_be_switched_off(drawn: Drawn) -> None:
    with opened(drawn) as page:
        page.goto(ADDRESS)
        dialog = page.get_by_role("dialog", name="Teclas rápidas")

        page.locator("#text_fields_subject").press("?")
        while_writing = dialog.is_visible()
        page.locator("#main").focus()
        page.keyboard.press("?")
        outside = dialog.is_visible()
        dialog.get_by_label("Usar teclas rápidas de una letra").uncheck()
        dialog.get_by_role("button", name="Cerrar").click()
        page.keyboard.press("?")

        assert (while_writing, outside, dialog.is_visible()) == (False, True, False)


def test_a_form_clicked_twice_is_sent_once_with_its_button(drawn: Drawn) -> None:
    with opened(drawn) as page:
        page.goto("/formulario")
        page.locator("form").evaluate("(form) => (form.target = 'elsewhere')")
        page.get_by_label("Asunto").fill("Hola")

        page.get_by_role("button", name="Enviar").dblclick()
        page.wait_for_timeout(300)

        assert drawn.posts == ["subject=Hola&go=1"]
        assert page.get_by_role("button", name="Enviar").get_attribute("aria-busy") == "true"


@pytest.mark.parametrize(("typed", "warned"), [("Hola", True), ("", False)])
def test_leaving_unsent_text_behind_asks_first(drawn: Drawn, typed: str, warned: bool) -> None:
    with opened(drawn) as page:
        questions: list[str] = []

        def accept(dialog: Dialog) -> None:
            questions.append(dialog.type)
            dialog.accept()

        page.on("dialog", accept)
        page.goto("/formulario")
        if typed:
            page.get_by_label("Asunto").press_sequentially(typed)

        page.goto(ADDRESS)

        assert questions == (["beforeunload"] if warned else [])


@pytest.mark.parametrize("way", ["button", "Escape"])
def test_a_message_from_the_server_is_shown_until_it_is_closed(drawn: Drawn, way: str) -> None:
    with opened(drawn) as page:
        page.goto("/formulario")

        page.evaluate(
            "document.dispatchEvent(new CustomEvent('toast', { detail: { text: '<b>Enviado</b>', kind: 'good' } }))"
        )
        text = page.locator(".toast-good p").inner_text()
        if way == "button":
            page.get_by_role("button", name="Cerrar").click()
        else:
            page.keyboard.press(way)

        assert text == "<b>Enviado</b>"
        assert page.locator(".toast").count() == 0
