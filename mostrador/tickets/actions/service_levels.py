"""The clocks of service levels: what was promised to be done by when, in working time of the team."""

from datetime import datetime

from mostrador.tickets.models import Ticket


def follow(ticket: Ticket, now: datetime) -> None:
    """Start, pause, resume and stop the clocks of a ticket that is about to be kept, and set when it is due.

    Args:
        ticket: Locked, changed, not saved yet.
        now: The moment of the change.
    """
