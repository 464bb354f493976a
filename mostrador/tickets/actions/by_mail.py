"""What e-mail brings to a ticket besides the person's own words: those of others, of programs, and what got lost."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from mostrador.accounts.models import User
from mostrador.notifications.choices import BounceReason, Problem, Severity
from mostrador.notifications.models import OutgoingMessage
from mostrador.notifications.rules.bouncing import reason_of
from mostrador.people.rules import is_email
from mostrador.tickets.actions import steps, watching
from mostrador.tickets.choices import Act, AuthorKind, Channel, EventCode, MessageKind, RelationKind, State
from mostrador.tickets.models import Message, Participant, Relation, Ticket
from mostrador.tickets.queries.deliveries import is_in_record, ticket_named
from mostrador.tickets.rules import is_open

NAME_LENGTH = 120


@transaction.atomic
def reply_as_copied(ticket: Ticket, *, name: str, text: str, is_public: bool) -> Message:
    """Add what somebody in copy answers; it is the desk's turn again, and a resolved ticket is reopened by it.

    Args:
        ticket: Not closed.
        name: Who they are, as the conversation shows it.
        text: Plain.
        is_public: Whether the person may read it: they got the same e-mail.

    Raises:
        ActionRefused: The ticket is closed.
    """
    ticket, now = steps.locked_where_it_goes_on(ticket), timezone.now()
    kind = MessageKind.PUBLIC if is_public else MessageKind.NOTE
    if ticket.state in {State.RESOLVED, State.SPAM}:
        event = steps.bring_back(ticket, Act.PERSON_REPLIES, by_desk=False, now=now)
        steps.note_event(ticket, event, now=now)
    else:
        steps.move(ticket, Act.PERSON_REPLIES, now=now, by_desk=False)
    ticket.third_party = ""
    message = _say(ticket, name, text, kind=kind, now=now)
    steps.save(ticket, now)
    steps.done("tickets.copied_replied", ticket, details={"channel": Channel.EMAIL})
    watching.tell_of(message)
    return message


@transaction.atomic
def note_mail(ticket: Ticket, *, name: str, text: str) -> Message:
    """Keep what a program answered, or who wrote without being known, for the desk alone; whose turn it is stays."""
    ticket, now = steps.locked_where_it_goes_on(ticket), timezone.now()
    message = _say(ticket, name, text, kind=MessageKind.NOTE, now=now)
    steps.save(ticket, now)
    steps.done("tickets.mail_noted", ticket, details={"channel": Channel.EMAIL})
    return message


@transaction.atomic
def note_bounce(
    ticket: Ticket,
    *,
    severity: Severity,
    reason: BounceReason | Problem,
    is_blocked: bool = False,
    known_as: dict[str, Any] | None = None,
) -> None:
    """Tell the desk that an e-mail of the ticket did not arrive; one that never will makes it the desk's turn.

    Args:
        ticket: Whose e-mail it was.
        severity: How far it is lost.
        reason: Why.
        is_blocked: From now on nothing is sent to the address.
        known_as: How the audit record tells which e-mail, where that is asked later.
    """
    ticket, now = steps.locked_where_it_goes_on(ticket), timezone.now()
    code = EventCode.MAIL_DELAYED if severity == Severity.DELAYED else EventCode.MAIL_RETURNED
    with override("es"):
        steps.note_event(ticket, code, str(reason.label).rstrip("."), now=now)
    if is_blocked:
        steps.note_event(ticket, EventCode.ADDRESS_BLOCKED, now=now)
    if severity == Severity.HARD and ticket.state == State.WAITING_FOR_PERSON:
        steps.move(ticket, Act.WAIT_FOR_US, now=now)
    steps.save(ticket, now)
    steps.done("tickets.mail_returned", ticket, details={"severity": severity, "reason": reason} | (known_as or {}))


@transaction.atomic
def note_not_delivered(message_id: int, *, at: str, is_blocked: bool) -> None:
    """Tell the desk that the server did not take an e-mail of a ticket, as if it had come back. Once for each moment.

    Args:
        message_id: Which one of the outbox.
        at: When it was refused or given up on, in ISO 8601.
        is_blocked: From now on nothing is sent to the address.
    """
    message = OutgoingMessage.objects.filter(pk=message_id).first()
    ticket = ticket_named(message.about) if message else None
    if message is None or ticket is None or ticket.erased_at is not None:
        return
    ticket, known_as = steps.locked_where_it_goes_on(ticket), {"email": message.pk, "at": at}
    if is_in_record(ticket, "tickets.mail_returned", known_as):
        return
    note_bounce(ticket, severity=Severity.HARD, reason=_why(message), is_blocked=is_blocked, known_as=known_as)


def _why(message: OutgoingMessage) -> BounceReason | Problem:
    """Return why a message was not taken: what was said of the address, else how the attempt ended."""
    told = BounceReason(message.bounce_reason or reason_of(message.last_error))
    return Problem(message.problem) if told == BounceReason.UNKNOWN and message.problem else told


@transaction.atomic
def note_event(ticket: Ticket, code: EventCode) -> None:
    """Put into the conversation what an e-mail tells beyond its words."""
    ticket, now = steps.locked_where_it_goes_on(ticket), timezone.now()
    steps.note_event(ticket, code, now=now, by_person=code in {EventCode.MAIL_READ, EventCode.OTHER_ADDRESS})
    steps.save(ticket, now)


@transaction.atomic
def relate_to_former(ticket: Ticket, former: Ticket) -> None:
    """Say that a ticket goes on with what another one was about, for the desk."""
    ticket, former = steps.locked_together(ticket, former)
    now = timezone.now()
    Relation.objects.create(ticket=ticket, other=former, kind=RelationKind.RELATED, related_by=None, related_at=now)
    for one, of in ((ticket, former), (former, ticket)):
        steps.note_event(one, EventCode.RELATED, of.reference, now=now)
    steps.save(ticket, now)
    if is_open(former.state):
        steps.save(former, now)
    steps.done("tickets.related", ticket, details={"to": former.reference, "as": RelationKind.RELATED})


def put_in_copy(ticket: Ticket, addresses: dict[str, str], *, added_by: User | None = None) -> None:
    """Keep who else gets the e-mails of a ticket: addresses in lower case with their names. One query, or none.

    Senders write whatever they like: what is no address, or not everybody's server takes, is left out.
    """
    now = timezone.now()
    Participant.objects.bulk_create(
        [
            Participant(ticket=ticket, address=address, name=name[:NAME_LENGTH], added_by=added_by, added_at=now)
            for address, name in addresses.items()
            if is_email(address)
        ],
        ignore_conflicts=True,
    )


def _say(ticket: Ticket, name: str, text: str, *, kind: MessageKind, now: datetime) -> Message:
    return steps.say(
        ticket,
        text,
        kind=kind,
        author_kind=AuthorKind.THIRD,
        author_name=name[:NAME_LENGTH],
        now=now,
        channel=Channel.EMAIL,
    )
