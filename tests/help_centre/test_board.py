"""The editors' board."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.help_centre.actions.drafts import write_and_publish
from mostrador.help_centre.models import Article, ArticleVersion, ArticleVote, DailyReading, DailySearch
from mostrador.help_centre.queries import board
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.organisations.models import Organisation
from tests import make

ADDRESS = "/gestion/centro-de-ayuda/"
LISTS = ("sin-resultado", "sin-abrir", "poco-utiles", "por-revisar", "traducciones", "sin-equipo")


@pytest.fixture
def editor(client: Client, organisation: Organisation) -> Client:
    """Signed in."""
    client.force_login(make.user(organisation, Role.EDITOR))
    return client


def today() -> date:
    return timezone.localdate()


def searched(organisation: Organisation, text: str, *, ago: int = 0, **counts: int) -> None:
    """What was searched on a day."""
    known: dict[str, Any] = {"searches": 1, "language": "es"}
    DailySearch.objects.create(organisation=organisation, on=today() - timedelta(days=ago), text=text, **known | counts)


def voted(article: Article, useful: str, *, ago: int = 0, reason: str = "", comment: str = "") -> None:
    """Readers' answers: one for each "+" and "-"; what did not help has the reason and the comment."""
    for sign in useful:
        words = {"reason": reason, "comment": comment} if sign == "-" else {}
        ArticleVote.objects.create(
            version=article.versions.get(),
            useful=sign == "+",
            voted_at=timezone.now() - timedelta(days=ago),
            **words,
        )


def translated(article: Article, language: str) -> ArticleVersion:
    return write_and_publish(article, language, ArticleText("Títol", "Resum", "Text"), author=None)


def test_what_is_searched_in_vain_comes_with_how_often_most_first(organisation: Organisation) -> None:
    searched(organisation, "tacógrafo", ago=2, searches=3, without_result=2, opened=1)
    searched(organisation, "tacógrafo", ago=40, searches=5, without_result=5)
    searched(organisation, "tacógrafo", ago=90, searches=9, without_result=9)
    searched(organisation, "padrón", ago=1, searches=4, without_result=4)
    searched(organisation, "firmar", searches=9, opened=2)
    searched(organisation, "", searches=9, without_result=9)
    searched(make.organisation(), "ajeno", searches=9, without_result=9)

    assert board.searched_without_result(organisation, limit=10) == [
        board.SearchRow("padrón", "es", 4, 4, today() - timedelta(days=1)),
        board.SearchRow("tacógrafo", "es", 2, 7, today() - timedelta(days=2)),
    ]
    assert board.searched_without_opening(organisation, limit=10) == [
        board.SearchRow("firmar", "es", 7, 7, today()),
    ]
    assert board.recent_searches(organisation, limit=2) == ["firmar", "padrón"]


def test_the_least_useful_article_is_the_one_that_is_surely_so(organisation: Organisation) -> None:
    few, many, good, old, unsure = (
        make.article(organisation, title=title) for title in ("Pocas", "Muchas", "Bueno", "Antiguo", "Sin datos")
    )
    voted(few, "----+")
    voted(many, "-" * 30 + "+" * 10, reason="did_not_work", comment="Sigue igual")
    voted(good, "+" * 6)
    voted(old, "-" * 9, ago=91)
    voted(unsure, "----")

    rows = board.least_useful(organisation, limit=10)

    assert [(row.title, row.useful, row.votes) for row in rows] == [("Muchas", 10, 40), ("Pocas", 1, 5)]
    assert (rows[0].low, rows[0].high) == pytest.approx((0.142, 0.402), abs=0.001)
    assert rows[0].reasons == [("Lo he hecho y sigue sin funcionar", 30)]
    assert rows[0].comments == ["Sigue igual"] * 3
    assert (rows[1].reasons, rows[1].comments) == ([], [])


def test_articles_are_due_thirty_days_before_their_date(organisation: Organisation) -> None:
    for title, days in (("Ya", -1), ("Pronto", 30), ("Lejos", 31)):
        make.article(organisation, title=title, details={"review_by": today() + timedelta(days=days)})
    make.article(organisation, title="Borrador", is_published=False, details={"review_by": today()})

    assert [row.title for row in board.due_for_review(organisation, limit=10)] == ["Ya", "Pronto"]


