"""The list of articles: what there is, and what waits for somebody."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.help_centre.actions import drafts
from mostrador.help_centre.choices import ArticleList
from mostrador.help_centre.models import ArticleVersion
from mostrador.help_centre.queries import lists
from mostrador.help_centre.queries.lists import ArticleFilter
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.organisations.models import Organisation
from tests import make

ADDRESS = "/gestion/articulos/"


@pytest.fixture
def editor(organisation: Organisation) -> User:
    return make.user(organisation, Role.EDITOR)


@pytest.fixture
def client(editor: User) -> Client:
    """Signed in."""
    client = Client()
    client.force_login(editor)
    return client


def titles(organisation: Organisation, user: User, **wanted: object) -> list[str]:
    found = lists.article_list(organisation, ArticleFilter(**wanted), user=user, before="", size=50)  # type: ignore[arg-type]
    return [row.title for row in found.rows]


def test_each_list_has_what_waits_for_somebody(organisation: Organisation, editor: User) -> None:
    team, other = make.team(organisation), make.user(organisation, Role.EDITOR)
    mine = make.article(organisation, title="Mío", is_published=False)
    drafts.save_draft(mine, "es", ArticleText("Mío", "Resumen.", "Texto."), author=editor)
    waiting = make.article(organisation, title="En revisión", is_published=False, details={"owner_team": team})
    theirs = drafts.save_draft(waiting, "es", ArticleText("En revisión", "Resumen.", "Texto."), author=other)
    drafts.submit_for_review(theirs, author=other)
    stale = make.article(organisation, title="Desfasado", details={"owner_team": team})
    drafts.write_and_publish(stale, "ca", ArticleText("Desfasat", "Resum.", "Text."), author=None)
    drafts.write_and_publish(stale, "es", ArticleText("Desfasado", "Resumen.", "Nuevo."), author=None)
    soon = timezone.localdate() + timedelta(days=20)
    make.article(organisation, title="Por revisar", details={"owner_team": team, "review_by": soon})
    make.article(make.organisation(), title="De otra entidad")

    assert {which: titles(organisation, editor, which=which) for which in ArticleList.values} == {
        "": ["Por revisar", "Desfasado", "En revisión", "Mío"],
        "mios": ["Mío"],
        "en-revision": ["En revisión"],
        "desfasados": ["Desfasado"],
        "sin-equipo": ["Mío"],
        "por-revisar": ["Por revisar"],
    }
    assert lists.list_counts(organisation, editor) == {
        "": 4,
        "mios": 1,
        "en-revision": 1,
        "desfasados": 1,
        "sin-equipo": 1,
        "por-revisar": 1,
    }


def test_filters_find_by_what_articles_are(organisation: Organisation, editor: User) -> None:
    team, topic = make.team(organisation), make.topic(organisation)
    make.article(organisation, title="Notificación", details={"kind": "guide", "owner_team": team}, topic=topic)
    make.article(organisation, title="Signatura", language="ca", topic=make.topic(organisation))
    withdrawn = make.article(organisation, title="Antiguo")
    ArticleVersion.objects.filter(article=withdrawn).update(state="archived")

    assert titles(organisation, editor, text="notificacion") == ["Notificación"]
    assert titles(organisation, editor, text="NOTIFICACIÓN") == ["Notificación"]
    assert titles(organisation, editor, text="100%_") == []
    assert titles(organisation, editor, language="ca") == ["Signatura"]
    assert titles(organisation, editor, state="archived") == ["Antiguo"]
    assert titles(organisation, editor, state="archived", language="ca") == []
    assert titles(organisation, editor, kind="guide", topic=topic.pk, team=team.pk) == ["Notificación"]


def test_the_page_says_how_each_language_stands(client: Client, organisation: Organisation, editor: User) -> None:
    article = make.article(organisation, title="No puedo firmar")
    drafts.save_draft(article, "ca", ArticleText("No puc signar", "", ""), author=editor)

    shown = client.get(ADDRESS).text

    assert f'href="/gestion/articulos/{article.pk}/es/"' in shown
    assert "es, ca (se está escribiendo)" in shown


def test_filters_stay_in_the_address_and_page_by_key(
    client: Client, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mostrador.help_centre.views.lists.PAGE_SIZE", 2)
    keys = [make.article(organisation, title=f"Firma {number}").pk for number in range(3)]

    first = client.get(f"{ADDRESS}?titulo=firma").text
    second = client.get(f"{ADDRESS}?titulo=firma&antes={keys[1]}").text

    assert f"{ADDRESS}?titulo=firma&amp;antes={keys[1]}" in first
    assert ("Firma 2" in first, "Firma 0" in first) == (True, False)
    assert ("Firma 2" in second, "Firma 0" in second) == (False, True)


def test_what_nobody_can_ask_for_is_left_out(client: Client, organisation: Organisation) -> None:
    make.article(organisation, title="No puedo firmar")
    foreign = make.topic(make.organisation())

    answer = client.get(f"{ADDRESS}?lista=nada&estado=roto&tema={foreign.pk}&equipo=x&idioma=zz&tipo=%00&antes=²")

    assert answer.status_code == 200
    assert "No puedo firmar" in answer.text


def test_who_does_not_edit_reads_only(organisation: Organisation) -> None:
    make.article(organisation, title="No puedo firmar")
    client = Client()
    client.force_login(make.user(organisation, Role.AGENT))

    shown = client.get(ADDRESS).text

    assert "No puedo firmar" in shown
    assert "Escribir un artículo" not in shown
    assert "Mis borradores" not in shown
    assert client.get("/gestion/articulos/traducciones/").status_code == 403
    assert client.get("/gestion/articulos/heredados/").status_code == 403


def test_an_empty_list_says_what_will_be_there(client: Client, organisation: Organisation) -> None:
    assert "Todavía no hay artículos propios" in client.get(ADDRESS).text
    assert "No hay nada en esta lista" in client.get(f"{ADDRESS}?lista=mios").text
    assert "Ningún artículo es así" in client.get(f"{ADDRESS}?titulo=zzz").text


@pytest.mark.parametrize("articles", [1, 3])
def test_the_list_asks_the_same_number_of_queries(
    client: Client,
    organisation: Organisation,
    editor: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    articles: int,
) -> None:
    topic = make.topic(organisation)
    for number in range(articles):
        article = make.article(organisation, title=f"Artículo {number}", topic=topic)
        drafts.save_draft(article, "ca", ArticleText(f"Article {number}", "", ""), author=editor)
    client.get(ADDRESS)

    with django_assert_num_queries(14):
        client.get(ADDRESS)


def test_a_group_of_topics_is_chosen_with_all_that_is_inside(client: Client, organisation: Organisation) -> None:
    group = make.topic(organisation, name="Firma")
    for name, parent in (("Instalar", group), ("Errores", group), ("Pagos", None)):
        make.article(organisation, title=name, topic=make.topic(organisation, name=name, parent=parent))

    offered = client.get(ADDRESS).text
    listed = client.get(f"{ADDRESS}?tema={group.pk}").text

    assert '<optgroup label="Firma">' in offered
    assert f'<option value="{group.pk}">Todo: Firma</option>' in offered
    assert [name for name in ("Instalar", "Errores", "Pagos") if f">{name}</a>" in listed] == ["Instalar", "Errores"]
