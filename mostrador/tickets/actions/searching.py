"""The index of the desk's search."""

from mostrador.tickets.models import Ticket


def refresh(ticket: Ticket) -> None:
    """Let the search know what the ticket says now."""
