"""The search page and what is suggested while somebody types."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from markupsafe import Markup

from mostrador.help_centre.actions.index import index_what_is_missing
from mostrador.help_centre.models import SearchLog
from mostrador.help_centre.queries.search import FoundProcedure, SearchResult, find
from mostrador.help_centre.views import finding
from mostrador.organisations.models import Organisation
from mostrador.shared.caching import forget_pages
from tests import make


def page_of(client: Client, question: str, prefix: str = "") -> str:
    return re.sub(r"\s+", " ", client.get(f"{prefix}/buscar/", {"q": question}).text)


def test_results_say_why_they_are_there_and_what_they_are(client: Client, organisation: Organisation) -> None:
    make.article(organisation, title="No aparece mi certificado", details={"kind": "tutorial"})

    page = page_of(client, "certificado")

    assert "mi <mark>certificado</mark>" in page
    assert '<span class="badge badge-neutral">Paso a paso</span>' in page
    assert "en castellano" not in page


def test_a_result_in_another_language_says_so_in_the_readers(client: Client, organisation: Organisation) -> None:
    make.article(organisation, title="No aparece mi certificado")

    page = page_of(client, "certificado", "/gl")

    assert '<h2 class="result-title" lang="es">' in page
    assert re.search(r'<p class="result-notes"> <span class="badge badge-neutral">[^<]+</span> </p>', page)


def test_whoever_asks_a_person_takes_along_the_question_and_the_search(
    client: Client, organisation: Organisation
) -> None:
    make.article(organisation, title="No aparece mi certificado")

    page = page_of(client, "certificado & firma")

    address = re.search(r'href="(/consultas/nueva/\?[^"]+)"', page)
    assert address
    assert parse_qs(urlsplit(address[1].replace("&amp;", "&")).query) == {
        "texto": ["certificado & firma"],
        "busqueda": [SearchLog.objects.get().key],
    }


def asked_with(page: str) -> dict[str, list[str]]:
    """Return what the page's link to the form that asks us takes along."""
    address = re.search(r'href="(/consultas/nueva/[^"]*)"', page)
    assert address
    return parse_qs(urlsplit(address[1].replace("&amp;", "&")).query)


def test_the_search_goes_along_through_the_article_to_the_form(client: Client, organisation: Organisation) -> None:
    article = make.article(organisation, title="No aparece mi certificado", codes=("SAF_09",))
    plain = client.get(f"/ayuda/articulo/{article.slug}/")
    results = page_of(client, "certificado saf 9")
    key = SearchLog.objects.get().key

    opened = re.findall(rf'href="([^"]+\?busqueda={key})" data-result', results)
    pages = [client.get(address) for address in opened]
    voted = client.post(
        f"/ayuda/articulo/{article.slug}/opinion/?busqueda={key}",
        {"useful": "no"},
        headers={"sec-fetch-site": "same-origin"},
        follow=True,
    )
    reason_address = voted.redirect_chain[-1][0]
    asked = client.post(reason_address, {"reason": "not_my_case", "comment": "", "ask": "1"})

    assert opened == [f"/ayuda/codigos/SAF_09/?busqueda={key}", f"/ayuda/articulo/{article.slug}/?busqueda={key}"]
    assert [asked_with(page.text) for page in pages] == [
        {"codigo": ["SAF_09"], "busqueda": [key]},
        {"articulo": [article.slug], "busqueda": [key]},
    ]
    assert [page.get("Cache-Control", "").startswith("public") for page in (plain, *pages)] == [True, False, False]
    assert f'action="/ayuda/articulo/{article.slug}/opinion/?busqueda={key}"' in pages[1].text
    assert parse_qs(urlsplit(asked["Location"]).query)["busqueda"] == [key]
    assert asked_with(plain.text) == {"articulo": [article.slug]}


