"""An article from its first word to its readers and back, and a question that the help centre does not answer."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.utils.translation import gettext, override
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from mostrador.tickets.actions.drafts import SHORTEST_TIME
from tests.journeys.conftest import sign_in, speak
from tests.journeys.faults import faults
from tests.journeys.product import Product, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(600)]

SECONDS_TO_BE_SHOWN = 10  # what is published, to readers whose pages are kept; about one on a machine at rest
WIDTHS = (360, 1280)


@dataclass
class Words:
    """A language as its speakers read the product, and what they write in the journeys."""

    language: str
    title: str = ""
    summary: str = ""
    heading: str = ""
    picture: str = ""
    change: str = ""

    def __call__(self, text: str, **values: object) -> str:
        """Return a sentence of the product as these people read it."""
        with override(self.language):
            return gettext(text) % values if values else gettext(text)

    def path(self, path: str) -> str:
        """Return where a citizen's page is in this language."""
        return path if self.language == "es" else f"/{self.language}{path}"


SPANISH = Words(
    "es",
    title="¿Cómo cambio de móvil sin perder Cl@ve?",
    summary="Dé de alta el número nuevo antes de tirar la tarjeta vieja.",
    heading="Antes de empezar",
    picture="Botón Modificar datos, arriba a la derecha",
    change="Desde hoy se cambia también por videollamada.",
)
GALICIAN = Words(
    "gl",
    title="Como cambio de móbil sen perder Cl@ve?",
    summary="Dea de alta o número novo antes de tirar a tarxeta vella.",
    heading="Antes de empezar",
    picture="Botón Modificar datos, arriba á dereita",
)
CATALAN = Words(
    "ca",
    title="Puc fer servir Cl@ve des de l'estranger?",
    summary="Sí, si el número té el prefix del país i rep missatges.",
    heading="Abans de començar",
    picture="Camp Prefix, a l'esquerra del número",
    change="Des d'avui també serveix el consolat.",
)
ENGLISH = Words(
    "en",
    title="Can I use Cl@ve from abroad?",
    summary="Yes, if your number has its country code and gets messages.",
    heading="Before you begin",
    picture="Field Prefix, on the left of the number",
)


# --- The editor's journey ------------------------------------------------------------------------------


def begin_article(page: Page, say: Words) -> int:
    """Begin an article about Cl@ve in the editor's language and return its key."""
    page.goto("/gestion/articulos/")
    page.get_by_role("link", name=say("Escribir un artículo"), exact=True).first.click()
    page.get_by_role("textbox", name=say("Pregunta o título")).fill(say.title)
    assert faults(page) == []
    page.get_by_role("combobox", name=say("Tema")).press_sequentially("cl@ve")
    page.keyboard.press("Enter")
    page.locator("select[name=language]").select_option(say.language)
    page.get_by_role("button", name=say("Empezar a escribir")).click()
    page.wait_for_url(f"**/{say.language}/")
    found = re.search(r"/gestion/articulos/(\d+)/", page.url)
    assert found
    return int(found[1])


def write_by_keyboard(page: Page, say: Words) -> str:
    """Write the text with the toolbar, without a mouse, and return its marks."""
    keys = page.keyboard
    page.get_by_role("textbox", name=say("Pregunta o título"), exact=True).focus()
    keys.press("Tab")
    keys.type(say.summary)
    keys.press("Tab")
    expect(tool(page, say, "Título")).to_be_focused()
    keys.press("Enter")
    keys.type(f"{say.heading}\n\n")
    keys.press("Shift+Tab")
    for _step in range(4):
        keys.press("ArrowRight")
    expect(tool(page, say, "Pasos")).to_be_focused()
    keys.press("Enter")
    keys.type("Cl@ve: ")
    keys.press("Control+b")
    keys.type("PIN")
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    keys.type("\nCl@ve\n\n")
    return body_of(page, say).input_value()


def tool(page: Page, say: Words, name: str) -> Locator:
    bar = page.get_by_role("toolbar", name=say("Formato de «%(name)s»", name=say("Texto")), exact=True)
    return bar.get_by_role("button", name=say(name), exact=True)


def body_of(page: Page, say: Words) -> Locator:
    return page.get_by_role("textbox", name=say("Texto"), exact=True)


def add_picture(page: Page, say: Words, file: Path) -> None:
    """Add a picture with the keyboard; it does not come in without its words."""
    page.keyboard.press("Shift+Tab")
    for _step in range(3):
        page.keyboard.press("ArrowRight")
    expect(tool(page, say, "Imagen")).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(say("Archivo")).set_input_files(file)
    dialog.get_by_role("button", name=say("Añadir la imagen")).press("Enter")
    refusal = say("Escriba qué se ve en la imagen: sin eso no se puede publicar.")
    expect(dialog.get_by_role("alert")).to_have_text(refusal)
    assert faults(page) == []
    dialog.get_by_label(say("Qué se ve en la imagen")).fill(say.picture)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()


