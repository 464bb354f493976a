"""What a ticket's page shows of its kind, clocks and fields."""

from typing import Any

from mostrador.accounts.access import StaffRequest
from mostrador.tickets.models import Ticket


def levels(request: StaffRequest, ticket: Ticket) -> dict[str, Any]:
    """Return what its panels need, under names of their own."""
    return {}
