"""The new words of the corpus, and that nothing of a text is ever lost."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostrador.mailbox.rules.html_text import text_of
from mostrador.mailbox.rules.mail import Address, Mail
from mostrador.mailbox.rules.new_words import new_words
from tests.mailbox.reader import read

CORPUS = Path(__file__).parent / "corpus"
ANSWERS = {
    CORPUS / folder / f"{name}.eml": expected
    for folder in ("words", "words_held_back")
    for name, expected in json.loads((CORPUS / folder / "expected.json").read_text()).items()
}
LINES = st.sampled_from(
    [
        "Buenos días:",
        "",
        "> ¿Pudo entrar?",
        "> > Hola",
        "El lun, 2 nov 2026 a las 18:05, Oficina (<a@b.example>) escribió:",
        "De: Oficina <a@b.example>",
        "Enviado: lunes, 2 de noviembre de 2026 18:05",
        "Para: Persona",
        "Asunto: Su consulta",
        "-- ",
        "________________________________",
        "-----Mensaje original-----",
        "Enviado desde mi iPhone",
        "---------- Forwarded message ---------",
        "\ue020",
    ]
)


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_the_new_words_of_the_corpus(path: Path) -> None:
    expected = ANSWERS[path]

    words = new_words(read(path.read_bytes()))

    assert words.text == expected["text"]
    assert words.is_sure == expected.get("is_sure", words.is_sure)


@given(st.lists(LINES, max_size=14), st.sampled_from(["Re: x", "RV: x", "x", ""]))
def test_every_word_is_new_or_among_the_rest(lines: list[str], subject: str) -> None:
    mail = Mail(headers=(), subject=subject, to=(Address("", "a@b.example"),), text="\n".join(lines))

    words = new_words(mail)

    assert sorted(re.findall(r"\w+", mail.text)) == sorted(re.findall(r"\w+", f"{words.text}\n{words.rest}"))
    assert words.text or not mail.text.strip(" \n\ue020")


@pytest.mark.parametrize("path", [path for path in ANSWERS if "_html_" in path.stem], ids=lambda path: path.stem)
def test_every_word_of_a_page_is_new_or_among_the_rest(path: Path) -> None:
    mail = read(path.read_bytes())

    words = new_words(mail)

    assert sorted(re.findall(r"\w+", text_of(mail.html))) == sorted(re.findall(r"\w+", f"{words.text}\n{words.rest}"))


@given(st.text(max_size=300))
def test_any_page_is_read(html: str) -> None:
    new_words(Mail(headers=(), subject="Re: x", text="Hola", html=f"<blockquote>{html}</blockquote>{html}"))
