"""Clocks of service levels: when they run, what they measure, and what happens when they run out."""

import random
import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.notifications.models import OutgoingMessage
from mostrador.organisations.actions.calendars import add_day
from mostrador.organisations.choices import DayScope
from mostrador.organisations.models import NonWorkingDay, Organisation
from mostrador.organisations.queries import working_calendars
from mostrador.organisations.rules.working_time import working_time_between
from mostrador.tickets.actions import escalation, service_levels, tickets
from mostrador.tickets.actions.kinds import set_priority
from mostrador.tickets.choices import Channel, Impact, Metric, Priority, State, Urgency
from mostrador.tickets.models import Clock, ClockEvent, Ticket
from mostrador.tickets.rules import is_our_turn
from mostrador.tickets.rules.service_levels import Level, promises
from tests import make
from tests.tickets.desk import MONDAY, after, agent_of, events, fresh, team_of

HOUR = 60


def level(organisation: Organisation, **values: Any) -> Any:
    return service_levels.save_level(organisation, values, actor=None)


def steps(ticket: Ticket, metric: Metric) -> list[tuple[str, datetime, timedelta]]:
    clock = Clock.objects.get(ticket=ticket, metric=metric)
    return list(clock.events.order_by("pk").values_list("step", "at", "worked"))


# --- What is promised -----------------------------------------------------------------------------------


def test_the_most_particular_level_holds_for_each_metric_by_itself() -> None:
    root = Level(1, 0, minutes=((Metric.FIRST_RESPONSE, 480), (Metric.RESOLUTION, 2400)))
    critical = Level(2, 0, priority=1, minutes=((Metric.FIRST_RESPONSE, 60),))
    complaints = Level(3, 0, kind="complaint", minutes=((Metric.FIRST_RESPONSE, 240),))
    below = Level(4, 1, minutes=((Metric.RESOLUTION, 0),))
    levels = [root, critical, complaints, below]

    support = promises(levels, kind="support", priority=3, team_id=9)
    urgent = promises(levels, kind="complaint", priority=1, team_id=9)

    assert {metric: (each.target, each.level_id) for metric, each in support.items()} == {
        Metric.FIRST_RESPONSE: (timedelta(hours=8), 1),
        Metric.NEXT_RESPONSE: (timedelta(hours=8), None),
    }
    calm = promises(levels, kind="complaint", priority=3, team_id=9)
    assert (urgent[Metric.FIRST_RESPONSE].level_id, calm[Metric.FIRST_RESPONSE].level_id) == (2, 3)


def test_levels_are_inherited_down_the_tree_and_the_nearest_body_wins(organisation: Organisation) -> None:
    level(organisation, first_response_minutes=2 * HOUR)
    child, other = make.organisation(parent=organisation), make.organisation(parent=organisation)
    level(child, first_response_minutes=HOUR)

    with time_machine.travel(MONDAY, tick=False):
        due = [make.ticket(each).due_at for each in (organisation, child, other)]

    assert due == [after(hours=2), after(hours=1), after(hours=2)]


# --- How they run ---------------------------------------------------------------------------------------


def test_a_clock_stands_still_while_the_person_has_to_answer(ticket: Ticket, agent: User) -> None:
    level(ticket.organisation, resolution_minutes=4 * HOUR)
    with time_machine.travel(after(hours=1), tick=False):
        escalation.recount_clocks()
        tickets.reply_as_desk(ticket, author=agent, text="¿Qué navegador usa?")
    with time_machine.travel(after(days=1), tick=False):
        tickets.reply_as_person(ticket, text="Firefox", channel=Channel.WEB)

    resolution = Clock.objects.get(ticket=ticket, metric=Metric.RESOLUTION)
    assert (resolution.worked, resolution.due_at) == (timedelta(hours=1), after(days=1, hours=3))
    assert [step for step, _at, _worked in steps(ticket, Metric.RESOLUTION)] == ["started", "paused", "resumed"]
    assert [step for step, _at, _worked in steps(ticket, Metric.FIRST_RESPONSE)][-1] == "stopped"
    assert fresh(ticket).due_at == after(days=1, hours=3)


