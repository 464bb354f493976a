"""Who is in copy of a ticket's e-mails."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mostrador.accounts.models import User
from mostrador.tickets.actions import steps
from mostrador.tickets.choices import EventCode
from mostrador.tickets.models import Participant, Ticket


def put_in_copy(ticket: Ticket, addresses: Sequence[str], *, author: User, now: datetime) -> None:
    """Note that the desk put these addresses in copy: what they answer belongs to the ticket. The ticket is locked."""
    known = set(ticket.participants.values_list("address", flat=True)) if addresses else set()
    for address in dict.fromkeys(address.lower() for address in addresses):
        if address not in known:
            Participant.objects.create(ticket=ticket, address=address, added_by=author, added_at=now)
            steps.note_event(ticket, EventCode.COPY_ADDED, address, now=now, author=author)


@transaction.atomic
def remove_from_copy(participant: Participant, *, author: User) -> None:
    """Take somebody out of the copy; mail from them opens a ticket of its own from now on."""
    ticket, now = steps.locked(participant.ticket), timezone.now()
    if not ticket.participants.filter(pk=participant.pk).delete()[0]:
        return
    steps.note_event(ticket, EventCode.COPY_REMOVED, participant.address, now=now, author=author)
    steps.save(ticket, now)
    steps.done("tickets.copy_removed", ticket, actor=author)
