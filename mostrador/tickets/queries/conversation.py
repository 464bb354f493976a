"""One ticket as the desk reads it: what was said and done, by whom, and what else that person has asked."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access
from mostrador.organisations.models import Organisation, Procedure
from mostrador.organisations.queries import working_calendar
from mostrador.organisations.rules.working_time import working_time_between
from mostrador.shared.formats import day
from mostrador.tickets.choices import AuthorKind, MessageKind
from mostrador.tickets.models import Ticket
from mostrador.tickets.queries.deliveries import Delivery, delivery
from mostrador.tickets.queries.desk import STATES, term_kind_of
from mostrador.tickets.rules import event_words, is_our_turn, term_words, working_words

OTHER_CONTACTS = 5
MOST_MESSAGES = 500  # newest; a ticket with more than that is a fault of some program

_COLUMNS = (
    "pk",
    "kind",
    "author_kind",
    "author__name",
    "author_name",
    "text",
    "is_rich",
    "written_at",
    "said_in__reference",
    "files",
    "mail",
)
_CONVERSATION = """
SELECT message.id, message.kind, message.author_kind, author.name, message.author_name, message.text, message.is_rich,
       message.written_at, said_in.reference, (
           SELECT json_agg(json_build_array(file.id, file.name, file.size_bytes) ORDER BY file.id)
           FROM tickets_attachment AS file WHERE file.message_id = message.id)::text,
       CASE WHEN mail.id IS NOT NULL THEN json_build_object(
           'pk', mail.id, 'state', mail.state, 'to', mail."to", 'cc', mail.cc, 'bounced_to', mail.bounced_to,
           'bounce_severity', mail.bounce_severity, 'bounce_reason', mail.bounce_reason, 'problem', mail.problem,
           'next_attempt_at', mail.next_attempt_at, 'sent_at', mail.sent_at)::text END
FROM tickets_message AS message
LEFT JOIN notifications_outgoingmessage AS mail
    ON mail.message_id = message.email_id AND message.email_id <> '' AND message.kind <> 'event'
LEFT JOIN accounts_user AS author ON author.id = message.author_id
LEFT JOIN tickets_ticket AS said_in ON said_in.id = message.said_in_id
WHERE message.ticket_id = %(ticket)s
ORDER BY message.written_at DESC, message.id DESC
LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Said:
    """A message, or several events in a row."""

    kind: str  # "message" or "events"
    id: int
    author: str = ""
    is_ours: bool = False
    is_note: bool = False
    is_rich: bool = False
    role: str = ""
    text: str = ""
    written_at: datetime | None = None
    files: list[dict[str, Any]] = field(default_factory=list)
    delivery: Delivery | None = None
    may_be_forwarded: bool = False
    events: list["Event"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done."""

    text: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """How long the person has waited and what is left of the term, in working time; empty while it is not our turn."""

    waiting: str = ""
    term: str = ""
    term_kind: str = ""


@dataclass(frozen=True, slots=True)
class OtherContact:
    """Another ticket of the same person."""

    reference: str
    subject: str
    note: str


def ticket_to_read(access: Access) -> QuerySet[Ticket]:
    """Return the tickets that this access may see, each with everything that its page names."""
    return Ticket.objects.visible_to(access).select_related(
        "organisation", "person", "topic", "procedure", "team", "assigned_to"
    )


def conversation(ticket: Ticket) -> tuple[list[Said], int]:
    """Return what was said and done, oldest first, and the key of the last message. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_CONVERSATION, {"ticket": ticket.pk, "most": MOST_MESSAGES})
        rows = [dict(zip(_COLUMNS, row, strict=True)) for row in cursor.fetchall()]
    rows.reverse()
    said: list[Said] = []
    for is_event, group in groupby(rows, key=lambda row: row["kind"] == MessageKind.EVENT):
        together = list(group)
        if is_event:
            said.append(_events(together, ticket))
        else:
            said += [_message(row, ticket) for row in together]
    return said, max((row["pk"] for row in rows), default=0)


def question_and_answer(ticket: Ticket) -> tuple[str, str]:
    """Return what the person asked first and what the desk answered last; "" where there is nothing. Two queries."""
    public = ticket.messages.filter(kind=MessageKind.PUBLIC)
    asked = public.filter(author_kind=AuthorKind.PERSON).order_by("written_at", "pk")
    answered = public.filter(author_kind=AuthorKind.STAFF).order_by("-written_at", "-pk")
    return (
        asked.values_list("text", flat=True).first() or "",
        answered.values_list("text", flat=True).first() or "",
    )


