"""What is shown beside a ticket because it may help, and how it gets into the answer."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.models import User
from mostrador.accounts.queries import access_of
from mostrador.help_centre.models import SearchLog
from mostrador.organisations.models import Organisation
from mostrador.tickets.actions import tickets
from mostrador.tickets.actions.retention import erase_words
from mostrador.tickets.models import ReplyDraft, Ticket
from mostrador.tickets.queries.personal_data import personal_data
from mostrador.tickets.queries.suggestions import similar_resolved
from mostrador.tickets.rules.replies import as_quoted, first_article_in
from tests import make
from tests.tickets.desk import agent_of


def of_ticket(ticket: Ticket, act: str) -> str:
    return f"/gestion/consultas/{ticket.reference}/{act}"


def test_articles_similar_matters_and_what_was_read_are_shown(desk: Client, organisation: Organisation) -> None:
    article = make.article(organisation, title="No aparece mi certificado")
    solved = make.ticket(organisation, subject="Mi certificado no sale", error_code="SAF_09")
    tickets.resolve(solved, author=agent_of(organisation), article=article)
    ticket = make.ticket(organisation, error_code="saf_09", articles_read=[article.pk])

    page = desk.get(of_ticket(ticket, "sugerencias/")).text

    assert "Ya había leído: «No aparece mi certificado»." in page
    assert "Mi certificado no sale" in page
    assert "la resolvió «No aparece mi certificado»" in page
    assert f'data-slug="{article.slug}"' in page


def test_what_the_person_had_searched_is_shown_while_it_is_kept_and_told_to_them(
    client: Client, agent: User, organisation: Organisation
) -> None:
    client.get("/buscar/", {"q": "no me sale el certificado"})
    search = SearchLog.objects.get()
    ticket = make.ticket(organisation, search_key=search.key)
    client.force_login(agent)

    shown = client.get(of_ticket(ticket, "sugerencias/")).text
    [exported] = personal_data(ticket.person).records
    search.delete()
    forgotten = client.get(of_ticket(ticket, "sugerencias/")).text
    erase_words(ticket)

    assert f"Antes de escribir buscó: «{search.text}»." in shown
    assert exported["searched"] == search.text
    assert "Antes de escribir" not in forgotten
    assert Ticket.objects.get().search_key == ""


def test_nothing_that_helps_is_said_too(desk: Client, ticket: Ticket) -> None:
    page = desk.get(of_ticket(ticket, "sugerencias/")).text

    assert "Ningún artículo habla de esto." in page
    assert "Todavía ninguna." in page


def test_similar_ones_that_may_not_be_seen_are_not_shown(
    organisation: Organisation, agent: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ticket = make.ticket(organisation, error_code="SAF_09")
    alike = [make.ticket(organisation, error_code="SAF_09") for _number in range(3)]
    for each in alike:
        tickets.resolve(each, author=agent)
    Ticket.objects.filter(pk=alike[0].pk).update(is_restricted=True, team=make.team(organisation))
    access = access_of(agent, organisation)

    with django_assert_num_queries(1):
        found = similar_resolved(ticket, access)

    assert {each.reference for each in found} == {each.reference for each in alike[1:]}


@pytest.mark.parametrize("way", ["link", "text"])
def test_an_article_is_put_into_the_draft_without_scripts(desk: Client, ticket: Ticket, agent: User, way: str) -> None:
    article = make.article(ticket.organisation)

    found = desk.get(of_ticket(ticket, "articulos/"), {"q": "certificado"}).json()["found"]
    desk.post(of_ticket(ticket, f"articulos/{article.pk}/poner/"), {"as": way})

    text = ReplyDraft.objects.get(author=agent).text
    assert [row["value"] for row in found] == [article.pk]
    if way == "link":
        assert text == f"[No aparece mi certificado](articulo:{article.slug})"
    else:
        assert text.startswith("**No aparece mi certificado**\n\n1. Cierre el navegador.")


def test_an_article_of_others_is_not_put(desk: Client, ticket: Ticket) -> None:
    stranger = make.article(make.organisation())

    assert desk.post(of_ticket(ticket, f"articulos/{stranger.pk}/poner/")).status_code == 404


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Vea [esto](articulo:no-aparece#pasos).", "no-aparece"),
        ("Vea [esto](https://sede.example/ca/ayuda/articulo/no-aparece/).", "no-aparece"),
        ("Vea https://sede.example y [esto](https://otra.example/).", ""),
    ],
)
def test_the_first_article_of_an_answer_is_found(text: str, slug: str) -> None:
    assert first_article_in(text) == slug


def test_pictures_stay_in_the_help_centre() -> None:
    assert as_quoted("T", "Uno\n\n![Botón](imagen:abc)\n\nDos") == "**T**\n\nUno\n\nDos"
