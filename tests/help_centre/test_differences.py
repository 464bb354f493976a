"""Differences between two texts, read as prose."""

from hypothesis import example, given
from hypothesis import strategies as st

from mostrador.help_centre.choices import Change
from mostrador.help_centre.rules import differences
from mostrador.help_centre.rules.differences import Piece, text_difference, word_difference
from mostrador.help_centre.rules.texts import ArticleText

EQUAL, ADDED, REMOVED = Change.EQUAL, Change.ADDED, Change.REMOVED
TEXTS = st.text(st.sampled_from("abñ é.\n\t:*"), max_size=60)


def parts(before: str, after: str) -> list[tuple[str, str]]:
    return [(piece.change, piece.text) for piece in word_difference(before, after)]


@given(TEXTS, TEXTS)
@example("", "\n")
@example("  a", "a  ")
def test_the_pieces_give_both_texts_back(before: str, after: str) -> None:
    pieces = word_difference(before, after)

    assert "".join(piece.text for piece in pieces if piece.change != ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.change != REMOVED) == after
    assert all(piece.text for piece in pieces)


def test_words_change_and_not_lines() -> None:
    before = "Abra el programa y pulse Firmar.\n\nEspere a que termine."
    after = "Abra Autofirma y pulse Firmar ahora.\n\nEspere a que termine."

    assert parts(before, after) == [
        (EQUAL, "Abra "),
        (REMOVED, "el programa "),
        (ADDED, "Autofirma "),
        (EQUAL, "y pulse Firmar"),
        (ADDED, " ahora"),
        (EQUAL, ".\n\nEspere a que termine."),
    ]


def test_a_word_added_at_the_end_leaves_the_one_before_alone() -> None:
    assert parts("No puedo firmar", "No puedo firmar hoy") == [(EQUAL, "No puedo firmar"), (ADDED, " hoy")]


def test_crumbs_between_two_changes_do_not_break_the_sentence() -> None:
    assert parts("El botón de enviar", "La tecla de firmar") == [
        (REMOVED, "El botón de enviar"),
        (ADDED, "La tecla de firmar"),
    ]


def test_a_new_paragraph_is_only_added() -> None:
    assert parts("Uno dos.\n\nCinco seis.", "Uno dos.\n\nTres cuatro.\n\nCinco seis.") == [
        (EQUAL, "Uno dos.\n\n"),
        (ADDED, "Tres cuatro.\n\n"),
        (EQUAL, "Cinco seis."),
    ]


def test_line_endings_of_other_systems_are_no_change() -> None:
    assert parts("Uno\r\ndos", "Uno\ndos") == [(EQUAL, "Uno\ndos")]


def test_texts_with_too_many_pairs_of_words_are_shown_as_replaced() -> None:
    before, after = "a." * 25_000, "b." * 25_000

    assert len(before) * len(after) > differences.MOST_PAIRS
    assert parts(before, after) == [(REMOVED, before), (ADDED, after)]


def test_of_a_long_unchanged_passage_only_the_sentences_at_its_ends_are_shown_at_first() -> None:
    text = "".join(f"Frase {number} de un texto que nadie ha cambiado. " for number in range(40))

    start, middle, end = Piece(EQUAL, text).ends

    assert start + middle + end == text
    assert len(start) < 250 < len(middle)
    assert [each.strip()[:5] + each.strip()[-1] for each in (start, middle, end)] == ["Frase."] * 3
    assert Piece(ADDED, text).ends == (text, "", "")


def test_a_passage_is_folded_between_lines_too_and_never_within_a_sentence() -> None:
    lines = "".join(f"* Punto {number} de una lista sin puntos finales\n" for number in range(30))
    one_sentence = "palabra " * 200

    start, middle, end = Piece(EQUAL, lines).ends

    assert start + middle + end == lines
    assert all(each.startswith("* Punto") and each.endswith("\n") for each in (start, middle, end))
    assert Piece(EQUAL, one_sentence).ends == (one_sentence, "", "")


def test_an_article_differs_in_the_parts_that_changed() -> None:
    before = ArticleText("No firma", "Actualice.", "Texto.", {"before": "Un lector.", "cause": "Una causa."})
    after = ArticleText("No firma", "Actualice ya.", "Texto.", {"cause": "Una causa.", "easy_read": "Fácil."})

    assert [(part.name, part.pieces) for part in text_difference(before, after)] == [
        (
            "La respuesta en dos líneas",
            [Piece(EQUAL, "Actualice"), Piece(ADDED, " ya"), Piece(EQUAL, ".")],
        ),
        ("Qué necesita antes", [Piece(REMOVED, "Un lector.")]),
        ("Lectura fácil", [Piece(ADDED, "Fácil.")]),
    ]
    assert text_difference(before, before) == []
