"""Matters that were dealt with before they came here: kept to be found and read, and nobody is told of them."""

from datetime import datetime

from django.db import transaction

from mostrador.notifications.models import Sender
from mostrador.organisations.models import Organisation, Team, Topic
from mostrador.organisations.queries import default_team
from mostrador.people.models import Person
from mostrador.shared.together import found_once
from mostrador.tickets.actions import steps
from mostrador.tickets.actions.tickets import SUBJECT_LENGTH, save_with_fresh_reference
from mostrador.tickets.choices import AuthorKind, Channel, State
from mostrador.tickets.models import Message, Ticket


@transaction.atomic(savepoint=False)
def open_as_history(
    organisation: Organisation,
    *,
    person: Person,
    subject: str,
    text: str,
    language: str,
    at: datetime,
    now: datetime,
    team: Team | None = None,
    topic: Topic | None = None,
    sender: Sender | None = None,
) -> tuple[Ticket, Message]:
    """Keep a matter that came by e-mail once, closed: without clocks, routing, rules of automation or e-mails.

    Args:
        at: When it was written (aware).
        now: When it is brought in.
    """
    team = team or found_once(("default team", organisation.pk), lambda: default_team(organisation))
    ticket = Ticket(
        organisation=organisation,
        channel=Channel.EMAIL,
        state=State.CLOSED,
        subject=" ".join(subject.split())[:SUBJECT_LENGTH],
        language=language,
        person=person,
        team=team,
        topic=topic,
        sender=sender,
        opened_at=at,
        last_activity_at=at,
        resolved_at=at,
        closed_at=at,
        imported_at=now,
    )
    save_with_fresh_reference(ticket)
    return ticket, _say(ticket, text, at=at, author_kind=AuthorKind.PERSON)


@transaction.atomic(savepoint=False)
def add_to_history(ticket: Ticket, *, text: str, at: datetime, author_name: str = "") -> Message:
    """Keep what else was said in it, by the person or, with a name, by somebody else; the newest closes it again."""
    if at > ticket.last_activity_at:
        ticket.last_activity_at = ticket.resolved_at = ticket.closed_at = at
        ticket.save(update_fields=["last_activity_at", "resolved_at", "closed_at"])
    return _say(
        ticket, text, at=at, author_kind=AuthorKind.THIRD if author_name else AuthorKind.PERSON, name=author_name
    )


def _say(ticket: Ticket, text: str, *, at: datetime, author_kind: AuthorKind, name: str = "") -> Message:
    return steps.say(ticket, text, author_kind=author_kind, author_name=name[:120], now=at, channel=Channel.EMAIL)
