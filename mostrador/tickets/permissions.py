"""Who may do what with a ticket."""

from mostrador.accounts.choices import Role
from mostrador.accounts.permissions import Access
from mostrador.tickets.models import Ticket

HANDLERS = (Role.AGENT, Role.SUPERVISOR)


def may_handle(access: Access, ticket: Ticket) -> bool:
    """Tell whether somebody may answer and change this ticket, and not only read it."""
    return ticket.organisation_id in access.organisation_ids(*HANDLERS) or (
        ticket.team_id in access.team_ids and access.has(*HANDLERS)
    )
