"""What the desk of a new office begins with."""

from django.db import transaction

from mostrador.organisations.models import Organisation
from mostrador.tickets.actions.canned import set_up_canned_replies
from mostrador.tickets.actions.kinds import set_up_kinds
from mostrador.tickets.actions.retention import set_up_retention
from mostrador.tickets.actions.routing import set_up_routing
from mostrador.tickets.actions.rules import set_up_rules
from mostrador.tickets.actions.saved_views import set_up_views
from mostrador.tickets.actions.service_levels import set_up_service_levels


@transaction.atomic
def set_up_desk(organisation: Organisation) -> None:
    """Give an office its first kinds, service levels, views, prepared answers, sharing out, retention and rules.

    What is there already stays as it is; the bodies below use what stands above them.
    """
    set_up_kinds(organisation)
    set_up_service_levels(organisation)
    set_up_views(organisation)
    set_up_routing(organisation)
    set_up_canned_replies(organisation)
    set_up_retention(organisation)
    set_up_rules(organisation)
