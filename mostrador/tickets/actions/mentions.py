"""Internal notes, and those of the desk whom they name."""

from datetime import datetime

from django.utils import timezone

from mostrador.accounts.models import User
from mostrador.shared.background import run_later
from mostrador.tickets.actions import colleagues, steps
from mostrador.tickets.choices import AuthorKind, MessageKind
from mostrador.tickets.models import Mention, Message, Ticket
from mostrador.tickets.queries.people_at_the_desk import colleagues_of
from mostrador.tickets.rules.together import mentioned


def note(ticket: Ticket, text: str, *, author: User | None, now: datetime, idempotency_key: str = "") -> Message:
    """Add an internal note to a locked ticket; those whom it names with "@" are told by e-mail, never oneself.

    Only who may handle the ticket can be named; anything else after an "@" is just text.
    """
    message = steps.say(
        ticket,
        text,
        kind=MessageKind.NOTE,
        author_kind=AuthorKind.STAFF if author else AuthorKind.SYSTEM,
        author=author,
        now=now,
        idempotency_key=idempotency_key,
    )
    for user_id in sorted(_named(ticket, text) - {author.pk if author else 0}):
        mention = Mention.objects.create(message=message, user_id=user_id, mentioned_at=now)
        run_later("tickets.tell_mentioned", mention_id=mention.pk)
    return message


def read_mentions(ticket: Ticket, *, user: User) -> None:
    """Note that somebody has had the ticket in front of them, so that what names them there is read."""
    unread = Mention.objects.filter(message__ticket=ticket, user=user, read_at__isnull=True)
    unread.update(read_at=timezone.now())


def read_all_mentions(user: User) -> None:
    """Note that somebody knows of everything that names them."""
    Mention.objects.filter(user=user, read_at__isnull=True).update(read_at=timezone.now())


def tell_mentioned(mention_id: int) -> None:
    """Write to somebody whom a note names, once; nothing when they have read it."""
    mentions = Mention.objects.select_related("message__ticket__organisation", "message__author", "user")
    mention = mentions.filter(pk=mention_id, read_at__isnull=True).first()
    if mention is None or mention.message.author is None:
        return
    colleagues.write_to(
        mention.user,
        mention.message.ticket,
        template="mentioned",
        why=mention,
        who=mention.message.author.name,
        message=mention.message,
    )


def _named(ticket: Ticket, text: str) -> set[int]:
    return mentioned(text, dict(colleagues_of(ticket).values_list("pk", "name"))) if "@" in text else set()
