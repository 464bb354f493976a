"""Who has a ticket in front of them. Nothing of it stays: a page that says nothing for 45 seconds has left."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from mostrador.accounts.models import User
from mostrador.shared.live import publish
from mostrador.tickets.actions import mentions
from mostrador.tickets.models import Presence, Ticket
from mostrador.tickets.rules.together import PRESENT_FOR, topic_of_presence

FORGOTTEN_AFTER = timedelta(days=1)


@transaction.atomic
def be_here(ticket: Ticket, *, user: User, is_writing: bool) -> None:
    """Note that somebody looks at a ticket or writes in it; the others' pages hear of it when that is new.

    What names them in the ticket is read by this.
    """
    now = timezone.now()
    known = Presence.objects.filter(ticket=ticket, user=user).first()
    is_news = known is None or now - known.seen_at > PRESENT_FOR or known.is_writing != is_writing
    Presence.objects.bulk_create(
        [Presence(ticket=ticket, user=user, is_writing=is_writing, seen_at=now)],
        update_conflicts=True,
        unique_fields=["ticket", "user"],
        update_fields=["is_writing", "seen_at"],
    )
    if is_news:
        publish(topic_of_presence(ticket.pk))
    mentions.read_mentions(ticket, user=user)


@transaction.atomic
def leave(ticket: Ticket, *, user: User) -> None:
    """Note that somebody has left the page of a ticket."""
    if Presence.objects.filter(ticket=ticket, user=user).delete()[0]:
        publish(topic_of_presence(ticket.pk))


def forget_old_presence() -> int:
    """Delete what nobody looks at any more; return how many."""
    return Presence.objects.filter(seen_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()[0]
