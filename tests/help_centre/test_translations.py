"""What to translate first, what is out of date, and what still holds."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.audit.models import Event
from mostrador.help_centre.actions import drafts
from mostrador.help_centre.models import Article, DailyReading
from mostrador.help_centre.queries import lists
from mostrador.help_centre.rules.texts import ArticleText
from mostrador.organisations.models import Organisation
from tests import make

ADDRESS = "/gestion/articulos/traducciones/"


@pytest.fixture
def editor(organisation: Organisation) -> User:
    return make.user(organisation, Role.EDITOR)


@pytest.fixture
def client(editor: User) -> Client:
    """Signed in."""
    client = Client()
    client.force_login(editor)
    return client


def say(article: Article, language: str, body: str, *, is_minor: bool = False) -> None:
    """Publish a text."""
    drafts.write_and_publish(article, language, ArticleText("Firmar", "Resumen.", body, is_minor=is_minor), author=None)


def lose_readers(article: Article, days_ago: int, **languages: int) -> None:
    on = timezone.localdate() - timedelta(days=days_ago)
    DailyReading.objects.create(article=article, on=on, language="es", readings=50, readers_lost=languages)


def test_a_change_of_content_makes_translations_out_of_date_and_a_minor_one_does_not(
    organisation: Organisation,
) -> None:
    article = make.article(organisation)
    say(article, "ca", "Text.")

    say(article, "es", "Con una coma, más.", is_minor=True)
    after_minor = article.versions.get(language="ca").stale_since
    say(article, "es", "Otra cosa.")
    after_major = article.versions.get(language="ca")
    say(article, "ca", "Una altra cosa.")
    translated = article.versions.get(language="ca")

    assert (after_minor, after_major.stale_since is None) == (None, False)
    assert (after_major.source_revision, translated.source_revision, translated.stale_since) == (1, 3, None)


def test_a_translation_that_changes_makes_nothing_out_of_date(organisation: Organisation) -> None:
    article = make.article(organisation)
    say(article, "ca", "Text.")

    say(article, "ca", "Un altre text.")

    assert not article.versions.exclude(stale_since=None).exists()


def test_what_most_readers_missed_comes_first(organisation: Organisation) -> None:
    few, many, none, old = (make.article(organisation, title=title) for title in ("Pocos", "Muchos", "Nadie", "Antes"))
    lose_readers(few, 1, ca=3)
    lose_readers(many, 2, ca=2, eu=9)
    lose_readers(many, 80, ca=5)
    lose_readers(old, 100, ca=99)
    say(make.article(organisation, title="Traducido"), "ca", "Text.")
    make.article(organisation, title="En catalán", language="ca")
    make.article(organisation, title="Sin publicar", is_published=False)

    found = lists.translation_list(organisation, "ca", stale=False, before="", size=50)
    rest = lists.translation_list(organisation, "ca", stale=False, before=f"7-{many.pk}", size=50)

    assert [(row.pk, row.readers_lost) for row in found.rows] == [(many.pk, 7), (few.pk, 3), (old.pk, 0), (none.pk, 0)]
    assert [row.pk for row in rest.rows] == [few.pk, old.pk, none.pk]
    assert lists.translation_counts(organisation, "ca") == (4, 0)


def test_the_page_leads_to_the_editor_of_each(client: Client, organisation: Organisation, editor: User) -> None:
    missing, stale = make.article(organisation, title="Falta"), make.article(organisation, title="Cambió")
    drafts.save_draft(missing, "ca", ArticleText("A mitges", "", ""), author=editor)
    say(stale, "ca", "Text.")
    say(stale, "es", "Otra cosa.")

    first = client.get(f"{ADDRESS}?idioma=ca").text
    second = client.get(f"{ADDRESS}?idioma=ca&lista=desfasadas").text

    assert (f'href="/gestion/articulos/{missing.pk}/ca/"' in first, editor.name in first) == (True, True)
    assert f'href="/gestion/articulos/{stale.pk}/ca/"' not in first
    assert f'href="/gestion/articulos/{stale.pk}/ca/"' in second
    assert "Sigue valiendo" in second
    assert client.get(f"{ADDRESS}?idioma=zz&antes=x").status_code == 200
    assert "Ninguna traducción está desfasada" in client.get(f"{ADDRESS}?idioma=eu&lista=desfasadas").text


def test_a_translation_that_still_holds_is_not_out_of_date_any_more(client: Client, organisation: Organisation) -> None:
    article = make.article(organisation)
    say(article, "ca", "Text.")
    say(article, "es", "Otra cosa.")
    address = f"/gestion/articulos/{article.pk}/ca/"

    shown = client.get(f"{address}revision/").text
    client.post(f"{address}sigue-valiendo/")
    twice = client.post(f"{address}sigue-valiendo/", follow=True).text

    version = article.versions.get(language="ca")
    assert "Traducción desfasada" in shown
    assert (version.stale_since, version.source_revision) == (None, 2)
    assert "ya no consta como desfasada" in twice
    assert Event.objects.filter(verb="help_centre.translation_confirmed").count() == 1


@pytest.mark.parametrize("articles", [1, 3])
def test_the_page_asks_the_same_number_of_queries(
    client: Client, organisation: Organisation, django_assert_num_queries: DjangoAssertNumQueries, articles: int
) -> None:
    for number in range(articles):
        lose_readers(make.article(organisation, title=f"Artículo {number}"), 1, ca=number + 1)
    client.get(f"{ADDRESS}?idioma=ca")

    with django_assert_num_queries(8):
        client.get(f"{ADDRESS}?idioma=ca")
