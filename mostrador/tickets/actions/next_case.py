"""Give somebody their next case."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mostrador.accounts.permissions import Access
from mostrador.tickets.actions import tickets
from mostrador.tickets.actions.routing import lock_agent
from mostrador.tickets.models import Ticket
from mostrador.tickets.queries.next_case import Next, most_urgent


@transaction.atomic
def take_next(access: Access, *, passed: Mapping[int, datetime] | None = None) -> tuple[Ticket, Next] | None:
    """Assign to somebody the most urgent ticket that they are able to do; None when there is none.

    Two who ask at the same moment never get the same one; nobody who asks twice gets more than they may have.

    Args:
        access: Of whoever asks; it becomes theirs.
        passed: Tickets of theirs that they were offered already and when.
    """
    lock_agent(access.user.pk)
    found = most_urgent(access, timezone.now(), passed=passed or {})
    if found is None:
        return None
    ticket = Ticket.objects.get(pk=found.ticket_id)
    if ticket.assigned_to_id != access.user.pk:
        tickets.assign(ticket, author=access.user, to=access.user)
    return ticket, found
