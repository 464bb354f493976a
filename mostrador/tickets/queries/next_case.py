"""The most urgent ticket that somebody is able to do, and what is left when there is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from mostrador.accounts.permissions import Access
from mostrador.shared.formats import language_name
from mostrador.tickets.choices import RESTRICTED_ROLES
from mostrador.tickets.permissions import HANDLERS
from mostrador.tickets.rules.next_case import NEAR_TERM, Left, Why

# More than ask at the same moment: the first that nobody else is being given is among so many.
MOST_AT_ONCE = 64
MOST_COUNTED = 1000

_OURS = "ticket.state IN ('new', 'waiting_for_us')"
_FREE = f"{_OURS} AND ticket.assigned_to_id IS NULL"
# What somebody attends to: their teams, or (in no team) those of the organisations whose tickets they handle, with what
# they have settled at the team's organisation. A topic stands for those inside it too.
_PLACES = f"""
own AS MATERIALIZED (
    SELECT settled.organisation_id, settled.languages, settled.load_limit, (
        SELECT array_agg(topic.id)
        FROM tickets_agentrouting_topics AS chosen
        JOIN organisations_topic AS topic ON chosen.topic_id IN (topic.id, topic.parent_id)
        WHERE chosen.agentrouting_id = settled.id
    ) AS topics
    FROM tickets_agentrouting AS settled WHERE settled.user_id = %(me)s::bigint
), mine AS MATERIALIZED (
    SELECT ticket.id, ticket.person_deadline_on AS term, ticket.queue_at, ticket.priority, ticket.last_activity_at
    FROM tickets_ticket AS ticket
    WHERE ticket.assigned_to_id = %(me)s::bigint AND ticket.is_open AND {_OURS}
      AND (ticket.team_id = ANY (%(teams)s::bigint[])
           OR ticket.organisation_id = ANY (%(handled)s::bigint[])
              AND (NOT ticket.is_restricted OR ticket.organisation_id = ANY (%(trusted)s::bigint[])))
), place AS MATERIALIZED (
    SELECT team.id, team.id = ANY (%(teams)s::bigint[]) AS is_own, own.languages, own.topics,
           coalesce(own.load_limit, rule.load_limit, 0) AS load_limit,
           coalesce(own.load_limit, rule.load_limit, 0) > 0
           AND (SELECT count(*) FROM mine) >= coalesce(own.load_limit, rule.load_limit, 0) AS is_full
    FROM organisations_team AS team
    LEFT JOIN tickets_teamrouting AS rule ON rule.team_id = team.id
    LEFT JOIN own ON own.organisation_id = team.organisation_id
    WHERE team.id = ANY (%(teams)s::bigint[])
       OR cardinality(%(teams)s::bigint[]) = 0 AND team.organisation_id = ANY (%(handled)s::bigint[])
)
"""  # noqa: S608 - only our own text
_HANDLES = """(ticket.organisation_id = ANY (%(handled)s::bigint[])
            AND (NOT ticket.is_restricted OR ticket.organisation_id = ANY (%(trusted)s::bigint[])))"""
_SEES = f"(place.is_own OR {_HANDLES})"
_SPEAKS = "(coalesce(cardinality(place.languages), 0) = 0 OR ticket.language = ANY (place.languages))"
_KNOWS = "(place.topics IS NULL OR ticket.topic_id IS NULL OR ticket.topic_id = ANY (place.topics))"
_SUITS = f"{_SEES} AND {_SPEAKS} AND {_KNOWS}"

# One walk along the index for each team and priority; then the few that came first, in order, and of them the first
# that nobody else holds. What was given away since is looked at again when it is locked. What is of no team comes after
# what is of theirs, for whoever handles the tickets of its organisation.
_NEXT = f"""
WITH {_PLACES}, free AS MATERIALIZED (
    SELECT near.* FROM place CROSS JOIN LATERAL (
        SELECT ticket.id, ticket.person_deadline_on AS term, ticket.queue_at, ticket.priority
        FROM tickets_ticket AS ticket
        WHERE ticket.team_id = place.id AND {_FREE} AND {_SUITS}
          AND ticket.person_deadline_on BETWEEN %(today)s::date AND %(near)s::date
        ORDER BY ticket.person_deadline_on LIMIT {MOST_AT_ONCE}
    ) AS near WHERE NOT place.is_full
    UNION ALL
    SELECT first.* FROM place CROSS JOIN generate_series(1, 4) AS level CROSS JOIN LATERAL (
        SELECT ticket.id, NULL::date AS term, ticket.queue_at, ticket.priority
        FROM tickets_ticket AS ticket
        WHERE ticket.team_id = place.id AND ticket.priority = level AND {_FREE} AND {_SUITS}
        ORDER BY ticket.queue_at, ticket.id LIMIT {MOST_AT_ONCE}
    ) AS first WHERE NOT place.is_full
), loose AS MATERIALIZED (
    SELECT first.* FROM generate_series(1, 4) AS level CROSS JOIN LATERAL (
        SELECT ticket.id, ticket.person_deadline_on AS term, ticket.queue_at, ticket.priority
        FROM tickets_ticket AS ticket LEFT JOIN own AS place ON place.organisation_id = ticket.organisation_id
        WHERE ticket.team_id IS NULL AND ticket.priority = level AND {_FREE} AND {_HANDLES} AND {_SPEAKS} AND {_KNOWS}
          AND (coalesce(place.load_limit, 0) = 0 OR (SELECT count(*) FROM mine) < place.load_limit)
        ORDER BY ticket.queue_at, ticket.id LIMIT {MOST_AT_ONCE}
    ) AS first
), wanted AS MATERIALIZED (
    SELECT id, is_mine, is_loose, min(term) FILTER (WHERE term BETWEEN %(today)s::date AND %(near)s::date) AS term,
           queue_at < %(now)s::timestamptz AS is_overdue, priority, queue_at
    FROM (
        SELECT id, true AS is_mine, false AS is_loose, term, queue_at, priority FROM mine
        WHERE NOT EXISTS (
            SELECT FROM unnest(%(passed)s::bigint[], %(passed_at)s::timestamptz[]) AS passed (id, at)
            WHERE passed.id = mine.id AND mine.last_activity_at <= passed.at
        )
        UNION ALL
        SELECT id, false, false, term, queue_at, priority FROM free
        UNION ALL
        SELECT id, false, true, term, queue_at, priority FROM loose
    ) AS able
    GROUP BY id, is_mine, is_loose, queue_at, priority
    ORDER BY is_mine DESC, is_loose, term NULLS LAST, is_overdue DESC, priority, queue_at, id
    LIMIT {MOST_AT_ONCE}
)
SELECT ticket.id, wanted.is_mine, wanted.term, wanted.is_overdue
FROM wanted JOIN tickets_ticket AS ticket ON ticket.id = wanted.id
WHERE {_OURS} AND (ticket.assigned_to_id IS NULL OR ticket.assigned_to_id = %(me)s::bigint)
ORDER BY wanted.is_mine DESC, wanted.is_loose, wanted.term NULLS LAST, wanted.is_overdue DESC, wanted.priority,
         wanted.queue_at, wanted.id
