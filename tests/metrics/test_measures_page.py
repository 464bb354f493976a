"""The page of the measures and its CSV."""

import json

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.integrations.actions import import_tickets
from mostrador.metrics.actions import roll_up_what_changed
from mostrador.organisations.models import Organisation
from tests import make

ADDRESS = "/gestion/medidas/?period=dates&first=2026-03-01&last=2026-03-31"


def load(organisation: Organisation, host: str, tickets: int) -> None:
    agent = make.user(organisation)
    for number in range(tickets):
        line = {
            "external_reference": f"{number}",
            "opened_at": "2026-03-02T10:00:00+01:00",
            "resolved_at": "2026-03-02T11:00:00+01:00",
            "channel": "web",
            "state": "resolved",
            "subject": "Firmar",
            "person": {"name": "Ana"},
            "assignee": agent.email,
            "rating": 4,
            "messages": [{"author": "staff", "text": "Así.", "written_at": "2026-03-02T10:30:00+01:00"}],
        }
        import_tickets([json.dumps(line)], source="prueba", organisation=host)
    roll_up_what_changed()


def test_a_director_sees_the_four_measures_with_their_definitions(client: Client, organisation: Organisation) -> None:
    load(organisation, "testserver", 2)
    client.force_login(make.user(organisation, Role.DIRECTOR))

    text = client.get(ADDRESS).text

    for words in (
        "Tiempo de primera respuesta",
        "Resolución en el primer contacto",
        "Satisfacción",
        "Frecuencia de uso",
    ):
        assert words in text
    assert "30 min" in text
    assert "2 de 2" in text
    assert "de 34,2 % a 100,0 %" in text.replace("\xa0", " ")
    assert text.count("Cómo se calcula") == 3
    assert text.count('<svg class="chart" role="img"') == 3


def test_without_tickets_the_page_says_what_will_be_there(client: Client, organisation: Organisation) -> None:
    client.force_login(make.user(organisation))

    text = client.get("/gestion/medidas/").text

    assert text.count("empty-state-title") == 4


def test_the_csv_has_a_line_for_each_day_and_channel(client: Client, organisation: Organisation) -> None:
    load(organisation, "testserver", 2)
    client.force_login(make.user(organisation))

    response = client.get(ADDRESS.replace("medidas/?", "medidas/medidas.csv?"))

    heads, *lines = response.text.lstrip("\ufeff").splitlines()
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert heads.startswith("dia;canal;recibidas;respondidas")
    assert lines == ["2026-03-02;web;2;2;0;0;30,0;30,0;30,0;30,0;30,0;30,0;2;2;0;2;2;2;0;0;0;2;0;0"]


def test_figures_of_other_organisations_are_not_added(client: Client, organisation: Organisation) -> None:
    other = make.organisation(host="otra.example")
    load(other, "otra.example", 1)
    client.force_login(make.user(organisation))

    assert "Sin respuestas en este periodo" in client.get(ADDRESS).text


def test_a_director_of_the_parent_sees_the_figures_of_a_child_too(client: Client, organisation: Organisation) -> None:
    child = make.organisation(parent=organisation, host="hija.example")
    load(child, "hija.example", 1)
    client.force_login(make.user(organisation, Role.DIRECTOR, with_descendants=True))

    assert "1 de 1" in client.get(ADDRESS).text


@pytest.mark.parametrize(
    "query",
    [
        "period=dates",
        "period=dates&first=2026-03-31&last=2026-03-01",
        "period=dates&first=0001-01-01&last=0001-01-02",
        "period=dates&first=9999-12-30&last=9999-12-31",
        "period=siglo",
        "team=99999",
        "first=ayer",
    ],
)
def test_a_wrong_period_is_told_and_the_last_days_are_shown(
    client: Client, organisation: Organisation, query: str
) -> None:
    client.force_login(make.user(organisation))

    response = client.get(f"/gestion/medidas/?{query}")

    assert response.status_code == 422
    assert "error-summary" in response.text


def test_a_wrong_period_gives_no_file_of_another_period(client: Client, organisation: Organisation) -> None:
    client.force_login(make.user(organisation))

    response = client.get("/gestion/medidas/medidas.csv?period=dates&first=2026-03-31&last=2026-03-01")

    assert response.status_code == 302
    assert response["Location"] == "/gestion/medidas/?period=dates&first=2026-03-31&last=2026-03-01"


@pytest.mark.parametrize("tickets", [1, 3])
def test_the_page_asks_the_same_number_of_queries(
    client: Client, organisation: Organisation, django_assert_num_queries: DjangoAssertNumQueries, tickets: int
) -> None:
    load(organisation, "testserver", tickets)
    client.force_login(make.user(organisation))
    client.get(ADDRESS)

    with django_assert_num_queries(12):
        client.get(ADDRESS)
