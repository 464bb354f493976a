"""What an import needs to know of the database: names and addresses to keys, and what is there already."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.db.models.functions import Lower

from mostrador.accounts.models import User
from mostrador.help_centre.models import Article
from mostrador.integrations.errors import LineRefused
from mostrador.integrations.rules import TicketLine
from mostrador.organisations.models import HostName, Organisation, Procedure, Team, Topic
from mostrador.people.models import Person
from mostrador.tickets.models import Ticket


@dataclass
class Names:
    """Everything that lines name, by name. Read once for an import: it is as large as the offices, not the file."""

    organisations: dict[str, Organisation]
    teams: dict[str, list[tuple[int, int]]]  # slug to (organisation, key)
    topics: dict[str, list[tuple[int, int]]]
    procedures: dict[str, list[tuple[int, int]]]
    articles: dict[str, list[tuple[int, int]]]
    staff: dict[str, int]
    default_teams: dict[int, int] = field(default_factory=dict)

    def organisation(self, line: TicketLine) -> Organisation:
        """Return whose ticket it is.

        Raises:
            LineRefused: Nobody answers under that host name.
        """
        if found := self.organisations.get(line.organisation):
            return found
        raise LineRefused(f"organisation: nobody answers under {line.organisation!r}")

    def key(self, kind: str, name: str, organisation: Organisation) -> int | None:
        """Return the key of a team, topic, procedure or article of the organisation, its ancestors or descendants.

        Raises:
            LineRefused: There is none of that name.
        """
        if not name:
            return None
        owners: list[tuple[int, int]] = getattr(self, kind).get(name, [])
        lineage = organisation.lineage
        near = [(lineage.index(owner), key) for owner, key in owners if owner in lineage]
        if near:
            return max(near)[1]
        raise LineRefused(f"{kind}: {name!r} is not known at {organisation.short_name}")

    def staff_key(self, email: str) -> int | None:
        """Return the key of somebody of the desk.

        Raises:
            LineRefused: Nobody has that address.
        """
        if not email:
            return None
        if (key := self.staff.get(email)) is not None:
            return key
        raise LineRefused(f"nobody of the desk has the address {email!r}; create the account first")


def names() -> Names:
    """Read every name that lines may use. Six queries."""
    hosts = HostName.objects.select_related("organisation")
    return Names(
        organisations={host.name: host.organisation for host in hosts},
        teams=_owners(Team.objects.values_list("slug", "organisation_id", "pk")),
        topics=_owners(Topic.objects.values_list("slug", "organisation_id", "pk")),
        procedures=_owners(Procedure.objects.values_list("sia_code", "organisation_id", "pk")),
        articles=_owners(Article.objects.values_list("slug", "organisation_id", "pk")),
        staff=dict(User.objects.values_list("email", "pk")),
    )


def already_imported(lines: Iterable[TicketLine]) -> set[tuple[str, str]]:
    """Return which (source, external reference) are here already."""
    wanted = [(line.source, line.external_reference) for line in lines]
    rows = Ticket.objects.filter(
        source__in={source for source, _ in wanted}, external_reference__in=[reference for _, reference in wanted]
    )
    return set(rows.values_list("source", "external_reference")) & set(wanted)


def references_in_use(references: Iterable[str]) -> set[str]:
    """Return which of these references belong to tickets."""
    return set(Ticket.objects.filter(reference__in=list(references)).values_list("reference", flat=True))


def known_persons(emails: set[str], phones: set[str]) -> dict[tuple[int, str], int]:
    """Return (organisation, address or number) to the key of the first person who has it. Two queries."""
    found: dict[tuple[int, str], int] = {}
    alive = Person.objects.filter(erased_at__isnull=True)
    by_email = alive.annotate(address=Lower("email")).filter(address__in=emails)
    for organisation, address, key in by_email.order_by("-pk").values_list("organisation_id", "address", "pk"):
        found[organisation, address] = key
    by_phone = alive.filter(phone__in=phones).order_by("-pk").values_list("organisation_id", "phone", "pk")
    for organisation, phone, key in by_phone:
        found[organisation, phone] = key
    return found


def reserve_keys(table: str, count: int) -> list[int]:
    """Take `count` keys from a table's sequence; what is not used is a gap, which harms nobody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [key for (key,) in cursor.fetchall()]


def _owners(rows: Iterable[tuple[str, int, int]]) -> dict[str, list[tuple[int, int]]]:
    owners: dict[str, list[tuple[int, int]]] = {}
    for name, organisation, key in rows:
        owners.setdefault(name, []).append((organisation, key))
    return owners
