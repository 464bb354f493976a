"""What a text said before: every revision, what changed between two, and bringing one back."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.audit.models import Event
from mostrador.help_centre.actions import drafts
from mostrador.help_centre.models import Article, ArticleDraft
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.organisations.models import Organisation
from tests import make


@pytest.fixture
def editor(organisation: Organisation) -> User:
    return make.user(organisation, Role.EDITOR)


@pytest.fixture
def client(editor: User) -> Client:
    """Signed in."""
    client = Client()
    client.force_login(editor)
    return client


@pytest.fixture
def article(organisation: Organisation, editor: User) -> Article:
    """Published three times."""
    article = make.article(organisation, title="Firmar", body="Primero.")
    publish(article, "Segundo.", editor, note="Dice lo nuevo")
    publish(article, "Tercero.", editor, is_minor=True)
    return article


def publish(article: Article, body: str, author: User, *, note: str = "", is_minor: bool = False) -> None:
    text = ArticleText("Firmar", "Resumen.", body, note=note, is_minor=is_minor)
    drafts.publish(drafts.save_draft(article, "es", text, author=author), publisher=author)


def address(article: Article, end: str = "") -> str:
    return f"/gestion/articulos/{article.pk}/es/historia/{end}"


def test_every_text_that_was_published_is_listed(client: Client, article: Article, editor: User) -> None:
    shown = client.get(address(article)).text

    assert [shown.count(f'<th scope="row">Revisión {number} ') for number in (1, 2, 3)] == [1, 1, 1]
    assert "Dice lo nuevo" in shown
    assert "cambio menor" in shown
    assert editor.name in shown
    assert "Publicó un artículo (es)" in shown


def test_two_texts_are_compared_word_by_word(client: Client, article: Article) -> None:
    previous = client.get(address(article, "diferencia/?a=2")).text
    first_and_last = client.get(address(article, "diferencia/?de=1&a=3")).text
    latest = client.get(address(article, "diferencia/")).text
    first = client.get(address(article, "diferencia/?a=1")).text
    same = client.get(address(article, "diferencia/?de=2&a=2")).text

    assert ("Primero" in previous, "Segundo" in previous, "Tercero" in previous) == (True, True, False)
    assert ("Primero" in first_and_last, "Tercero" in first_and_last, "Segundo" in first_and_last) == (
        True,
        True,
        False,
    )
    assert ("Segundo" in latest, "Tercero" in latest) == (True, True)
    assert "La primera revisión" in first
    assert "Dicen lo mismo" in same


@pytest.mark.parametrize("query", ["?a=9", "?de=9", "?a=999999999999999999", "?de=-1&a=x"])
def test_a_revision_that_never_was_is_not_found_or_the_latest_is_meant(
    client: Client, article: Article, query: str
) -> None:
    assert client.get(address(article, f"diferencia/{query}")).status_code == (200 if "x" in query else 404)


def test_an_old_text_becomes_a_draft_that_readers_do_not_see_yet(client: Client, article: Article) -> None:
    answer = client.post(address(article, "recuperar/"), {"number": "1"}, follow=True)

    draft = ArticleDraft.objects.get()
    assert draft.body == "Primero."
    assert article.versions.get().body == "Tercero."
    assert "Es ahora un borrador" in answer.text
    assert Event.objects.get(verb="help_centre.revision_restored").details == {"language": "es", "revision": 1}


def test_nobody_loses_a_draft_because_an_old_text_comes_back(client: Client, article: Article, editor: User) -> None:
    drafts.save_draft(article, "es", ArticleText("Firmar", "Resumen.", "A medias."), author=editor)

    listed = client.get(address(article)).text
    changes = client.get(address(article, "diferencia/?a=borrador")).text
    answer = client.post(address(article, "recuperar/"), {"number": "1"}, follow=True)

    assert "Hay un borrador sin publicar" in listed
    assert ("Tercero" in changes, "A medias" in changes) == (True, True)
    assert "Publíquelo o descártelo antes" in answer.text
    assert ArticleDraft.objects.get().body == "A medias."


def test_what_was_never_published_has_an_empty_history(client: Client, organisation: Organisation) -> None:
    article = make.article(organisation, is_published=False)

    assert "Todavía no se ha publicado nada" in client.get(address(article)).text
    assert client.get(address(article, "diferencia/")).status_code == 200
    assert client.post(address(article, "recuperar/"), {"number": "1"})["Location"] == address(article)


def test_a_long_history_is_read_page_by_page(client: Client, article: Article, editor: User) -> None:
    for number in range(4, 24):
        publish(article, f"Texto {number}.", editor)

    first = client.get(address(article)).text
    second = client.get(address(article, "?antes=4")).text

    assert '?antes=4"' in first
    assert [f'<th scope="row">Revisión {number} ' in second for number in (1, 2, 3, 4)] == [True, True, True, False]
    assert "?antes=" not in second


@pytest.mark.parametrize("revisions", [1, 3])
def test_the_history_asks_the_same_number_of_queries(
    client: Client,
    organisation: Organisation,
    editor: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    revisions: int,
) -> None:
    article = make.article(organisation)
    for number in range(1, revisions):
        publish(article, f"Texto {number}.", editor)
    client.get(address(article))

    with django_assert_num_queries(8):
        client.get(address(article))
