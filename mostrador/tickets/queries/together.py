"""What a ticket's page shows of working together, and what else might be the same matter."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from mostrador.accounts.permissions import Access
from mostrador.shared.formats import day
from mostrador.tickets.choices import RelationKind, State
from mostrador.tickets.models import VISIBLE, Tag, TaskList, Ticket, visible_values
from mostrador.tickets.rules.tags import normalised
from mostrador.tickets.rules.together import UNDO_MERGE_WITHIN

LIKELY = 8
SUGGESTED_TAGS = 12

# Written out, in one question: the page is drawn all day, and putting eight together costs more than their answers.
_BESIDE = f"""
WITH visible AS (
    SELECT relation.kind, relation.is_first, t.reference, t.subject, t.state
    FROM (
        SELECT kind, true AS is_first, other_id AS id FROM tickets_relation WHERE ticket_id = %(ticket)s
        UNION ALL SELECT kind, false, ticket_id FROM tickets_relation WHERE other_id = %(ticket)s
        UNION ALL SELECT 'whole', true, parent_id FROM tickets_ticket WHERE id = %(ticket)s AND parent_id IS NOT NULL
        UNION ALL SELECT 'part', true, id FROM tickets_ticket WHERE parent_id = %(ticket)s
    ) AS relation
    JOIN tickets_ticket AS t ON t.id = relation.id
    WHERE {VISIBLE}
    ORDER BY t.id
)
SELECT json_build_object(
    'relations', (SELECT json_agg(visible) FROM visible),
    'tasks', (
        SELECT json_agg(json_build_array(task.id, task.text, task.due_on, task.done_at, worker.name, doer.name)
                        ORDER BY task.done_at IS NOT NULL, task.id)
        FROM tickets_task AS task
        LEFT JOIN accounts_user AS worker ON worker.id = task.assigned_to_id
        LEFT JOIN accounts_user AS doer ON doer.id = task.done_by_id
        WHERE task.ticket_id = %(ticket)s),
    'lists', (
        SELECT json_agg(json_build_array(list.id, list.name, cardinality(list.texts)) ORDER BY list.name, list.id)
        FROM tickets_tasklist AS list
        JOIN tickets_ticket AS ticket ON ticket.id = %(ticket)s
        LEFT JOIN organisations_topic AS topic ON topic.id = ticket.topic_id
        WHERE list.organisation_id = ANY (%(lineage)s::bigint[])
          AND (list.team_id IS NULL OR list.team_id = ticket.team_id)
          AND (list.topic_id IS NULL OR list.topic_id IN (topic.id, topic.parent_id))),
    'time', (
        SELECT json_agg(json_build_array(entry.id, worker.id, worker.name, entry.minutes, entry.note, entry.noted_at)
                        ORDER BY entry.id)
        FROM tickets_timeentry AS entry JOIN accounts_user AS worker ON worker.id = entry.user_id
        WHERE entry.ticket_id = %(ticket)s),
    'watchers', (
        SELECT json_agg(json_build_array(worker.id, worker.name) ORDER BY watcher.id)
        FROM tickets_watcher AS watcher JOIN accounts_user AS worker ON worker.id = watcher.user_id
        WHERE watcher.ticket_id = %(ticket)s),
    'opinions', (
        SELECT json_agg(json_build_array(opinion.id, asker.name, question.author_id, question.text,
                                         question.written_at, opinion.asked_user_id, opinion.asked_team_id,
                                         coalesce(worker.name, team.name)) ORDER BY opinion.id)
        FROM tickets_secondopinion AS opinion JOIN tickets_message AS question ON question.id = opinion.question_id
        LEFT JOIN accounts_user AS asker ON asker.id = question.author_id
        LEFT JOIN accounts_user AS worker ON worker.id = opinion.asked_user_id
        LEFT JOIN organisations_team AS team ON team.id = opinion.asked_team_id
        WHERE question.ticket_id = %(ticket)s AND opinion.settled_at IS NULL),
    'merges', (
        SELECT json_agg(json_build_array(joined.id, source.reference, target.reference, joined.source_id,
                                         joined.merged_at) ORDER BY joined.id)
        FROM tickets_merge AS joined
        JOIN tickets_ticket AS source ON source.id = joined.source_id
        JOIN tickets_ticket AS target ON target.id = joined.target_id
        WHERE %(ticket)s IN (joined.source_id, joined.target_id) AND joined.undone_at IS NULL),
    'listened', (
        SELECT rules.supervisors_listen FROM tickets_writingrules AS rules
        JOIN tickets_ticket AS ticket ON ticket.organisation_id = rules.organisation_id
        WHERE ticket.id = %(ticket)s),
    'incident', (
        SELECT json_build_array(incident.id, incident.title, incident.ended_at)
        FROM tickets_ticket AS ticket JOIN service_status_incident AS incident ON incident.id = ticket.incident_id
        WHERE ticket.id = %(ticket)s)
)::text
"""  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class Related:
    """Another ticket, and what this one has to do with it."""

    how: str
    reference: str
    subject: str
    state: str


@dataclass(frozen=True, slots=True)
class ToDo:
    """A task of the ticket."""

    pk: int
    text: str
    who: str
    due_on: date | None
    is_late: bool
    is_done: bool
    done_by: str


@dataclass(frozen=True, slots=True)
class Spent:
    """Working time spent."""

    pk: int
    who: str
    minutes: int
    note: str
    noted_at: datetime
    is_own: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A second opinion that waits for its answer."""

    pk: int
    who: str
    of: str
    text: str
    asked_at: datetime
    is_for_me: bool
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """A joining of two tickets that stands."""

    pk: int
    source: str
    target: str
    is_away: bool
    may_undo: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything that a ticket's page shows of working together."""

    relations: list[Related]
    tasks: list[ToDo]
    lists: list[tuple[int, str, int]]  # of tasks that may be put here: key, name, how many
    time: list[Spent]
    watchers: list[str]
    is_followed: bool
    opinions: list[Asked]
    merges: list[Joined]
    incident: tuple[int, str, bool] | None  # key, title, whether it runs
    is_listened_to: bool  # who supervises may read what is being written


