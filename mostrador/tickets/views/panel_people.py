"""What a ticket's page shows of the person: who they are, who speaks for them, what else they asked."""

from typing import Any

from mostrador.accounts.access import StaffRequest
from mostrador.people.queries.persons import alike, signals_of
from mostrador.people.rules import readable_phone
from mostrador.people.views.common import READERS as READERS_OF_PEOPLE
from mostrador.tickets.models import Ticket
from mostrador.tickets.permissions import HANDLERS, may_handle


def people(request: StaffRequest, ticket: Ticket) -> dict[str, Any]:
    """Return what its panels need, under names of their own. Two queries, three with a representative."""
    person, representative = ticket.person, ticket.representative
    may_open = request.access.has(*READERS_OF_PEOPLE) and person.organisation_id in request.access.organisation_ids(
        *READERS_OF_PEOPLE
    )
    return {
        "people_signals": signals_of(person, request.access),
        "people_alike": alike(person) if request.access.has(*HANDLERS) and may_open and person.is_known else [],
        "people_document": person.masked_identity,
        "people_may_open": may_open,
        "people_may_change": may_handle(request.access, ticket) and may_open and person.is_known,
        "people_representative": {
            "pk": representative.pk,
            "name": representative.name,
            "email": representative.email,
            "phone": readable_phone(representative.phone),
        }
        if representative is not None and representative.is_known and representative.pk != person.pk
        else None,
    }
