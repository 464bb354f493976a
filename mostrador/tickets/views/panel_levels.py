"""What a ticket's page shows of its kind, clocks and fields."""

from typing import Any

from django.utils import timezone
from django.utils.text import capfirst

from mostrador.accounts.access import StaffRequest
from mostrador.tickets.choices import Priority, TicketKind
from mostrador.tickets.models import Ticket
from mostrador.tickets.queries.fields import answers_of
from mostrador.tickets.queries.terms import clocks_of, legal_term


def levels(request: StaffRequest, ticket: Ticket, there: frozenset[str]) -> dict[str, Any]:
    """Return what its panels need, under names of their own; `there` is of `what_there_is`."""
    return {
        "levels_kind": capfirst(str(TicketKind(ticket.kind).label)),
        "levels_priority": capfirst(str(Priority(ticket.priority).label)),
        "levels_is_urgent": ticket.priority <= Priority.HIGH,
        "levels_clocks": clocks_of(ticket) if "clocks" in there else [],
        "levels_term": legal_term(ticket),
        "levels_today": timezone.localdate(),
        "levels_act_now": ticket.act_by is not None and ticket.act_by < timezone.now(),
        "levels_answers": answers_of(ticket),
        "levels_has_fields": "fields" in there,
    }
