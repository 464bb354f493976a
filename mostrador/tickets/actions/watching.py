"""Following a ticket: who does is told by e-mail when the person writes."""

from django.db import transaction
from django.utils import timezone

from mostrador.accounts.models import User
from mostrador.shared.background import run_later
from mostrador.tickets.actions import colleagues
from mostrador.tickets.models import Message, Ticket, Watcher
from mostrador.tickets.queries.people_at_the_desk import colleagues_of


@transaction.atomic
def follow(ticket: Ticket, *, user: User) -> None:
    """Follow a ticket; following it again changes nothing."""
    Watcher.objects.get_or_create(ticket=ticket, user=user, defaults={"since": timezone.now()})


@transaction.atomic
def unfollow(ticket: Ticket, *, user: User) -> None:
    """Follow a ticket no more."""
    Watcher.objects.filter(ticket=ticket, user=user).delete()


def tell_of(message: Message) -> None:
    """Have everybody who follows the ticket told that the person has written. One query."""
    if Watcher.objects.filter(ticket=message.ticket_id).exists():
        run_later("tickets.tell_watchers", message_id=message.pk)


def tell_watchers(message_id: int) -> None:
    """Write to those who follow a ticket that the person has written, once to each who may still handle it."""
    message = Message.objects.select_related("ticket__organisation").get(pk=message_id)
    following = Watcher.objects.filter(ticket=message.ticket_id).values("user")
    for user in colleagues_of(message.ticket).filter(pk__in=following).order_by("pk"):
        colleagues.write_to(user, message.ticket, template="person_wrote", why=message, message=message)
