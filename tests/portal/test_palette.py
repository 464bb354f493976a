"""What the command palette finds, for whom, and at which cost."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.audit.models import Event
from mostrador.organisations.models import Organisation
from mostrador.people.models import Person
from mostrador.tickets.models import SavedView, Ticket
from tests import make

PALETTE = "/gestion/buscar/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def lucia(organisation: Organisation) -> Person:
    return make.person(organisation, name="Lucía Fernández")


@pytest.fixture
def ticket(organisation: Organisation, lucia: Person) -> Ticket:
    return make.ticket(organisation, person=lucia, subject="No aparece el certificado")


def found(client: Client, words: str) -> str:
    answer = client.post(PALETTE, {"q": words}, headers=HTMX)
    assert answer.status_code == 200
    return answer.content.decode()


def test_words_find_tickets_people_articles_and_lists(
    client: Client, organisation: Organisation, ticket: Ticket, lucia: Person
) -> None:
    article = make.article(organisation, title="No aparece mi certificado")
    client.force_login(make.user(organisation))

    assert f'data-href="/gestion/consultas/{ticket.reference}/"' in found(client, ticket.reference.lower())
    assert f'data-href="/gestion/personas/{lucia.pk}/"' in found(client, "lucia fer")
    by_subject = found(client, "certificado")
    assert f'data-href="/gestion/consultas/{ticket.reference}/"' in by_subject
    assert f'data-href="/gestion/articulos/{article.pk}/leer/"' in by_subject
    assert 'data-href="/gestion/consultas/?lista=sin-asignar"' in found(client, "sin as")


def test_the_page_of_persons_among_the_options_is_no_person_found(client: Client, organisation: Organisation) -> None:
    client.force_login(make.user(organisation, Role.SUPERVISOR))

    assert 'data-href="/gestion/personas/"' in found(client, "personas")

    assert not Event.objects.filter(verb__startswith="people.").exists()


def test_words_find_saved_views_of_ones_own_and_shared_ones(client: Client, organisation: Organisation) -> None:
    agent = make.user(organisation)
    mine = SavedView.objects.create(organisation=organisation, name="Quejas en catalán", owner=agent)
    shared = SavedView.objects.create(organisation=organisation, name="Quejas que vencen")
    SavedView.objects.create(organisation=organisation, name="Quejas de otra", owner=make.user(organisation))
    SavedView.objects.create(organisation=organisation, name="Quejas de antes", owner=agent, removed_at=timezone.now())
    client.force_login(agent)

    page = found(client, "quejas")

    assert page.count("data-href") == 2
    for view in (mine, shared):
        assert f'data-href="/gestion/consultas/?lista={view.pk}"' in page


def test_that_people_were_found_is_recorded_and_not_what_was_typed(
    client: Client, organisation: Organisation, lucia: Person
) -> None:
    client.force_login(make.user(organisation))

    found(client, "lucia")
    found(client, "nadie así")

    assert [event.details for event in Event.objects.filter(verb="people.searched")] == [{"found": 1}]


def test_nothing_typed_shows_what_one_read_lately(client: Client, organisation: Organisation, ticket: Ticket) -> None:
    other = make.ticket(organisation, subject="Otra")
    client.force_login(make.user(organisation))
    assert found(client, "").strip() == ""

    for reference in (ticket.reference, other.reference, ticket.reference):
        client.get(f"/gestion/consultas/{reference}/")
    page = found(client, "")

    assert page.index("No aparece el certificado") < page.index("Otra")
    assert page.count("data-href") == 2


def test_each_role_finds_what_it_may_open(client: Client, organisation: Organisation, ticket: Ticket) -> None:
    client.force_login(make.user(organisation, Role.EDITOR))

    page = found(client, "certificado") + found(client, "lucia") + found(client, ticket.reference)

    assert "data-href" not in page


def test_nobody_finds_what_is_others(client: Client, organisation: Organisation) -> None:
    elsewhere = make.organisation()
    stranger = make.ticket(elsewhere, person=make.person(elsewhere, name="Lucía Ajena"), subject="Certificado ajeno")
    client.force_login(make.user(organisation))

    assert "data-href" not in found(client, "certificado") + found(client, "lucia") + found(client, stranger.reference)


def test_without_scripts_it_is_a_page(client: Client, organisation: Organisation, ticket: Ticket) -> None:
    client.force_login(make.user(organisation))

    page = client.post(PALETTE, {"q": "certificado"}).content.decode()

    assert f'<a href="/gestion/consultas/{ticket.reference}/">No aparece el certificado</a>' in page
    assert "No hay nada así" in client.post(PALETTE, {"q": "zzzz"}).content.decode()


def test_it_costs_the_same_for_one_and_for_three(
    client: Client, organisation: Organisation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(make.user(organisation))

    for _ in range(2):
        make.article(organisation, title="No aparece mi certificado")
        person = make.person(organisation, name="Certificado")
        make.ticket(organisation, person=person, subject="El certificado")
        found(client, "certificado")
        with django_assert_num_queries(QUERIES):
            found(client, "certificado")


# Host, session, user, access; persons found, tickets among the newest and further back, the calendars of their teams;
# persons, and the record of that; articles; saved views.
QUERIES = 19
