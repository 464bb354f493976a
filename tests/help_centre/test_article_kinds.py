"""What the page of an article says, by its kind, language, audience and body."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.help_centre.actions.articles import supersede
from mostrador.help_centre.actions.drafts import write_and_publish
from mostrador.help_centre.choices import ArticleKind, Audience, FixState, VideoKind
from mostrador.help_centre.models import Adaptation
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.organisations.models import Organisation
from mostrador.tickets.models import TicketDraft
from tests import make

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def words(page: str) -> str:
    """Return what stands in the article, without marks."""
    article = page.partition("<article")[2].partition("</article>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", article.partition(">")[2]).split())


def structured(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


def test_a_question_is_answered_before_anything_else(client: Client, organisation: Organisation) -> None:
    make.article(organisation, title="¿Caduca?", summary="A los cuatro años.", body="Después **no** vale.")

    page = client.get("/ayuda/articulo/caduca/").text

    assert words(page) == "¿Caduca? A los cuatro años. Después no vale."
    told = structured(page)
    assert told.pop("dateModified")
    assert told == {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "inLanguage": "es",
        "url": "http://testserver:8000/ayuda/articulo/caduca/",
        "mainEntity": [
            {
                "@type": "Question",
                "name": "¿Caduca?",
                "acceptedAnswer": {"@type": "Answer", "text": "A los cuatro años. Después no vale."},
            }
        ],
    }


def test_a_tutorial_says_what_is_needed_how_long_it_takes_and_each_step(
    client: Client, organisation: Organisation
) -> None:
    make.article(
        organisation,
        title="Firmar",
        summary="En tres pasos.",
        body="1. Abra.\n   - con calma\n2. Firme &amp; guarde.\n\n- aparte\n",
        parts={"before": "Su DNI."},
        details={"kind": ArticleKind.TUTORIAL, "minutes": 5},
    )

    page = client.get("/ayuda/articulo/firmar/").text

    assert words(page) == (
        "Firmar En tres pasos. Se tarda unos 5 minutos. Qué necesita antes Su DNI. "
        "Abra. con calma Firme &amp; guarde. aparte"
    )
    assert '<div class="prose prose-steps">' in page
    told = structured(page)
    assert (told["@type"], told["totalTime"], [step["text"] for step in told["step"]]) == (
        "HowTo",
        "PT5M",
        ["Abra. con calma", "Firme & guarde."],
    )


@pytest.mark.parametrize(("sections", "listed"), [(2, False), (3, True)])
def test_a_guide_with_several_sections_lists_them(
    client: Client, organisation: Organisation, sections: int, listed: bool
) -> None:
    body = "\n\n".join(f"## Parte *{number}*\n\nTexto." for number in range(sections))
    make.article(organisation, title="Guía", body=body, details={"kind": ArticleKind.GUIDE})

    page = client.get("/ayuda/articulo/guia/").text

    assert ('<a href="#apartado-parte-0">Parte 0</a>' in page) == listed
    assert '<h2 id="apartado-parte-0">' in page


@pytest.mark.parametrize(
    ("state", "said"), [(FixState.OPEN, "Error sin resolver por ahora"), (FixState.FIXED, "Error ya resuelto")]
)
def test_a_known_error_says_how_it_shows_why_and_what_to_do(
    client: Client, organisation: Organisation, state: str, said: str
) -> None:
    make.article(
        organisation,
        title="SAF 9",
        summary="No hay certificados.",
        body="Instálelo.",
        codes=("SAF_09",),
        parts={"symptom": "Lista vacía.", "cause": "Otro navegador.", "workaround": "Use Cl@ve."},
        details={"kind": ArticleKind.KNOWN_ERROR, "fix_state": state, "affects": ["Autofirma 1.8", "Windows"]},
    )

    page = client.get("/ayuda/articulo/saf-9/").text

    assert words(page) == (
        f"SAF 9 No hay certificados. {said} A qué afecta Autofirma 1.8 · Windows "
        "Lo que se ve en la pantalla SAF_09 Cómo se nota Lista vacía. Por qué ocurre Otro navegador. "
        "Mientras tanto Use Cl@ve. Cómo se arregla Instálelo."
    )


def test_news_say_when(client: Client, organisation: Organisation) -> None:
    article = make.article(organisation, title="Cerramos", details={"kind": ArticleKind.NEWS})
    article.versions.update(published_at=timezone.now().replace(year=2026, month=3, day=12, hour=12))

    assert "Publicado el 12 de marzo de 2026" in words(client.get("/ayuda/articulo/cerramos/").text)


def test_the_easy_text_and_the_video_are_one_link_away(client: Client, organisation: Organisation) -> None:
    article = make.article(organisation, title="Firmar")
    text = ArticleText(
        "Firmar",
        "Así.",
        "Texto.",
        {"easy_read": "Abra el programa. Mire [esto](articulo:otro)."},
        "https://video.example/1",
        VideoKind.SIGN_LANGUAGE,
    )
    write_and_publish(article, "es", text, author=None)
    make.article(organisation, title="Otro")

    page = client.get("/ayuda/articulo/firmar/").text
    easy = client.get("/ca/ayuda/articulo/firmar/lectura-facil/").text
    none = client.get("/ayuda/articulo/otro/lectura-facil/")

    assert '<a href="/ayuda/articulo/firmar/lectura-facil/">Leer en lectura fácil</a>' in page
    assert '<a href="https://video.example/1" rel="noopener">Ver el vídeo en lengua de signos (otra web)</a>' in page
    assert '<p>Abra el programa. Mire <a href="/ca/ayuda/articulo/otro/" rel="noopener">esto</a>.</p>' in easy
    assert '<article lang="es">' in easy
    assert none.status_code == 404


def test_the_reader_is_told_in_which_language_the_text_is(client: Client, organisation: Organisation) -> None:
    make.article(organisation, title="Sinatu", language="eu")

    page = client.get("/ayuda/articulo/sinatu/").text

    assert "Este artículo existe por ahora solo en euskera" in page
    assert '<article lang="eu"' in page


def test_a_translation_that_fell_behind_says_so(client: Client, organisation: Organisation) -> None:
    article = make.article(organisation, title="Firmar")
    write_and_publish(article, "ca", ArticleText("Signar", "Així.", "Text."), author=None)
    write_and_publish(article, "es", ArticleText("Firmar", "Ahora así.", "Otro texto."), author=None)

    assert "pot no estar al dia" in client.get("/ca/ayuda/articulo/firmar/").text
    assert "puede no estar al día" not in client.get("/ayuda/articulo/firmar/").text


def test_search_engines_are_told_of_every_language_that_exists(client: Client, organisation: Organisation) -> None:
    article = make.article(organisation, title="Firmar")
    write_and_publish(article, "ca", ArticleText("Signar", "Així.", "Text."), author=None)

    page = client.get("/eu/ayuda/articulo/firmar/").text

    address = "ayuda/articulo/firmar/"
    assert re.findall(r'<link rel="(canonical|alternate)"(?: hreflang="([^"]+)")? href="([^"]+)">', page) == [
        ("canonical", "", f"http://testserver:8000/{address}"),
        ("alternate", "es", f"http://testserver:8000/{address}"),
        ("alternate", "ca", f"http://testserver:8000/ca/{address}"),
        ("alternate", "x-default", f"http://testserver:8000/{address}"),
    ]


def test_what_is_told_to_search_engines_cannot_end_its_element(client: Client, organisation: Organisation) -> None:
    title = "</script><script>alert(1)</script>"
    make.article(organisation, title=title, body="Texto.\u2028")

    page = client.get("/ayuda/articulo/scriptscriptalert1script/").text

    assert structured(page)["mainEntity"][0]["name"] == title
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "details",
    [
        {"audience": Audience.STAFF},
        {"audience": Audience.TEAMS},
        {"visible_until": timezone.now() - timedelta(minutes=1)},
    ],
)
def test_what_is_not_for_everybody_or_no_longer_holds_is_not_found(
    client: Client, organisation: Organisation, details: dict[str, Any]
) -> None:
    article = make.article(organisation, title="Firmar", details=details)

    assert client.get("/ayuda/articulo/firmar/").status_code == 404
    assert client.post("/ayuda/articulo/firmar/opinion/", {"useful": "yes"}, headers=SAME_ORIGIN).status_code == 404
    assert client.get(f"/ayuda/{article.topic.slug}/").status_code == 404


def test_readers_of_a_superseded_article_are_led_to_the_newest(client: Client, organisation: Organisation) -> None:
    first, second, third = (make.article(organisation, title=title) for title in ("Uno", "Dos", "Tres"))
    supersede(first, by=second, author=None)
    supersede(second, by=third, author=None)

    response = client.get("/ca/ayuda/articulo/uno/")

    assert (response.status_code, response["Location"]) == (301, "/ca/ayuda/articulo/tres/")


def test_a_body_hides_what_an_ancestor_lends_or_adds_its_own_words(organisation: Organisation) -> None:
    child = make.organisation(parent=organisation, host="hija.example", name="Ayuntamiento de Villanueva")
    hidden, adapted = make.article(organisation, title="Oculto"), make.article(organisation, title="Firmar")
    make.article(organisation, title="Solo aquí", details={"for_descendants": False})
    Adaptation.objects.create(organisation=child, article=hidden, is_hidden=True)
    Adaptation.objects.create(organisation=child, article=adapted, html={"es": "<p>En la plaza.</p>"})
    above, below = Client(), Client(SERVER_NAME="hija.example")

    page = below.get("/ca/ayuda/articulo/firmar/").text

    assert below.get("/ayuda/articulo/oculto/").status_code == 404
    assert below.get("/ayuda/articulo/solo-aqui/").status_code == 404
    assert above.get("/ayuda/articulo/oculto/").status_code == 200
    assert "A més (Ayuntamiento de Villanueva)" in page
    assert '<div lang="es"><div class="prose"><p>En la plaza.</p></div>' in page
    assert "En la plaza" not in above.get("/ayuda/articulo/firmar/").text


def test_of_two_articles_with_one_address_the_nearest_is_read(organisation: Organisation) -> None:
    child = make.organisation(parent=organisation, host="hija.example")
    make.article(organisation, title="Firmar", summary="De arriba.")
    make.article(child, title="Firmar", summary="De aquí.")

    assert "De aquí." in words(Client(SERVER_NAME="hija.example").get("/ayuda/articulo/firmar/").text)


def test_articles_that_an_editor_chose_come_first_beside_the_text(client: Client, organisation: Organisation) -> None:
    other = make.topic(organisation, slug="otro")
    chosen = make.article(organisation, title="Elegido", topic=other)
    topic = make.topic(organisation, slug="tema")
    make.article(organisation, title="Vecino", topic=topic)
    make.article(organisation, title="Firmar", topic=topic, details={"related": [chosen]})

    aside = client.get("/ayuda/articulo/firmar/").text.partition("<aside")[2]

    assert re.findall(r'href="/ayuda/articulo/([^"]+)/"', aside) == ["elegido", "vecino"]


@pytest.mark.parametrize("others", [0, 2])
def test_the_page_asks_the_same_number_of_queries(
    client: Client, organisation: Organisation, django_assert_num_queries: DjangoAssertNumQueries, others: int
) -> None:
    make.article(organisation, title="Firmar")
    for number in range(others):
        make.article(organisation, title=f"Otro {number}")

    with django_assert_num_queries(6):
        assert client.get("/ayuda/articulo/firmar/").status_code == 200


def test_the_desk_reads_what_is_not_for_everybody(client: Client, organisation: Organisation) -> None:
    team = make.team(organisation)
    internal = make.article(organisation, title="Interno", details={"audience": Audience.STAFF})
    of_team = make.article(
        organisation, title="Del equipo", details={"audience": Audience.TEAMS, "audience_teams": [team]}
    )
    draft = make.article(organisation, title="Borrador", is_published=False)
    elsewhere = make.article(make.organisation(), title="De otros")
    people = {
        "agent": make.user(organisation),
        "of the team": make.user(organisation, teams=(team,)),
        "editor": make.user(organisation, Role.EDITOR),
    }

    seen = {}
    for who, user in people.items():
        client.force_login(user)
        rows = (internal, of_team, draft, elsewhere)
        seen[who] = [client.get(f"/gestion/articulos/{row.pk}/leer/").status_code for row in rows]

    assert seen == {
        "agent": [200, 404, 404, 404],
        "of the team": [200, 200, 404, 404],
        "editor": [200, 200, 404, 404],
    }


def test_internal_articles_say_that_they_are(client: Client, organisation: Organisation) -> None:
    article = make.article(organisation, title="Interno", details={"audience": Audience.STAFF})
    client.force_login(make.user(organisation))

    assert "Solo lo lee el personal" in client.get(f"/gestion/articulos/{article.pk}/leer/").text


def test_whoever_was_not_helped_asks_without_repeating_anything(client: Client, organisation: Organisation) -> None:
    article = make.article(organisation, title="Firmar")
    given = client.post("/ayuda/articulo/firmar/opinion/", {"useful": "no"}, headers=SAME_ORIGIN)

    led = client.post(given["Location"], {"reason": "did_not_work", "comment": "Sale SAF_09 otra vez", "ask": "1"})
    form = client.get(led["Location"])
    client.post("/consultas/nueva/", {"text": "Sale SAF_09 otra vez", "read": str(article.pk)})

    assert led["Location"].startswith("/consultas/nueva/?opinion=")
    assert "Sale" not in led["Location"]
    assert "Sale SAF_09 otra vez</textarea>" in form.text
    assert f'name="read" id="id_read" value="{article.pk}"' in form.text
    assert TicketDraft.objects.get().answers["seen"][0] == article.pk


def test_the_way_to_a_person_says_which_article_was_read(client: Client, organisation: Organisation) -> None:
    article = make.article(organisation, title="Firmar")

    page = client.get("/ca/ayuda/articulo/firmar/").text
    form = client.get("/consultas/nueva/?articulo=firmar&codigo=SAF_09").text
    strange = client.get("/consultas/nueva/?articulo=no-existe&opinion=x").text

    assert 'href="/ca/consultas/nueva/?articulo=firmar"' in page
    assert f'name="read" id="id_read" value="{article.pk}"' in form
    assert 'name="error_code" id="id_error_code" value="SAF_09"' in form
    assert 'name="read" id="id_read"' in strange


def test_what_was_being_written_stays_when_coming_from_an_article(client: Client, organisation: Organisation) -> None:
    make.article(organisation, title="Firmar")
    client.post("/consultas/nueva/", {"text": "No puedo firmar"})
    address = client.post("/ayuda/articulo/firmar/opinion/", {"useful": "no"}, headers=SAME_ORIGIN)["Location"]
    led = client.post(address, {"comment": "Ni así", "ask": "1"})

    assert "No puedo firmar\n\nNi así</textarea>" in client.get(led["Location"]).text