LIMIT 1
FOR UPDATE OF ticket SKIP LOCKED
"""  # noqa: S608 - only our own text

_LEFT = f"""
WITH {_PLACES}
SELECT {_SPEAKS}, {_KNOWS}, at.id IS NOT NULL OR ticket.team_id IS NULL, ticket.language, place.load_limit, count(*)
FROM (
    SELECT id, team_id, organisation_id, topic_id, language, is_restricted FROM tickets_ticket AS ticket
    WHERE {_FREE} AND ticket.is_open
      AND (ticket.team_id = ANY (%(teams)s::bigint[]) OR {_HANDLES})
    LIMIT {MOST_COUNTED}
) AS ticket
LEFT JOIN place AS at ON at.id = ticket.team_id
LEFT JOIN own ON ticket.team_id IS NULL AND own.organisation_id = ticket.organisation_id
CROSS JOIN LATERAL (
    SELECT coalesce(at.languages, own.languages) AS languages, coalesce(at.topics, own.topics) AS topics,
           coalesce(at.load_limit, own.load_limit, 0) AS load_limit
) AS place
GROUP BY 1, 2, 3, 4, 5
ORDER BY ticket.language
"""  # noqa: S608 - only our own text


@dataclass(frozen=True, slots=True)
class Next:
    """The ticket that comes next, locked, and why; `term` is the near end of the person's own term."""

    ticket_id: int
    why: Why
    term: date | None


def most_urgent(access: Access, now: datetime, *, passed: Mapping[int, datetime]) -> Next | None:
    """Return the most urgent ticket that somebody is able to do, locked until the transaction ends. One query.

    First what is theirs and waits for us, then what nobody has: of their teams, then of no team where they handle the
    organisation's tickets; of their languages and topics, while they are below their limit. Within each: a person's own
    term that ends within three days, what is overdue, priority, what is due first. Tickets that somebody else is being
    given at this moment are skipped, so that two never get the same.

    Args:
        access: Of whoever asks.
        now: The moment (aware); days are those of the current time zone.
        passed: Tickets of theirs that they were offered already and when; those come again once something happens.
    """
    today = timezone.localdate(now)
    parameters = _of(access) | {
        "now": now,
        "today": today,
        "near": today + NEAR_TERM,
        "passed": list(passed),
        "passed_at": list(passed.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, parameters)
        row = cursor.fetchone()
    if row is None:
        return None
    ticket_id, is_mine, term, is_overdue = row
    return Next(ticket_id, _why(is_mine, term, is_overdue), term)


def _why(is_mine: bool, term: date | None, is_overdue: bool) -> Why:
    if is_mine:
        return Why.MINE
    if term is not None:
        return Why.TERM
    return Why.OVERDUE if is_overdue else Why.URGENT


def what_is_left(access: Access) -> Left:
    """Return what waits without anybody and why it is not for this person, counting to 1 000 at most. One query."""
    by_language: dict[str, int] = {}
    other_topics = other_teams = over_limit = load_limit = 0
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, _of(access))
        rows = cursor.fetchall()
    for speaks, knows, in_team, language, limit, number in rows:
        if not in_team:
            other_teams += number
        elif not speaks:
            name = language_name(language)
            by_language[name] = by_language.get(name, 0) + number
        elif not knows:
            other_topics += number
        else:
            over_limit, load_limit = over_limit + number, max(load_limit, limit)
    return Left(by_language, other_topics, other_teams, over_limit if load_limit else 0, load_limit)


def _of(access: Access) -> dict[str, Any]:
    return {
        "me": access.user.pk,
        "teams": sorted(access.team_ids),
        "handled": sorted(access.organisation_ids(*HANDLERS)),
        "trusted": sorted(access.organisation_ids(*RESTRICTED_ROLES)),
    }
