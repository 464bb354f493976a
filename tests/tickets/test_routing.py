"""Who is given what comes in, by the rules of the team."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connections

from mostrador.accounts.models import User
from mostrador.organisations.models import Organisation, Timetable
from mostrador.tickets import jobs as background
from mostrador.tickets.actions import routing, tickets
from mostrador.tickets.choices import Channel, RoutingMode
from mostrador.tickets.models import TeamRouting, Ticket
from mostrador.tickets.rules.routing import Candidate, in_turn
from tests import make
from tests.tickets.desk import MONDAY, after, agent_of, events, fresh, jobs, team_of


def rules(organisation: Organisation, mode: RoutingMode, *, load_limit: int = 0, keep_days: int = 0) -> None:
    routing.set_team_rules(team_of(organisation), mode=mode, load_limit=load_limit, keep_days=keep_days, actor=None)


def attends(user: User, organisation: Organisation, **settled: object) -> None:
    known = {"languages": [], "topics": None, "load_limit": None} | settled
    routing.set_agent_rules(user, organisation, **known, actor=user)  # type: ignore[arg-type]


def opened(organisation: Organisation, *, hours: float = 0, **fields: object) -> Ticket:
    with time_machine.travel(after(hours=hours), tick=False):
        return make.ticket(organisation, **fields)


@pytest.fixture
def three(organisation: Organisation) -> list[User]:
    return [agent_of(organisation) for _ in range(3)]


def test_a_manual_team_gives_nothing(organisation: Organisation, three: list[User]) -> None:
    rules(organisation, RoutingMode.MANUAL)

    assert opened(organisation).assigned_to is None


def test_each_in_turn(organisation: Organisation, three: list[User]) -> None:
    rules(organisation, RoutingMode.ROUND_ROBIN)

    given = [opened(organisation).assigned_to for _ in range(4)]

    assert given == [*three, three[0]]


def test_whoever_has_least(organisation: Organisation, three: list[User]) -> None:
    for user in (three[0], three[1], three[1]):
        tickets.assign(opened(organisation), author=user, to=user)
    rules(organisation, RoutingMode.LEAST_LOADED)

    assert [opened(organisation).assigned_to for _ in range(3)] == [three[2], three[0], three[2]]


def test_the_conversation_and_the_team_say_whose_turn_it_was(organisation: Organisation, three: list[User]) -> None:
    rules(organisation, RoutingMode.ROUND_ROBIN)

    ticket = opened(organisation)

    assert events(ticket)[-1] == f"Asignada a {three[0].name}."
    assert TeamRouting.objects.get().last_given_to == three[0]


def test_only_who_is_there_and_attends_to_its_language_and_topic(organisation: Organisation, three: list[User]) -> None:
    away, speaks_basque, knows = three
    topic = make.topic(organisation)
    rules(organisation, RoutingMode.LEAST_LOADED)
    routing.set_available(away, organisation, is_available=False, hand_over=False, actor=away)
    attends(speaks_basque, organisation, languages=["eu"])
    attends(knows, organisation, languages=["es"], topics=[make.topic(organisation)])

    assert opened(organisation, language="eu", topic=topic).assigned_to == speaks_basque
    assert opened(organisation, language="es", topic=topic).assigned_to is None
    assert opened(organisation, language="es").assigned_to == knows


def test_a_limit_holds_and_ones_own_goes_before_the_teams(organisation: Organisation, three: list[User]) -> None:
    rules(organisation, RoutingMode.LEAST_LOADED, load_limit=1)
    attends(three[0], organisation, load_limit=2)

    given = [opened(organisation).assigned_to for _ in range(5)]

    assert sorted((user.pk if user else 0) for user in given) == sorted([0, three[0].pk, *(one.pk for one in three)])


def test_it_stays_with_whom_the_person_knows(organisation: Organisation, three: list[User]) -> None:
    person = make.person(organisation)
    with time_machine.travel(MONDAY, tick=False):
        tickets.reply_as_desk(make.ticket(organisation, person=person), author=three[2], text="Hola.")
    rules(organisation, RoutingMode.MANUAL, keep_days=10)

    assert opened(organisation, hours=26, person=person).assigned_to == three[2]
    assert opened(organisation, hours=26).assigned_to is None
    assert opened(organisation, hours=14 * 24, person=person).assigned_to is None


def test_out_of_hours_it_waits_and_is_shared_out_in_the_morning(organisation: Organisation, three: list[User]) -> None:
    rules(organisation, RoutingMode.ROUND_ROBIN)
    ticket = opened(organisation, hours=8)

    with time_machine.travel(after(hours=9), tick=False):
        background.route_waiting(0)
    at_night = fresh(ticket).assigned_to
    with time_machine.travel(after(hours=24.1), tick=False):
        background.route_waiting(0)

    assert (at_night, fresh(ticket).assigned_to) == (None, three[0])


def test_a_team_without_hours_is_always_at_work(organisation: Organisation, three: list[User]) -> None:
    elsewhere = make.organisation()
    Timetable.objects.filter(organisation=elsewhere).delete()
    user = agent_of(elsewhere)
    rules(elsewhere, RoutingMode.ROUND_ROBIN)

    assert opened(elsewhere, hours=12).assigned_to == user


def test_a_transfer_is_shared_out_by_the_team_that_gets_it(organisation: Organisation, agent: User) -> None:
    other = make.team(organisation)
    there = make.user(organisation, teams=(other,))
    routing.set_team_rules(other, mode=RoutingMode.ROUND_ROBIN, load_limit=0, keep_days=0, actor=None)
    ticket = opened(organisation)

    with time_machine.travel(after(hours=1), tick=False):
        tickets.transfer(ticket, author=agent, team=other)

    assert fresh(ticket).assigned_to == there


def test_what_an_absent_one_is_answered_goes_to_the_others(organisation: Organisation, three: list[User]) -> None:
    away = three[0]
    ticket = opened(organisation)
    with time_machine.travel(after(hours=1), tick=False):
        tickets.assign(ticket, author=away, to=away)
        tickets.reply_as_desk(ticket, author=away, text="¿Qué navegador usa?")
        routing.set_available(away, organisation, is_available=False, hand_over=False, actor=away)
        rules(organisation, RoutingMode.ROUND_ROBIN)
        still = fresh(ticket).assigned_to
        tickets.reply_as_person(ticket, text="Firefox.", channel=Channel.WEB)

    assert (still, fresh(ticket).assigned_to) == (away, three[1])
    assert f"Volvió al equipo: {away.name} no está disponible." in events(ticket)


def test_what_somebody_who_left_is_answered_goes_to_the_others(organisation: Organisation, three: list[User]) -> None:
    gone = three[0]
    ticket = opened(organisation)
    with time_machine.travel(after(hours=1), tick=False):
        tickets.assign(ticket, author=gone, to=gone)
        tickets.reply_as_desk(ticket, author=gone, text="¿Qué navegador usa?")
        User.objects.filter(pk=gone.pk).update(is_active=False)
        tickets.mark_not_solved_by_person(ticket)

    assert fresh(ticket).assigned_to is None


def test_who_goes_away_may_hand_over_what_waits(organisation: Organisation, three: list[User]) -> None:
    away = three[0]
    ticket = opened(organisation)
    tickets.assign(ticket, author=away, to=away)

    routing.set_available(away, organisation, is_available=False, hand_over=True, actor=away)
    [job] = jobs("tickets.give_back")
    with time_machine.travel(after(hours=1), tick=False):
        rules(organisation, RoutingMode.LEAST_LOADED)
        background.give_back(**job)
        background.give_back(**job)

    assert fresh(ticket).assigned_to == three[1]


def test_a_new_office_shares_out_by_hand_and_keeps_people_together(organisation: Organisation) -> None:
    routing.set_up_routing(organisation)
    routing.set_up_routing(organisation)

    assert list(TeamRouting.objects.values_list("mode", "keep_days", "load_limit")) == [("manual", 14, 0)]


def test_whom_the_person_knows_goes_before_any_turn() -> None:
    many = [Candidate(1, 5), Candidate(2, 0), Candidate(3, 1)]

    def keys(mode: RoutingMode, **options: int) -> list[int]:
        return [one.user_id for one in in_turn(many, mode, **options)]

    assert keys(RoutingMode.ROUND_ROBIN, last_given_to=1) == [2, 3, 1]
    assert keys(RoutingMode.ROUND_ROBIN, last_given_to=1, known_to=1) == [1, 2, 3]
    assert keys(RoutingMode.LEAST_LOADED) == [2, 3, 1]
    assert keys(RoutingMode.MANUAL, known_to=3) == [3]
    assert keys(RoutingMode.MANUAL) == []


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_give_one_person_too_much() -> None:
    organisation = make.organisation()
    users = [agent_of(organisation) for _ in range(2)]
    rules(organisation, RoutingMode.LEAST_LOADED, load_limit=3)
    Timetable.objects.all().delete()
    people = [make.person(organisation) for _ in range(12)]

    def open_one(number: int) -> None:
        try:
            make.ticket(organisation, person=people[number])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(open_one, range(12)))

    loads = [Ticket.objects.filter(assigned_to=user).count() for user in users]
    assert loads == [3, 3]
    assert Ticket.objects.filter(assigned_to=None).count() == 6
