"""Who may do what with a ticket."""

from mostrador.accounts.choices import Role
from mostrador.accounts.permissions import Access
from mostrador.tickets.choices import RESTRICTED_ROLES, DraftsOpen
from mostrador.tickets.models import SavedView, Ticket

HANDLERS = (Role.AGENT, Role.SUPERVISOR)
DESK = (Role.AGENT, Role.SUPERVISOR, Role.DIRECTOR, Role.ADMINISTRATOR)
VIEW_SHARERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)


def may_handle(access: Access, ticket: Ticket) -> bool:
    """Tell whether somebody may answer and change this ticket, and not only read it."""
    return ticket.organisation_id in access.organisation_ids(*HANDLERS) or (
        ticket.team_id in access.team_ids and access.has(*HANDLERS)
    )


def drafts_open_to(access: Access, ticket: Ticket) -> DraftsOpen:
    """Tell by which decision of the organisation somebody who sees this ticket may read what others have not sent.

    Colleagues work in its team or are agents of its organisation; who supervises or administers it and does not work
    there listens; to anybody else the words of others stay closed.
    """
    works_in_team = ticket.team_id in access.team_ids and access.has(*HANDLERS)
    if works_in_team or ticket.organisation_id in access.organisation_ids(Role.AGENT):
        return DraftsOpen.TO_COLLEAGUES
    if ticket.organisation_id in access.organisation_ids(*RESTRICTED_ROLES):
        return DraftsOpen.TO_SUPERVISORS
    return DraftsOpen.TO_NOBODY


def may_share_views(access: Access) -> bool:
    """Tell whether somebody may make and change the views of teams and of the whole organisation."""
    return access.has(*VIEW_SHARERS)


def may_change_view(access: Access, view: SavedView) -> bool:
    """Tell whether somebody may change or take away a view that they see: their own, or a shared one."""
    return view.owner_id == access.user.pk or (view.is_shared and may_share_views(access))
