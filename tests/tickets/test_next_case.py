"""The next case: the most urgent one that somebody is able to do, and never the same for two."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.accounts.queries import access_of
from mostrador.organisations.models import Organisation
from mostrador.tickets.actions import routing, tickets
from mostrador.tickets.actions.next_case import take_next
from mostrador.tickets.choices import Channel, Priority
from mostrador.tickets.models import Ticket
from mostrador.tickets.queries.next_case import what_is_left
from mostrador.tickets.rules.next_case import Left, Why, nothing_words
from tests import make
from tests.tickets.desk import MONDAY, after, agent_of, events, fresh, team_of


def opened(organisation: Organisation, subject: str, *, hours: float = 0, **fields: object) -> Ticket:
    """A ticket opened so many hours after Monday at nine; `priority` may be given too."""
    priority = fields.pop("priority", Priority.NORMAL)
    with time_machine.travel(after(hours=hours), tick=False):
        ticket = make.ticket(organisation, subject=subject, **fields)
    Ticket.objects.filter(pk=ticket.pk).update(priority=priority)
    return ticket


def take(user: User, organisation: Organisation, *, at: datetime = MONDAY, **options: object) -> str | None:
    """The subject of what somebody is given."""
    with time_machine.travel(at + timedelta(hours=3), tick=False):
        taken = take_next(access_of(user, organisation), **options)  # type: ignore[arg-type]
    return taken[0].subject if taken else None


def test_the_most_urgent_comes_first(organisation: Organisation) -> None:
    opened(organisation, "normal")
    opened(organisation, "crítica después", hours=1, priority=Priority.CRITICAL)
    opened(organisation, "normal después", hours=1)
    opened(organisation, "su plazo acaba", hours=2, priority=Priority.LOW, person_deadline_on=date(2026, 3, 4))
    opened(organisation, "su plazo está lejos", hours=2, person_deadline_on=date(2026, 3, 20))
    late = opened(organisation, "con retraso", hours=2, priority=Priority.LOW)
    Ticket.objects.filter(pk=late.pk).update(due_at=MONDAY)
    agents = [agent_of(organisation) for _ in range(7)]

    given = [take(agent, organisation) for agent in agents]

    assert given == [
        "su plazo acaba",
        "con retraso",
        "crítica después",
        "normal",
        "normal después",
        "su plazo está lejos",
        None,
    ]


def test_it_becomes_theirs_and_the_conversation_says_so(organisation: Organisation, agent: User) -> None:
    ticket = opened(organisation, "una")

    take(agent, organisation)

    assert fresh(ticket).assigned_to == agent
    assert events(ticket)[-1] == f"Asignada a {agent.name}."


def test_ones_own_that_waits_for_us_comes_before_what_nobody_has(organisation: Organisation, agent: User) -> None:
    opened(organisation, "crítica", priority=Priority.CRITICAL)
    mine = opened(organisation, "mía")
    tickets.assign(mine, author=agent, to=agent)
    tickets.assign(opened(organisation, "de otra"), author=agent, to=agent_of(organisation))

    assert take(agent, organisation) == "mía"


def test_ones_own_that_was_passed_comes_again_only_when_something_happens(
    organisation: Organisation, agent: User
) -> None:
    opened(organisation, "nueva")
    mine = opened(organisation, "mía")
    tickets.assign(mine, author=agent, to=agent)
    passed = {mine.pk: timezone.now()}

    first = take(agent, organisation, passed=passed)
    tickets.reply_as_person(mine, text="¿Hay algo?", channel=Channel.WEB)
    then = take(agent, organisation, passed=passed | {Ticket.objects.get(subject="nueva").pk: timezone.now()})

    assert (first, then) == ("nueva", "mía")


def test_what_waits_for_others_or_is_over_is_nobodys_next_case(organisation: Organisation, agent: User) -> None:
    tickets.reply_as_desk(opened(organisation, "respondida"), author=agent, text="Hola.")
    tickets.resolve(opened(organisation, "resuelta"), author=agent)
    tickets.mark_spam(opened(organisation, "spam"), author=agent)

    assert take(agent, organisation) is None


@pytest.mark.parametrize(
    ("rules", "left", "words"),
    [
        ({"languages": ["es", "ca"]}, Left({"euskera": 1}), "No hay nada que usted pueda atender ahora: 1 en euskera."),
        ({"languages": []}, Left(), "No hay nada pendiente sin asignar."),
    ],
)
def test_a_language_that_somebody_does_not_attend_to_is_left_and_said(
    organisation: Organisation, agent: User, rules: dict[str, list[str]], left: Left, words: str
) -> None:
    opened(organisation, "kaixo", language="eu")
    routing.set_agent_rules(agent, organisation, **rules, topics=None, load_limit=None, actor=agent)

    given = take(agent, organisation)
    what = what_is_left(access_of(agent, organisation))

    assert given == (None if rules["languages"] else "kaixo")
    assert what == left
    assert nothing_words(what) == words


def test_a_topic_stands_for_those_inside_it(organisation: Organisation, agent: User) -> None:
    above = make.topic(organisation)
    opened(organisation, "de dentro", topic=make.topic(organisation, parent=above))
    opened(organisation, "de otro", topic=make.topic(organisation), priority=Priority.CRITICAL)
    routing.set_agent_rules(agent, organisation, languages=[], topics=[above], load_limit=None, actor=agent)

    assert [take(agent, organisation, passed={1: MONDAY}) for _ in range(1)] == ["de dentro"]
    assert what_is_left(access_of(agent, organisation)).other_topics == 1


def test_nobody_is_given_more_than_they_may_have(organisation: Organisation, agent: User) -> None:
    for number in range(3):
        opened(organisation, str(number))
    routing.set_team_rules(team_of(organisation), mode="manual", load_limit=2, keep_days=0, actor=None)
    now: dict[int, datetime] = {}

    for _ in range(3):
        with time_machine.travel(after(hours=3), tick=False):
            taken = take_next(access_of(agent, organisation), passed=now)
        if taken:
            now[taken[0].pk] = timezone.now() + timedelta(days=9999)
    left = what_is_left(access_of(agent, organisation))

    assert Ticket.objects.filter(assigned_to=agent).count() == 2
    assert nothing_words(left) == "Ya tiene 2 consultas, su máximo. Responda o traspase alguna: espera 1 más."


def test_other_teams_tickets_are_left_to_them(organisation: Organisation, agent: User) -> None:
    opened(organisation, "de otro equipo", topic=_topic_of_other_team(organisation))

    assert take(agent, organisation) is None
    assert nothing_words(what_is_left(access_of(agent, organisation))) == (
        "No hay nada que usted pueda atender ahora: 1 de otros equipos."
    )


def _topic_of_other_team(organisation: Organisation) -> object:
    topic = make.topic(organisation)
    topic.team = make.team(organisation)
    topic.save()
    return topic


def loose(organisation: Organisation, subject: str, **fields: object) -> Ticket:
    """A ticket of no team."""
    ticket = opened(organisation, subject, **fields)  # type: ignore[arg-type]
    Ticket.objects.filter(pk=ticket.pk).update(team=None)
    return ticket


def test_what_is_of_no_team_comes_after_what_is_of_ones_teams(organisation: Organisation, agent: User) -> None:
    loose(organisation, "suelta", priority=Priority.CRITICAL)
    loose(organisation, "suelta con plazo", hours=1, person_deadline_on=date(2026, 3, 4))
    opened(organisation, "del equipo", priority=Priority.LOW)
    access = access_of(agent, organisation)

    given = [take(one, organisation) for one in (agent, *(agent_of(organisation) for _ in range(3)))]

    assert given == ["del equipo", "suelta con plazo", "suelta", None]
    assert what_is_left(access) == Left()


def test_what_is_of_no_team_is_for_whom_it_suits(organisation: Organisation, agent: User) -> None:
    loose(make.organisation(), "de otra entidad")
    Ticket.objects.filter(pk=loose(organisation, "reservada").pk).update(is_restricted=True)
    loose(organisation, "kaixo", language="eu")
    for subject in ("una", "dos"):
        loose(organisation, subject)
    routing.set_agent_rules(agent, organisation, languages=["es"], topics=None, load_limit=1, actor=agent)

    first = take(agent, organisation)
    then = take(agent, organisation, passed={Ticket.objects.get(subject="una").pk: timezone.now()})
    what = what_is_left(access_of(agent, organisation))

    assert (first, then) == ("una", None)
    assert (what.by_language, what.other_teams, what.over_limit, what.load_limit) == ({"euskera": 1}, 0, 1, 1)


def test_who_is_in_no_team_attends_to_the_organisations_they_handle_but_not_what_is_reserved(
    organisation: Organisation,
) -> None:
    child, stranger = make.organisation(parent=organisation), make.organisation()
    opened(child, "de la hija")
    opened(stranger, "ajena", priority=Priority.CRITICAL)
    reserved = opened(organisation, "reservada", priority=Priority.CRITICAL)
    Ticket.objects.filter(pk=reserved.pk).update(is_restricted=True)
    outside = make.user(organisation, with_descendants=True)
    watching = make.user(organisation, Role.DIRECTOR, with_descendants=True)

    assert take(watching, organisation) is None
    assert take(outside, organisation) == "de la hija"
    assert take(outside, organisation, passed={Ticket.objects.get(subject="de la hija").pk: timezone.now()}) is None
    assert take(make.user(organisation, Role.SUPERVISOR), organisation) == "reservada"


@pytest.mark.django_db(transaction=True)
def test_fifty_who_ask_at_once_get_fifty_different_ones() -> None:
    organisation = make.organisation()
    for number in range(40):
        make.ticket(organisation, subject=str(number))
    agents = [agent_of(organisation) for _ in range(50)]

    def ask(agent: User) -> int | None:
        try:
            taken = take_next(access_of(agent, organisation))
            return taken[0].pk if taken else None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(50) as pool:
        given = Counter(pool.map(ask, agents))

    assert given.pop(None) == 10
    assert sorted(given.values()) == [1] * 40
    assert Ticket.objects.filter(assigned_to=None).count() == 0


@pytest.mark.django_db(transaction=True)
def test_who_presses_many_times_at_once_gets_no_more_than_their_limit() -> None:
    organisation = make.organisation()
    for number in range(10):
        make.ticket(organisation, subject=str(number))
    agent = agent_of(organisation)
    routing.set_team_rules(team_of(organisation), mode="manual", load_limit=3, keep_days=0, actor=None)
    never = {ticket: timezone.now() + timedelta(days=1) for ticket in Ticket.objects.values_list("pk", flat=True)}

    def ask(_number: int) -> None:
        try:
            take_next(access_of(agent, organisation), passed=never)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))

    assert Ticket.objects.filter(assigned_to=agent).count() == 3


def test_why_is_said(organisation: Organisation, agent: User) -> None:
    opened(organisation, "una", person_deadline_on=timezone.localdate() + timedelta(days=1))

    taken = take_next(access_of(agent, organisation))

    assert taken
    assert taken[1].why == Why.TERM
