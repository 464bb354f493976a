"""Articles as files: everything that is written is read again, to the letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostrador.help_centre.errors import NotAnArticleFile
from mostrador.help_centre.rules.article_files import KEYS, LISTS, ArticleFile, read_article, write_article

NAMES = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)
# Words that mean something to the format, among any others.
TEXTS = st.lists(
    st.text(max_size=12)
    | st.sampled_from(["\n", "---", "; ", ";", '"', "\\", ": ", "\r\n", "<!-- part: cause -->", "\\<!-- part: x -->"]),
    max_size=6,
).map("".join)

FILES = st.builds(
    ArticleFile,
    values=st.dictionaries((NAMES | st.sampled_from(KEYS)).filter(lambda key: key not in LISTS), TEXTS, max_size=5),
    lists=st.dictionaries(st.sampled_from(LISTS), st.lists(TEXTS, max_size=4), max_size=4),
    body=TEXTS,
    parts=st.dictionaries(NAMES, TEXTS, max_size=3),
)


@given(FILES)
def test_what_is_written_is_read_again(file: ArticleFile) -> None:
    assert read_article(write_article(file)) == file


@given(FILES)
def test_a_file_is_written_again_as_it_was(file: ArticleFile) -> None:
    written = write_article(file)

    assert write_article(read_article(written)) == written


def test_a_file_is_what_a_person_would_write() -> None:
    file = ArticleFile(
        values={
            "title": "¿Qué es «SAF_09»: un error?",
            "kind": "known_error",
            "topic": "firma",
            "note": " con\nsaltos",
        },
        lists={"codes": ["SAF_09", "a; b", '"OK"'], "related": []},
        body="## Qué hacer\n\n<!-- part: cause -->\n\n1. Espere.",
        parts={"cause": "No se sabe."},
    )

    assert (
        write_article(file)
        == r"""---
title: ¿Qué es «SAF_09»: un error?
kind: known_error
topic: firma
codes: SAF_09; "a; b"; "\"OK\""
related:
note: " con\nsaltos"
---
## Qué hacer

\<!-- part: cause -->

1. Espere.
<!-- part: cause -->
No se sabe.
"""
    )


def test_files_from_other_editors_are_read_too() -> None:
    front = ['title: "Uno" y "dos"', "", 'codes: "x" y; z;w ;; "v" ; "\\q"']
    texts = ["Texto", "<!-- part: before -->", "Antes"]

    file = read_article("\r\n".join(["\ufeff---", *front, "---", *texts]))

    assert file == ArticleFile(
        values={"title": '"Uno" y "dos"'},
        lists={"codes": ['"x" y', "z", "w", "v", '"\\q"']},
        body="Texto\r",
        parts={"before": "Antes"},
    )
    assert file.lines == {"title": 2, "codes": 4}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "La primera línea tiene que ser «---»."),
        ("# Hola\n", 1, "La primera línea tiene que ser «---»."),
        ("---\ntitle: Uno\n", 3, "Falta la línea «---» que cierra los datos del artículo."),
        ("---\ntitle: Uno\nsin clave\n---\n", 3, "Cada línea de datos tiene que ser «clave: valor»."),
        ("---\nTitle: Uno\n---\n", 2, "Cada línea de datos tiene que ser «clave: valor»."),
        ("---\ntitle: Uno\ntitle: Dos\n---\n", 3, "«title» aparece dos veces."),
        (
            "---\n---\na\n<!-- part: cause -->\nb\n<!-- part: cause -->\nc",
            6,
            "La parte «cause» aparece dos veces.",
        ),
    ],
)
def test_what_cannot_be_read_says_the_line(text: str, line: int, message: str) -> None:
    with pytest.raises(NotAnArticleFile) as refusal:
        read_article(text)

    assert (refusal.value.line, str(refusal.value)) == (line, message)
