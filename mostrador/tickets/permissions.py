"""Who may do what with a ticket."""

from mostrador.accounts.choices import Role
from mostrador.accounts.permissions import Access
from mostrador.tickets.models import SavedView, Ticket

HANDLERS = (Role.AGENT, Role.SUPERVISOR)
VIEW_SHARERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)


def may_handle(access: Access, ticket: Ticket) -> bool:
    """Tell whether somebody may answer and change this ticket, and not only read it."""
    return ticket.organisation_id in access.organisation_ids(*HANDLERS) or (
        ticket.team_id in access.team_ids and access.has(*HANDLERS)
    )


def only_supervises(access: Access, ticket: Ticket) -> bool:
    """Tell whether somebody who sees this ticket attends neither to it nor to its organisation as an agent."""
    return ticket.team_id not in access.team_ids and ticket.organisation_id not in access.organisation_ids(Role.AGENT)


def may_share_views(access: Access) -> bool:
    """Tell whether somebody may make and change the views of teams and of the whole organisation."""
    return access.has(*VIEW_SHARERS)


def may_change_view(access: Access, view: SavedView) -> bool:
    """Tell whether somebody may change or take away a view that they see: their own, or a shared one."""
    return view.owner_id == access.user.pk or (view.is_shared and may_share_views(access))
