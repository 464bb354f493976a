"""Rules of automation: when something happens, if the ticket is so, then do this."""

from mostrador.accounts.models import User
from mostrador.tickets.models import Ticket


def happened(what: str, ticket: Ticket, *, actor: User | None) -> None:
    """Let the rules see that something was done.

    Args:
        what: The act, as the audit record names it without its app: "opened", "person_replied", "resolved"…
        ticket: As it was kept.
        actor: Who did it; None is the person or the system.
    """
