"""What waits for somebody of the desk personally: notes that name them, questions to them, answers not sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from mostrador.accounts.permissions import Access
from mostrador.tickets.choices import RESTRICTED_ROLES, NotSent
from mostrador.tickets.models import Mention, PendingReply, SecondOpinion, Ticket
from mostrador.tickets.permissions import HANDLERS

MOST_LISTED = 50
MOST_COUNTED = 99
LONGEST_QUOTE = 160  # characters

_COUNT = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM tickets_mention
                              WHERE user_id = %(user)s AND read_at IS NULL LIMIT %(most)s) AS named)
     + (SELECT count(*) FROM (SELECT 1 FROM tickets_secondopinion
                              WHERE settled_at IS NULL AND (asked_user_id = %(user)s
                                    OR asked_team_id = ANY (%(teams)s::bigint[])) LIMIT %(most)s) AS asked)
     + (SELECT count(*) FROM (SELECT 1 FROM tickets_pendingreply
                              WHERE author_id = %(user)s AND failed_at IS NOT NULL AND noticed_at IS NULL
                                    AND failed_reason <> 'author_left' LIMIT %(most)s) AS unsent)
"""
# `people_at_the_desk.colleagues_of`, written out: the page of a ticket asks for it all day.
_COLLEAGUES = """
WITH reaching AS (
    SELECT user_id, role FROM accounts_membership
    WHERE organisation_id = %(organisation)s OR (with_descendants AND organisation_id = ANY (%(above)s::bigint[]))
), of_team AS (
    SELECT user_id FROM accounts_teammembership WHERE team_id = %(team)s::bigint
)
SELECT colleague.id, colleague.name FROM accounts_user AS colleague
WHERE colleague.is_active AND (
    colleague.id IN (SELECT user_id FROM reaching WHERE role = ANY (%(handlers)s::text[]))
    OR colleague.id IN (SELECT user_id FROM of_team JOIN accounts_membership USING (user_id)
                        WHERE role = ANY (%(handlers)s::text[]))
) AND (
    NOT %(is_restricted)s::boolean OR colleague.id IN (SELECT user_id FROM of_team)
    OR colleague.id IN (SELECT user_id FROM reaching WHERE role = ANY (%(trusted)s::text[]))
)
ORDER BY colleague.name, colleague.id
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A note that names somebody, or a question to them.

    Attributes:
        message_id: Of the note, which is in the ticket's conversation.
        is_new: Not read, or not answered.
    """

    reference: str
    subject: str
    message_id: int
    who: str
    text: str
    at: datetime
    is_new: bool


def waiting_count(access: Access) -> int:
    """Return how many notes, questions and answers that were not sent wait for somebody, counting to 99 of each.

    One query by partial indexes.
    """
    values: dict[str, Any] = {"user": access.user.pk, "teams": list(access.team_ids), "most": MOST_COUNTED}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        return int((cursor.fetchone() or (0,))[0])


def mentions_of(access: Access) -> list[Waiting]:
    """Return the notes that name somebody, in tickets that they may see, the last first, at most 50. One query."""
    seen = Mention.objects.filter(user=access.user, message__ticket__in=Ticket.objects.visible_to(access))
    rows = seen.order_by("-mentioned_at", "-pk").values_list(
        "message__ticket__reference",
        "message__ticket__subject",
        "message_id",
        "message__author__name",
        "message__text",
        "mentioned_at",
        "read_at",
    )
    return [
        Waiting(reference, subject, key, who or "", _quote(text), at, read_at is None)
        for reference, subject, key, who, text, at, read_at in rows[:MOST_LISTED]
    ]


def questions_to(access: Access) -> list[Waiting]:
    """Return the questions that wait for somebody's answer, the oldest first, at most 50. One query."""
    rows = unsettled_opinions(access).order_by("question__written_at", "pk")
    columns = rows.values_list(
        "question__ticket__reference",
        "question__ticket__subject",
        "question_id",
        "question__author__name",
        "question__text",
        "question__written_at",
    )
    return [
        Waiting(reference, subject, key, who or "", _quote(text), at, is_new=True)
        for reference, subject, key, who, text, at in columns[:MOST_LISTED]
    ]


def not_sent_of(access: Access) -> list[tuple[str, str, str, datetime]]:
    """Return the answers of somebody that were not sent and they have not noticed, the last first, at most 50.

    Reference and subject of the ticket, why, when. One query.
    """
    rows = PendingReply.objects.filter(
        author=access.user,
        failed_at__isnull=False,
        noticed_at__isnull=True,
        ticket__in=Ticket.objects.visible_to(access),
    ).exclude(failed_reason=NotSent.AUTHOR_LEFT)
    columns = rows.order_by("-failed_at", "-pk").values_list(
        "ticket__reference", "ticket__subject", "failed_reason", "failed_at"
    )
    return [
        (reference, subject, str(NotSent(why).label), at)
        for reference, subject, why, at in columns[:MOST_LISTED]
        if at is not None
    ]


def unsettled_opinions(access: Access) -> QuerySet[SecondOpinion]:
    """Return the questions that somebody may answer, because they or their team are asked."""
    asked = Q(asked_user=access.user) | Q(asked_team__in=access.team_ids)
    return SecondOpinion.objects.filter(
        asked, settled_at__isnull=True, question__ticket__in=Ticket.objects.visible_to(access)
    )


def colleagues_named(ticket: Ticket) -> list[tuple[int, str]]:
    """Return key and name of those whom a note may name and who may do a task, by name. One query."""
    values: dict[str, Any] = {
        "organisation": ticket.organisation_id,
        "above": ticket.organisation.lineage,
        "team": ticket.team_id,
        "handlers": list(HANDLERS),
        "trusted": list(RESTRICTED_ROLES),
        "is_restricted": ticket.is_restricted,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COLLEAGUES, values)
        return [(key, name) for key, name in cursor.fetchall()]


def _quote(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else line[:LONGEST_QUOTE].rsplit(" ", 1)[0] + "…"
