"""What a person reads of their own ticket."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q
from django.utils import timezone

from mostrador.organisations.models import Organisation
from mostrador.shared.tokens import token_hash
from mostrador.tickets.choices import AuthorKind, MessageKind
from mostrador.tickets.models import Attachment, Message, Ticket, TicketDraft, TicketLink


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the conversation, for the person.

    Attributes:
        author: Empty when it was the person.
        is_other: Whether it was somebody else in copy, neither the person nor the desk.
    """

    pk: int
    text: str
    written_at: datetime
    author: str
    is_own: bool
    is_other: bool
    is_rich: bool
    files: list[Attachment]


def ticket_behind(organisation: Organisation, token: str) -> Ticket | None:
    """Return the ticket to which a private link leads; None when there is none or its time is over.

    The links of a ticket that was joined to another lead to that one.
    """
    links = TicketLink.objects.filter(token_hash=token_hash(token), ticket__organisation=organisation)
    link = links.filter(expires_at__gt=timezone.now()).select_related("ticket__person", "ticket__organisation").first()
    return where_it_goes_on(link.ticket) if link else None


def where_it_goes_on(ticket: Ticket) -> Ticket:
    """Return the ticket where the conversation of this one goes on. A query for each time it was joined to another."""
    while ticket.merged_into_id is not None:
        ticket = Ticket.objects.select_related("person", "organisation").get(pk=ticket.merged_into_id)
    return ticket


def first_words(ticket: Ticket) -> Message:
    """Return what was said first in public, also when it has moved to another ticket since. One query."""
    said = Message.objects.filter(Q(ticket=ticket) | Q(said_in=ticket), kind=MessageKind.PUBLIC)
    return said.order_by("pk")[0]


def conversation_of_person(ticket: Ticket) -> list[Said]:
    """Return what was said in public, oldest first, with its files. Two queries."""
    files = Prefetch("attachments", queryset=Attachment.objects.order_by("pk"))
    messages = ticket.messages.filter(kind=MessageKind.PUBLIC).select_related("author").prefetch_related(files)
    return [_said(message) for message in messages.order_by("written_at", "pk")]


def reply_draft_behind(token: str) -> TicketDraft | None:
    """Return what the person began to answer through this private link: one draft for each link."""
    return TicketDraft.objects.filter(token_hash=reply_draft_key(token), expires_at__gt=timezone.now()).first()


def reply_draft_key(token: str) -> str:
    """Return under which hash the draft of an answer is kept; the link's own hash does not lead to it."""
    return token_hash(f"reply:{token}")


def ticket_of_email(organisation: Organisation, reference: str, email: str) -> Ticket | None:
    """Return the ticket with this reference whose person, or who speaks for them, has this e-mail address."""
    address = email.strip()
    theirs = Q(person__email__iexact=address) | Q(representative__email__iexact=address)
    tickets = Ticket.objects.filter(theirs, organisation=organisation, reference=reference)
    ticket = tickets.select_related("person", "representative", "organisation").first()
    return where_it_goes_on(ticket) if ticket else None


def _said(message: Message) -> Said:
    is_own = message.author_kind == AuthorKind.PERSON
    return Said(
        pk=message.pk,
        text=message.text,
        written_at=message.written_at,
        author=message.author.name if message.author else message.author_name,
        is_own=is_own,
        is_other=message.author_kind == AuthorKind.THIRD,
        is_rich=message.is_rich,
        files=list(message.attachments.all()),
    )
