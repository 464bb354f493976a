"""Writing articles: the pages of editors."""

from typing import Any

import pytest
from django.test import Client

from mostrador.accounts.choices import Role
from mostrador.audit.models import Event
from mostrador.help_centre.choices import PublicationState
from mostrador.help_centre.models import Article, ArticleVersion
from mostrador.organisations.models import Organisation
from tests import make


@pytest.fixture
def editor(client: Client, organisation: Organisation) -> Client:
    """Signed in."""
    client.force_login(make.user(organisation, Role.EDITOR))
    return client


def typed(organisation: Organisation, **changes: Any) -> dict[str, Any]:
    """What an editor fills in."""
    topic = changes.pop("topic", None) or make.topic(organisation)
    return {
        "title": "No puedo firmar",
        "summary": "Actualice Autofirma.",
        "body": "1. Descárguela.\n2. Instálela.",
        "language": "es",
        "kind": "faq",
        "topic": topic.pk,
        "owner_team": "",
        "codes": "SAF_09\nNo se puede firmar\n",
        "review_by": "2027-03-01",
    } | changes


def edit_address(article: Article, language: str = "es", end: str = "") -> str:
    return f"/gestion/articulos/{article.pk}/{language}/{end}"


def test_a_new_article_is_a_draft_that_only_the_team_sees(editor: Client, organisation: Organisation) -> None:
    response = editor.post("/gestion/articulos/nuevo/", typed(organisation))

    article = Article.objects.get()
    version = article.versions.get()
    assert response["Location"] == edit_address(article)
    assert (article.slug, article.codes) == ("no-puedo-firmar", ["SAF_09", "No se puede firmar"])
    assert (version.title, version.state) == ("No puedo firmar", PublicationState.DRAFT)
    assert Client().get("/ayuda/articulo/no-puedo-firmar/").status_code == 404
    assert [*Event.objects.filter(verb__startswith="help_centre").order_by("pk").values_list("verb", flat=True)] == [
        "help_centre.article_created",
    ]


def test_another_language_is_another_version_of_the_same_article(editor: Client, organisation: Organisation) -> None:
    article = make.article(organisation)

    editor.post(
        edit_address(article, "ca"), typed(organisation, topic=article.topic, language="ca", title="No puc signar")
    )

    assert dict(article.versions.values_list("language", "state")) == {"es": "published", "ca": "draft"}
    assert article.versions.get(language="ca").title == "No puc signar"


def test_a_form_with_a_mistake_comes_back_filled(editor: Client, organisation: Organisation) -> None:
    response = editor.post("/gestion/articulos/nuevo/", typed(organisation, title="", body="Lo que he escrito"))

    assert response.status_code == 422
    assert "Lo que he escrito" in response.text
    assert not Article.objects.exists()


def test_an_article_keeps_to_the_topics_teams_and_languages_of_its_own_organisation(organisation: Organisation) -> None:
    child = make.organisation(parent=organisation, host="hija.example")
    Organisation.objects.filter(pk=child.pk).update(languages=["es", "gl"])
    article, topic_above, team_above = make.article(child), make.topic(organisation), make.team(organisation)
    editor = Client()
    editor.force_login(make.user(organisation, Role.EDITOR, with_descendants=True))

    shown = editor.get(edit_address(article)).text
    inherited = editor.post(edit_address(article), typed(child, topic=topic_above))
    foreign = editor.post(edit_address(article), typed(child, topic=article.topic, owner_team=team_above.pk))

    article.refresh_from_db()
    assert f'value="{article.topic_id}"' in shown
    assert '<option value="gl">Galego</option>' in shown
    assert "Català</option>" not in shown
    assert f"http://hija.example:8000/ayuda/articulo/{article.slug}/" in shown
    assert (inherited.status_code, article.topic_id) == (302, topic_above.pk)
    assert foreign.status_code == 422


def test_the_article_of_another_organisation_does_not_exist(editor: Client, organisation: Organisation) -> None:
    article = make.article(make.organisation())

    response = editor.post(edit_address(article), typed(organisation) | {"state": "archived"})

    assert response.status_code == 404
    assert ArticleVersion.objects.get().state == PublicationState.PUBLISHED