def test_code_correction_and_procedures_are_shown_beside_the_articles(
    client: Client, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.article(organisation, title="No aparece mi certificado")

    def found(*arguments: Any, **options: Any) -> SearchResult:
        return replace(
            find(*arguments, **options),
            procedures=[
                FoundProcedure(1, "Licencia de obra", "123456", "https://sede.example/licencia", Markup("Licencia"))
            ],
            code="AF200109",
            did_you_mean="certificado <b>",
        )

    monkeypatch.setattr(finding, "find", found)
    page = page_of(client, "zertificado AF200109")

    assert '¿Quiso decir <a href="/buscar/?q=certificado%20%3Cb%3E">certificado &lt;b&gt;</a>?' in page
    assert f'href="/ayuda/codigos/AF200109/?busqueda={SearchLog.objects.get().key}"' in page
    assert '<a href="https://sede.example/licencia" data-result>Licencia</a>' in page
    assert "Código SIA 123456" in page
    assert SearchLog.objects.get().found == 2 + len(find(organisation, "zertificado AF200109", "es").found)


def test_finding_nothing_says_what_to_do_next(client: Client, organisation: Organisation) -> None:
    organisation.phone = "999 000 100"
    organisation.save(update_fields=["phone"])
    make.article(organisation)

    page = page_of(client, "xyzzy")

    steps = ["Pruebe con otras palabras", "Escribir una consulta", 'href="tel:999000100"', "Todos los temas"]
    assert sorted(steps, key=page.index) == steps


@pytest.mark.parametrize(
    "question",
    [
        "a" * 10_000,
        "'; DROP TABLE x; --",
        "¿?¡!…",
        "مرحبا بكم",
        "🙂🙃",
        "<script>alert(1)</script>",
        "firma\x00",
        "%s %(x)s {0}",
    ],
)
def test_anything_can_be_asked(client: Client, organisation: Organisation, question: str) -> None:
    make.article(organisation)

    page = client.get("/buscar/", {"q": question})

    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert SearchLog.objects.count() == 1


def test_suggestions_are_a_fragment_that_may_be_kept_and_carries_no_token(
    client: Client, organisation: Organisation
) -> None:
    make.article(organisation, title="No aparece mi certificado")

    answer = client.get("/buscar/sugerencias/", {"q": "certificado"})

    text = re.sub(r"\s+", " ", answer.text)
    assert answer["Cache-Control"] == "public, max-age=60"
    assert answer["ETag"]
    assert not answer.cookies
    assert "<html" not in text
    assert "csrf" not in text
    assert (
        '<li class="combobox-option" role="option" aria-selected="false"'
        ' data-href="/ayuda/articulo/no-aparece-mi-certificado/">' in text
    )
    assert not SearchLog.objects.exists()


def test_a_procedure_with_an_address_is_a_suggestion_of_its_own(client: Client, organisation: Organisation) -> None:
    procedure = make.procedure(organisation, sia_code="992001", name="Inscripción en el padrón")
    index_what_is_missing()
    before = client.get("/buscar/sugerencias/", {"q": "padrón"}).text
    procedure.url = "https://sede.example/padron"
    procedure.save(update_fields=["url"])
    forget_pages()

    after = client.get("/buscar/sugerencias/", {"q": "padrón"}).text

    assert "<li" not in before
    assert 'data-href="https://sede.example/padron"' in after
    assert "trámite" in after
    assert "Una sugerencia." in after


@pytest.mark.parametrize("typed", ["", "c", "  c ", "xyzzy", "\x00\x00", "%" * 400])
def test_what_suggests_nothing_says_so(client: Client, organisation: Organisation, typed: str) -> None:
    make.article(organisation, title="No aparece mi certificado")

    answer = client.get("/buscar/sugerencias/", {"q": typed})

    assert answer.status_code == 200
    assert "Ninguna sugerencia" in answer.text
    assert "<li" not in answer.text


def test_articles_of_others_are_neither_found_nor_suggested(client: Client, organisation: Organisation) -> None:
    make.article(make.organisation(), title="Certificado ajeno")

    assert "ajeno" not in page_of(client, "certificado")
    assert "ajeno" not in client.get("/buscar/sugerencias/", {"q": "certificado"}).text


def test_marked_words_are_the_only_markup_of_a_result(client: Client, organisation: Organisation) -> None:
    make.article(organisation, title="Certificado <script>", summary="<b>certificado</b>")

    found = find(organisation, "certificado", "es").found[0]
    page = page_of(client, "certificado")

    assert isinstance(found.marked_title, Markup)
    assert "&lt;script&gt;" in page
    assert "<b>" not in page
