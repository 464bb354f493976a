"""The board of whoever supervises: what waits, what is late, and who has how much."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from mostrador.accounts.models import Membership, TeamMembership, User
from mostrador.accounts.permissions import Access
from mostrador.organisations.models import Organisation
from mostrador.organisations.queries import working_calendars
from mostrador.organisations.rules.working_time import working_time_between
from mostrador.tickets.choices import State
from mostrador.tickets.models import VISIBLE, Ticket, visible_values
from mostrador.tickets.permissions import HANDLERS
from mostrador.tickets.queries.desk import SOON, term_kind_of
from mostrador.tickets.rules import term_words

CARDS_OF_NOBODY = 12
CARDS_OF_AGENT = 4
MOST_AGENTS = 60
OUR_TURN = (State.NEW, State.WAITING_FOR_US)

# For each agent (0 is nobody) the most urgent that waits for us, by the index of open tickets of an agent.
_CARDS = """
SELECT wanted.agent, first.id, first.reference, first.subject, first.team_id, first.due_at
FROM unnest(%(agents)s::bigint[]) AS wanted(agent)
CROSS JOIN LATERAL (
    SELECT t.id, t.reference, t.subject, t.team_id, t.due_at, t.queue_at FROM tickets_ticket AS t
    WHERE t.is_open AND {assigned} AND t.state = ANY(%(states)s) AND {visible}
    ORDER BY t.queue_at, t.id LIMIT %(most)s
) AS first
ORDER BY wanted.agent, first.queue_at, first.id
"""


@dataclass(frozen=True, slots=True)
class Numbers:
    """How the desk stands now; today is the day of the active zone."""

    waiting: int
    late: int
    soon: int
    unassigned: int
    others: int
    opened_today: int
    resolved_today: int


@dataclass(frozen=True, slots=True)
class Card:
    """A ticket that waits for us."""

    id: int
    reference: str
    subject: str
    term: str
    term_kind: str


@dataclass(frozen=True, slots=True)
class Load:
    """What one agent has; key 0 is nobody."""

    key: int
    name: str
    open: int = 0
    waiting: int = 0
    late: int = 0
    cards: list[Card] = field(default_factory=list)


def numbers(access: Access) -> Numbers:
    """Count how the desk stands. Two queries."""
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    our_turn = Q(state__in=OUR_TURN)
    visible = Ticket.objects.visible_to(access)
    standing = visible.open().aggregate(
        waiting=Count("pk", filter=our_turn),
        late=Count("pk", filter=Q(due_at__lt=now)),
        soon=Count("pk", filter=Q(due_at__gte=now, due_at__lt=now + SOON)),
        unassigned=Count("pk", filter=Q(assigned_to=None) & our_turn),
        others=Count("pk", filter=~our_turn),
    )
    today = visible.filter(Q(opened_at__gte=midnight) | Q(resolved_at__gte=midnight)).aggregate(
        opened_today=Count("pk", filter=Q(opened_at__gte=midnight)),
        resolved_today=Count("pk", filter=Q(resolved_at__gte=midnight)),
    )
    return Numbers(**standing, **today)


def loads(access: Access, organisation: Organisation) -> list[Load]:
    """Return what nobody has, then what each agent has, who has most late ones first. Five queries and calendars."""
    agents = dict(_agents(organisation))
    now = timezone.now()
    rows = (
        Ticket.objects.visible_to(access)
        .open()
        .filter(Q(assigned_to=None) | Q(assigned_to__in=agents))
        .order_by()
        .values_list("assigned_to")
        .annotate(
            open=Count("pk"),
            waiting=Count("pk", filter=Q(state__in=OUR_TURN)),
            late=Count("pk", filter=Q(due_at__lt=now)),
        )
    )
    counted = {agent or 0: (in_all, waiting, late) for agent, in_all, waiting, late in rows}
    cards = _cards(access, list(agents), now)
    nobody = Load(0, "", *counted.get(0, (0, 0, 0)), cards=cards.get(0, []))
    theirs = [Load(key, name, *counted.get(key, (0, 0, 0)), cards=cards.get(key, [])) for key, name in agents.items()]
    return [nobody, *sorted(theirs, key=lambda load: (-load.late, -load.waiting, load.name))]


def _agents(organisation: Organisation) -> list[tuple[int, str]]:
    """Return who may have tickets of the organisation: its agents, those above, and those of its teams."""
    here = Q(organisation=organisation)
    above = Q(organisation__in=organisation.lineage, with_descendants=True)
    members = Membership.objects.filter(here | above, role__in=HANDLERS).values("user")
    teams = TeamMembership.objects.filter(
        team__organisation__in=organisation.lineage, user__memberships__role__in=HANDLERS
    ).values("user")
    people = User.objects.filter(Q(pk__in=members) | Q(pk__in=teams), is_active=True)
    return list(people.order_by("name", "pk").values_list("pk", "name")[:MOST_AGENTS])


def _cards(access: Access, agents: list[int], now: datetime) -> dict[int, list[Card]]:
    parameters: dict[str, Any] = {
        **visible_values(access),
        "states": [state.value for state in OUR_TURN],
    }
    with connection.cursor() as cursor:
        nobodys = {"agents": [0], "most": CARDS_OF_NOBODY}
        cursor.execute(_CARDS.format(assigned="t.assigned_to_id IS NULL", visible=VISIBLE), parameters | nobodys)
        rows = cursor.fetchall()
        theirs = {"agents": agents, "most": CARDS_OF_AGENT}
        cursor.execute(_CARDS.format(assigned="t.assigned_to_id = wanted.agent", visible=VISIBLE), parameters | theirs)
        rows += cursor.fetchall()
    calendars = working_calendars({team for _agent, _id, _reference, _subject, team, _due in rows if team})
    found: dict[int, list[Card]] = {}
    for agent, pk, reference, subject, team, due_at in rows:
        calendar = calendars.get(team)
        left = working_time_between(now, due_at, calendar) if due_at and calendar else None
        term, kind = (term_words(left), term_kind_of(left)) if isinstance(left, timedelta) else ("", "")
        found.setdefault(agent, []).append(Card(pk, reference, subject, term, kind))
    return found