def clock(ticket: Ticket) -> Clock:
    """Return waiting time and term in words."""
    if ticket.team is None or not is_our_turn(ticket.state):
        return Clock()
    if ticket.team.organisation_id == ticket.organisation_id:
        ticket.team.organisation = ticket.organisation  # loaded already
    now, calendar = timezone.now(), working_calendar(ticket.team)
    waiting = term = term_kind = ""
    if ticket.waiting_since:
        waiting = working_words(working_time_between(ticket.waiting_since, now, calendar))
    if ticket.due_at:
        left = working_time_between(now, ticket.due_at, calendar)
        term, term_kind = term_words(left), term_kind_of(left)
    return Clock(waiting, term, term_kind)


def other_contacts(ticket: Ticket, access: Access) -> list[OtherContact]:
    """Return the last other tickets of the same person that this access may see, at most five. One query."""
    others = Ticket.objects.visible_to(access).filter(person=ticket.person_id).exclude(pk=ticket.pk)
    rows = others.order_by("-opened_at", "-pk").values_list("reference", "subject", "state", "opened_at")
    return [
        OtherContact(reference, subject or _("Asunto suprimido"), f"{capfirst(STATES[state])} · {day(opened_at)}")
        for reference, subject, state, opened_at in rows[:OTHER_CONTACTS]
    ]


def procedures_for(organisation: Organisation, *, kept: int | None = None) -> QuerySet[Procedure]:
    """Return what a ticket may be about: an organisation's procedures in use and those above, and the one it has."""
    offered = Q(organisation__in=organisation.lineage, is_active=True)
    return Procedure.objects.filter(offered | Q(pk=kept)).order_by("sia_code", "pk")


def news_since(ticket: Ticket, message_id: int, reader: User) -> str:
    """Return who else has written or done something since a message was seen, the newest, or "". One query."""
    newer = ticket.messages.filter(pk__gt=message_id).order_by("-pk").exclude(author=reader)
    found = newer.values("author_kind", "author__name", "author_name").first()
    return _author(found, ticket) if found else ""


def last_message_id(ticket: Ticket) -> int:
    """Return the key of the ticket's newest message. One query."""
    return ticket.messages.order_by("-pk").values_list("pk", flat=True).first() or 0


def _files(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": name, "href": reverse("tickets:staff_attachment", kwargs={"pk": pk}), "size_bytes": size_bytes}
        for pk, name, size_bytes in json.loads(row["files"] or "[]")
    ]


def _delivery(mail: str | None) -> Delivery | None:
    """Return what became of the e-mail with which a message was sent."""
    if mail is None:
        return None
    columns = json.loads(mail)
    again = columns["next_attempt_at"]
    return delivery(columns | {"next_attempt_at": datetime.fromisoformat(again) if again else None})


def _message(row: Mapping[str, Any], ticket: Ticket) -> Said:
    return Said(
        kind="message",
        id=row["pk"],
        author=_author(row, ticket),
        is_ours=row["author_kind"] not in {AuthorKind.PERSON, AuthorKind.THIRD},
        is_note=row["kind"] == MessageKind.NOTE,
        is_rich=row["is_rich"] and bool(row["text"]),
        role=_role(row, ticket),
        text=row["text"] or _("Texto suprimido"),
        written_at=row["written_at"],
        files=_files(row),
        delivery=_delivery(row["mail"]),
        may_be_forwarded=row["kind"] == MessageKind.PUBLIC and bool(row["text"]),
    )


def _role(row: Mapping[str, Any], ticket: Ticket) -> str:
    """Return who speaks when it is neither the person nor the desk, and where it was said when that was elsewhere."""
    parts = [_("un tercero")] if row["author_kind"] == AuthorKind.THIRD else []
    if row["said_in__reference"] not in {None, ticket.reference}:
        parts.append(_("dicho en la %(reference)s") % {"reference": row["said_in__reference"]})
    return " · ".join(parts)


def _events(rows: Sequence[Mapping[str, Any]], ticket: Ticket) -> Said:
    events = [Event(event_words(row["text"]), _author(row, ticket), row["written_at"]) for row in rows]
    return Said(kind="events", id=rows[0]["pk"], events=events)


def _author(row: Mapping[str, Any], ticket: Ticket) -> str:
    if row["author_kind"] == AuthorKind.STAFF:
        return str(row["author__name"])
    if row["author_kind"] == AuthorKind.SYSTEM:
        return _("Mostrador")
    if row["author_kind"] == AuthorKind.THIRD:
        return str(row["author_name"]) or _("Un tercero")
    return ticket.person.name or _("La persona")
