"""The pages on which rules of automation are written, tried, started and looked at."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.accounts.queries import access_of
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import kinds, rule_runs, rules, tags, tickets
from mostrador.tickets.choices import Deed, Happening, Priority, RunOutcome, State, TicketKind
from mostrador.tickets.models import Rule, RuleRun, Ticket
from mostrador.tickets.queries import rules as queries
from mostrador.tickets.rules.automation import Deed as Deed_
from mostrador.tickets.rules.conditions import Condition
from mostrador.tickets.rules.priority import MATRIX, said_for
from tests import make
from tests.tickets.desk import agent_of, events, fresh, team_of

pytestmark = pytest.mark.django_db
RULES = "/gestion/reglas/"
NEW = f"{RULES}nueva/"


@pytest.fixture
def supervisor(organisation: Organisation) -> User:
    return agent_of(organisation, Role.SUPERVISOR)


@pytest.fixture
def keeping(client: Client, supervisor: User) -> Client:
    client.force_login(supervisor)
    return client


def written(organisation: Organisation, author: User, **change: Any) -> Rule:
    whole: dict[str, Any] = {
        "name": "Marcar la firma",
        "happening": Happening.OPENED,
        "conditions": [Condition("subject", "contains", "certificado")],
        "deeds": [Deed_(Deed.ADD_TAG, "firma")],
        "purpose": "Que lo vea el equipo de firma.",
        "responsible": author,
    }
    return rules.save_rule(organisation, author=author, **(whole | change))


def form_of(supervisor: User, **change: Any) -> dict[str, Any]:
    return {
        "name": "Marcar la firma",
        "purpose": "Que lo vea el equipo de firma.",
        "responsible": supervisor.pk,
        "happening": "opened",
        "all-0-field": "subject",
        "all-0-operator": "contains",
        "all-0-value": "certificado",
        "deed-0-deed": "add_tag",
        "deed-0-value": "#Firma  Electrónica",
        "key": "una-clave",
    } | change


# --- The list -----------------------------------------------------------------------------------------


def test_without_rules_the_page_says_what_they_are_for_and_what_is_always_done(keeping: Client) -> None:
    page = keeping.get(RULES).content.decode()

    assert "Todavía no hay reglas propias" in page
    assert "acuse de recibo" in page


def test_a_rule_is_listed_in_plain_words(keeping: Client, organisation: Organisation, supervisor: User) -> None:
    team = make.team(organisation)
    conditions = [
        Condition("state", "is", State.WAITING_FOR_PERSON),
        Condition("last_activity_at", "older_than", "5d"),
        Condition("team", "in", [team.pk], {str(team.pk): team.name}),
        Condition("is_restricted", "is", False),
        Condition("assigned_to", "is_empty"),
    ]
    deeds = [Deed_(Deed.TRANSFER, team.pk, team.name), Deed_(Deed.SET_PRIORITY, 2), Deed_(Deed.RELEASE)]
    written(organisation, supervisor, happening=Happening.TIME, conditions=conditions, deeds=deeds)

    page = keeping.get(RULES).content.decode()

    for words in (
        "Con el tiempo: se comprueba cada diez minutos",
        "Estado es «pendiente de la persona»",
        "Última actividad hace más de 5 días",
        f"Equipo es alguna de «{team.name}»",
        "Reservada es no",
        "Quién la lleva está vacío",
        f"Pasarla a un equipo: {team.name}",
        "Fijar la prioridad: alta",
        "Dejarla sin asignar",
        supervisor.name,
        "No se ha aplicado",
    ):
        assert words in page, words


def test_rules_of_above_are_shown_and_not_changed_from_below(client: Client, organisation: Organisation) -> None:
    below = make.organisation(parent=organisation, host="testserver2")
    keeper = agent_of(below, Role.SUPERVISOR)
    above = written(organisation, make.user(organisation, Role.SUPERVISOR), name="De la diputación")
    rules.start_rule(above, author=keeper)
    client.force_login(keeper)

    page = client.get(RULES, headers={"host": "testserver2"}).content.decode()
    change = client.get(f"{RULES}{above.pk}/", headers={"host": "testserver2"})

    assert "De la diputación" in page
    assert f"{RULES}{above.pk}/" not in page
    assert change.status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_more_rules_ask_no_more_queries(
    keeping: Client,
    organisation: Organisation,
    supervisor: User,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        made = written(organisation, supervisor, name=f"Regla {number}")
        rules.start_rule(made, author=supervisor)
        rule_runs.apply_rules(make.ticket(organisation).pk, Happening.OPENED)

    with django_assert_num_queries(2):
        own = list(queries.own_rules(organisation))
        assert not list(queries.rules_from_above(organisation))
        assert [rule.responsible for rule in own] == [supervisor] * rows
    assert own[0].runs_lately == rows  # type: ignore[attr-defined]
    keeping.get(RULES)  # contents once
    with django_assert_num_queries(LIST_QUERIES):
        keeping.get(RULES)


LIST_QUERIES = 7


def test_rules_are_moved_started_and_stopped(keeping: Client, organisation: Organisation, supervisor: User) -> None:
    first, second = (written(organisation, supervisor, name=name) for name in ("Una", "Otra"))

    keeping.post(f"{RULES}{second.pk}/mover/", {"up": "1"})
    keeping.post(f"{RULES}{first.pk}/en-marcha/")
    started = Rule.objects.get(pk=first.pk).is_active
    keeping.post(f"{RULES}{first.pk}/parar/")

    assert list(queries.own_rules(organisation)) == [second, first]
    assert started
    assert not Rule.objects.get(pk=first.pk).is_active


def test_deleting_is_asked_first(keeping: Client, organisation: Organisation, supervisor: User) -> None:
    made = written(organisation, supervisor)

    asked = keeping.get(f"{RULES}{made.pk}/borrar/").content.decode()
    still = Rule.objects.filter(pk=made.pk).exists()
    keeping.post(f"{RULES}{made.pk}/borrar/")

    assert "¿Borrar la regla «Marcar la firma»?" in asked
    assert still
    assert not Rule.objects.exists()


def test_the_inventory_says_who_answers_for_what(keeping: Client, organisation: Organisation, supervisor: User) -> None:
    written(organisation, supervisor, name="=1+1")
    rules.set_up_rules(organisation)

    answer = keeping.get(f"{RULES}inventario.csv")
    head, first, *others = csv.reader(StringIO(answer.content.decode().removeprefix("\ufeff")), delimiter=";")

    assert head[-3:] == ["para_que", "responsable", "estado"]
    assert first[0] == "'=1+1"
    assert first[-3:] == ["Que lo vea el equipo de firma.", supervisor.name, "parada"]
    assert {row[-2] for row in others} == {organisation.name}


# --- Writing ------------------------------------------------------------------------------------------


def test_a_rule_is_written_rests_and_goes_to_its_trial(
    keeping: Client, organisation: Organisation, supervisor: User
) -> None:
    answers = [keeping.post(NEW, form_of(supervisor)) for _twice in range(2)]

    made = Rule.objects.get()
    assert {answer["Location"] for answer in answers} == {f"{RULES}{made.pk}/prueba/"}
    assert (made.name, made.responsible, made.is_active) == ("Marcar la firma", supervisor, False)
    assert made.deeds == [{"deed": "add_tag", "value": "firma electrónica"}]
    assert made.conditions[0]["value"] == "certificado"


def test_every_deed_has_its_fields_and_comes_back_as_it_was(
    keeping: Client, organisation: Organisation, supervisor: User
) -> None:
    team, topic = make.team(organisation), make.topic(organisation)
    sent = form_of(supervisor)
    values: list[dict[str, Any]] = [
        {"deed": "remove_tag", "value": "vieja"},
        {"deed": "set_priority", "value": "2"},
        {"deed": "set_topic", "value": topic.pk},
        {"deed": "transfer", "value": team.pk},
        {"deed": "assign", "value": supervisor.pk},
        {"deed": "write_to_person", "text_es": "Hola, {{ persona.nombre }}", "text_ca": "Bon dia"},
        {"deed": "write_note", "value": "Ojo"},
        {"deed": "tell_team", "value": ""},
        {"deed": "resolve"},
    ]
    for number, fields in enumerate(values):
        sent |= {f"deed-{number}-{name}": value for name, value in fields.items()}

    keeping.post(NEW, sent)
    made = Rule.objects.get()
    page = keeping.get(f"{RULES}{made.pk}/").content.decode()

    assert [each["value"] for each in made.deeds] == [
        *("vieja", 2, topic.pk, team.pk, supervisor.pk),
        *({"es": "Hola, {{ persona.nombre }}", "ca": "Bon dia"}, "Ojo", None, None),
    ]
    assert made.deeds[3]["words"] == team.name
    for text in ("Hola, {{ persona.nombre }}", "Bon dia", "vieja", "Ojo"):
        assert text in page


def test_rows_are_added_and_taken_out_without_scripts_and_what_was_typed_stays(
    keeping: Client, supervisor: User
) -> None:
    added = keeping.post(NEW, form_of(supervisor, add="deed", **{"deed-add": "write_note"})).content.decode()
    condition = keeping.post(NEW, form_of(supervisor, add="all", **{"all-add": "priority"})).content.decode()
    removed = keeping.post(NEW, form_of(supervisor, remove="deed-0")).content.decode()

    assert 'name="deed-1-value"' in added
    assert "#Firma  Electrónica" in added
    assert 'name="all-1-operator"' in condition
    assert 'name="deed-0-deed"' not in removed
    assert 'value="certificado"' in removed
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "Escriba un nombre"),
        ({"purpose": ""}, "Diga para qué es la regla"),
        ({"responsible": ""}, "Elija quién responde"),
        ({"all-0-value": ""}, "falta con qué comparar"),
        ({"deed-0-deed": ""}, "al menos una cosa"),
        ({"deed-0-value": ""}, "«Poner una etiqueta»"),
        ({"deed-0-deed": "transfer", "deed-0-value": ""}, "«Pasarla a un equipo»"),
        ({"deed-0-deed": "write_note", "deed-0-value": "{{ dni }}"}, "dni"),
        ({"deed-0-deed": "write_to_person"}, "en un idioma por lo menos"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_comes_back(
    keeping: Client, supervisor: User, change: dict[str, str], said: str
) -> None:
    answer = keeping.post(NEW, form_of(supervisor) | change)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "que lo vea el equipo de firma" in answer.content.decode().lower() or "purpose" in change
    assert not Rule.objects.exists()


def test_in_a_rule_nobody_looks(keeping: Client, organisation: Organisation, supervisor: User) -> None:
    page = keeping.post(NEW, form_of(supervisor, add="all", **{"all-add": "assigned_to"})).content.decode()

    assert "Yo, quien mire la vista" not in page
    with pytest.raises(ActionRefused, match="Quién la lleva"):
        written(organisation, supervisor, conditions=[Condition("assigned_to", "is", "me")])


def test_a_rule_on_a_deleted_team_is_opened_says_so_and_cannot_start(
    keeping: Client, organisation: Organisation, supervisor: User
) -> None:
    made = written(organisation, supervisor)
    gone = {"field": "team", "operator": "is_not", "value": 999999, "words": {"999999": "Equipo de firma"}}
    Rule.objects.filter(pk=made.pk).update(conditions=[gone])

    opened = keeping.get(f"{RULES}{made.pk}/").content.decode()
    started = keeping.post(f"{RULES}{made.pk}/en-marcha/", follow=True).content.decode()
    tried = keeping.get(f"{RULES}{made.pk}/prueba/").content.decode()

    assert "«Equipo de firma» ya no existe" in opened
    assert "Una condición no se entiende" in started
    assert "No se puede probar" in tried
    assert not Rule.objects.get().is_active


# --- Trying -------------------------------------------------------------------------------------------


def test_a_trial_shows_what_it_would_have_done_and_does_nothing(
    keeping: Client, organisation: Organisation, supervisor: User
) -> None:
    hit = make.ticket(organisation)
    missed = make.ticket(organisation, subject="Otra cosa")
    with time_machine.travel(timezone.now() - timedelta(days=40), tick=False):
        old = make.ticket(organisation)
    made = written(organisation, supervisor)

    page = keeping.get(f"{RULES}{made.pk}/prueba/").content.decode()

    assert hit.reference in page
    assert missed.reference not in page
    assert old.reference not in page
    assert "se habría aplicado a 1 consulta" in page
    assert "Ponerla en marcha" in page
    assert fresh(hit).tags == []
    assert not RuleRun.objects.exists()


def test_a_rule_is_tried_while_it_is_written_with_its_texts(
    keeping: Client, organisation: Organisation, supervisor: User
) -> None:
    ticket = make.ticket(organisation)
    sent = form_of(supervisor, happening="time", **{"try": "1", "deed-0-deed": "write_to_person"})
    sent["deed-0-text_es"] = "Hola, {{ persona.nombre }}: su consulta {{ referencia }}."

    page = keeping.post(NEW, sent, headers={"HX-Request": "true"}).content.decode()

    assert "Ahora mismo se aplicaría a 1 consulta" in page
    assert f"Hola, {ticket.person.name}: su consulta {ticket.reference}." in page
    assert "<html" not in page
    assert not Rule.objects.exists()


def test_a_trial_hides_restricted_tickets_of_other_teams(organisation: Organisation, supervisor: User) -> None:
    hidden, shown = make.ticket(organisation), make.ticket(organisation)
    Ticket.objects.filter(pk=hidden.pk).update(is_restricted=True, team=make.team(organisation))
    member = agent_of(organisation)

    def found(user: User) -> set[str]:
        tried = queries.trial(
            organisation, Happening.OPENED, [], access=access_of(user, organisation), now=timezone.now()
        )
        return {ticket.reference for ticket in tried.tickets}

    assert found(member) == {shown.reference}
    assert found(supervisor) == {shown.reference, hidden.reference}


@pytest.mark.parametrize("rows", [1, 3])
def test_a_rule_of_acts_is_tried_on_those_of_the_record(
    organisation: Organisation,
    agent: User,
    supervisor: User,
    rows: int,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    answered = [make.ticket(organisation) for _row in range(rows)]
    make.ticket(organisation)
    for ticket in answered:
        tickets.reply_as_desk(ticket, author=agent, text="Pruebe otra vez.")
    access, now = access_of(supervisor, organisation), timezone.now()

    with django_assert_num_queries(TRIAL_QUERIES):
        tried = queries.trial(organisation, Happening.REPLIED, [], access=access, now=now)
        assert all(ticket.person.name for ticket in tried.tickets)
    monkeypatch.setattr(queries, "MOST_ACTS", 0)
    cut = queries.trial(organisation, Happening.REPLIED, [], access=access, now=now)

    assert {ticket.pk for ticket in tried.tickets} == {ticket.pk for ticket in answered}
    assert (tried.count, tried.acts, tried.is_cut) == (rows, rows, False)
    assert (cut.count, cut.is_cut) == (0, True)


TRIAL_QUERIES = 7  # three that read; two begin and end the attempt, two say how long it may take


# --- What it did --------------------------------------------------------------------------------------


def test_the_record_says_what_was_done_what_was_refused_and_why(
    keeping: Client, organisation: Organisation, supervisor: User
) -> None:
    made = written(
        organisation, supervisor, deeds=[Deed_(Deed.ADD_TAG, "firma"), Deed_(Deed.TELL_ASSIGNEE)], conditions=[]
    )
    rules.start_rule(made, author=supervisor)
    other = written(organisation, supervisor, name="La que despierta")
    ticket = make.ticket(organisation)
    rule_runs.apply_rules(ticket.pk, Happening.OPENED, chain=[other.pk])

    page = keeping.get(f"{RULES}{made.pk}/registro/").content.decode()
    listed = keeping.get(RULES).content.decode()

    for words in (ticket.reference, "Poner una etiqueta", "No se pudo: Nadie la lleva.", "La que despierta"):
        assert words in page, words
    assert "Se aplicó 1 vez en los últimos siete días" in listed
    assert "La última que no se pudo del todo" in listed


@pytest.mark.parametrize("rows", [1, 3])
def test_runs_come_in_pages_and_ask_one_query(
    organisation: Organisation,
    supervisor: User,
    rows: int,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    made, access = written(organisation, supervisor), access_of(supervisor, organisation)
    runs = [
        RuleRun.objects.create(
            rule=made,
            ticket=make.ticket(organisation),
            ran_at=timezone.now(),
            happening=Happening.OPENED,
            outcome=RunOutcome.DONE,
        )
        for _row in range(rows)
    ]

    with django_assert_num_queries(1):
        first = queries.runs_of(made, access)
        assert all(run.ticket.reference for run in first.runs)
    second = queries.runs_of(made, access, before=first.older) if first.older else None

    assert [*first.runs, *(second.runs if second else [])] == list(reversed(runs))
    assert list(queries.runs_of(made, access, before="x-y").runs) == list(first.runs)


# --- What rules share with the desk -------------------------------------------------------------------


def test_a_tag_is_put_once_in_one_spelling(ticket: Ticket, agent: User) -> None:
    assert tags.add_tag(ticket, " #Renta, 2026 ", author=agent)
    assert not tags.add_tag(ticket, "renta 2026", author=agent)
    assert fresh(ticket).tags == ["renta 2026"]
    assert tags.remove_tag(ticket, "Renta 2026", author=agent)
    assert not tags.remove_tag(ticket, "renta 2026", author=agent)
    assert events(ticket)[-2:] == ["Etiqueta puesta: renta 2026.", "Etiqueta quitada: renta 2026."]
    with pytest.raises(ActionRefused):
        tags.add_tag(ticket, " # ", author=agent)


@pytest.mark.parametrize("priority", list(Priority))
def test_a_priority_is_fixed_through_impact_and_urgency(ticket: Ticket, agent: User, priority: Priority) -> None:
    kinds.fix_priority(ticket, author=agent, priority=priority)

    now = fresh(ticket)
    assert now.priority == priority
    assert MATRIX[now.impact, now.urgency] == priority  # type: ignore[index]


def test_what_was_said_changes_as_little_as_possible() -> None:
    assert said_for(Priority.HIGH, 3, 2) == (3, 1)
    assert said_for(Priority.NORMAL, 2, 2) == (2, 2)
    assert said_for(Priority.CRITICAL, 3, 3) == (1, 1)


@pytest.mark.parametrize("kind", [TicketKind.COMPLAINT, TicketKind.SUPPORT])
def test_a_rule_never_closes_what_the_law_wants_answered_nor_without_telling(
    organisation: Organisation, agent: User, kind: TicketKind
) -> None:
    made = written(organisation, agent, happening=Happening.REPLIED, conditions=[], deeds=[Deed_(Deed.CLOSE)])
    rules.start_rule(made, author=agent)
    ticket = make.ticket(organisation, kind=kind)
    tickets.reply_as_desk(ticket, author=agent, text="Pruebe otra vez.")

    rule_runs.apply_rules(ticket.pk, Happening.REPLIED)

    run = RuleRun.objects.get()
    assert fresh(ticket).state == State.WAITING_FOR_PERSON
    assert run.outcome == RunOutcome.REFUSED
    assert ("ley exige" in run.done[0]["refused"]) == (kind == TicketKind.COMPLAINT)


def test_a_change_of_kind_wakes_rules(organisation: Organisation, agent: User) -> None:
    made = written(organisation, agent, happening=Happening.KIND_CHANGED, conditions=[])
    rules.start_rule(made, author=agent)
    ticket = make.ticket(organisation)

    kinds.change_kind(ticket, author=agent, kind=TicketKind.COMPLAINT, reason="Es una queja")
    rule_runs.apply_rules(ticket.pk, Happening.KIND_CHANGED)

    assert fresh(ticket).tags == ["firma"]
    assert team_of(organisation)
