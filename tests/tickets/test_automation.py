"""Rules of automation: when something happens, if the ticket is so, then do this."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.audit.models import Event
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused
from mostrador.tickets.actions import rules, tickets
from mostrador.tickets.actions.rule_runs import apply_rules_of_time
from mostrador.tickets.choices import AuthorKind, Channel, Deed, Happening, Priority, RunOutcome, State
from mostrador.tickets.models import Rule, RuleRun, Ticket
from mostrador.tickets.rules.automation import Deed as Deed_
from mostrador.tickets.rules.conditions import Condition
from tests import make
from tests.tickets.desk import MONDAY

pytestmark = pytest.mark.django_db

MOST_ROUNDS = 30


def run_waiting_jobs() -> None:
    """Do the work of tickets that was queued, and what it queues, as a worker would."""
    for _round in range(MOST_ROUNDS):
        waiting = list(ProcrastinateJob.objects.filter(task_name__startswith="tickets.").order_by("pk"))
        if not waiting:
            return
        for job in waiting:
            ProcrastinateJob.objects.filter(pk=job.pk)._raw_delete("default")
            app.tasks[job.task_name](**job.args)
    raise AssertionError("the work has no end")


WAITS = Condition("state", "is", State.WAITING_FOR_PERSON)


def rule(
    organisation: Organisation,
    author: User,
    happening: Happening,
    *deeds: tuple[Deed, Any],
    conditions: Sequence[Condition] = (),
    name: str = "Una regla",
) -> Rule:
    made = rules.save_rule(
        organisation,
        name=name,
        happening=happening,
        conditions=conditions,
        deeds=[Deed_(deed, value) for deed, value in deeds],
        author=author,
    )
    rules.start_rule(made, author=author)
    return made


def outcomes(made: Rule) -> list[str]:
    return list(RuleRun.objects.filter(rule=made).order_by("pk").values_list("outcome", flat=True))


def test_a_rule_is_applied_to_what_it_is_for(organisation: Organisation, agent: User) -> None:
    made = rule(
        organisation,
        agent,
        Happening.OPENED,
        (Deed.ADD_TAG, "firma"),
        (Deed.SET_PRIORITY, Priority.HIGH),
        conditions=[Condition("subject", "contains", "certificado")],
    )
    hit, missed = make.ticket(organisation), make.ticket(organisation, subject="Otra cosa")

    run_waiting_jobs()

    hit.refresh_from_db()
    missed.refresh_from_db()
    assert (hit.tags, hit.priority) == (["firma"], Priority.HIGH)
    assert (missed.tags, missed.priority) == ([], Priority.NORMAL)
    assert outcomes(made) == [RunOutcome.DONE]
    assert Event.objects.filter(verb="tickets.rule_applied").count() == 1


def test_every_deed_does_what_it_says(organisation: Organisation, agent: User) -> None:
    team, topic = make.team(organisation), make.topic(organisation)
    member = make.user(organisation, Role.AGENT, teams=(team,))
    supervisor = make.user(organisation, Role.SUPERVISOR)
    made = rule(
        organisation,
        agent,
        Happening.OPENED,
        (Deed.SET_TOPIC, topic.pk),
        (Deed.TRANSFER, team.pk),
        (Deed.ASSIGN, member.pk),
        (Deed.TELL_ASSIGNEE, "Mire la {{ referencia }}"),
        (Deed.TELL_TEAM, ""),
        (Deed.TELL_SUPERVISORS, ""),
        (Deed.WRITE_NOTE, "De {{ persona.nombre }}"),
        (Deed.WRITE_TO_PERSON, {"es": "Hola, {{ persona.nombre }}", "ca": "Bon dia, {{ persona.nombre }}"}),
        (Deed.RELEASE, None),
        (Deed.RESOLVE, None),
    )
    ticket = make.ticket(organisation, language="ca")

    run_waiting_jobs()

    ticket.refresh_from_db()
    assert outcomes(made) == [RunOutcome.DONE]
    assert (ticket.topic, ticket.team, ticket.assigned_to, ticket.state) == (topic, team, None, State.RESOLVED)
    said = list(ticket.messages.exclude(kind="event").order_by("pk").values_list("author_kind", "text"))
    name = ticket.person.name
    assert said[1:] == [(AuthorKind.SYSTEM, f"De {name}"), (AuthorKind.SYSTEM, f"Bon dia, {name}")]
    told = list(OutgoingMessage.objects.filter(kind="tickets.rule").order_by("pk").values_list("to", flat=True))
    assert told == [member.email, member.email, supervisor.email]
    assert OutgoingMessage.objects.filter(kind="tickets.reply", to=ticket.person.email).count() == 1


def test_what_the_ticket_refuses_is_written_down_and_the_rest_is_done(organisation: Organisation, agent: User) -> None:
    made = rule(organisation, agent, Happening.RESOLVED, (Deed.WAIT_FOR_US, None), (Deed.ADD_TAG, "cerca"))
    ticket = make.ticket(organisation)
    tickets.resolve(ticket, author=agent)

    run_waiting_jobs()

    ticket.refresh_from_db()
    run = RuleRun.objects.get(rule=made)
    assert (ticket.tags, run.outcome) == (["cerca"], RunOutcome.REFUSED)
    assert "refused" in run.done[0]
    assert "refused" not in run.done[1]


def test_rules_that_wake_each_other_stop(organisation: Organisation, agent: User) -> None:
    """One assigns what is released, the other releases what is assigned."""
    released = rule(organisation, agent, Happening.ASSIGNED, (Deed.RELEASE, None), name="Soltar")
    assigned = rule(organisation, agent, Happening.ASSIGNED, (Deed.ASSIGN, agent.pk), name="Asignar")
    ticket = make.ticket(organisation)
    tickets.assign(ticket, author=agent, to=agent)

    run_waiting_jobs()

    assert RunOutcome.STOPPED in outcomes(released) + outcomes(assigned)
    assert len(outcomes(released) + outcomes(assigned)) < 20
    longest = max(RuleRun.objects.values_list("chain", flat=True), key=len)
    assert len(longest) == len(set(longest))


def test_a_rule_of_time_is_applied_once_until_somebody_speaks(organisation: Organisation, agent: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        made = rule(
            organisation,
            agent,
            Happening.TIME,
            (Deed.ADD_TAG, "callada"),
            conditions=[WAITS, Condition("last_activity_at", "before", "-3d")],
        )
        ticket = make.ticket(organisation)
        tickets.reply_as_desk(ticket, author=agent, text="Pruebe otra vez.")
    passes = []
    for days in (2, 4, 5, 9):
        with time_machine.travel(MONDAY + timedelta(days=days), tick=False):
            passes.append(apply_rules_of_time())
    with time_machine.travel(MONDAY + timedelta(days=10), tick=False):
        tickets.reply_as_person(ticket, text="Sigue igual", channel=Channel.WEB)
        tickets.reply_as_desk(ticket, author=agent, text="¿Y ahora?")
    for days in (11, 14):
        with time_machine.travel(MONDAY + timedelta(days=days), tick=False):
            passes.append(apply_rules_of_time())

    assert passes == [0, 1, 0, 0, 0, 1]
    assert outcomes(made) == [RunOutcome.DONE] * 2


def test_silence_is_reminded_then_closed_and_an_answer_begins_anew(organisation: Organisation, agent: User) -> None:
    rules.set_up_rules(organisation)
    rules.set_up_rules(organisation)  # a second time changes nothing
    with time_machine.travel(MONDAY, tick=False):
        silent, awake = make.ticket(organisation), make.ticket(organisation)
        for ticket in (silent, awake):
            tickets.reply_as_desk(ticket, author=agent, text="Pruebe otra vez.")
    with time_machine.travel(MONDAY + timedelta(days=6), tick=False):
        apply_rules_of_time()
        run_waiting_jobs()
    with time_machine.travel(MONDAY + timedelta(days=7), tick=False):
        tickets.reply_as_person(awake, text="Sigue igual", channel=Channel.WEB)
        run_waiting_jobs()
        awake.refresh_from_db()
        assert awake.tags == []
        tickets.reply_as_desk(awake, author=agent, text="¿Y ahora?")
    with time_machine.travel(MONDAY + timedelta(days=11), tick=False):
        apply_rules_of_time()
        assert Ticket.objects.get(pk=silent.pk).state == State.WAITING_FOR_PERSON
    with time_machine.travel(MONDAY + timedelta(days=14), tick=False):
        apply_rules_of_time()
        run_waiting_jobs()

    silent.refresh_from_db()
    awake.refresh_from_db()
    assert Rule.objects.count() == 3
    assert (silent.state, awake.state) == (State.CLOSED, State.WAITING_FOR_PERSON)
    told = OutgoingMessage.objects.filter(to=silent.person.email).order_by("pk").values_list("kind", flat=True)
    assert list(told) == ["tickets.acknowledgement", "tickets.reply", "tickets.reply", "tickets.resolved"]


def test_a_condition_on_something_deleted_stops_the_rule_and_says_so(organisation: Organisation, agent: User) -> None:
    made = rule(organisation, agent, Happening.OPENED, (Deed.ADD_TAG, "x"))
    Rule.objects.filter(pk=made.pk).update(conditions=[{"field": "custom.borrado", "operator": "is", "value": "1"}])
    ticket = make.ticket(organisation)

    run_waiting_jobs()

    made.refresh_from_db()
    ticket.refresh_from_db()
    assert (made.is_active, ticket.tags) == (False, [])
    assert "borrado" in made.stopped_because


def test_rules_of_above_are_applied_below_and_never_beside(organisation: Organisation, agent: User) -> None:
    below, beside = make.organisation(parent=organisation), make.organisation()
    rule(organisation, agent, Happening.OPENED, (Deed.ADD_TAG, "arriba"))
    theirs, strangers = make.ticket(below), make.ticket(beside)

    run_waiting_jobs()

    theirs.refresh_from_db()
    strangers.refresh_from_db()
    assert (theirs.tags, strangers.tags) == (["arriba"], [])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": " "}, "nombre"),
        ({"deeds": []}, "al menos una cosa"),
        ({"happening": Happening.TIME}, "necesita condiciones"),
        ({"deeds": [Deed_(Deed.ADD_TAG, "")]}, "Falta un dato"),
        ({"deeds": [Deed_("dance", "x")]}, "no existe"),
        ({"deeds": [Deed_(Deed.WRITE_NOTE, "{{ dni }}")]}, "dni"),
        ({"conditions": [Condition("nothing", "is", 1)]}, "no se entiende"),
        ({"conditions": [Condition("priority", "is", "alta")]}, "no se entiende"),
    ],
)
def test_what_cannot_work_is_refused(
    organisation: Organisation, agent: User, change: dict[str, Any], said: str
) -> None:
    whole = {"name": "Una", "happening": Happening.OPENED, "conditions": [], "deeds": [Deed_(Deed.ADD_TAG, "x")]}

    with pytest.raises(ActionRefused, match=said):
        rules.save_rule(organisation, author=agent, **(whole | change))


def test_without_rules_nothing_is_queued(organisation: Organisation, agent: User) -> None:
    ticket = make.ticket(organisation)
    before = timezone.now()

    run_waiting_jobs()

    assert not RuleRun.objects.filter(ran_at__gte=before).exists()
    assert ticket.tags == []


def test_order_decides(organisation: Organisation, agent: User) -> None:
    low = rule(organisation, agent, Happening.OPENED, (Deed.SET_PRIORITY, Priority.LOW), name="baja")
    rule(organisation, agent, Happening.OPENED, (Deed.SET_PRIORITY, Priority.HIGH), name="alta")
    first = make.ticket(organisation)
    run_waiting_jobs()
    rules.move_rule(low, up=False, author=agent)
    second = make.ticket(organisation)
    run_waiting_jobs()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.priority, second.priority) == (Priority.HIGH, Priority.LOW)
