"""Lists of tasks: who keeps them, where they are offered, put once however often they are put, put by rules."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.accounts.queries import access_of
from mostrador.audit.models import Event
from mostrador.organisations.models import Organisation, Team
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions.rule_runs import apply_rules
from mostrador.tickets.actions.tasks import MOST_TASKS, add_task, put_task_list, save_task_list, set_task_done
from mostrador.tickets.choices import Deed as DeedName
from mostrador.tickets.choices import Happening
from mostrador.tickets.models import Rule, TaskList, Ticket
from mostrador.tickets.queries.together import beside, task_lists_for
from tests import make
from tests.tickets.desk import agent_of, team_of

LISTS = "/gestion/consultas/listas-de-tareas/"


def texts(ticket: Ticket) -> list[str]:
    return list(ticket.tasks.order_by("pk").values_list("text", flat=True))


def test_a_list_put_twice_puts_nothing_twice(ticket: Ticket, agent: User, desk: Client) -> None:
    row = make.task_list(ticket.organisation, "Mirar", "Llamar")
    address = f"/gestion/consultas/{ticket.reference}/tareas/"

    page = desk.get(f"/gestion/consultas/{ticket.reference}/trabajo/").text
    for headers in ({"HX-Request": "true"}, {}):
        desk.post(address, {"list": row.pk}, headers=headers)
    set_task_done(ticket, ticket.tasks.order_by("pk")[0].pk, author=agent, is_done=True)
    again = put_task_list(ticket, row, author=agent)

    assert f'<option value="{row.pk}">Factura rechazada (2)</option>' in page
    assert (texts(ticket), again) == (["Mirar", "Llamar"], 0)
    assert Event.objects.get(verb="tickets.task_list_put").details == {"list": "Factura rechazada", "tasks": 2}


def test_what_is_there_already_is_left_out_and_what_does_not_fit_is_refused(ticket: Ticket, agent: User) -> None:
    add_task(ticket, author=agent, text="Llamar")
    put_task_list(ticket, make.task_list(ticket.organisation), author=agent)
    assert texts(ticket) == ["Llamar", "Mirar"]

    many = make.task_list(ticket.organisation, *map(str, range(MOST_TASKS)), name="Muchas")
    with pytest.raises(ActionRefused, match="está llena"):
        put_task_list(ticket, many, author=agent)
    assert len(texts(ticket)) == 2


def test_the_refusal_is_said_on_the_page(ticket: Ticket, desk: Client) -> None:
    many = make.task_list(ticket.organisation, *map(str, range(MOST_TASKS)), name="Muchas")
    address = f"/gestion/consultas/{ticket.reference}/tareas/"
    desk.post(address, {"text": "Otra", "key": "k"})

    for headers in ({"HX-Request": "true"}, {}):
        answer = desk.post(address, {"list": many.pk}, headers=headers)
        assert (answer.status_code, "La lista está llena" in answer.text) == (422, True)


def test_lists_are_offered_to_their_team_and_topic_and_to_bodies_below(organisation: Organisation) -> None:
    child = make.organisation(parent=organisation)
    outer = make.topic(organisation)
    inner = make.topic(organisation, parent=outer)
    ticket = make.ticket(child, topic=inner)
    agent = agent_of(child)
    offered: dict[str, dict[str, Any]] = {
        "De aquí": {},
        "De su equipo": {"team": ticket.team},
        "De otro equipo": {"team": make.team(organisation)},
        "De su tema": {"topic": inner},
        "Del de fuera": {"topic": outer},
        "De otro tema": {"topic": make.topic(organisation)},
    }
    for name, values in offered.items():
        make.task_list(organisation, name=name, **values)
    make.task_list(make.organisation(), name="De extraños")
    expected = ["De aquí", "De su equipo", "De su tema", "Del de fuera"]

    assert [name for _key, name, _count in beside(ticket, access_of(agent, child)).lists] == expected
    assert [row.name for row in task_lists_for(ticket)] == expected


def test_a_list_of_others_cannot_be_put(ticket: Ticket, desk: Client) -> None:
    stranger = make.task_list(make.organisation())

    answer = desk.post(f"/gestion/consultas/{ticket.reference}/tareas/", {"list": stranger.pk})

    assert (answer.status_code, texts(ticket)) == (404, [])


def test_a_rule_puts_a_list(ticket: Ticket, organisation: Organisation) -> None:
    row = make.task_list(organisation)
    deeds = [{"deed": DeedName.PUT_TASKS, "value": row.pk}]
    rule = Rule.objects.create(
        organisation=organisation, name="R", is_active=True, happening=Happening.OPENED, deeds=deeds
    )

    apply_rules(ticket.pk, Happening.OPENED)
    row.delete()
    apply_rules(ticket.pk, Happening.OPENED)

    assert texts(ticket) == ["Mirar", "Llamar"]
    assert [run.outcome for run in rule.runs.order_by("pk")] == ["done", "refused"]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_a_list_is_written_changed_and_taken_out(organisation: Organisation, client: Client, role: Role) -> None:
    client.force_login(make.user(organisation, role))
    typed = {"name": "Factura", "texts": "Mirar\n\n  Llamar  ahora \nMirar", "team": team_of(organisation).pk}

    assert "Todavía no hay listas" in client.get(LISTS).text
    client.post(f"{LISTS}nueva/", typed)
    row = TaskList.objects.get()
    assert (row.name, row.texts, row.team) == ("Factura", ["Mirar", "Llamar ahora"], team_of(organisation))
    twice = client.post(f"{LISTS}nueva/", typed)
    assert (twice.status_code, "Ya hay una lista con ese nombre" in twice.text) == (422, True)
    client.post(f"{LISTS}{row.pk}/", typed | {"texts": "Otra", "team": ""})
    row.refresh_from_db()
    assert (row.texts, row.team) == (["Otra"], None)
    client.post(f"{LISTS}{row.pk}/quitar/")
    assert not TaskList.objects.exists()


def test_a_form_sent_twice_makes_one_list_and_a_name_taken_meanwhile_is_refused(organisation: Organisation) -> None:
    values = {"name": "Factura", "team": None, "topic": None, "texts": ["Mirar"]}
    user = agent_of(organisation, Role.SUPERVISOR)

    made = save_task_list(organisation, values, actor=user, idempotency_key="una")

    assert save_task_list(organisation, values, actor=user, idempotency_key="una") == made
    for key in ("otra", ""):
        with pytest.raises(ActionRefused, match="Ya hay una lista con ese nombre"):
            save_task_list(organisation, values, actor=user, idempotency_key=key)
    other = make.task_list(organisation, name="Otra")
    with pytest.raises(ActionRefused, match="Ya hay una lista con ese nombre"):
        save_task_list(organisation, values, actor=user, task_list=other)
    assert TaskList.objects.count() == 2
    assert Event.objects.filter(verb="tickets.task_list_saved").count() == 2


def test_the_form_of_a_new_list_carries_a_key(organisation: Organisation, client: Client) -> None:
    client.force_login(make.user(organisation, Role.SUPERVISOR))
    key = re.findall(r'name="key"[^>]* value="([^"]+)"|$', client.get(f"{LISTS}nueva/").text)[0]

    for _each in range(2):
        answer = client.post(f"{LISTS}nueva/", {"name": "Factura", "texts": "Mirar", "key": key})
        assert answer.status_code == 302

    assert TaskList.objects.get().idempotency_key == key


def test_a_list_of_a_retired_team_stays_its_own(organisation: Organisation, client: Client) -> None:
    team = make.team(organisation)
    row = make.task_list(organisation, team=team)
    Team.objects.filter(pk=team.pk).update(is_active=False)
    client.force_login(make.user(organisation, Role.SUPERVISOR))

    assert f'<option value="{team.pk}" selected>' in client.get(f"{LISTS}{row.pk}/").text
    client.post(f"{LISTS}{row.pk}/", {"name": row.name, "texts": "Mirar", "team": team.pk})
    other = client.post(f"{LISTS}nueva/", {"name": "Otra", "texts": "Mirar", "team": team.pk})

    row.refresh_from_db()
    assert (row.team, row.texts, other.status_code) == (team, ["Mirar"], 422)


@pytest.mark.parametrize("written", ["", "x" * 201, "\n".join(map(str, range(MOST_TASKS + 1)))])
def test_tasks_that_do_not_fit_come_back(organisation: Organisation, client: Client, written: str) -> None:
    client.force_login(make.user(organisation, Role.SUPERVISOR))

    answer = client.post(f"{LISTS}nueva/", {"name": "Factura", "texts": written})

    assert (answer.status_code, 'value="Factura"' in answer.text) == (422, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_lists_costs_the_same_for_one_and_three(
    organisation: Organisation, client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    topic = make.topic(organisation)
    for number in range(count):
        make.task_list(organisation, name=f"Lista {number}", topic=topic, team=team_of(organisation))
    client.force_login(make.user(organisation, Role.SUPERVISOR))
    client.get(LISTS)

    with django_assert_num_queries(6):
        assert client.get(LISTS).text.count("Lista ") >= count
