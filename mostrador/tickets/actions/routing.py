"""Give tickets to people by the rules of their teams.

`route` and `come_back` run in the transaction of the act that brought the ticket, which has locked it. What nobody can
be given waits without anybody, out of hours too; a job tries it again every two minutes.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.organisations.models import Organisation, Team, Topic
from mostrador.organisations.queries import teams_of
from mostrador.shared.background import run_later
from mostrador.shared.together import found_once
from mostrador.tickets.actions import steps
from mostrador.tickets.choices import EventCode, RoutingMode
from mostrador.tickets.models import AgentRouting, TeamRouting, Ticket
from mostrador.tickets.queries.routing import (
    OUR_TURN,
    candidates_for,
    free_tickets,
    is_at_work,
    is_away,
    last_to_answer,
    load_of,
)
from mostrador.tickets.rules import is_our_turn
from mostrador.tickets.rules.routing import Candidate, in_turn

PORTION = 100  # tickets of one team in one run of the job
ONE_AGENT = 0x0A6E  # class of the locks that keep one person's load from being counted twice


def route(ticket: Ticket, *, now: datetime) -> User | None:
    """Give a free ticket that waits for us to whom the team's rules say; return who, or None when it waits.

    The team's row is locked while one is chosen, so that two tickets at once do not go to the same person beyond their
    limit; a person who is being given something else at this moment is left out.
    """
    if ticket.team_id is None or ticket.assigned_to_id is not None or not is_our_turn(ticket.state):
        return None
    team_id = ticket.team_id
    rule = found_once(("rule of team", team_id), lambda: _locked_rule(team_id))
    if rule is None or (rule.mode == RoutingMode.MANUAL and not rule.keep_days) or not _is_at_work(ticket, now):
        return None
    known_to = last_to_answer(ticket.person_id, now - timedelta(days=rule.keep_days)) if rule.keep_days else None
    turns = in_turn(candidates_for(ticket), rule.mode, last_given_to=rule.last_given_to_id, known_to=known_to)
    chosen = next((one for one in turns if _is_still_free(one)), None)
    if chosen is None:
        return None
    return _give(ticket, User.objects.get(pk=chosen.user_id), rule, now)


def _locked_rule(team_id: int) -> TeamRouting | None:
    return TeamRouting.objects.select_for_update().filter(team=team_id).first()


def _is_at_work(ticket: Ticket, now: datetime) -> bool:
    return ticket.team is not None and is_at_work(ticket.team, now)


def _is_still_free(candidate: Candidate) -> bool:
    if not try_to_lock_agent(candidate.user_id):
        return False
    return not candidate.load_limit or load_of(candidate.user_id) < candidate.load_limit


def _give(ticket: Ticket, user: User, rule: TeamRouting, now: datetime) -> User:
    ticket.assigned_to = user
    steps.note_event(ticket, EventCode.ASSIGNED, user.name, now=now)
    steps.save(ticket, now)
    rule.last_given_to = user
    rule.save(update_fields=["last_given_to"])
    steps.done("tickets.assigned", ticket, details={"to": user.pk, "by_rule": rule.mode})
    return user


def come_back(ticket: Ticket, *, now: datetime) -> None:
    """Take a ticket that waits for us from whoever is away or has left, and give it to somebody else, if there is."""
    user = ticket.assigned_to
    if user is None or ticket.team is None or not is_our_turn(ticket.state):
        return
    if user.is_active and not is_away(user.pk, ticket.team.organisation_id):
        return
    ticket.assigned_to = None
    steps.note_event(ticket, EventCode.CAME_BACK, user.name, now=now)
    steps.save(ticket, now)
    steps.done("tickets.came_back", ticket, details={"from": user.pk})
    route(ticket, now=now)


def lock_agent(user_id: int) -> None:
    """Wait until nobody else is giving this person a ticket, and keep others from it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s::int, %s::int)", [ONE_AGENT, user_id % 2**31])


