"""Whose a ticket is, and whose turn."""

import pytest
import time_machine

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.audit.models import Event
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import tickets
from mostrador.tickets.choices import State
from mostrador.tickets.errors import ColleagueWasFaster
from mostrador.tickets.models import Ticket
from tests import make
from tests.tickets.desk import MONDAY, after, agent_of, events, fresh, team_of


def last_message(ticket: Ticket) -> int:
    return ticket.messages.order_by("-pk")[0].pk


# --- Assigning ------------------------------------------------------------------------------------------


def test_a_ticket_is_given_and_taken_back(ticket: Ticket, agent: User) -> None:
    colleague = agent_of(ticket.organisation)

    tickets.assign(ticket, author=agent, to=colleague)
    assigned = fresh(ticket).assigned_to
    tickets.assign(ticket, author=agent, to=None)

    assert (assigned, fresh(ticket).assigned_to, fresh(ticket).state) == (colleague, None, State.NEW)
    assert events(ticket)[1:] == [f"Asignada a {colleague.name}.", "Se quedó sin asignar."]
    assert list(Event.objects.filter(verb="tickets.assigned").order_by("pk").values_list("details", flat=True)) == [
        {"to": colleague.pk},
        {"to": None},
    ]


def test_giving_it_to_whoever_has_it_changes_nothing(ticket: Ticket, agent: User) -> None:
    tickets.assign(ticket, author=agent, to=agent)
    tickets.assign(ticket, author=agent, to=agent)

    assert events(ticket)[1:] == [f"Asignada a {agent.name}."]


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.EDITOR, Role.ADMINISTRATOR])
def test_nobody_gets_a_ticket_who_does_not_attend_to_people(ticket: Ticket, agent: User, role: Role) -> None:
    other = make.user(ticket.organisation, role)

    with pytest.raises(ActionRefused, match=f"{other.name} no atiende consultas de este equipo"):
        tickets.assign(ticket, author=agent, to=other)

    assert fresh(ticket).assigned_to is None


def test_in_the_team_only_those_who_attend_to_people_get_tickets(ticket: Ticket, agent: User) -> None:
    editor = make.user(ticket.organisation, Role.EDITOR, teams=(team_of(ticket.organisation),))

    with pytest.raises(ActionRefused, match=f"{editor.name} no atiende consultas de este equipo"):
        tickets.assign(ticket, author=agent, to=editor)


def test_agents_of_an_ancestor_get_it_only_if_they_serve_its_descendants(organisation: Organisation) -> None:
    child = make.organisation(parent=organisation)
    ticket, agent = make.ticket(child), agent_of(child)
    above = make.user(organisation, Role.AGENT)
    with_descendants = make.user(organisation, Role.AGENT, with_descendants=True)

    tickets.assign(ticket, author=agent, to=with_descendants)
    with pytest.raises(ActionRefused, match="Elija a otra persona"):
        tickets.assign(ticket, author=agent, to=above)

    assert fresh(ticket).assigned_to == with_descendants


def test_who_left_gets_no_tickets(ticket: Ticket, agent: User) -> None:
    gone = agent_of(ticket.organisation)
    User.objects.filter(pk=gone.pk).update(is_active=False)

    with pytest.raises(ActionRefused, match="Elija a otra persona"):
        tickets.assign(ticket, author=agent, to=gone)


def test_who_takes_what_a_colleague_just_took_is_told(ticket: Ticket, agent: User) -> None:
    seen, colleague = last_message(ticket), agent_of(ticket.organisation)
    tickets.assign(ticket, author=colleague, to=colleague)

    with pytest.raises(ColleagueWasFaster, match=f"{colleague.name} ha cambiado quién la lleva"):
        tickets.assign(ticket, author=agent, to=agent, seen_until=seen)
    kept = fresh(ticket).assigned_to
    tickets.assign(ticket, author=agent, to=agent, seen_until=last_message(ticket))

    assert (kept, fresh(ticket).assigned_to) == (colleague, agent)


def test_a_resolved_ticket_is_not_given_to_anybody(ticket: Ticket, agent: User) -> None:
    tickets.resolve(ticket, author=agent)

    with pytest.raises(ActionRefused, match="ya está resuelta"):
        tickets.assign(ticket, author=agent, to=agent)


# --- Passing on -----------------------------------------------------------------------------------------


def test_another_team_gets_it_with_the_term_that_it_had(ticket: Ticket, agent: User) -> None:
    other = make.team(ticket.organisation)
    tickets.assign(ticket, author=agent, to=agent)

    with time_machine.travel(after(hours=2), tick=False):
        tickets.transfer(ticket, author=agent, team=other)

    after_it = fresh(ticket)
    assert (after_it.team, after_it.assigned_to, after_it.transfers) == (other, None, 1)
    assert (after_it.state, after_it.due_at) == (State.NEW, ticket.due_at)
    assert events(ticket)[-1] == f"Pasó de {team_of(ticket.organisation).name} a {other.name}."


def test_a_team_of_an_ancestor_may_get_it(organisation: Organisation) -> None:
    child = make.organisation(parent=organisation)
    ticket = make.ticket(child)

    tickets.transfer(ticket, author=agent_of(child), team=team_of(organisation))

    assert fresh(ticket).team == team_of(organisation)