@pytest.mark.parametrize(("pauses", "due"), [(True, None), (False, after(days=1, hours=3))])
def test_a_third_party_stops_it_only_where_the_level_says_so(
    organisation: Organisation, pauses: bool, due: datetime | None
) -> None:
    level(organisation, first_response_minutes=8 * HOUR, pauses_for_third_party=pauses)
    with time_machine.travel(MONDAY, tick=False):
        ticket = make.ticket(organisation)
        tickets.change_state(
            ticket, author=agent_of(organisation), state=State.WAITING_FOR_THIRD_PARTY, third_party="FNMT"
        )

    assert fresh(ticket).due_at == due


def test_another_teams_hours_count_from_the_transfer(ticket: Ticket, agent: User) -> None:
    other = make.team(ticket.organisation)
    make.opening_hours(ticket.organisation, other, opens="08:00", closes="20:00")

    with time_machine.travel(after(hours=2), tick=False):
        tickets.transfer(ticket, author=agent, team=other)

    assert fresh(ticket).due_at == after(hours=8)  # two in the morning, six more the same day


def test_undoing_a_slip_lets_it_go_on_and_reopening_begins_a_new_round(ticket: Ticket, agent: User) -> None:
    with time_machine.travel(after(hours=1), tick=False):
        tickets.resolve(ticket, author=agent)
    with time_machine.travel(after(hours=1, seconds=30), tick=False):
        tickets.reopen(ticket, author=agent)
    slip = fresh(ticket).due_at
    with time_machine.travel(after(hours=2), tick=False):
        tickets.resolve(ticket, author=agent)
    with time_machine.travel(after(hours=3), tick=False):
        tickets.reopen(ticket, author=agent)

    assert slip == after(days=1, hours=3, seconds=30)
    assert fresh(ticket).due_at == after(days=2, hours=1)


@pytest.mark.parametrize("end", ["resolve", "mark_spam"])
def test_nothing_runs_on_what_has_ended(ticket: Ticket, agent: User, end: str) -> None:
    with time_machine.travel(after(hours=1), tick=False):
        getattr(tickets, end)(ticket, author=agent)

    assert not Clock.objects.exclude(running_since=None, look_at=None).exists()
    assert fresh(ticket).due_at is None


def test_a_priority_that_changes_changes_the_target(organisation: Organisation) -> None:
    level(organisation, priority=Priority.CRITICAL, first_response_minutes=HOUR)
    with time_machine.travel(MONDAY, tick=False):
        ticket = make.ticket(organisation)
    with time_machine.travel(after(minutes=20), tick=False):
        set_priority(ticket, author=agent_of(organisation), impact=Impact.MANY_PEOPLE, urgency=Urgency.HIGH)

    assert (fresh(ticket).priority, fresh(ticket).due_at) == (Priority.CRITICAL, after(hours=1))


def test_what_was_imported_counts_since_it_waits(ticket: Ticket, agent: User) -> None:
    Clock.objects.all().delete()

    with time_machine.travel(after(hours=2), tick=False):
        tickets.write_note(ticket, author=agent, text="Nota")

    assert fresh(ticket).due_at == after(days=1, hours=3)


# --- Calendars and levels that change -------------------------------------------------------------------


def test_a_holiday_entered_while_clocks_run_moves_their_end(ticket: Ticket) -> None:
    with time_machine.travel(after(hours=1), tick=False):
        add_day(ticket.organisation, date(2026, 3, 3), names={"es": "Patrón"}, scope=DayScope.LOCAL, actor=None)
        done = [escalation.recount_clocks(), escalation.recount_clocks()]

    assert done == [1, 0]
    assert fresh(ticket).due_at == after(days=2, hours=3)


