"""Finding an article in people's own words."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from markupsafe import Markup

from mostrador.help_centre.actions.articles import supersede, withdraw
from mostrador.help_centre.actions.drafts import write_and_publish
from mostrador.help_centre.actions.index import index_what_is_missing
from mostrador.help_centre.models import Adaptation, SynonymGroup
from mostrador.help_centre.queries.search import FoundProcedure, SearchResult, find, search, suggest
from mostrador.help_centre.rules.synonyms import Group
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.organisations.models import Organisation
from tests import make

pytestmark = pytest.mark.smoke


def slugs(organisation: Organisation, question: str, language: str = "es") -> list[str]:
    return [found.slug for found in search(organisation, question, language)]


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


@pytest.mark.parametrize(
    "question",
    [
        *("", "   ", "¿?", "\x00", "'" * 3000, "& | ! :*", "a" * 5000, "hola, buenos días", "😀🙈", "كيف أوقع الوثيقة"),
        *("'; DROP TABLE help_centre_article; --", "%_\\", "(((", "x " * 5000, "{}[]<script>", "\ud83d"),
    ],
)
def test_anything_can_be_asked(organisation: Organisation, question: str) -> None:
    make.article(organisation)

    assert find(organisation, question, "es") == SearchResult()
    assert suggest(organisation, question, "es") == SearchResult()


def test_a_long_log_is_searched_by_its_rarest_words(organisation: Organisation) -> None:
    make.article(organisation, title="El tacógrafo no conecta")
    for number in range(9):
        make.article(organisation, title=f"Error de Java {number}", summary="Error.", body="Error.")
    log = "\n".join(f"2026-01-0{day % 9} ERROR linea{day} java.lang.Exception" for day in range(200))

    assert slugs(organisation, f"tacógrafo {log}")[0] == "el-tacografo-no-conecta"
    assert slugs(organisation, f"{log}\n¿el tacógrafo?")[0] == "el-tacografo-no-conecta"


@pytest.mark.parametrize("mistyped", ["certifcado", "cretificado", "zertificado", "CERTIFICADDO"])
def test_a_mistyped_word_is_understood_and_said_again(organisation: Organisation, mistyped: str) -> None:
    make.article(organisation)
    result = find(organisation, f"mi {mistyped} no aparece", "es")

    assert [found.slug for found in result.found] == ["no-aparece-mi-certificado"]
    assert result.did_you_mean == "mi certificado no aparece"


def test_a_known_word_is_never_corrected(organisation: Organisation) -> None:
    make.article(organisation, title="Firma")
    make.article(organisation, title="Firme de la carretera")

    assert find(organisation, "firme", "es").did_you_mean == ""


@pytest.mark.parametrize(
    ("title", "question"), [("Instalar Autofirma", "auto firma"), ("Una nota simple", "notasimple")]
)
def test_words_written_together_or_apart_are_the_same(organisation: Organisation, title: str, question: str) -> None:
    article = make.article(organisation, title=title)
    make.article(organisation, title="Pagar una tasa", summary="Con tarjeta.", body="Elija «Pagar».")

    assert slugs(organisation, question)[0] == article.slug


def test_an_error_message_pasted_whole_leads_to_its_code(organisation: Organisation) -> None:
    make.article(organisation, title="Error al leer datos", summary="Leer.", body="Leer datos.")
    make.article(organisation, title="Otro fallo", codes=("SAF_00",), body="Reinicie.", summary="Reinicie.")
    result = find(organisation, "me pone No se han podido leer los datos a firmar y ya está", "es")

    assert (result.code, result.found[0].slug) == ("SAF_00", "otro-fallo")


def test_synonyms_bridge_words_and_languages(organisation: Organisation) -> None:
    make.article(organisation, title="Tacógrafo", summary="Tarjeta.", body="El aparato.")
    groups = [Group("discos", {"es": ["tacógrafo", "disco del camión"], "en": ["tachograph"]})]

    found = [
        [each.slug for each in search(organisation, question, language, groups=groups)]
        for question, language in [("disco de camión", "es"), ("tachograph", "en"), ("camión", "es")]
    ]

    assert found == [["tacografo"], ["tacografo"], []]
    assert search(organisation, "disco de camión", "es", groups=[]) == []


def test_an_organisation_adds_changes_and_switches_off_synonyms(organisation: Organisation) -> None:
    child = make.organisation(parent=organisation)
    make.article(organisation, title="Tacógrafo", summary="Tarjeta.", body="El aparato.")
    words = {"es": ["tacógrafo", "disco"]}
    SynonymGroup.objects.create(organisation=organisation, key="discos", words=words, changed_at=timezone.now())
    before = slugs(child, "disco")
    SynonymGroup.objects.create(
        organisation=child, key="discos", words=words, is_active=False, changed_at=timezone.now()
    )

    assert (before, slugs(child, "disco"), slugs(organisation, "disco")) == (["tacografo"], [], ["tacografo"])


def test_what_is_not_for_everybody_is_found_only_by_whom_it_is_for(organisation: Organisation) -> None:
    team = make.team(organisation)
    make.article(organisation, title="Certificado público")
    make.article(organisation, title="Certificado interno", details={"audience": "staff"})
    make.article(organisation, title="Certificado del equipo", details={"audience": "teams", "audience_teams": [team]})

    def by(**who: Any) -> set[str]:
        return {found.slug for found in find(organisation, "certificado", "es", **who).found}

    assert by() == {"certificado-publico"}
    assert by(with_internal=True) == {"certificado-publico", "certificado-interno"}
    assert by(with_internal=True, teams=[team.pk]) == {
        "certificado-publico",
        "certificado-interno",
        "certificado-del-equipo",
    }


def test_what_readers_may_not_see_is_not_found(organisation: Organisation) -> None:
    child = make.organisation(parent=organisation)
    hidden = make.article(organisation, title="Certificado escondido")
    Adaptation.objects.create(organisation=child, article=hidden, is_hidden=True)
    make.article(organisation, title="Certificado reservado", details={"for_descendants": False})
    make.article(organisation, title="Certificado pasado", details={"visible_until": timezone.now()})
    old = make.article(organisation, title="Certificado antiguo")
    supersede(old, by=make.article(organisation, title="Certificado moderno"), author=None)

    assert slugs(child, "certificado") == ["certificado-moderno"]


def test_results_say_which_words_were_found(organisation: Organisation) -> None:
    make.article(organisation, title="No aparece <mi> certificado", summary="Los certificados & más.")
    found = find(organisation, "certifcado", "es").found[0]

    assert found.marked_title == "No aparece &lt;mi&gt; <mark>certificado</mark>"
    assert found.marked_summary == "Los <mark>certificados</mark> &amp; más."


def test_a_procedure_is_found_by_its_name_and_its_code(organisation: Organisation) -> None:
    procedure = make.procedure(organisation, sia_code="9900101", name="Licencia de <obras>")
    index_what_is_missing()

    found = [find(organisation, question, "es").procedures for question in ("licencia obras", "9900101", "tasa")]

    assert found[0] == [
        FoundProcedure(
            procedure_id=procedure.pk,
            name="Licencia de <obras>",
            sia_code="9900101",
            url="",
            marked_name=Markup("<mark>Licencia</mark> de &lt;<mark>obras</mark>&gt;"),
        )
    ]
    assert ([each.sia_code for each in found[1]], found[2]) == (["9900101"], [])


@pytest.mark.parametrize("typed", ["ce", "cer", "certif", "mi certificado", "mi certificado apa", "Cér"])
def test_articles_are_suggested_while_the_last_word_is_half_written(organisation: Organisation, typed: str) -> None:
    make.article(organisation)
    make.article(organisation, title="Pagar una tasa", summary="Con tarjeta.", body="Elija «Pagar».")

    assert [found.slug for found in suggest(organisation, typed, "es").found] == ["no-aparece-mi-certificado"]


def test_a_code_is_suggested_while_it_is_half_written(organisation: Organisation) -> None:
    make.article(organisation, title="Otro fallo", codes=("SAF_09",))

    assert [found.slug for found in suggest(organisation, "saf", "es").found] == ["otro-fallo"]


@pytest.mark.parametrize("typed", ["auto fir", "instalar auto f", "auto firma"])
def test_a_word_that_is_written_apart_is_suggested_while_it_is_half_written(
    organisation: Organisation, typed: str
) -> None:
    make.article(organisation, title="Instalar Autofirma", summary="Descárguela.", body="Descárguela.")
    make.article(organisation, title="Firmar un contrato", summary="A mano.", body="A mano.")

    assert suggest(organisation, typed, "es").found[0].slug == "instalar-autofirma"


def test_procedures_are_suggested_too(organisation: Organisation) -> None:
    make.article(organisation)
    make.procedure(organisation, sia_code="992001", name="Inscripción en el padrón de habitantes")
    index_what_is_missing()

    assert [each.sia_code for each in suggest(organisation, "padr", "es").procedures] == ["992001"]
    assert suggest(organisation, "certif", "es").procedures == []


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_asks_the_same_number_of_queries(
    organisation: Organisation, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        make.article(organisation, title=f"Certificado {number}")

    with django_assert_num_queries(6):
        find(organisation, "certificado", "es")
    with django_assert_num_queries(9):
        find(organisation, "certifcado", "es")
    with django_assert_num_queries(6):
        suggest(organisation, "certi", "es")


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