def test_a_team_of_somebody_else_may_not(ticket: Ticket, agent: User) -> None:
    stranger = team_of(make.organisation())

    with pytest.raises(ActionRefused, match=f"El equipo {stranger.name} no atiende a esta entidad"):
        tickets.transfer(ticket, author=agent, team=stranger)

    assert fresh(ticket).transfers == 0


def test_its_own_team_has_it_already(ticket: Ticket, agent: User) -> None:
    with pytest.raises(ActionRefused, match="La consulta ya es del equipo"):
        tickets.transfer(ticket, author=agent, team=team_of(ticket.organisation))


def test_what_no_team_had_is_due_once_a_team_has_it(ticket: Ticket, agent: User) -> None:
    Ticket.objects.update(team=None, due_at=None)

    with time_machine.travel(MONDAY, tick=False):
        tickets.transfer(ticket, author=agent, team=team_of(ticket.organisation))

    assert fresh(ticket).due_at == after(days=1, hours=3)


def test_a_closed_ticket_is_not_passed_on(ticket: Ticket, agent: User) -> None:
    tickets.resolve(ticket, author=agent)
    tickets.close(ticket)

    with pytest.raises(ActionRefused, match="está cerrada"):
        tickets.transfer(ticket, author=agent, team=make.team(ticket.organisation))


# --- Whose turn -----------------------------------------------------------------------------------------


def test_a_third_party_is_named_and_stops_our_clock(ticket: Ticket, agent: User) -> None:
    tickets.change_state(ticket, author=agent, state=State.WAITING_FOR_THIRD_PARTY, third_party="  FNMT ")

    ticket = fresh(ticket)
    assert (ticket.state, ticket.third_party, ticket.due_at) == (State.WAITING_FOR_THIRD_PARTY, "FNMT", None)
    assert events(ticket)[-1] == "Quedó pendiente de FNMT."


def test_a_third_party_without_name_is_refused(ticket: Ticket, agent: User) -> None:
    with pytest.raises(ActionRefused, match="Escriba de quién depende"):
        tickets.change_state(ticket, author=agent, state=State.WAITING_FOR_THIRD_PARTY, third_party=" ")


def test_when_it_is_our_turn_again_the_term_goes_on_and_the_third_party_goes(ticket: Ticket, agent: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        tickets.change_state(ticket, author=agent, state=State.WAITING_FOR_THIRD_PARTY, third_party="FNMT")

    with time_machine.travel(after(days=1), tick=False):
        tickets.change_state(ticket, author=agent, state=State.WAITING_FOR_US)

    ticket = fresh(ticket)
    assert (ticket.state, ticket.third_party) == (State.WAITING_FOR_US, "")
    assert (ticket.waiting_since, ticket.due_at) == (after(days=1), after(days=2, hours=3))


def test_changing_nothing_is_refused(ticket: Ticket, agent: User) -> None:
    tickets.change_state(ticket, author=agent, state=State.WAITING_FOR_PERSON)

    with pytest.raises(ActionRefused, match="ya está así"):
        tickets.change_state(ticket, author=agent, state=State.WAITING_FOR_PERSON)


def test_a_resolved_ticket_waits_for_nobody(ticket: Ticket, agent: User) -> None:
    tickets.resolve(ticket, author=agent)

    with pytest.raises(ActionRefused, match="ya está resuelta"):
        tickets.change_state(ticket, author=agent, state=State.WAITING_FOR_US)


# --- What it is about -----------------------------------------------------------------------------------


def test_a_ticket_is_said_to_be_about_a_topic_and_a_procedure(ticket: Ticket, agent: User) -> None:
    topic = make.topic(ticket.organisation)
    procedure = make.procedure(ticket.organisation, sia_code="990001", name="Instancia general")

    tickets.classify(ticket, author=agent, topic=topic, procedure=procedure)
    tickets.classify(ticket, author=agent, topic=topic, procedure=procedure)

    assert (fresh(ticket).topic, fresh(ticket).procedure) == (topic, procedure)
    assert events(ticket)[1:] == [f"Tema: {topic.name}. Trámite: Instancia general."]
    assert [event.details for event in Event.objects.filter(verb="tickets.classified")] == [
        {"topic": topic.slug, "procedure": "990001"}
    ]


def test_the_part_of_the_service_and_the_device_are_said_and_stay_when_a_rule_classifies(
    ticket: Ticket, agent: User
) -> None:
    topic = make.topic(ticket.organisation)
    said = {"component": "Registro", "device": "Windows 11, Firefox"}

    tickets.classify(ticket, author=agent, topic=None, procedure=None, **said)
    tickets.classify(ticket, author=agent, topic=None, procedure=None, **said)
    tickets.classify(ticket, author=None, topic=topic, procedure=None)

    assert {name: getattr(fresh(ticket), name) for name in said} == said
    assert events(ticket)[1:] == [
        "Se cambiaron otros datos: componente, equipo y navegador.",
        f"Tema: {topic.name}. Trámite: —.",
    ]


def test_a_resolved_ticket_may_still_be_classified(ticket: Ticket, agent: User) -> None:
    topic = make.topic(ticket.organisation)
    tickets.resolve(ticket, author=agent)

    tickets.classify(ticket, author=agent, topic=topic, procedure=None)

    assert (fresh(ticket).topic, fresh(ticket).state) == (topic, State.RESOLVED)
