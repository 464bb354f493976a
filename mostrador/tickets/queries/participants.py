"""Who is in copy of a ticket's e-mails."""

from mostrador.notifications.models import Sender
from mostrador.notifications.rules.brakes import whose
from mostrador.people.rules import is_email
from mostrador.tickets.models import Message, Participant, PendingReply, Ticket


def participants_of(ticket: Ticket) -> list[Participant]:
    """Return who is in copy, in the order in which they came. One query."""
    return list(ticket.participants.order_by("pk"))


def copies_of(message: Message) -> list[str]:
    """Return who gets a copy of an answer, as whoever wrote it wanted: neither the person nor the desk itself.

    One that no server takes would keep the answer from everybody else: it is left out. One query,
    two where somebody does.
    """
    chosen = PendingReply.objects.filter(message=message).values_list("cc", flat=True).first()
    if not chosen:
        return []
    ours = Sender.objects.filter(organisation=message.ticket.organisation_id).values_list("address", flat=True)
    left_out = {message.ticket.addressee.email.lower(), *(whose(address) for address in ours)}
    named = [address for address in chosen if is_email(address)]
    return [address for address in named if address.lower() not in left_out and whose(address) not in left_out]
