"""Looking up an error code: every one has an answer, in any spelling and in five languages."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mostrador.help_centre.rules.error_codes import code_spelled, codes_in, error_codes, explanation
from mostrador.organisations.models import Organisation
from tests import make

LANGUAGES = ("es", "ca", "gl", "eu", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_says_what_it_means_whose_it_is_and_what_to_do(language: str) -> None:
    told = {code: explanation(row, language) for code, row in error_codes().items()}

    assert len(told) == 393
    assert [code for code, each in told.items() if not (each.means and each.do and each.whose)] == []
    assert {each.language for each in told.values()} == {language}


def test_every_code_has_a_page_in_every_language(client: Client, organisation: Organisation) -> None:
    wrong = [
        (prefix, code)
        for code in list(error_codes())[::13]
        for prefix in ("", "/ca", "/gl", "/eu", "/en")
        if client.get(f"{prefix}/ayuda/codigos/{code}/").status_code != 200
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("SAF 9", "SAF_09"),
        ("saf-09", "SAF_09"),
        ("SAF_0009", "SAF_09"),
        ("af200005", "AF200005"),
        ("AF 200005", "AF200005"),
        ("err7", "ERR-7"),
    ],
)
def test_any_spelling_is_understood(client: Client, organisation: Organisation, typed: str, code: str) -> None:
    looked_up = client.get("/ca/ayuda/codigos/", {"codigo": f"Me sale {typed}, ¿qué hago?"})
    opened = client.get(f"/ayuda/codigos/{typed}/")

    assert code_spelled(typed) == error_codes()[code]
    assert (looked_up.status_code, looked_up["Location"]) == (302, f"/ca/ayuda/codigos/{code}/")
    assert (opened.status_code, opened["Location"]) == (301, f"/ayuda/codigos/{code}/")


def test_a_message_pasted_whole_is_recognised(client: Client, organisation: Organisation) -> None:
    pasted = "AutoFirma - Error: NO SE HAN PODIDO LEER LOS DATOS A FIRMAR (java.io.IOException at line 12)"

    assert "SAF_00" in [row.code for row in codes_in(pasted)]
    assert client.get("/ayuda/codigos/", {"codigo": pasted}).status_code in {200, 302}


@pytest.mark.parametrize(
    "asked",
    ["", "xyz", "SAF_99999", "'; DROP TABLE x", "\x00", "ا" * 3000, "😀", "{{ 7*7 }}", "<script>alert(1)</script>"],
)
def test_what_is_no_code_is_told_so_kindly(client: Client, organisation: Organisation, asked: str) -> None:
    page = client.get("/ayuda/codigos/", {"codigo": asked})

    assert page.status_code == 200
    assert ("No conocemos ese código" in page.text) == bool(asked.strip("\x00"))
    assert "<script>alert" not in page.text


def test_an_unknown_code_has_a_page_of_its_own(client: Client, organisation: Organisation) -> None:
    page = client.get("/ayuda/codigos/ZZ_77/")

    assert page.status_code == 404
    assert "No conocemos el código «ZZ_77»" in page.text
    assert 'href="/consultas/nueva/?codigo=ZZ_77"' in page.text


def test_the_page_of_a_code_says_everything_and_carries_it_to_a_person(
    client: Client, organisation: Organisation
) -> None:
    page = client.get("/eu/ayuda/codigos/SAF_00/").text

    assert "Ezin izan dira irakurri sinatu beharreko datuak" in page
    assert '<p class="small" lang="es">No se han podido leer los datos a firmar</p>' in page
    assert "Autofirmak ezin izan du sinatu beharreko dokumentua irakurri." in page
    assert "lortzen ez baduzu, lagunduko dizugu" in page
    assert 'href="/eu/consultas/nueva/?codigo=SAF_00"' in page
    assert '<link rel="canonical" href="http://testserver:8000/eu/ayuda/codigos/SAF_00/">' in page


def test_articles_that_name_the_code_come_before_those_of_its_topic(client: Client, organisation: Organisation) -> None:
    topic = make.topic(organisation, slug=error_codes()["SAF_00"].topic)
    make.article(organisation, title="Del tema", topic=topic)
    before = client.get("/ayuda/codigos/SAF_00/").text
    make.article(organisation, title="Del código", codes=("SAF_00",), topic=make.topic(organisation, slug="otro"))
    after = client.get("/ayuda/codigos/SAF_00/?2").text

    assert ("Del tema" in before, "Del código" in after, "Del tema" in after) == (True, True, False)


@pytest.mark.parametrize("articles", [1, 3])
def test_the_page_asks_the_same_number_of_queries(
    client: Client, organisation: Organisation, django_assert_num_queries: DjangoAssertNumQueries, articles: int
) -> None:
    for number in range(articles):
        make.article(organisation, title=f"Leer {number}", codes=("SAF_00",))

    with django_assert_num_queries(3):
        client.get("/ayuda/codigos/SAF_00/")
