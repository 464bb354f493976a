"""Who calls: found while their name is typed, with what they have open."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from mostrador.accounts.permissions import Access
from mostrador.organisations.models import Organisation
from mostrador.people.models import Person, Representation
from mostrador.people.queries.persons import people_found
from mostrador.people.rules import readable_phone
from mostrador.shared.references import normalise_reference
from mostrador.tickets.models import Ticket

SHORTEST_SEARCH = 3  # characters
MOST_CALLERS = 6
MOST_TICKETS = 5


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who may be the one who calls."""

    key: int
    name: str
    contact: str
    document: str
    open_tickets: list[str] = field(default_factory=list)


def callers(organisation: Organisation, access: Access, words: str) -> list[Caller]:
    """Return who may be calling: by name, telephone, e-mail, identity number or a ticket's reference; at most six.

    Two queries, three for a reference.
    """
    people = _by_reference(organisation, access, words) or [
        person for person in people_found(access, words, limit=MOST_CALLERS) if person.organisation == organisation
    ]
    theirs: dict[int, list[str]] = {person.pk: [] for person in people}
    rows = Ticket.objects.visible_to(access).open().filter(person__in=people).order_by("-opened_at", "-pk")
    for person, reference, subject in rows.values_list("person", "reference", "subject")[: MOST_CALLERS * MOST_TICKETS]:
        theirs[person].append(f"{reference} · {subject}")
    return [
        Caller(
            person.pk,
            person.name,
            " · ".join(value for value in (readable_phone(person.phone), person.email) if value),
            person.masked_identity,
            theirs[person.pk][:MOST_TICKETS],
        )
        for person in people
    ]


def open_tickets_of(person: Person, access: Access) -> list[Ticket]:
    """Return somebody's open tickets and those in which they speak for others, the five newest. One query."""
    theirs = Ticket.objects.visible_to(access).open().filter(Q(person=person) | Q(representative=person))
    return list(theirs.order_by("-opened_at", "-pk")[:MOST_TICKETS])


def spoken_for_by_mistake(day: date) -> QuerySet[Ticket]:
    """Return the open tickets in which somebody speaks whose representation was noted and holds no more on a day."""
    noted = Representation.objects.filter(person=OuterRef("person"), representative=OuterRef("representative"))
    spoken_for = Ticket.objects.open().filter(Exists(noted), representative__isnull=False)
    return spoken_for.exclude(Exists(noted.valid_on(day))).order_by("pk")


def _by_reference(organisation: Organisation, access: Access, words: str) -> list[Person]:
    reference = normalise_reference(words)
    if not reference:
        return []
    tickets = Ticket.objects.visible_to(access).filter(organisation=organisation, reference=reference)
    ticket = tickets.select_related("person", "representative").first()
    people = [ticket.representative, ticket.person] if ticket else []
    return [person for person in people if person is not None and person.is_known]
