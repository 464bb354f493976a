"""What a ticket's page shows of the person: who they are, who speaks for them, what else they asked."""

from typing import Any

from mostrador.accounts.access import StaffRequest
from mostrador.tickets.models import Ticket


def people(request: StaffRequest, ticket: Ticket) -> dict[str, Any]:
    """Return what its panels need, under names of their own."""
    return {}