def ask_for_review(page: Page, say: Words) -> None:
    """Hand on what was written, as soon as the page offers it."""
    page.get_by_role("button", name=say("Pedir revisión"), exact=True).click()
    expect(page.get_by_text(say("Se ha pedido la revisión. Quien puede hacerla recibe un correo."))).to_be_visible()


def publish(page: Page, say: Words, text: str) -> None:
    """Read a text of somebody else's and let readers see it."""
    page.goto(f"{text}revision/")
    page.get_by_role("button", name=say("Publicar"), exact=True).click()
    expect(page.get_by_text(say("Publicado. Los lectores ya lo ven."))).to_be_visible()


def sees_soon(reader: Page, words: str, *, seen: bool = True) -> None:
    """Wait, reading the page again, until it says something, or does so no longer."""

    def is_so() -> bool:
        reader.reload()
        return (words in reader.locator("main").inner_text()) == seen

    wait_for(is_so, seconds=SECONDS_TO_BE_SHOWN, pause=0.3)


def shows_picture(reader: Page, words: str) -> None:
    picture = reader.get_by_role("img", name=words)
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 40)


@pytest.mark.timeout(200)
@pytest.mark.parametrize(("say", "other"), [(SPANISH, GALICIAN), (CATALAN, ENGLISH)], ids=["Spanish", "Catalan"])
def test_an_article_is_written_reviewed_read_translated_changed_and_brought_back(
    window: Callable[..., Page], tmp_path: Path, say: Words, other: Words
) -> None:
    file = tmp_path / "captura.png"
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(written, "PNG")
    file.write_bytes(written.getvalue())
    lucia, alba = window(), window()
    reader, foreigner = window(width=360), window(width=360)
    sign_in(lucia, "editor")
    sign_in(alba, "administrator")
    speak(lucia, say.language)
    speak(alba, say.language)
    reader.goto(say.path("/ayuda/clave/"))
    expect(reader.get_by_role("link", name=say.title)).to_have_count(0)

    # Lucía writes, without a mouse, and sees beside what readers will see.
    pk = begin_article(lucia, say)
    source, translation = (f"/gestion/articulos/{pk}/{language}/" for language in (say.language, other.language))
    assert write_by_keyboard(lucia, say) == f"## {say.heading}\n\n1. Cl@ve: **PIN**\n2. Cl@ve\n"
    add_picture(lucia, say, file)
    preview = lucia.get_by_role("region", name=say("Vista previa"))
    expect(preview.get_by_role("heading", name=say.heading)).to_be_visible()
    expect(preview.get_by_role("listitem")).to_have_count(2)
    shows_picture(lucia, say.picture)
    assert faults(lucia) == []
    ask_for_review(lucia, say)
    assert faults(lucia) == []

    # Alba finds it among what waits, says something about its words, and publishes it once that is attended to.
    alba.goto("/gestion/articulos/")
    alba.get_by_role("link", name=re.compile(f"^{say('Esperan revisión')}")).click()
    alba.get_by_role("link", name=say.title).click()
    alba.get_by_role("link", name=say("Ver la revisión")).click()
    alba.locator("[data-quotable] .intro").select_text()
    expect(alba.get_by_label(say("Palabras a las que se refiere"))).to_have_value(say.summary)
    alba.get_by_label(say("Comentario"), exact=True).fill("¿?")
    alba.get_by_role("button", name=say("Comentar"), exact=True).click()
    expect(alba.locator("#comentarios blockquote")).to_have_text(say.summary)
    assert faults(alba) == []
    lucia.reload()
    expect(lucia.locator("#comentarios blockquote")).to_have_text(say.summary)
    assert faults(lucia) == []
    lucia.get_by_role("button", name=say("Ya está atendido")).click()
    expect(lucia.locator("#comentarios blockquote")).to_be_hidden()
    publish(alba, say, source)

    # Readers see it at once, although their pages are kept; those of the other language are told what they get.
    sees_soon(reader, say.title)
    reader.get_by_role("link", name=say.title).click()
    expect(reader.get_by_role("heading", name=say.heading)).to_be_visible()
    shows_picture(reader, say.picture)
    assert faults(reader) == []
    foreigner.goto(other.path("/ayuda/articulo/") + reader.url.rstrip("/").rsplit("/", 1)[1] + "/")
    expect(foreigner.get_by_text(other("Sin traducir por ahora"))).to_be_visible()
    assert faults(foreigner) == []

    # Lucía translates it beside the original; Alba publishes that too.
    lucia.goto(f"/gestion/articulos/traducciones/?idioma={other.language}")
    assert faults(lucia) == []
    lucia.goto(source)
    lucia.locator(f"main nav a[href$='{translation}']").click()
    expect(lucia.locator(".writing-source").first).to_contain_text(say.title)
    original = lucia.locator(".writing-source .as-typed").last.inner_text()
    lucia.get_by_role("textbox", name=say("Pregunta o título"), exact=True).fill(other.title)
    lucia.get_by_role("textbox", name=say("La respuesta en dos líneas")).fill(other.summary)
    body_of(lucia, say).fill(original.replace(say.heading, other.heading).replace(say.picture, other.picture))
    lucia.get_by_role("button", name=say("Guardar borrador")).click()
    assert faults(lucia) == []
    ask_for_review(lucia, say)
    publish(alba, say, translation)
    sees_soon(foreigner, other.title)
    expect(foreigner.get_by_text(other("Sin traducir por ahora"))).to_be_hidden()
    shows_picture(foreigner, other.picture)
    assert faults(foreigner) == []

    # The original comes to say something else: whoever reads the translation is warned, and so are its editors.
    lucia.goto(source)
    body_of(lucia, say).fill(f"{original}\n\n{say.change}")
    lucia.get_by_label(say("Qué cambia")).fill("+")
    ask_for_review(lucia, say)
    expect(lucia.locator("#cambios")).to_contain_text(say.change)
    assert faults(lucia) == []
    publish(alba, say, source)
    sees_soon(reader, say.change)
    sees_soon(foreigner, other("Traducción pendiente de revisar"))
    assert faults(foreigner) == []
    lucia.goto(f"/gestion/articulos/traducciones/?idioma={other.language}&lista=desfasadas")
    assert faults(lucia) == []
    lucia.get_by_role("link", name=re.compile(f"^{re.escape(say.title)}")).click()
    expect(lucia.get_by_text(say("El original ha cambiado desde que se tradujo"))).to_be_visible()
    expect(lucia.locator(".writing-source").filter(has_text=say.change)).to_be_visible()
    assert faults(lucia) == []

    # It was wrong: what was said before is brought back and published again.
    lucia.goto(source)
    lucia.get_by_role("link", name=say("Historia"), exact=True).click()
    expect(lucia.get_by_role("heading", level=1, name=say("Historia del texto"))).to_be_visible()
    assert faults(lucia) == []
    lucia.get_by_role("row").filter(has_text=say("Revisión %(number)s", number=1)).get_by_role("link").last.click()
    compared = say("De la revisión %(first)s a la %(last)s", first=1, last=2)
    expect(lucia.get_by_role("heading", level=1)).to_contain_text(compared)
    expect(lucia.locator("main ins")).to_contain_text(say.change)
    assert faults(lucia) == []
    lucia.go_back()
    lucia.get_by_role("row").filter(has_text=say("Revisión %(number)s", number=1)).get_by_role("button").click()
    expect(lucia.get_by_text(say("Es ahora un borrador: los lectores lo verán cuando se publique."))).to_be_visible()
    ask_for_review(lucia, say)
    publish(alba, say, source)
    sees_soon(reader, say.change, seen=False)
    shows_picture(reader, say.picture)
    alba.goto(f"{source}historia/")
    expect(alba.locator("main tbody th")).to_have_count(3)


