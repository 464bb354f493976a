"""What is done with a ticket over its page, and what waits folded beside it."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.models import User
from mostrador.tickets.actions import tasks
from mostrador.tickets.models import Ticket
from tests import make
from tests.tickets.desk import fresh

pytestmark = pytest.mark.django_db

OVER = {"HX-Request": "true", "HX-Target": "page-dialog-matter"}


def address(ticket: Ticket, act: str = "") -> str:
    return f"/gestion/consultas/{ticket.reference}/{act}"


def add_task(ticket: Ticket, agent: User, text: str) -> None:
    tasks.add_task(ticket, author=agent, text=text, assigned_to=None, due_on=None, idempotency_key=text)


ACTS = (
    *("asignar", "clasificar", "traspasar", "estado", "resolver", "tercero", "opinion", "relacionar", "unir"),
    *("separar", "incidencia", "clase", "prioridad", "su-plazo", "otros-datos", "representante"),
)


@pytest.mark.parametrize("act", ACTS)
def test_an_act_answers_htmx_with_its_title_and_form_alone(desk: Client, ticket: Ticket, act: str) -> None:
    over = desk.get(address(ticket, f"{act}/"), headers=OVER).content.decode().strip()
    page = desk.get(address(ticket, f"{act}/")).content.decode()

    assert over.startswith('<h2 class="dialog-title" id="page-dialog-title">')
    assert "<h1" not in over
    assert page.count("<h1") == 1
    assert "page-dialog-title" not in page


def test_what_is_wrong_comes_back_to_the_dialog(desk: Client, ticket: Ticket) -> None:
    answer = desk.post(address(ticket, "estado/"), {"state": "waiting_for_third_party"}, headers=OVER)

    assert answer.status_code == 422
    assert 'class="error-summary"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_what_is_done_draws_the_ticket_and_what_is_beside_it_anew(desk: Client, ticket: Ticket, agent: User) -> None:
    answer: Any = desk.post(address(ticket, "asignar/"), {"to": agent.pk}, headers=OVER, follow=True)
    content = answer.content.decode()

    assert fresh(ticket).assigned_to == agent
    assert answer.redirect_chain == [(address(ticket), 302)]
    assert content.strip().startswith('<div id="ticket">')
    assert '<aside id="aside" hx-swap-oob="innerHTML">' in content
    assert '<section class="section" id="composer" hx-preserve' in content  # what is being written stays
    assert json.loads(answer["HX-Trigger-After-Settle"]) == {"toast": {"text": "Guardado.", "kind": "success"}}
    assert "Guardado." not in desk.get(address(ticket)).content.decode()  # said once


def test_what_comes_by_itself_touches_nothing_else(desk: Client, ticket: Ticket) -> None:
    content = desk.get(address(ticket), headers={"HX-Request": "true"}).content.decode()

    assert "<aside" not in content
    assert "hx-preserve" not in content


def test_an_act_that_leads_elsewhere_takes_the_browser_there(desk: Client, ticket: Ticket) -> None:
    other = make.team(ticket.organisation)
    answer = desk.post(address(ticket, "traspasar/"), {"team": other.pk, "note": ""}, headers=OVER)

    assert answer["HX-Redirect"] == "/gestion/consultas/"
    assert "ha pasado de equipo" in desk.get("/gestion/consultas/").content.decode()


def test_what_holds_nothing_is_folded_without_its_forms(desk: Client, ticket: Ticket, agent: User) -> None:
    page = desk.get(address(ticket)).content.decode()

    assert '<summary id="fold-tasks-summary">Tareas: ninguna</summary>' in page
    assert "Tiempo: 0 min" in page
    assert "task_text" not in page

    add_task(ticket, agent, "Llamar")
    add_task(ticket, agent, "Escribir")
    tasks.set_task_done(ticket, ticket.tasks.get(text="Llamar").pk, author=agent, is_done=True)
    page = desk.get(address(ticket)).content.decode()

    assert '<details class="details" open id="fold-tasks">' in page
    assert "Tareas: 1 de 2 hechas" in page
    assert "task_text" in page

    tasks.set_task_done(ticket, ticket.tasks.get(text="Escribir").pk, author=agent, is_done=True)
    page = desk.get(address(ticket)).content.decode()

    assert "Tareas: 2 de 2 hechas" in page
    assert "task_text" not in page


def test_tasks_tags_and_time_come_when_they_are_opened_or_alone(
    desk: Client, ticket: Ticket, agent: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    add_task(ticket, agent, "Uno")
    with django_assert_num_queries(9):
        page = desk.get(address(ticket, "trabajo/")).content.decode()
    for text in ("Dos", "Tres"):
        add_task(ticket, agent, text)
    with django_assert_num_queries(9):
        desk.get(address(ticket, "trabajo/"))
    part = desk.get(address(ticket, "trabajo/"), headers={"HX-Request": "true"}).content.decode()

    assert "Tareas, etiquetas y tiempo" in page
    assert all(name in page for name in ("task_text", "tag_tag", "time_minutes"))
    assert '<div id="work"' in part
    assert "<h1" not in part
