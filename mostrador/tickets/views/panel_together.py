"""What a ticket's page shows of who else is here, links, tasks, time and the incident."""

from typing import Any

from mostrador.accounts.access import StaffRequest
from mostrador.tickets.models import Ticket


def together(request: StaffRequest, ticket: Ticket) -> dict[str, Any]:
    """Return what its panels need, under names of their own."""
    return {}