def test_a_target_that_changes_counts_at_once_for_what_is_open(ticket: Ticket) -> None:
    with time_machine.travel(after(hours=1), tick=False):
        level(ticket.organisation, first_response_minutes=2 * HOUR, resolution_minutes=5 * HOUR)
        escalation.recount_clocks()

    assert fresh(ticket).due_at == after(hours=2)
    assert Clock.objects.get(metric=Metric.RESOLUTION).due_at == after(hours=5)


@pytest.mark.parametrize("seed", range(12))
def test_working_time_is_that_of_the_runs_whatever_happens(organisation: Organisation, seed: int) -> None:
    """A clock's working time is the working time of our turns, by today's calendars, through random histories."""
    chance = random.Random(seed)  # noqa: S311  a history that can be repeated
    level(organisation, resolution_minutes=100 * HOUR)
    agent, teams = agent_of(organisation), [team_of(organisation), make.team(organisation)]
    make.opening_hours(organisation, teams[1], opens="08:00", closes="20:00")
    now = MONDAY
    with time_machine.travel(now, tick=False):
        ticket = make.ticket(organisation)
    turns: list[tuple[datetime, datetime, int]] = []
    for _ in range(25):
        before, start = fresh(ticket), now
        now += timedelta(minutes=chance.randint(1, 2000))
        if is_our_turn(before.state) and before.team_id:
            turns.append((start, now, before.team_id))
        with time_machine.travel(now, tick=False):
            _something(chance, fresh(ticket), agent, teams)

    escalation.recount_clocks()
    calendars = working_calendars({team.pk for team in teams})
    turned = sum((working_time_between(a, b, calendars[team]) for a, b, team in turns), timedelta(0))
    clock = Clock.objects.get(ticket=ticket, metric=Metric.RESOLUTION)
    with time_machine.travel(now, tick=False):
        assert service_levels.worked_so_far(clock, now) == turned


def _something(chance: random.Random, ticket: Ticket, agent: User, teams: list[Any]) -> None:
    what = chance.randrange(6)
    organisation = ticket.organisation
    if what == 0:
        day = date(2026, 3, 1) + timedelta(days=chance.randrange(60))
        if not NonWorkingDay.objects.filter(organisation=organisation, on=day).exists():
            add_day(organisation, day, names={"es": "Fiesta"}, scope=DayScope.LOCAL, actor=None)
    elif what == 1:
        tickets.reply_as_person(ticket, text="Sigue igual", channel=Channel.WEB)
    elif what == 2 and ticket.is_open:
        tickets.reply_as_desk(ticket, author=agent, text="Pruebe otra vez")
    elif what == 3 and ticket.is_open:
        tickets.transfer(ticket, author=agent, team=teams[ticket.team_id == teams[0].pk])
    elif what == 4 and ticket.is_open and ticket.state != State.WAITING_FOR_THIRD_PARTY:
        tickets.change_state(ticket, author=agent, state=State.WAITING_FOR_THIRD_PARTY, third_party="FNMT")
    elif what == 5 and ticket.is_open:
        tickets.resolve(ticket, author=agent)


# --- Warnings and breaches ------------------------------------------------------------------------------


def test_whoever_has_it_is_warned_once_and_what_follows_happens_once(organisation: Organisation) -> None:
    agent, supervisor = agent_of(organisation), make.user(organisation, Role.SUPERVISOR)
    experts = make.team(organisation)
    level(
        organisation,
        first_response_minutes=2 * HOUR,
        warn_minutes=30,
        raises_priority=True,
        passes_to=experts,
    )
    with time_machine.travel(MONDAY, tick=False):
        ticket = make.ticket(organisation)
        tickets.assign(ticket, author=agent, to=agent)

    counts = []
    for minutes in (80, 90, 91, 119, 120, 121, 180):
        with time_machine.travel(after(minutes=minutes), tick=False):
            counts.append(escalation.watch_clocks())

    letters = OutgoingMessage.objects.filter(kind__startswith="tickets.clock").order_by("pk")
    assert counts == [0, 1, 0, 0, 1, 0, 0]
    assert sorted(letters.values_list("kind", "to")) == [
        *sorted(("tickets.clock_breached", each.email) for each in (agent, supervisor)),
        ("tickets.clock_warning", agent.email),
    ]
    ticket = fresh(ticket)
    assert (ticket.team, ticket.assigned_to, ticket.priority) == (experts, None, Priority.HIGH)
    assert "Venció el nivel de servicio: primera respuesta." in events(ticket)