@dataclass(frozen=True, slots=True)
class Likely:
    """Another ticket that may be about the same."""

    reference: str
    subject: str
    note: str


def beside(ticket: Ticket, access: Access) -> Beside:
    """Return what a ticket's page shows of working together. One query."""
    values = visible_values(access) | {"ticket": ticket.pk, "lineage": ticket.organisation.lineage}
    with connection.cursor() as cursor:
        cursor.execute(_BESIDE, values)
        found = json.loads((cursor.fetchone() or ("{}",))[0])
    rows = {name: value or [] for name, value in found.items()}
    me, now, today = access.user.pk, timezone.now(), timezone.localdate()
    return Beside(
        relations=[_related(row) for row in rows["relations"]],
        tasks=[_to_do(*row, today=today) for row in rows["tasks"]],
        lists=[(key, name, count) for key, name, count in rows["lists"]],
        time=[
            Spent(key, who, minutes, note, _moment(at), user == me)
            for key, user, who, minutes, note, at in rows["time"]
        ],
        watchers=[name for _key, name in rows["watchers"]],
        is_followed=any(key == me for key, _name in rows["watchers"]),
        opinions=[_asked(*row, access=access) for row in rows["opinions"]],
        merges=[
            Joined(key, source, target, source_id == ticket.pk, now - _moment(at) < UNDO_MERGE_WITHIN)
            for key, source, target, source_id, at in rows["merges"]
        ],
        incident=_incident(rows["incident"]),
        is_listened_to=rows["listened"] is True,
    )


def task_lists_for(ticket: Ticket) -> QuerySet[TaskList]:
    """Return the lists of tasks that may be put on a ticket, as `beside` offers them."""
    rows = TaskList.objects.filter(organisation__in=ticket.organisation.lineage)
    topics = [ticket.topic.pk, ticket.topic.parent_id] if ticket.topic else []
    rows = rows.filter(Q(team=None) | Q(team=ticket.team_id), Q(topic=None) | Q(topic__in=topics))
    return rows.order_by("name", "pk")


def likely_duplicates(ticket: Ticket, access: Access) -> list[Likely]:
    """Return open tickets to which this one might be joined: of the same person, the last first. One query."""
    same = Q(person=ticket.person_id)
    if ticket.person.email:
        same |= Q(person__email=ticket.person.email)
    others = Ticket.objects.visible_to(access).open().filter(same, organisation=ticket.organisation_id)
    rows = others.exclude(pk=ticket.pk).order_by("-opened_at", "-pk")
    return [
        Likely(reference, subject, f"{capfirst(str(State(state).label))} · {day(opened_at)}")
        for reference, subject, state, opened_at in rows.values_list("reference", "subject", "state", "opened_at")[
            :LIKELY
        ]
    ]


def suggested_tags(organisation_id: int, typed: str) -> list[str]:
    """Return the tags that an organisation uses most and that begin as what was typed. One query."""
    used = Tag.objects.filter(organisation=organisation_id, uses__gt=0, name__startswith=normalised(typed))
    return list(used.order_by("-uses", "name").values_list("name", flat=True)[:SUGGESTED_TAGS])


def _related(row: dict[str, Any]) -> Related:
    how = {
        "whole": _("Es parte de"),
        "part": _("Incluye"),
        RelationKind.RELATED: _("Tiene relación con"),
        RelationKind.DUPLICATE: _("Es lo mismo que"),
        RelationKind.SPLIT: _("Salió de") if row["is_first"] else _("De ella salió"),
    }[row["kind"]]
    state = capfirst(str(State(row["state"]).label))
    return Related(how, row["reference"], row["subject"] or _("Asunto suprimido"), state)


def _to_do(
    key: int, text: str, due_on: str | None, done_at: str | None, who: str | None, doer: str | None, *, today: date
) -> ToDo:
    due = parse_date(due_on) if due_on else None
    is_late = due is not None and due < today and done_at is None
    return ToDo(key, text or _("Texto suprimido"), who or "", due, is_late, done_at is not None, doer or "")


def _asked(*row: Any, access: Access) -> Asked:
    key, who, author_id, text, at, user_id, team_id, of = row
    is_for_me = user_id == access.user.pk or team_id in access.team_ids
    return Asked(key, who or "", of or "", text, _moment(at), is_for_me, author_id == access.user.pk)


def _incident(row: list[Any]) -> tuple[int, str, bool] | None:
    return (row[0], row[1], row[2] is None) if row else None


def _moment(written: str) -> datetime:
    moment = parse_datetime(written)
    if moment is None:
        raise ValueError(written)
    return moment
