"""Who can be given a ticket, and how the work is shared out at the moment."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Q
from django.utils.translation import get_language

from mostrador.accounts.models import Membership, TeamMembership, User
from mostrador.accounts.rules import name_order
from mostrador.organisations.models import Organisation, Team
from mostrador.organisations.queries import teams_of, working_calendar
from mostrador.organisations.rules.working_time import is_open
from mostrador.shared.formats import language_name
from mostrador.tickets.choices import AuthorKind, MessageKind, RoutingMode, State
from mostrador.tickets.models import AgentRouting, Message, TeamRouting, Ticket
from mostrador.tickets.permissions import HANDLERS
from mostrador.tickets.rules.routing import Candidate

OUR_TURN = (State.NEW, State.WAITING_FOR_US)

_LOAD = """(SELECT count(*) FROM tickets_ticket AS theirs
            WHERE theirs.assigned_to_id = member.user_id AND theirs.is_open
              AND theirs.state IN ('new', 'waiting_for_us'))"""
_CANDIDATES = f"""
SELECT user_id, load, load_limit FROM (
    SELECT member.user_id, {_LOAD} AS load, coalesce(own.load_limit, rule.load_limit, 0) AS load_limit
    FROM accounts_teammembership AS member
    JOIN accounts_user AS person ON person.id = member.user_id AND person.is_active
    JOIN organisations_team AS team ON team.id = member.team_id
    LEFT JOIN tickets_teamrouting AS rule ON rule.team_id = team.id
    LEFT JOIN tickets_agentrouting AS own
           ON own.user_id = member.user_id AND own.organisation_id = team.organisation_id
    WHERE member.team_id = %(team)s::bigint
      AND EXISTS (SELECT FROM accounts_membership AS held
                  WHERE held.user_id = member.user_id AND held.role = ANY (%(roles)s::text[]))
      AND coalesce(own.is_available, true)
      AND (coalesce(cardinality(own.languages), 0) = 0 OR %(language)s::text = ANY (own.languages))
      AND (%(topic)s::bigint IS NULL
           OR NOT EXISTS (SELECT FROM tickets_agentrouting_topics AS chosen WHERE chosen.agentrouting_id = own.id)
           OR EXISTS (SELECT FROM tickets_agentrouting_topics AS chosen
                      JOIN organisations_topic AS topic ON topic.id = %(topic)s::bigint
                      WHERE chosen.agentrouting_id = own.id AND chosen.topic_id IN (topic.id, topic.parent_id)))
) AS able
WHERE load_limit = 0 OR load < load_limit
"""  # noqa: S608 - only our own text


def candidates_for(ticket: Ticket) -> list[Candidate]:
    """Return who of the ticket's team is there, attends to its language and topic and is below the limit. One query."""
    parameters = {
        "team": ticket.team_id,
        "roles": list(HANDLERS),
        "language": ticket.language,
        "topic": ticket.topic_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, parameters)
        return [Candidate(*row) for row in cursor.fetchall()]


def load_of(user_id: int) -> int:
    """Return how many tickets of somebody wait for us."""
    return Ticket.objects.open().filter(assigned_to=user_id, state__in=OUR_TURN).count()


def last_to_answer(person_id: int, since: datetime) -> int | None:
    """Return who of the desk answered the person last, not before `since` (aware). One query."""
    answers = Message.objects.filter(
        ticket__person=person_id, kind=MessageKind.PUBLIC, author_kind=AuthorKind.STAFF, written_at__gte=since
    )
    return answers.order_by("-written_at", "-pk").values_list("author", flat=True).first()


def is_away(user_id: int, organisation_id: int) -> bool:
    """Tell whether somebody has said at this organisation that they receive nothing."""
    return AgentRouting.objects.filter(user=user_id, organisation=organisation_id, is_available=False).exists()


def is_at_work(team: Team, moment: datetime) -> bool:
    """Tell whether the team is within its hours; a team without hours always is."""
    calendar = working_calendar(team)
    return is_open(moment, calendar) or not calendar.timetables


def free_tickets(team: Team, limit: int) -> list[int]:
    """Return the keys of what waits for us in a team and nobody has, the most urgent first."""
    free = Ticket.objects.filter(team=team, state__in=OUR_TURN, assigned_to=None)
    return list(free.order_by("priority", "queue_at", "pk").values_list("pk", flat=True)[:limit])


# --- Pages ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TeamRow:
    """How one team shares out its tickets, in words."""

    pk: int
    name: str
    mode: str
    load_limit: int
    keep_days: int
    people: int


@dataclass(frozen=True, slots=True)
class AgentRow:
    """What somebody attends to, and how much they have."""

    pk: int
    name: str
    is_available: bool
    languages: str
    topics: str
    load: int
    load_limit: int | None


def team_rows(organisation: Organisation) -> list[TeamRow]:
    """Return the teams at work of the organisation. Three queries."""
    rules = {rule.team_id: rule for rule in TeamRouting.objects.filter(team__organisation=organisation)}
    people = dict(
        TeamMembership.objects.filter(team__organisation=organisation, user__is_active=True)
        .values_list("team")
        .annotate(Count("pk"))
    )
    return [
        TeamRow(
            pk=team.pk,
            name=team.name,
            mode=str(RoutingMode(rule.mode if (rule := rules.get(team.pk)) else RoutingMode.MANUAL).label),
            load_limit=rule.load_limit if rule else 0,
            keep_days=rule.keep_days if rule else 0,
            people=people.get(team.pk, 0),
        )
        for team in teams_of(organisation)
    ]


def agents_of(organisation: Organisation) -> list[User]:
    """Return who handles tickets at the organisation or in one of its teams, by name. One query."""
    here = Membership.objects.filter(organisation=organisation, role__in=HANDLERS).values("user")
    in_teams = TeamMembership.objects.filter(
        team__organisation=organisation, user__memberships__role__in=HANDLERS
    ).values("user")
    people = User.objects.filter(Q(pk__in=here) | Q(pk__in=in_teams), is_active=True)
    return sorted(people, key=lambda person: name_order(person.name))


def agent_rows(organisation: Organisation) -> list[AgentRow]:
    """Return what everybody attends to. Four queries."""
    people = agents_of(organisation)
    settled = AgentRouting.objects.filter(organisation=organisation).prefetch_related("topics")
    routings = {routing.user_id: routing for routing in settled}
    loads = dict(
        Ticket.objects.open()
        .filter(assigned_to__in=[person.pk for person in people], state__in=OUR_TURN)
        .values_list("assigned_to")
        .annotate(Count("pk"))
    )
    return [_agent_row(person, routings.get(person.pk), loads.get(person.pk, 0)) for person in people]


def _agent_row(person: User, routing: AgentRouting | None, load: int) -> AgentRow:
    language = get_language() or "es"
    topics = sorted(topic.name_in(language) for topic in routing.topics.all()) if routing else []
    return AgentRow(
        pk=person.pk,
        name=person.name,
        is_available=routing.is_available if routing else True,
        languages=", ".join(language_name(code) for code in routing.languages) if routing else "",
        topics=", ".join(topics),
        load=load,
        load_limit=routing.load_limit if routing else None,
    )


def routing_of(user: User, organisation: Organisation) -> AgentRouting:
    """Return what somebody attends to at the organisation; what nobody has settled yet is not kept."""
    found = AgentRouting.objects.filter(user=user, organisation=organisation).first()
    return found or AgentRouting(user=user, organisation=organisation)
