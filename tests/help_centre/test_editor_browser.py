"""The editor in a real browser: its toolbar, what is pasted, pictures, the preview, and saving while writing."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.db import connections
from django.test import Client
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.help_centre.actions.drafts import save_draft
from mostrador.help_centre.models import Article, ArticleDraft, ArticlePicture
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.organisations.models import Organisation
from tests import make
from tests.shared.browser import chromium

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# As Word puts a title, a paragraph, a list and a table on the clipboard.
WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office">
<head><style>p.MsoNormal{mso-style-parent:""}</style></head>
<body lang=ES style='tab-interval:35.4pt'><!--StartFragment-->
<h1 style='mso-margin-top-alt:auto'>Antes de firmar<o:p></o:p></h1>
<p class=MsoNormal style='line-height:107%'>Compruebe que <b>Autofirma</b> está
<i style='mso-bidi-font-style:normal'>al día</i>: <a href="https://firmaelectronica.gob.es/">descárguela</a>.
<a href="javascript:alert(1)">No</a><o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>1.<span>&nbsp;</span></span><![endif]>Cierre el navegador</p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span
style='mso-list:Ignore'>2.<span>&nbsp;</span></span>Ábralo</p>
<p class=MsoListParagraph style='mso-list:l1 level2 lfo2'><span
style='mso-list:Ignore'>o<span>&nbsp;</span></span>Espere</p>
<table class=MsoTableGrid><tr><td><p>Código</p></td><td><p>Qué hacer</p></td></tr>
<tr><td><p>SAF_09</p></td><td><p>Reinicie | espere</p></td></tr></table>
<script>alert(1)</script><img src="https://otra.example/espia.png"><!--EndFragment--></body></html>"""
FROM_WORD = """## Antes de firmar

Compruebe que **Autofirma** está *al día*: [descárguela](https://firmaelectronica.gob.es/). No

1. Cierre el navegador
2. Ábralo
   - Espere

| Código | Qué hacer |
| --- | --- |
| SAF_09 | Reinicie \\| espere |"""
WEB = """<meta charset="utf-8"><b style="font-weight:normal" id="docs-internal-guid-1"><h3>Pasos</h3>
<ul><li>Uno<ol><li>Dentro</li></ol></li>
<li><p>Dos</p></li></ul><p><span style="font-weight:700">Fuerte</span> y *no* 5 * 3</p><p>1. no es lista</p>
<blockquote>Cita</blockquote><pre>x</pre></b>"""
FROM_WEB = """### Pasos

- Uno
   1. Dentro
- Dos

**Fuerte** y \\*no\\* 5 \\* 3

1\\. no es lista

> Cita

x"""
PASTE = """(area, [html, plain]) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", plain);
  return !area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
DROP = """(area, [name, bytes, kind]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], "captura.png", { type: "image/png" }));
  const options = { bubbles: true, cancelable: true };
  if (kind === "paste") area.dispatchEvent(new ClipboardEvent("paste", { ...options, clipboardData: data }));
  else area.dispatchEvent(new DragEvent("drop", { ...options, dataTransfer: data }));
}"""


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
def editor(office: Organisation) -> User:
    return make.user(office, Role.EDITOR)


@pytest.fixture
def article(office: Organisation) -> Article:
    return make.article(office, title="No puedo firmar", body="Primera línea\nSegunda línea", is_published=False)


def sign_in(window: BrowserContext, user: User) -> None:
    client = Client()
    client.force_login(user)
    name = django_settings.SESSION_COOKIE_NAME
    window.add_cookies([{"name": name, "value": client.cookies[name].value, "domain": "localhost", "path": "/"}])


@pytest.fixture
def page(window: BrowserContext, editor: User, article: Article) -> Iterator[Page]:
    """The editor of the article, just opened. What the console complains of fails the test."""
    complaints: list[str] = []
    sign_in(window, editor)
    page = window.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"/gestion/articulos/{article.pk}/es/")
    yield page
    expected = ("status of 422 (Unprocessable Entity)", "net::ERR_INTERNET_DISCONNECTED", "net::ERR_FAILED")
    assert [text for text in complaints if not text.endswith(expected)] == []


def text_of(page: Page) -> str:
    return page.locator("#id_body").input_value()


def begin_with(page: Page, text: str, start: int = 0, end: int | None = None) -> None:
    area = page.locator("#id_body")
    area.fill(text)
    area.evaluate("(area, [from, to]) => area.setSelectionRange(from, to)", [start, len(text) if end is None else end])


def tool(page: Page, name: str) -> None:
    page.get_by_role("toolbar", name="Formato de «Texto»").get_by_role("button", name=name, exact=True).click()


def faults(page: Page) -> list[str]:
    found = [violation["id"] for violation in Axe().run(page).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than the screen")
    return found


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("Título", "Pasos", "## Pasos"),
        ("Título", "## Pasos", "### Pasos"),
        ("Título", "### Pasos", "Pasos"),
        ("Negrita", "importa ", "**importa** "),
        ("Cursiva", "", "*texto en cursiva*"),
        ("Lista", "uno\ndos", "- uno\n- dos"),
        ("Lista", "- uno\n- dos", "uno\ndos"),
        ("Pasos", "- uno\n\n- dos", "1. uno\n\n2. dos"),
        (
            "Tabla",
            "",
            "| Primera columna | Segunda columna |\n| --- | --- |\n|                 |                 |\n\n",
        ),
        ("Plegable", "Lo demás", "::: details Título que se ve\nLo demás\n:::\n\n"),
    ],
)
def test_a_tool_writes_its_marks_and_they_can_be_undone(page: Page, name: str, before: str, after: str) -> None:
    begin_with(page, before)

    tool(page, name)

    assert text_of(page) == after
    expect(page.locator("#id_body")).to_be_focused()
    page.keyboard.press("Control+z")
    assert text_of(page) == before


def test_bold_twice_is_not_bold(page: Page) -> None:
    begin_with(page, "uno dos tres", 4, 7)

    page.keyboard.press("Control+b")
    once = text_of(page)
    page.keyboard.press("Control+b")

    assert (once, text_of(page)) == ("uno **dos** tres", "uno dos tres")


def test_the_toolbar_is_one_stop_and_is_walked_with_arrows(page: Page) -> None:
    area = page.locator("#id_body")
    bar = page.get_by_role("toolbar", name="Formato de «Texto»")

    area.focus()
    page.keyboard.press("Shift+Tab")
    expect(bar.get_by_role("button", name="Título")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(bar.get_by_role("button", name="Negrita")).to_be_focused()
    page.keyboard.press("End")
    expect(bar.get_by_role("button", name="Plegable")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(bar.get_by_role("button", name="Título")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    expect(area).to_be_focused()
    page.keyboard.press("Tab")  # Tab is nobody's mark
    expect(area).not_to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(bar.get_by_role("button", name="Aviso")).to_be_focused()  # where it was left
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Qué dice la ley").click()
    assert text_of(page) == "::: legal\nTexto del aviso\n:::\n\nPrimera línea\nSegunda línea"


def test_lists_go_on_at_enter_and_end_at_an_empty_item(page: Page) -> None:
    begin_with(page, "")

    page.keyboard.type("9. Cierre\nAbra\n\nfuera\n- uno\n")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("\ndos")

    assert text_of(page) == "9. Cierre\n10. Abra\nfuera\n- uno\n- dos\n- "


def test_lines_are_moved_with_alt_and_arrows(page: Page) -> None:
    begin_with(page, "uno\ndos\ntres", 4, 4)

    page.keyboard.press("Alt+ArrowUp")
    up = text_of(page)
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    down = text_of(page)
    page.keyboard.press("Alt+ArrowDown")

    assert (up, down, text_of(page)) == ("dos\nuno\ntres", "uno\ntres\ndos", "uno\ntres\ndos")


def test_a_link_is_asked_for_and_closing_changes_nothing(page: Page) -> None:
    begin_with(page, "Descargue Autofirma aquí.", 10, 19)

    page.keyboard.press("Control+k")
    expect(page.get_by_label("Palabras que se leen")).to_have_value("Autofirma")
    page.keyboard.type("firma.example/a (1)")
    page.keyboard.press("Enter")
    linked = text_of(page)
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")

    assert linked == "Descargue [Autofirma](https://firma.example/a%20%281%29) aquí."
    assert text_of(page) == linked
    expect(page.locator("#id_body")).to_be_focused()


def test_another_article_is_found_and_linked_with_the_keyboard(page: Page, office: Organisation) -> None:
    other = make.article(office, title="No aparece mi certificado")
    begin_with(page, "Vea ", 4)

    tool(page, "Artículo")
    field = page.get_by_role("combobox", name="Palabras del título")
    expect(field).to_be_focused()
    page.keyboard.type("aparece")
    expect(page.get_by_role("option", name="No aparece mi certificado")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")

    expect(page.locator("#id_body")).to_be_focused()
    assert text_of(page) == f"Vea [No aparece mi certificado](articulo:{other.slug})"


@pytest.mark.parametrize(("html", "markdown"), [(WORD, FROM_WORD), (WEB, FROM_WEB)], ids=["word", "web"])
def test_what_is_pasted_keeps_its_sense_and_nothing_else(page: Page, html: str, markdown: str) -> None:
    begin_with(page, "")

    taken = page.locator("#id_body").evaluate(PASTE, [html, "texto"])

    assert taken
    assert text_of(page) == markdown


def test_plain_text_is_pasted_as_it_is(page: Page) -> None:
    begin_with(page, "")

    assert not page.locator("#id_body").evaluate(PASTE, ["", "**texto**"])


@pytest.mark.parametrize("way", ["button", "drop", "paste"])
def test_a_picture_comes_in_only_with_its_words(page: Page, tmp_path: Path, way: str) -> None:
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(written, "PNG")
    file = tmp_path / "captura.png"
    file.write_bytes(written.getvalue())
    begin_with(page, "Pulse aquí:")

    if way == "button":
        tool(page, "Imagen")
        page.get_by_label("Archivo").set_input_files(file)
    else:
        page.locator("#id_body").evaluate(DROP, ["captura.png", [*written.getvalue()], way])
        expect(page.get_by_role("dialog").get_by_text("captura.png")).to_be_visible()
    page.get_by_role("button", name="Añadir la imagen").click()
    refusal = page.get_by_role("dialog").get_by_role("alert")
    expect(refusal).to_have_text("Escriba qué se ve en la imagen: sin eso no se puede publicar.")
    page.get_by_label("Qué se ve en la imagen").fill("El botón [Firmar]")
    page.keyboard.press("Enter")

    expect(page.get_by_role("dialog")).to_be_hidden()
    key = ArticlePicture.objects.get().key
    assert text_of(page) == f"Pulse aquí:\n\n![El botón \\[Firmar\\]](imagen:{key})\n\n"
    shown = page.locator("[data-preview] img")
    expect(shown).to_have_attribute("alt", "El botón [Firmar]")
    expect(shown).to_have_js_property("naturalWidth", 40)


def test_a_file_that_is_no_picture_is_refused_in_the_dialog(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "dibujo.svg"
    file.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    begin_with(page, "Pulse aquí:")

    tool(page, "Imagen")
    page.get_by_label("Archivo").set_input_files(file)
    page.get_by_label("Qué se ve en la imagen").fill("Un dibujo")
    page.get_by_role("button", name="Añadir la imagen").click()

    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("no es una imagen que podamos mostrar")
    page.keyboard.press("Escape")
    assert text_of(page) == "Pulse aquí:"


def test_readers_view_follows_what_is_typed(page: Page) -> None:
    preview = page.get_by_role("region", name="Vista previa")

    page.get_by_label("Pregunta o título").fill("¿Cómo firmo?")
    begin_with(page, "::: warning\nNo **cierre** la ventana.\n:::")

    expect(preview.get_by_role("heading", name="¿Cómo firmo?")).to_be_visible()
    expect(preview.get_by_role("note")).to_contain_text("No cierre la ventana.")


def test_the_text_is_saved_by_itself_and_by_the_button(page: Page) -> None:
    state = page.locator("[data-state]")

    begin_with(page, "Se guarda solo")
    expect(state).to_have_text("Hay cambios sin guardar.")
    expect(state).to_contain_text("Guardado a las", timeout=10_000)
    alone = ArticleDraft.objects.get().body
    begin_with(page, "Con el botón")
    page.get_by_role("button", name="Guardar borrador").click()
    expect(state).to_contain_text("Guardado a las")

    assert (alone, ArticleDraft.objects.get().body) == ("Se guarda solo", "Con el botón")


def test_what_comes_next_is_offered_once_there_is_a_draft(page: Page, article: Article) -> None:
    page.goto(f"/gestion/articulos/{article.pk}/ca/")
    expect(page.get_by_role("button", name="Publicar")).to_have_count(0)
    page.get_by_label("Pregunta o título").fill("No puc signar")
    page.get_by_label("La respuesta en dos líneas").fill("Tanqueu el navegador.")
    begin_with(page, "I torneu-ho a provar.")

    page.get_by_role("button", name="Guardar borrador").click()
    page.get_by_role("button", name="Publicar").click()

    expect(page.get_by_text("Publicado.")).to_be_visible()
    assert article.versions.get(language="ca").body == "I torneu-ho a provar."


def test_publishing_takes_what_was_typed_a_moment_ago(page: Page, article: Article) -> None:
    begin_with(page, "Escrito hace un instante")

    page.get_by_role("button", name="Publicar").click()
    page.wait_for_load_state()

    expect(page.get_by_text("Publicado.")).to_be_visible()
    assert article.versions.get().body == "Escrito hace un instante"


def test_without_connection_nothing_is_lost_and_saving_goes_on(page: Page, window: BrowserContext) -> None:
    state = page.locator("[data-state]")
    window.set_offline(True)

    begin_with(page, "Escrito en el tren")
    page.get_by_role("button", name="Guardar borrador").click()
    expect(state).to_contain_text("No se ha guardado: no hay conexión.")
    window.set_offline(False)

    expect(state).to_contain_text("Guardado a las", timeout=20_000)
    assert ArticleDraft.objects.get().body == "Escrito en el tren"


def test_after_the_session_has_ended_the_words_stay_and_are_saved_once_signed_in(
    page: Page, window: BrowserContext, editor: User
) -> None:
    state = page.locator("[data-state]")
    window.clear_cookies(name=django_settings.SESSION_COOKIE_NAME)

    begin_with(page, "Escrito sin sesión")
    page.get_by_role("button", name="Guardar borrador").click()
    expect(state).to_contain_text("No se ha guardado: su sesión ha terminado.")
    expect(page.get_by_role("link", name="Entrar de nuevo (otra pestaña)")).to_be_visible()
    assert text_of(page) == "Escrito sin sesión"
    other = window.new_page()
    other.goto("/cuenta/entrar/")
    other.locator("input[name=login]").fill(editor.email)
    other.locator("input[name=password]").fill("una contraseña larga")
    other.locator("main form button[type=submit]").first.click()
    other.wait_for_url("**/gestion/**")
    page.evaluate("dispatchEvent(new Event('focus'))")

    expect(state).to_contain_text("Guardado a las")
    expect(page.get_by_role("link", name="Entrar de nuevo (otra pestaña)")).to_be_hidden()
    assert ArticleDraft.objects.get().body == "Escrito sin sesión"


def test_two_people_compare_their_words_and_neither_loses_any(
    page: Page, office: Organisation, article: Article
) -> None:
    marta = make.user(office, Role.EDITOR)
    save_draft(article, "es", ArticleText("No puedo firmar", "De Marta", "Primera línea, de Marta"), author=marta)

    begin_with(page, "Primera línea, mía")
    page.get_by_role("button", name="Guardar borrador").click()
    expect(page.locator("[data-state]")).to_contain_text("Otra persona ha guardado este texto")
    begin_with(page, "Primera línea, mía y de nadie más")  # written on while nothing is sent
    page.get_by_role("button", name="Comparar los dos textos").click()
    page.wait_for_load_state()
    expect(page.get_by_text(f"Lo guardó {marta.name}")).to_be_visible()
    seen = faults(page)
    body = page.get_by_label("Cómo debe quedar: Texto")
    expect(body).to_have_value("Primera línea, mía y de nadie más")
    page.get_by_role("region", name="Texto", exact=True).get_by_role("button", name="Poner el otro texto").click()
    expect(body).to_have_value("Primera línea, de Marta")
    page.get_by_role("region", name="Texto", exact=True).get_by_role("button", name="Poner el mío").click()
    body.fill("Primera línea, de las dos")
    page.get_by_role("button", name="Guardar así").click()
    page.wait_for_load_state()

    draft = ArticleDraft.objects.get()
    assert seen == []
    assert (draft.body, draft.summary) == (
        "Primera línea, de las dos",
        "Compruebe que está instalado en este navegador.",
    )


@pytest.mark.parametrize("width", [360, 1280])
def test_pages_of_the_editor_are_accessible_and_fit(page: Page, article: Article, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    found = {}
    for act in ("nuevo/", f"{article.pk}/es/", f"{article.pk}/ca/", f"{article.pk}/datos/"):
        page.goto(f"/gestion/articulos/{act}")
        found[act] = faults(page)
    page.goto(f"/gestion/articulos/{article.pk}/es/")
    for name in ("Enlace", "Artículo", "Imagen", "Aviso"):
        tool(page, name)
        found[name] = faults(page)
        page.keyboard.press("Escape")

    assert found == {name: [] for name in found}


def test_the_data_are_chosen_by_searching(page: Page, office: Organisation, article: Article) -> None:
    make.procedure(office, sia_code="2012345", name="Empadronarse")
    other = make.article(office, title="No aparece mi certificado", topic=make.topic(office))

    page.goto(f"/gestion/articulos/{article.pk}/datos/")
    expect(page.get_by_label("Minutos que lleva")).to_be_hidden()
    page.get_by_label("Tipo").select_option("tutorial")
    page.get_by_label("Minutos que lleva").fill("5")
    page.get_by_role("combobox", name="Procedimientos a los que se refiere").fill("EMPADRÓN")
    page.keyboard.press("Enter")
    page.get_by_role("combobox", name="Artículos relacionados").fill("certificado")
    page.get_by_role("option", name="No aparece mi certificado").click()
    expect(page.get_by_role("button", name="Quitar No aparece mi certificado")).to_be_visible()
    page.get_by_role("button", name="Guardar").click()
    page.wait_for_load_state()

    article.refresh_from_db()
    assert (article.kind, article.minutes) == ("tutorial", 5)
    assert [*article.procedures.values_list("sia_code", flat=True)] == ["2012345"]
    assert [*article.related.all()] == [other]
    page.get_by_role("button", name="Quitar Empadronarse (2012345)").click()
    page.get_by_role("button", name="Guardar").click()
    page.wait_for_load_state()
    assert not article.procedures.exists()


def test_without_scripts_the_same_buttons_save_and_show(
    window: BrowserContext, editor: User, article: Article, live_server: LiveServer
) -> None:
    browser = window.browser
    assert browser is not None
    plain = browser.new_context(base_url=f"http://localhost:{live_server.thread.port}", java_script_enabled=False)
    sign_in(plain, editor)
    page = plain.new_page()
    page.goto(f"/gestion/articulos/{article.pk}/es/")

    page.get_by_text("Marcas que puede escribir usted").click()
    expect(page.get_by_text("pasos numerados")).to_be_visible()
    expect(page.get_by_role("toolbar")).to_have_count(0)
    page.get_by_label("Texto", exact=True).fill("1. A mano")
    with plain.expect_page() as opened:
        page.get_by_role("button", name="Ver cómo queda").click()
    expect(opened.value.get_by_role("listitem").filter(has_text="A mano")).to_be_visible()
    page.get_by_role("button", name="Guardar borrador").click()
    page.wait_for_load_state()

    expect(page.get_by_text("Guardado.", exact=True)).to_be_visible()
    assert ArticleDraft.objects.get().body == "1. A mano"
