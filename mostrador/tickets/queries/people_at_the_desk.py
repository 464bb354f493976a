"""Who may handle a ticket, and where it may go."""

from django.db.models import Q, QuerySet

from mostrador.accounts.choices import Role
from mostrador.accounts.models import Membership, TeamMembership, User
from mostrador.organisations.models import Organisation, Team
from mostrador.tickets.choices import RESTRICTED_ROLES
from mostrador.tickets.models import Ticket
from mostrador.tickets.permissions import HANDLERS


def who_may_handle(ticket: Ticket) -> QuerySet[User]:
    """Return the active staff to whom the ticket may be assigned: its team's agents, and its organisation's."""
    here = Q(organisation=ticket.organisation_id)
    above = Q(organisation__in=ticket.organisation.lineage, with_descendants=True)
    members = Membership.objects.filter(here | above, role__in=HANDLERS).values("user")
    team = TeamMembership.objects.filter(team=ticket.team_id, user__memberships__role__in=HANDLERS).values("user")
    return User.objects.filter(Q(pk__in=members) | Q(pk__in=team), is_active=True)


def where_it_may_go(ticket: Ticket) -> QuerySet[Team]:
    """Return the teams at work of the ticket's organisation and of its ancestors."""
    return Team.objects.filter(organisation__in=ticket.organisation.lineage, is_active=True)


def who_works_for(organisation: Organisation) -> QuerySet[User]:
    """Return the active staff who may have tickets of an organisation: its own, and those above who reach it."""
    here = Q(organisation=organisation)
    above = Q(organisation__in=organisation.lineage, with_descendants=True)
    return User.objects.filter(pk__in=Membership.objects.filter(here | above).values("user"), is_active=True)


def who_supervises(organisation: Organisation) -> QuerySet[User]:
    """Return the active supervisors of an organisation: its own, and those above who reach it."""
    here = Q(organisation=organisation)
    above = Q(organisation__in=organisation.lineage, with_descendants=True)
    members = Membership.objects.filter(here | above, role=Role.SUPERVISOR).values("user")
    return User.objects.filter(pk__in=members, is_active=True)


def colleagues_of(ticket: Ticket) -> QuerySet[User]:
    """Return those who may handle the ticket and see it: of a restricted one its team and whoever supervises."""
    everybody = who_may_handle(ticket)
    if not ticket.is_restricted:
        return everybody
    here = Q(organisation=ticket.organisation_id)
    above = Q(organisation__in=ticket.organisation.lineage, with_descendants=True)
    trusted = Membership.objects.filter(here | above, role__in=RESTRICTED_ROLES).values("user")
    team = TeamMembership.objects.filter(team=ticket.team_id).values("user")
    return everybody.filter(Q(pk__in=trusted) | Q(pk__in=team))


def teams_to_ask(ticket: Ticket) -> QuerySet[Team]:
    """Return the teams that may be asked about the ticket: those where it may go, of a restricted one only its own."""
    teams = where_it_may_go(ticket)
    return teams.filter(pk=ticket.team_id or 0) if ticket.is_restricted else teams
