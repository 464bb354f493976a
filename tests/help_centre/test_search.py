"""Finding an article in people's own words."""

import pytest
from django.test import Client

from mostrador.help_centre.actions.articles import withdraw
from mostrador.help_centre.actions.drafts import write_and_publish
from mostrador.help_centre.queries.search import search
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.help_centre.rules.words import fold
from mostrador.organisations.models import Organisation
from tests import make

pytestmark = pytest.mark.smoke


def slugs(organisation: Organisation, question: str, language: str = "es") -> list[str]:
    return [found.slug for found in search(organisation, question, language)]


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Notificación", "notificacion"),
        ("NOTIFICACION", "notificacion"),
        ("niño", "niño"),
        ("Façana, què", "façana, que"),
        ("SAF 9", "saf9"),
        ("saf-09", "saf9"),
        ("SAF_09", "saf9"),
        ("AF200109", "af200109"),
    ],
)
def test_spelling_is_folded(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    "question",
    [
        "no me sale el certificado",
        "CERTIFICADOS",
        "¿dónde está mi certificado que no aparece?",
        "certificado 'raro'; --",
    ],
)
def test_an_article_is_found_in_other_words(organisation: Organisation, question: str) -> None:
    make.article(organisation, title="No aparece mi certificado")
    make.article(organisation, title="Cómo pagar una tasa", summary="Con tarjeta.", body="Elija «Pagar».")

    assert slugs(organisation, question)[0] == "no-aparece-mi-certificado"


def test_an_error_code_finds_its_article_first(organisation: Organisation) -> None:
    make.article(organisation, title="Error al firmar", body="error error error firma", summary="error")
    make.article(organisation, title="Otro fallo", codes=("SAF_09",), body="Reinicie.", summary="Reinicie.")

    assert slugs(organisation, "me da error saf 9 al firmar")[0] == "otro-fallo"


def test_a_rare_word_counts_more_than_a_common_one(organisation: Organisation) -> None:
    for number in range(5):
        make.article(organisation, title=f"Firmar un documento {number}", body="firmar", summary="firmar")
    make.article(organisation, title="Tacógrafo", summary="Tarjeta.", body="El tacógrafo.")

    assert slugs(organisation, "firmar tacógrafo")[0] == "tacografo"


def test_articles_of_an_ancestor_are_found_and_those_of_a_sibling_are_not(organisation: Organisation) -> None:
    child, sibling = make.organisation(parent=organisation), make.organisation(parent=organisation)
    make.article(organisation, title="Certificado de la diputación")
    make.article(child, title="Certificado del ayuntamiento")
    make.article(sibling, title="Certificado ajeno")

    assert set(slugs(child, "certificado")) == {"certificado-de-la-diputacion", "certificado-del-ayuntamiento"}


def test_drafts_and_withdrawn_articles_are_not_found(organisation: Organisation) -> None:
    make.article(organisation, title="Certificado en borrador", is_published=False)
    withdrawn = make.article(organisation, title="Certificado retirado")
    withdraw(withdrawn.versions.get(), author=None)

    assert slugs(organisation, "certificado") == []


def test_a_reader_gets_the_text_in_their_language(organisation: Organisation) -> None:
    article = make.article(organisation, title="No aparece mi certificado")
    catalan = ArticleText("No apareix el meu certificat", "Resum", "Text")
    before = search(organisation, "certificado", "ca")
    write_and_publish(article, "ca", catalan, author=None)

    assert [(found.title, found.language) for found in before] == [("No aparece mi certificado", "es")]
    assert [(found.title, found.language) for found in search(organisation, "certificat", "ca")] == [
        ("No apareix el meu certificat", "ca")
    ]


@pytest.mark.parametrize("question", ["", "   ", "¿?", "\x00", "'" * 3000, "& | ! :*", "a" * 5000])
def test_anything_can_be_asked(organisation: Organisation, question: str) -> None:
    make.article(organisation)

    assert slugs(organisation, question) == []


def test_finding_nothing_offers_a_person_before_the_list_of_topics(client: Client, organisation: Organisation) -> None:
    organisation.phone = "999 000 100"
    organisation.save(update_fields=["phone"])
    make.article(organisation)

    page = client.get("/buscar/", {"q": "xyzzy"}).content.decode()

    assert page.index("Escribir una consulta") < page.index("Todos los temas")
    assert 'href="tel:999000100"' in page


def test_an_address_that_leads_nowhere_offers_the_search(client: Client, organisation: Organisation) -> None:
    page = client.get("/aqui/no/hay/nada/")

    assert page.status_code == 404
    assert 'action="/buscar/"' in page.content.decode()