# --- The reader's journey ------------------------------------------------------------------------------


@dataclass
class Question:
    """What somebody asks, in their language and with a mistake, and why the answer did not help."""

    say: Words
    mistyped: str
    meant: str
    answer: str  # beginning of the title
    typed: str  # until the suggestions come
    comment: str


QUESTIONS = {
    "es": Question(
        Words("es"),
        mistyped="no aparece mi certifcado al firmar",
        meant="certificado",
        answer="No aparece mi certificado",
        typed="no aparece mi cert",
        comment="Lo importé en Firefox y la ventana sigue vacía.",
    ),
    "ca": Question(
        Words("ca"),
        mistyped="no apareix el meu certifcat en signar",
        meant="certificat",
        answer="No apareix el meu certificat",
        typed="no apareix el meu cert",
        comment="El vaig importar al Firefox i la finestra continua buida.",
    ),
    "eu": Question(
        Words("eu"),
        mistyped="nire ziurtgiria ez da agertzen",
        meant="ziurtagiria",
        answer="Nire ziurtagiria ez da agertzen",
        typed="nire ziurt",
        comment="Firefoxen inportatu nuen eta leihoa hutsik dago oraindik.",
    ),
}


def look(page: Page, *, scripts: bool) -> None:
    """See that a page is accessible and fits, on a telephone and on a desk."""
    for width in WIDTHS if scripts else ():  # axe is a script
        page.set_viewport_size({"width": width, "height": 900})
        assert faults(page) == []


