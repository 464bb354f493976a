"""What the parts of the desk add to the page of a ticket, each in its own module and its own template."""

from typing import Any

from mostrador.accounts.access import StaffRequest
from mostrador.tickets.models import Ticket
from mostrador.tickets.views.panel_levels import levels
from mostrador.tickets.views.panel_people import people
from mostrador.tickets.views.panel_together import together


def panels(request: StaffRequest, ticket: Ticket, there: frozenset[str]) -> dict[str, Any]:
    """Return what the panels of the ticket's page show, of `what_there_is`."""
    beside = together(request, ticket, is_alone="presence" not in there, is_folded=True)
    return levels(request, ticket, there) | beside | people(request, ticket)
