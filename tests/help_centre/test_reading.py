"""Reading the help centre and saying whether it helped."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mostrador.help_centre.models import ArticleVote, DailyReading
from mostrador.help_centre.queries.readers import TopicGroup, topic_groups
from mostrador.organisations.actions.topics import create_topic
from mostrador.organisations.models import Organisation
from mostrador.shared.caching import forget_pages
from tests import make

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def _no_kept_pages() -> None:
    forget_pages()


def test_the_article_is_a_page_that_browsers_may_keep(client: Client, organisation: Organisation) -> None:
    make.article(organisation, title="No aparece mi certificado")

    response = client.get("/ayuda/articulo/no-aparece-mi-certificado/")
    again = client.get("/ayuda/articulo/no-aparece-mi-certificado/", headers={"If-None-Match": response["ETag"]})

    assert response.status_code == 200
    assert response["Cache-Control"] == "public, max-age=60"
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in response.text
    assert (again.status_code, again.content) == (304, b"")


def test_an_article_without_translation_says_so_and_keeps_its_language(
    client: Client, organisation: Organisation
) -> None:
    make.article(organisation, title="No aparece mi certificado")

    response = client.get("/ca/ayuda/articulo/no-aparece-mi-certificado/")

    assert response.status_code == 200
    assert response["Content-Language"] == "ca"
    assert '<article lang="es"' in response.text


def test_a_topic_that_a_body_names_in_its_own_way_is_the_same_topic(organisation: Organisation) -> None:
    above = make.topic(organisation, slug="firma")
    child = make.organisation(parent=organisation, host="hija.example")
    own = create_topic(child, names={"es": "Firmar aquí"}, slug="firma", actor=None)
    newer = make.topic(organisation, slug="pago")
    make.article(organisation, title="Firmar con Autofirma", topic=above)
    make.article(child, title="Firmar en nuestra sede", topic=own)
    make.article(organisation, title="Pagar una tasa", topic=newer)

    home = topic_groups(child, "es")[0].topics
    page = Client(SERVER_NAME="hija.example").get("/ayuda/firma/").text

    assert sorted(home) == [("firma", "Firmar aquí"), ("pago", newer.name)]
    assert "Firmar aquí</h1>" in page
    assert "Firmar con Autofirma" in page
    assert "Firmar en nuestra sede" in page


def test_topics_stand_under_the_one_that_contains_them(client: Client, organisation: Organisation) -> None:
    group = make.topic(organisation, slug="firmar", name="Firmar")
    inside = make.topic(organisation, slug="pdf", name="Un PDF", parent=group)
    loose, empty = make.topic(organisation, slug="otro", name="Otro"), make.topic(organisation, slug="vacio")
    for number in range(6):
        make.article(organisation, title=f"Firmar el PDF {number}", topic=inside)
    make.article(organisation, title="Qué es firmar", topic=group)
    make.article(organisation, title="De los dos", topic=loose, details={"also_in": [inside]})

    groups = topic_groups(organisation, "es")
    above, below = client.get("/ayuda/firmar/").text, client.get("/ayuda/pdf/").text

    assert groups == [TopicGroup("firmar", "Firmar", [("pdf", "Un PDF")]), TopicGroup("", "", [("otro", "Otro")])]
    assert ("Firmar el PDF 4</a>" in above, "Firmar el PDF 5</a>" in above) == (True, False)
    assert "Los 6 artículos de «Un PDF»</a>" in above
    assert "Qué es firmar</a>" in above
    assert '<a href="/ayuda/firmar/">Firmar</a>' in below
    assert "De los dos</a>" in below
    assert client.get(f"/ayuda/{empty.slug}/").status_code == 404


def test_a_draft_is_not_readable(client: Client, organisation: Organisation) -> None:
    make.article(organisation, title="Secreto", is_published=False)

    assert client.get("/ayuda/articulo/secreto/").status_code == 404


def test_scripts_in_an_article_do_not_reach_readers(client: Client, organisation: Organisation) -> None:
    make.article(organisation, title="Malo", body="<script>alert(1)</script> [x](javascript:alert(1)) **bien**")

    text = client.get("/ayuda/articulo/malo/").text

    for harmless in (
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "[x](javascript:alert(1))",
        "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",  # what search engines are told
    ):
        text = text.replace(harmless, "")
    assert "alert(1)" not in text
    assert "<strong>bien</strong>" in text


def test_a_reader_says_that_it_did_not_help_and_why(client: Client, organisation: Organisation) -> None:
    make.article(organisation, title="Firmar")

    given = client.post("/ayuda/articulo/firmar/opinion/", {"useful": "no"}, headers=SAME_ORIGIN)
    page = client.get(given["Location"])
    done = client.post(given["Location"], {"reason": "not_my_case", "comment": "Es otro error"})

    vote = ArticleVote.objects.get()
    assert (vote.useful, vote.reason, vote.comment) == (False, "not_my_case", "Es otro error")
    assert page.status_code == 200
    assert done.status_code == 200


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://otra.example"}, {}])
def test_a_vote_from_another_site_is_refused(
    client: Client, organisation: Organisation, headers: dict[str, str]
) -> None:
    make.article(organisation, title="Firmar")

    response = client.post("/ayuda/articulo/firmar/opinion/", {"useful": "no"}, headers=headers)

    assert response.status_code == 403
    assert not ArticleVote.objects.exists()


def test_readings_are_counted_by_day_without_any_trace(client: Client, organisation: Organisation) -> None:
    article = make.article(organisation, title="Firmar")

    for _time in range(3):
        assert client.post("/ayuda/articulo/firmar/lectura/", headers=SAME_ORIGIN).status_code == 204

    assert list(DailyReading.objects.values_list("article_id", "language", "readings", "readers_lost")) == [
        (article.pk, "es", 3, {})
    ]


def test_readers_who_got_another_language_are_counted_as_lost_to_theirs(
    client: Client, organisation: Organisation
) -> None:
    make.article(organisation, title="Firmar")

    for prefix in ("", "/eu", "/eu", "/ca"):
        client.post(f"{prefix}/ayuda/articulo/firmar/lectura/", headers=SAME_ORIGIN)

    assert list(DailyReading.objects.values_list("language", "readings", "readers_lost")) == [
        ("es", 4, {"eu": 2, "ca": 1})
    ]


@pytest.mark.parametrize("articles", [1, 3])
@pytest.mark.parametrize(("address", "queries"), [("/", 6), ("/ayuda/tema/", 4), ("/buscar/?q=certificado", 11)])
def test_pages_ask_the_same_number_of_queries(
    client: Client,
    organisation: Organisation,
    django_assert_num_queries: DjangoAssertNumQueries,
    articles: int,
    address: str,
    queries: int,
) -> None:
    topic = make.topic(organisation, slug="tema")
    for number in range(articles):
        make.article(organisation, title=f"Certificado {number}", topic=topic)

    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200