def test_articles_without_a_team_are_named(organisation: Organisation) -> None:
    make.article(organisation, title="De nadie")
    make.article(organisation, title="De alguien", details={"owner_team": make.team(organisation)})

    assert [row.title for row in board.without_owner(organisation, limit=10)] == ["De nadie"]


def test_translations_come_by_the_readers_that_they_touch(organisation: Organisation) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(languages=["es", "ca", "eu"])
    organisation.refresh_from_db()
    missing, stale = make.article(organisation, title="Sin euskera"), make.article(organisation, title="Desfasado")
    for article in (missing, stale):
        translated(article, "ca")
    translated(stale, "eu")
    stale.versions.filter(language="ca").update(stale_since=timezone.now())
    DailyReading.objects.create(article=missing, on=today(), language="es", readings=20, readers_lost={"eu": 12})
    DailyReading.objects.create(
        article=missing, on=today() - timedelta(days=91), language="es", readings=90, readers_lost={"eu": 90}
    )
    DailyReading.objects.create(article=stale, on=today(), language="ca", readings=15)

    assert board.translations_wanted(organisation, limit=10) == [
        board.TranslationRow(stale.pk, "Desfasado", "ca", False, 15),
        board.TranslationRow(missing.pk, "Sin euskera", "eu", True, 12),
    ]


def test_an_empty_board_says_that_all_is_well(editor: Client, organisation: Organisation) -> None:
    page = editor.get(ADDRESS).text

    assert "Todo lo que se ha buscado en 90 días encuentra algo." in page
    assert "Ningún lector se queda sin su idioma, y todas las traducciones están al día." in page
    assert "<table" not in page


def test_a_search_without_result_becomes_an_article_or_a_synonym(editor: Client, organisation: Organisation) -> None:
    searched(organisation, "tacógrafo & tarjeta", without_result=1)

    page = editor.get(ADDRESS).text

    assert 'href="/gestion/articulos/nuevo/?titulo=tac%C3%B3grafo%20%26%20tarjeta&amp;idioma=es"' in page
    assert 'href="/gestion/sinonimos/nuevo/?pregunta=tac%C3%B3grafo%20%26%20tarjeta&amp;idioma=es"' in page


def test_a_list_shows_ten_and_all_of_them_on_its_own_page(editor: Client, organisation: Organisation) -> None:
    for number in range(11):
        searched(organisation, f"palabra {number:02}", without_result=1)

    page = editor.get(ADDRESS).text
    whole = editor.get(f"{ADDRESS}sin-resultado/").text

    assert ("palabra 09" in page, "palabra 10" in page) == (True, False)
    assert f'href="{ADDRESS}sin-resultado/"' in page
    assert "palabra 10" in whole
    assert editor.get(f"{ADDRESS}otra/").status_code == 404


def test_the_board_is_where_an_editor_begins(editor: Client, organisation: Organisation) -> None:
    assert editor.get("/gestion/", follow=True).redirect_chain[-1][0] == ADDRESS


@pytest.mark.parametrize("name", ["", *(f"{name}/" for name in LISTS)])
def test_only_editors_see_the_board_of_their_organisation(
    client: Client, organisation: Organisation, name: str
) -> None:
    client.force_login(make.user(organisation, Role.AGENT))
    agent = client.get(ADDRESS + name).status_code
    client.force_login(make.user(make.organisation(), Role.EDITOR))
    stranger = client.get(ADDRESS + name).status_code
    client.force_login(make.user(organisation, Role.ADMINISTRATOR))

    assert (agent, stranger, client.get(ADDRESS + name).status_code) == (403, 404, 200)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_board_asks_the_same_number_of_queries(
    editor: Client, organisation: Organisation, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(rows):
        searched(organisation, f"palabra {number}", searches=2, without_result=1)
        article = make.article(organisation, title=f"Artículo {number}", details={"review_by": today()})
        voted(article, "-----", reason="not_my_case", comment="No")
    editor.get(ADDRESS)

    with django_assert_num_queries(13):
        editor.get(ADDRESS)


def test_how_sure_a_share_is_stands_beside_it(editor: Client, organisation: Organisation) -> None:
    voted(make.article(organisation), "-" * 30 + "+" * 10)

    page = editor.get("/gestion/centro-de-ayuda/").text

    assert "entre 14 % y 40 %" in page.replace("\xa0", " ")
    assert ">Entre<" not in page