def test_what_nobody_promised_is_marked_but_nobody_is_written_to(ticket: Ticket) -> None:
    with time_machine.travel(after(days=2), tick=False):
        escalation.watch_clocks()

    clock = Clock.objects.get(ticket=ticket)
    assert (clock.breached_at, clock.look_at) == (after(days=1, hours=3), None)
    assert not OutgoingMessage.objects.filter(kind__startswith="tickets.clock").exists()


def test_an_answer_that_comes_late_is_late_though_nobody_watched(ticket: Ticket, agent: User) -> None:
    with time_machine.travel(after(days=2), tick=False):
        tickets.reply_as_desk(ticket, author=agent, text="Ya está")

    clock = Clock.objects.get(ticket=ticket, metric=Metric.FIRST_RESPONSE)
    assert (clock.breached_at, clock.stopped_at) == (after(days=1, hours=3), after(days=2))


@pytest.mark.django_db(transaction=True)
def test_two_watches_at_once_tell_everybody_once() -> None:
    organisation = make.organisation()
    agent = agent_of(organisation)
    level(organisation, first_response_minutes=HOUR, tells_supervisors=False)
    with time_machine.travel(MONDAY, tick=False):
        for _ in range(3):
            make.ticket(organisation)
    together = threading.Barrier(2)

    def watch() -> None:
        try:
            together.wait()
            escalation.watch_clocks()
        finally:
            connection.close()

    watches = [threading.Thread(target=watch) for _ in range(2)]
    for each in watches:
        each.start()
    for each in watches:
        each.join()
    escalation.watch_clocks()

    letters = OutgoingMessage.objects.filter(kind="tickets.clock_breached")
    assert list(letters.values_list("to", flat=True)) == [agent.email] * 3
    assert Clock.objects.filter(look_at=None, breached_at=after(hours=1)).count() == 3
    assert sorted(ClockEvent.objects.values_list("step", flat=True)) == ["breached"] * 3 + ["started"] * 3


# --- What it costs --------------------------------------------------------------------------------------


def clock_queries(queries: CaptureQueriesContext) -> int:
    tables = ("tickets_clock", "tickets_servicelevel", "tickets_kindsettings", "tickets_legalterm")
    return sum(1 for query in queries if any(f'"{table}' in query["sql"] for table in tables))


def test_following_costs_three_queries_at_most(organisation: Organisation) -> None:
    level(organisation, first_response_minutes=HOUR, resolution_minutes=9 * HOUR)
    agent = agent_of(organisation)
    make.ticket(organisation)
    counts = []
    with CaptureQueriesContext(connection) as opening:
        ticket = make.ticket(organisation)
    counts.append(clock_queries(opening))
    with CaptureQueriesContext(connection) as replying:
        tickets.reply_as_desk(ticket, author=agent, text="Pruebe esto")
    counts.append(clock_queries(replying))
    with CaptureQueriesContext(connection) as answering:
        tickets.reply_as_person(ticket, text="No va", channel=Channel.WEB)
    counts.append(clock_queries(answering))
    with CaptureQueriesContext(connection) as noting:
        tickets.write_note(ticket, author=agent, text="Nota")
    counts.append(clock_queries(noting))

    assert counts == [2, 3, 3, 1]