def open_a_suggestion(page: Page, question: Question) -> None:
    """Begin to type, choose with the arrows, and read."""
    page.goto(question.say.path("/"))
    page.locator("main input[name=q]").press_sequentially(question.typed)
    expect(page.get_by_role("option").filter(has_text=question.answer).first).to_be_visible()
    look(page, scripts=True)
    for _place in range(page.get_by_role("option").count()):
        page.keyboard.press("ArrowDown")
        if question.answer in page.locator("[role=option][aria-selected=true]").inner_text():
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(question.answer)


def send_the_question(page: Page, question: Question, email: str, *, scripts: bool) -> str:
    """Go from the question, which is there already, to its reference."""
    say = question.say
    expect(page.locator("textarea[name=text]")).to_have_value(question.comment)
    look(page, scripts=scripts)
    page.get_by_role("button", name=say("Continuar")).click()
    page.wait_for_url(re.compile("/consultas/nueva/."))
    if page.get_by_role("link", name=say("Ninguno me sirve, quiero escribir")).count():
        look(page, scripts=scripts)
        page.get_by_role("link", name=say("Ninguno me sirve, quiero escribir")).click()
    expect(page.get_by_role("heading", level=1, name=say("¿Dónde le ocurre?"))).to_be_visible()
    look(page, scripts=scripts)
    page.get_by_role("button", name=say("Continuar")).click()
    expect(page.get_by_role("heading", level=1, name=say("¿Cómo le contestamos?"))).to_be_visible()
    look(page, scripts=scripts)
    page.locator("input[name=contact_by][value=email]").check()
    page.locator("input[name=email]").fill(email)
    page.get_by_role("button", name=say("Continuar")).click()
    expect(page.get_by_role("heading", level=1, name=say("Compruebe y envíe"))).to_be_visible()
    expect(page.locator("main")).to_contain_text(question.comment)
    look(page, scripts=scripts)
    page.wait_for_timeout(1000 * SHORTEST_TIME.total_seconds())  # whoever is quicker is taken for a robot
    page.get_by_role("button", name=say("Enviar la consulta")).click()
    expect(page.get_by_role("heading", level=1, name=say("Hemos recibido su consulta"))).to_be_visible()
    look(page, scripts=scripts)
    return page.locator("p.reference").inner_text().strip()


@pytest.mark.parametrize(
    ("language", "scripts"),
    [("es", True), ("ca", True), ("eu", False)],
    ids=["Spanish", "Catalan", "Basque, without JavaScript"],
)
def test_whoever_is_not_helped_by_an_article_asks_a_person_without_saying_it_again(
    product: Product, window: Callable[..., Page], language: str, scripts: bool
) -> None:
    question = QUESTIONS[language]
    say, email = question.say, f"lectora.{language}@correo.example"
    reader, agent = window(scripts=scripts), window()
    if scripts:
        open_a_suggestion(reader, question)

    # A mistake of the fingers does not hide the answer.
    reader.goto(say.path("/"))
    look(reader, scripts=scripts)
    reader.locator("main input[name=q]").fill(question.mistyped)
    reader.get_by_role("button", name=say("Buscar"), exact=True).click()
    expect(reader.locator(".did-you-mean a")).to_contain_text(question.meant)
    look(reader, scripts=scripts)
    titles = reader.locator("ol.result-list h2 a")
    assert any(title.startswith(question.answer) for title in titles.all_inner_texts()[:3])
    titles.filter(has_text=question.answer).first.click()
    expect(reader.get_by_role("heading", level=1)).to_contain_text(question.answer)
    look(reader, scripts=scripts)

    # It did not help: why is said once, and goes along to whoever answers.
    slug = reader.url.partition("?")[0].rstrip("/").rsplit("/", 1)[1]
    reader.get_by_role("button", name=say("No"), exact=True).click()
    reader.get_by_label(say("Lo he hecho y sigue sin funcionar")).check()
    reader.get_by_label(say("¿Quiere contarnos algo más?")).fill(question.comment)
    look(reader, scripts=scripts)
    reader.get_by_role("button", name=say("Escribir una consulta")).click()
    reference = send_the_question(reader, question, email, scripts=scripts)

    # The desk has the question in its person's words, and knows what they had read.
    sign_in(agent, "agent")
    agent.goto(f"/gestion/consultas/{reference}/")
    expect(agent.locator("#ticket")).to_contain_text(question.comment)
    assert faults(agent) == []
    read = product.rows(
        "SELECT slug FROM help_centre_article WHERE id = (SELECT articles_read[1] FROM tickets_ticket"
        " WHERE reference = %s)",
        reference,
    )
    why = product.rows("SELECT reason FROM help_centre_articlevote WHERE comment = %s", question.comment)
    assert (read, why) == ([(slug,)], [("did_not_work",)])
