"""How words are compared, and how error messages are recognised."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from mostrador.help_centre.rules.documents import document_of
from mostrador.help_centre.rules.error_messages import code_in
from mostrador.help_centre.rules.marks import marked
from mostrador.help_centre.rules.questions import Candidate, corrections, put_right
from mostrador.help_centre.rules.words import common_words, fold, near_keys, sound, stem, stems_of, words_of


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Notificación", "notificacion"),
        ("niño", "niño"),
        ("nin\u0303o", "niño"),
        ("Façana, què", "façana, que"),
        ("Cl@ve", "clave"),
        ("instal·lar", "installar"),
        ("SAF 9", "saf9"),
        ("saf-09", "saf9"),
        ("SAF_09", "saf9"),
        ("AF200109", "af200109"),
        ("af 200109", "af200109"),
        ("ERR-7", "err7"),
        ("saf 2024 as 400", "saf 2024 as 400"),
    ],
)
def test_spelling_is_folded(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("es", "notificacion", "notificaciones"),
        ("es", "certificado", "certificados"),
        ("es", "firmar", "firmando"),
        ("ca", "certificacio", "certificacions"),
        ("ca", "contrasenya", "contrasenyes"),
        ("gl", "notificacion", "notificacions"),
        ("gl", "dixital", "dixitais"),
        ("gl", "contrasinal", "contrasinais"),
        ("gl", "presentar", "presentei"),
        ("gl", "botons", "boton"),
        ("eu", "ziurtagiriak", "ziurtagiririk"),
        ("en", "certificate", "certificates"),
    ],
)
def test_forms_of_a_word_have_one_stem(language: str, one: str, other: str) -> None:
    assert stem(one, language) == stem(other, language)


def test_words_that_say_nothing_are_left_out_and_a_denial_with_them() -> None:
    assert stems_of("¡Hola, buenos días! No me sale el certificado", "es") == [stem("certificado", "es")]
    assert {"hola", "no", "el"} <= common_words("es")


@pytest.mark.parametrize("text", ["", "¿?", "\x00", "😀", "a b c", "x" * 5000])
def test_what_has_no_words_has_none(text: str) -> None:
    assert words_of(text) == []


@pytest.mark.parametrize(
    ("written", "meant"), [("havilitar", "habilitar"), ("zertifikado", "certificado"), ("yave", "llave")]
)
def test_words_written_by_ear_sound_the_same(written: str, meant: str) -> None:
    assert sound(written) == sound(meant)


@pytest.mark.parametrize("mistyped", ["certifcado", "certificadoo", "cretificado", "certificado", "certificafo"])
def test_a_mistyped_word_shares_a_key_with_the_right_one(mistyped: str) -> None:
    assert set(near_keys(mistyped)) & set(near_keys("certificado"))


def test_the_likeliest_word_is_meant_and_unlike_ones_are_not() -> None:
    words = [Candidate(word, "es", stem(word, "es"), 3) for word in ("firma", "firme", "prima", "factura")]

    assert next(candidate.word for candidate, _weight in corrections("frima", words)) == "firma"
    assert corrections("tacografo", words) == []


def test_a_question_is_said_again_with_its_words_put_right() -> None:
    assert put_right("¿Dónde está mi certifcado?", {"certifcado": "certificado"}) == "¿Dónde está mi certificado?"
    assert put_right("mi certificado", {}) == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("me sale el error SAF 9 al firmar", "SAF_09"),
        ("saf-09", "SAF_09"),
        ("AF200100", "AF200100"),
        ("af 999999", None),
        ("No se han podido leer los datos a firmar", "SAF_00"),
        ("14:03 ERROR es.gob.afirma: No se han podido leer los datos a firmar (java.lang)", "SAF_00"),
        ("No s'han pogut llegir les dades a signar", "SAF_00"),
        ("no puedo firmar los datos", None),
    ],
)
def test_a_code_is_recognised_by_its_name_or_its_message(text: str, code: str | None) -> None:
    assert code_in(words_of(text)) == code


def test_a_word_says_more_in_the_title_than_in_the_body() -> None:
    kept = document_of({"title": "Certificado", "body": "Lector de tarjetas. " * 20}, "es")

    assert kept.title_terms == [stem("certificado", "es")]
    assert 0 < kept.impacts[stem("tarjetas", "es")] < 1
    assert (
        document_of({"title": "lector"}, "es").impacts["lector"]
        > document_of({"body": "lector"}, "es").impacts["lector"]
    )


def test_only_the_words_found_are_marked_and_everything_else_is_escaped() -> None:
    ways = [("es", (stem("certificado", "es"),)), ("es", ("mas", "nunca")), ("ca", ("b",))]

    assert marked("<b>Certificados</b> & más", "es", ways) == ("&lt;b&gt;<mark>Certificados</mark>&lt;/b&gt; &amp; más")


def test_threads_do_not_disturb_each_others_words() -> None:
    words = [f"{beginning}{end}" for beginning in ("etxe", "ziurtagiri", "sina", "agiri") for end in _BASQUE_ENDINGS]
    alone = [stem.__wrapped__(word, "eu") for word in words]
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            together = [*threads.map(lambda word: stem.__wrapped__(word, "eu"), words * 20)]
    finally:
        sys.setswitchinterval(usual)

    assert together == alone * 20


_BASQUE_ENDINGS = ("", "a", "ak", "aren", "arekin", "etan", "ko", "tik", "rik", "ari", "garria", "tzen", "keta", "dura")
