"""What a town hall does with the articles that its diputación lends it."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.audit.models import Event
from mostrador.help_centre.actions.adaptations import complement, hide, unhide
from mostrador.help_centre.actions.index import forget, index_everything, index_what_changed, index_what_is_missing
from mostrador.help_centre.models import Adaptation, Article, SearchDocument
from mostrador.help_centre.queries.search import search
from mostrador.organisations.models import Organisation
from tests import make

LIST = "/gestion/articulos/heredados/"


@pytest.fixture
def above(organisation: Organisation) -> Organisation:
    """A body on which the visited one depends."""
    above = make.organisation(name="Diputación")
    organisation.parent, organisation.path = above, f"{above.path}{organisation.pk}/"
    organisation.save(update_fields=["parent", "path"])
    return above


@pytest.fixture
def article(above: Organisation) -> Article:
    return make.article(above, title="No puedo firmar")


@pytest.fixture
def client(organisation: Organisation) -> Client:
    """Signed in as an editor of the town hall."""
    client = Client()
    client.force_login(make.user(organisation, Role.EDITOR))
    return client


def address(article: Article, end: str = "") -> str:
    return f"{LIST}{article.pk}/{end}"


def test_what_is_lent_is_hidden_from_ones_own_readers_and_shown_again(
    client: Client, organisation: Organisation, above: Organisation, article: Article
) -> None:
    served = Article.objects.served_to

    hidden = client.post(address(article, "ocultar/"), {"hidden": "yes"}, follow=True).text
    while_hidden = [article in served(organisation), article in served(above)]
    listed = client.get(LIST).text
    client.post(address(article, "ocultar/"), {"hidden": "no"})

    assert "Volver a mostrarlo" in hidden
    assert "no se muestra" in listed
    assert while_hidden == [False, True]
    assert article in served(organisation)
    assert [
        *Event.objects.filter(organisation_id=organisation.pk, subject_id=article.pk, verb__contains="hidden")
        .order_by("pk")
        .values_list("verb", flat=True)
    ] == ["help_centre.hidden", "help_centre.unhidden"]


def test_own_words_are_added_in_each_language_and_cleaned(client: Client, article: Article) -> None:
    typed = {"es": "Venga a **la oficina**.", "ca": "<script>x</script>", "gl": "  "}

    client.post(address(article), typed)
    shown = client.get(address(article)).text
    listed = client.get(LIST).text

    adaptation = Adaptation.objects.get()
    assert adaptation.texts == {"es": "Venga a **la oficina**.", "ca": "<script>x</script>"}
    assert adaptation.html["es"] == "<p>Venga a <strong>la oficina</strong>.</p>\n"
    assert "<script" not in adaptation.html["ca"]
    assert "Venga a **la oficina**." in shown
    assert "añade texto: ca, es" in listed
    assert Event.objects.get(verb="help_centre.adapted").details == {"languages": ["ca", "es"]}


def test_words_taken_out_are_not_shown_any_more(client: Client, article: Article) -> None:
    client.post(address(article), {"es": "Venga."})

    client.post(address(article), {"es": ""})

    assert (Adaptation.objects.get().texts, Adaptation.objects.get().html) == ({}, {})


def test_a_text_that_is_too_long_comes_back(client: Client, article: Article) -> None:
    answer = client.post(address(article), {"es": "Largo. " * 1000})

    assert answer.status_code == 422
    assert "Largo. Largo." in answer.text
    assert not Adaptation.objects.exists()


def test_only_what_is_lent_can_be_adapted(client: Client, organisation: Organisation, above: Organisation) -> None:
    others = [
        make.article(organisation, title="Propio"),
        make.article(above, title="Solo para la diputación", details={"for_descendants": False}),
        make.article(above, title="Sin publicar", is_published=False),
        make.article(make.organisation(parent=organisation), title="De una entidad menor"),
        make.article(make.organisation(), title="De otra"),
    ]

    found = {client.get(address(article)).status_code for article in others}
    found |= {client.post(address(article, "ocultar/"), {"hidden": "yes"}).status_code for article in others}

    assert found == {404}
    assert "No hay artículos heredados" in client.get(LIST).text
    assert not Adaptation.objects.exists()


def test_who_does_not_edit_adapts_nothing(organisation: Organisation, article: Article) -> None:
    agent = Client()
    agent.force_login(make.user(organisation, Role.AGENT))

    assert [agent.get(address(article)).status_code, agent.post(address(article, "ocultar/")).status_code] == [403, 403]


def test_what_is_lent_is_found_by_its_title(client: Client, above: Organisation, article: Article) -> None:
    make.article(above, title="Notificación")

    shown = client.get(f"{LIST}?titulo=notificacion&antes=x").text

    assert ("Notificación" in shown, "No puedo firmar" in shown) == (True, False)
    assert "Ningún artículo heredado tiene ese título" in client.get(f"{LIST}?titulo=zzz").text


@pytest.mark.parametrize("articles", [1, 3])
def test_the_list_asks_the_same_number_of_queries(
    client: Client, above: Organisation, django_assert_num_queries: DjangoAssertNumQueries, articles: int
) -> None:
    for number in range(articles):
        make.article(above, title=f"Artículo {number}")
    client.get(LIST)

    with django_assert_num_queries(7):
        client.get(LIST)


def test_what_is_added_is_searched_for_ones_own_readers_alone(
    client: Client, organisation: Organisation, above: Organisation, article: Article
) -> None:
    make.article(above, title="Pagar una tasa")
    below, beside = make.organisation(parent=organisation), make.organisation(parent=above)

    def found() -> list[list[str]]:
        everybody = (organisation, above, below, beside)
        return [[each.slug for each in search(body, "tacógrafo firmar", "es")] for body in everybody]

    def by_word() -> list[str]:
        return [each.slug for each in search(organisation, "tacógrafo", "es")]

    client.post(address(article), {"es": "El *tacógrafo* se entrega en la oficina.", "ca": "El tacògraf."})
    by_everybody, alone = found(), by_word()
    client.post(address(article), {"es": "Venga a la oficina."})

    assert by_everybody == [["no-puedo-firmar"]] * 4  # the others by "firmar"
    assert alone == ["no-puedo-firmar"]
    assert [[each.slug for each in search(body, "tacógrafo", "es")] for body in (above, below, beside)] == [[]] * 3
    assert by_word() == []


def test_what_is_added_to_a_hidden_article_is_not_searched_and_comes_back(
    organisation: Organisation, article: Article
) -> None:
    editor = make.user(organisation, Role.EDITOR)
    complement(organisation, article, {"es": "El tacógrafo."}, author=editor)
    hide(organisation, article, author=editor)
    hidden = SearchDocument.objects.filter(adaptation__isnull=False).count()
    unhide(organisation, article, author=editor)

    shown = SearchDocument.objects.get(adaptation__isnull=False)

    assert (hidden, shown.organisation, shown.language) == (0, organisation, "es")


def test_jobs_index_what_was_added_before(organisation: Organisation, article: Article) -> None:
    complement(organisation, article, {"es": "El tacógrafo."}, author=make.user(organisation, Role.EDITOR))
    forget(SearchDocument.objects.filter(adaptation__isnull=False))

    counts = [index_what_is_missing(), index_what_is_missing(), index_what_changed()]
    Adaptation.objects.update(texts={"es": "El acueducto."})
    counts.append(index_what_changed())
    *_before, everything = index_everything()

    assert counts == [1, 0, 0, 1]
    assert everything == 2
    assert [each.slug for each in search(organisation, "acueducto", "es")] == ["no-puedo-firmar"]
