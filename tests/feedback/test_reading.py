"""What people said, at /gestion/opiniones/."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.feedback.models import Survey
from mostrador.feedback.queries import PAGE
from mostrador.organisations.models import Organisation
from tests import make

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


@pytest.fixture
def supervisor(organisation: Organisation, client: Client) -> User:
    """Signed in."""
    user = make.user(organisation, Role.SUPERVISOR)
    client.force_login(user)
    return user


def answer(organisation: Organisation, *, comment: str = "", at: datetime = NOON) -> Survey:
    """An answered survey; how it is asked and answered is tested elsewhere."""
    ticket = make.ticket(organisation)
    return Survey.objects.create(
        organisation=organisation,
        ticket=ticket,
        token_hash=f"{ticket.pk:064}",
        sent_at=at,
        expires_at=at + timedelta(days=30),
        answered_at=at,
        score=4,
        comment=comment,
    )


def test_opinions_are_listed_with_their_ticket_and_nothing_in_them_runs(
    organisation: Organisation, client: Client, supervisor: User
) -> None:
    survey = answer(organisation, comment="<script>alert(1)</script>")

    page = client.get("/gestion/opiniones/").content.decode()

    assert "4 · Buena" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert f"/gestion/consultas/{survey.ticket.reference}/" in page


def test_without_opinions_the_page_says_what_will_be_here(client: Client, supervisor: User) -> None:
    assert "Todavía no hay opiniones" in client.get("/gestion/opiniones/").content.decode()


def test_older_opinions_are_on_the_next_page_also_when_they_came_together(
    organisation: Organisation, client: Client, supervisor: User
) -> None:
    together = [answer(organisation) for _ in range(PAGE + 1)]

    first = client.get("/gestion/opiniones/").content.decode()
    link = re.search(r'rel="next" href="([^"]+)"', first)
    assert link
    second = client.get(link[1]).content.decode()

    shown = [[survey.ticket.reference in page for survey in together] for page in (first, second)]
    assert shown == [[False] + [True] * PAGE, [True] + [False] * PAGE]


def test_the_number_of_queries_does_not_grow(
    organisation: Organisation, client: Client, supervisor: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    answer(organisation)
    client.get("/gestion/opiniones/")
    with django_assert_num_queries(6):
        client.get("/gestion/opiniones/")
    answer(organisation)
    answer(organisation)

    with django_assert_num_queries(6):
        client.get("/gestion/opiniones/")


def test_opinions_about_another_organisation_are_not_shown(client: Client, supervisor: User) -> None:
    answer(make.organisation(), comment="De otro ayuntamiento")

    assert "De otro ayuntamiento" not in client.get("/gestion/opiniones/").content.decode()


def test_an_agent_may_not_read_them(organisation: Organisation, client: Client) -> None:
    client.force_login(make.user(organisation, Role.AGENT))

    assert client.get("/gestion/opiniones/").status_code == 403
