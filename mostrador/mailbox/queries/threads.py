"""To which ticket a mail belongs, and who takes part in it."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from mostrador.accounts.models import User
from mostrador.mailbox.rules.threads import Circle, Clues
from mostrador.notifications.models import OutgoingMessage
from mostrador.notifications.rules import pk_of
from mostrador.organisations.models import Organisation
from mostrador.tickets.models import ThirdPartyRequest, Ticket
from mostrador.tickets.queries.follow_up import where_it_goes_on

_ABOUT = "tickets.ticket:"
# Whose Message-ID it is: of what the desk sent, of anything about a ticket, of what came in before.
_BY_MESSAGE_ID = """
SELECT found.ticket_id
FROM unnest(%(ids)s::text[]) WITH ORDINALITY AS asked (id, place)
CROSS JOIN LATERAL (
    SELECT ticket_id FROM tickets_message WHERE email_id = asked.id AND email_id <> ''
    UNION ALL
    SELECT substr(about, %(start)s)::bigint FROM notifications_outgoingmessage
    WHERE message_id = asked.id AND about LIKE 'tickets.ticket:%%'
    UNION ALL
    SELECT ticket_id FROM tickets_thirdpartyrequest WHERE email_id = asked.id AND email_id <> ''
    UNION ALL
    SELECT ticket_id FROM mailbox_incomingmail
    WHERE message_id = asked.id AND message_id <> '' AND ticket_id IS NOT NULL
) AS found
ORDER BY asked.place LIMIT 50
"""
_ROLES = ("person", "representative", "copied", "third")
_CIRCLE = """
WITH RECURSIVE record (role, id) AS (
    SELECT * FROM (VALUES ('person', %(person)s::bigint), ('representative', %(representative)s::bigint)) AS acting
    WHERE column2 IS NOT NULL
    UNION
    SELECT record.role, joined.id FROM record JOIN people_person AS joined ON joined.merged_into_id = record.id
)
SELECT role, email FROM record JOIN people_person USING (id) WHERE email <> ''
UNION ALL
SELECT 'copied', address FROM tickets_participant WHERE ticket_id = %(ticket)s
UNION ALL
SELECT 'third', email FROM tickets_thirdpartyrequest WHERE ticket_id = %(ticket)s AND email <> ''
"""


@dataclass(frozen=True, slots=True)
class Thread:
    """The ticket that a mail speaks of.

    Attributes:
        link_is_secret: The mail shows something of it that cannot be guessed.
    """

    ticket: Ticket
    link_is_secret: bool


def thread_of(organisation: Organisation, clues: Clues) -> Thread | None:
    """Return the ticket to which a mail belongs, where its conversation goes on; None for what begins one.

    Only tickets of the organisation, of those above it and of those below. At most four queries, none without clues.
    """
    keys = [*_by_message_id(clues.message_ids), *_by_token(clues.tokens)]
    linked = _tickets().in_bulk(keys) if keys else {}
    for ticket in filter(None, map(linked.get, keys)):
        if are_near(organisation, ticket.organisation):
            return Thread(where_it_goes_on(ticket), link_is_secret=True)
    named = _tickets().filter(reference__in=clues.references).order_by("-pk") if clues.references else ()
    for ticket in named:
        if are_near(organisation, ticket.organisation):
            return Thread(where_it_goes_on(ticket), link_is_secret=False)
    return None


def mentioned(organisation: Organisation, clues: Clues) -> Ticket | None:
    """Return the last ticket that the words of a mail mention, or None. One query, none without references."""
    if not clues.mentioned:
        return None
    found = _tickets().filter(reference__in=clues.mentioned).order_by("-pk").first()
    return found if found and are_near(organisation, found.organisation) else None


def outgoing_of(message_id: str, tokens: tuple[str, ...]) -> OutgoingMessage | None:
    """Return which message of ours a bounce or a receipt is about, or None. At most two queries."""
    rows = OutgoingMessage.objects.select_related("organisation", "person")
    for token in tokens:
        if (key := pk_of(token)) and (found := rows.filter(pk=key).first()):
            return found
    return rows.filter(message_id=message_id).first() if message_id else None


def ticket_about(message: OutgoingMessage) -> Ticket | None:
    """Return the ticket that a message of ours is about, or None. One query."""
    if not message.about.startswith(_ABOUT):
        return None
    found = _tickets().filter(pk=message.about.removeprefix(_ABOUT)).first()
    return where_it_goes_on(found) if found else None


def circle_of(ticket: Ticket) -> Circle:
    """Return who takes part in a ticket, records that were joined to theirs included. One query."""
    keys = {"ticket": ticket.pk, "person": ticket.person_id, "representative": ticket.representative_id}
    with connection.cursor() as cursor:
        cursor.execute(_CIRCLE, keys)
        rows = cursor.fetchall()
    acting = [ticket.person, *filter(None, [ticket.representative])]
    return Circle(
        **{role: [address for whose, address in rows if whose == role] for role in _ROLES},
        names=[person.name for person in acting if person.name],
    )


def request_to(ticket: Ticket, address: str) -> ThirdPartyRequest | None:
    """Return the last question that the desk sent to this address about the ticket, or None. One query."""
    asked = ticket.third_party_requests.filter(email__iexact=address)
    return asked.select_related("ticket", "author").order_by("-pk").first()


def colleague(organisation: Organisation, address: str) -> User | None:
    """Return who of an organisation's desk, or of one above, has this address; None for everybody else. One query."""
    users = User.objects.filter(
        email__iexact=address, is_active=True, memberships__organisation__in=organisation.lineage
    )
    return users.order_by("pk").first()


def are_near(one: Organisation, other: Organisation) -> bool:
    """Tell whether two organisations are the same, or one stands above the other."""
    return one.pk in other.lineage or other.pk in one.lineage


def _tickets() -> QuerySet[Ticket]:
    return Ticket.objects.select_related("organisation", "person", "representative")


def _by_message_id(ids: tuple[str, ...]) -> list[int]:
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_BY_MESSAGE_ID, {"ids": list(ids), "start": len(_ABOUT) + 1})
        return [key for (key,) in cursor.fetchall()]


def _by_token(tokens: tuple[str, ...]) -> list[int]:
    keys = [key for token in tokens if (key := pk_of(token))]
    abouts = dict(OutgoingMessage.objects.filter(pk__in=keys).values_list("pk", "about")) if keys else {}
    found = (abouts.get(key, "") for key in keys)
    return [int(about.removeprefix(_ABOUT)) for about in found if about.startswith(_ABOUT)]