def try_to_lock_agent(user_id: int) -> bool:
    """Do the same without waiting; tell whether nobody else was giving this person a ticket."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s::int, %s::int)", [ONE_AGENT, user_id % 2**31])
        return bool(cursor.fetchone()[0])


# --- In the background ------------------------------------------------------------------------------


def route_waiting() -> int:
    """Share out what waits in the teams that share out and are at work; return how many were given to somebody."""
    now, given = timezone.now(), 0
    rules = TeamRouting.objects.exclude(mode=RoutingMode.MANUAL).filter(team__is_active=True)
    for rule in rules.select_related("team__organisation").order_by("pk"):
        if is_at_work(rule.team, now):
            given += sum(_route_one(key) for key in free_tickets(rule.team, PORTION))
    return given


@transaction.atomic
def _route_one(ticket_id: int) -> bool:
    free = Ticket.objects.select_for_update(skip_locked=True).filter(pk=ticket_id, assigned_to=None)
    if not free.exists():
        return False
    return route(steps.locked(Ticket(pk=ticket_id)), now=timezone.now()) is not None


def give_back(routing_id: int) -> int:
    """Take everything that waits for us from somebody who is away, and share it out; return how many."""
    routing = AgentRouting.objects.filter(pk=routing_id, is_available=False).first()
    if routing is None:
        return 0
    theirs = Ticket.objects.open().filter(
        assigned_to=routing.user_id, state__in=OUR_TURN, team__organisation=routing.organisation_id
    )
    keys = list(theirs.order_by("queue_at", "pk").values_list("pk", flat=True))
    for key in keys:
        with transaction.atomic():
            come_back(steps.locked(Ticket(pk=key)), now=timezone.now())
    return len(keys)


# --- What is settled --------------------------------------------------------------------------------


@transaction.atomic
def set_team_rules(team: Team, *, mode: str, load_limit: int, keep_days: int, actor: User | None) -> TeamRouting:
    """Settle how a team shares out its tickets; what waits is shared out at once."""
    rule, _made = TeamRouting.objects.select_for_update().get_or_create(team=team)
    rule.mode, rule.load_limit, rule.keep_days = mode, load_limit, keep_days
    rule.save(update_fields=["mode", "load_limit", "keep_days"])
    details = {"mode": mode, "load_limit": load_limit, "keep_days": keep_days}
    record("tickets.team_rules_set", team, actor=actor, details=details)
    run_later("tickets.route_waiting_now")
    return rule


@transaction.atomic
def set_agent_rules(
    user: User,
    organisation: Organisation,
    *,
    languages: Sequence[str],
    topics: Sequence[Topic] | None,
    load_limit: int | None,
    actor: User,
) -> AgentRouting:
    """Settle what somebody attends to at the organisation and its teams.

    Args:
        languages: Codes; none means any.
        topics: None leaves them as they are; empty means any.
        load_limit: How many tickets that wait for us they may have; None means as many as their team says.
    """
    routing = _routing(user, organisation)
    routing.languages, routing.load_limit = list(languages), load_limit
    routing.save(update_fields=["languages", "load_limit"])
    if topics is not None:
        routing.topics.set(topics)
    details = {"user": user.pk, "languages": routing.languages, "load_limit": load_limit}
    record("tickets.agent_rules_set", routing, actor=actor, details=details)
    return routing


@transaction.atomic
def set_available(user: User, organisation: Organisation, *, is_available: bool, hand_over: bool, actor: User) -> None:
    """Say whether somebody receives tickets.

    Args:
        hand_over: Of somebody who is away: whether what they have and waits for us goes to the others at once.
    """
    routing = _routing(user, organisation)
    if routing.is_available != is_available:
        routing.is_available = is_available
        routing.save(update_fields=["is_available"])
        record("tickets.availability_set", routing, actor=actor, details={"user": user.pk, "available": is_available})
    if hand_over and not is_available:
        run_later("tickets.give_back", routing_id=routing.pk)


def _routing(user: User, organisation: Organisation) -> AgentRouting:
    AgentRouting.objects.get_or_create(user=user, organisation=organisation)
    return AgentRouting.objects.select_for_update().get(user=user, organisation=organisation)


def set_up_routing(organisation: Organisation) -> None:
    """Let the teams of a new office begin by hand, and keep a person's matters with whom they know for two weeks."""
    for team in teams_of(organisation):
        TeamRouting.objects.get_or_create(team=team, defaults={"mode": RoutingMode.MANUAL, "keep_days": 14})
