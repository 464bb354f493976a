"""The button of the next case, and the pages on which the work is shared out."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.organisations.models import Organisation
from mostrador.tickets.actions import routing, tickets
from mostrador.tickets.models import AgentRouting, TeamRouting, Ticket
from tests import make
from tests.tickets.desk import agent_of, fresh, jobs, team_of

NEXT, SHARE = "/gestion/consultas/siguiente/", "/gestion/reparto/"


def said(client: Client) -> list[str]:
    return [str(message) for message in get_messages(client.get("/gestion/consultas/").wsgi_request)]


@pytest.fixture
def supervisor(organisation: Organisation) -> User:
    return agent_of(organisation, Role.SUPERVISOR)


def test_the_next_case_is_shown_and_is_mine(client: Client, agent: User, ticket: Ticket) -> None:
    client.force_login(agent)

    answer = client.post(NEXT)
    page = client.get(answer["Location"]).content.decode()

    assert answer["Location"] == f"/gestion/consultas/{ticket.reference}/"
    assert fresh(ticket).assigned_to == agent
    assert "Ya es suya. Su respuesta va con retraso." in page


def test_asking_again_goes_on_and_then_comes_round(client: Client, organisation: Organisation, agent: User) -> None:
    first, second = make.ticket(organisation), make.ticket(organisation)
    client.force_login(agent)

    shown = [client.post(NEXT)["Location"] for _ in range(3)]

    assert shown == [f"/gestion/consultas/{one.reference}/" for one in (first, second, first)]


def test_nothing_to_do_goes_to_the_list_and_says_why(client: Client, organisation: Organisation, agent: User) -> None:
    make.ticket(organisation, language="eu")
    routing.set_agent_rules(agent, organisation, languages=["es"], topics=None, load_limit=None, actor=agent)
    client.force_login(agent)

    answer = client.post(NEXT, follow=True)

    assert answer.redirect_chain == [("/gestion/consultas/", 302)]
    assert "No hay nada que usted pueda atender ahora: 1 en euskera." in answer.content.decode()


def test_looking_gives_nothing(client: Client, agent: User, ticket: Ticket) -> None:
    client.force_login(agent)

    assert client.get(NEXT).status_code == 405
    assert fresh(ticket).assigned_to is None


def test_an_agent_settles_their_languages_and_is_away_and_back(
    client: Client, organisation: Organisation, agent: User
) -> None:
    client.force_login(agent)

    client.post(SHARE, {"languages": ["es", "eu"]})
    client.post(f"{SHARE}disponible/", {"available": "0", "hand_over": "1"})
    away = client.get(SHARE).content.decode()
    settled = AgentRouting.objects.get(user=agent, organisation=organisation)
    client.post(f"{SHARE}disponible/", {"available": "1"})

    assert (settled.languages, settled.is_available) == (["es", "eu"], False)
    assert "No recibe consultas" in away
    assert len(jobs("tickets.give_back")) == 1
    assert AgentRouting.objects.get().is_available
    assert "Reparto de los equipos" not in away


def test_a_language_that_the_office_does_not_offer_is_refused(client: Client, agent: User) -> None:
    client.force_login(agent)

    assert client.post(SHARE, {"languages": ["fr"]}).status_code == 422


def test_a_supervisor_settles_teams_and_people(
    client: Client, organisation: Organisation, agent: User, supervisor: User
) -> None:
    topic, team = make.topic(organisation), team_of(organisation)
    tickets.assign(make.ticket(organisation), author=agent, to=agent)
    client.force_login(supervisor)

    client.post(f"{SHARE}equipos/{team.pk}/", {"mode": "round_robin", "load_limit": 8, "keep_days": 14})
    client.post(
        f"{SHARE}personas/{agent.pk}/", {"languages": ["ca"], "topics": [topic.pk], "load_limit": 5, "away": "1"}
    )
    page = client.get(SHARE).content.decode()
    bad = client.post(f"{SHARE}equipos/{team.pk}/", {"mode": "round_robin", "load_limit": -1, "keep_days": 14})

    rule, own = TeamRouting.objects.get(), AgentRouting.objects.get(user=agent)
    assert (rule.mode, rule.load_limit, rule.keep_days) == ("round_robin", 8, 14)
    assert (own.languages, list(own.topics.all()), own.load_limit, own.is_available) == (["ca"], [topic], 5, False)
    for words in ("por turno", "1 de 5", "catalán", topic.name):
        assert words in page
    assert bad.status_code == 422


def test_an_agent_does_not_settle_those_of_others(client: Client, organisation: Organisation, agent: User) -> None:
    client.force_login(agent)

    assert client.get(f"{SHARE}equipos/{team_of(organisation).pk}/").status_code == 403
    assert client.get(f"{SHARE}personas/{agent.pk}/").status_code == 403


def test_people_and_teams_of_others_are_not_found(client: Client, supervisor: User) -> None:
    elsewhere = make.organisation()
    client.force_login(supervisor)

    assert client.get(f"{SHARE}equipos/{team_of(elsewhere).pk}/").status_code == 404
    assert client.get(f"{SHARE}personas/{make.user(elsewhere).pk}/").status_code == 404


def test_the_page_costs_the_same_for_one_person_and_for_three(
    client: Client, organisation: Organisation, supervisor: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(supervisor)
    attends = {"languages": ["es"], "topics": [make.topic(organisation)], "load_limit": None, "actor": supervisor}
    routing.set_agent_rules(supervisor, organisation, **attends)  # type: ignore[arg-type]

    for _ in range(2):
        # Host, session, user, access; one's own; teams, their rules and people; people, what they attend to and have.
        with django_assert_num_queries(13):
            client.get(SHARE)
        for _each in range(2):
            routing.set_agent_rules(agent_of(organisation), organisation, **attends)  # type: ignore[arg-type]
            make.team(organisation)
