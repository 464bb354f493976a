"""What there is at a ticket, so that its page asks only for that."""

from typing import Any

from django.db import connection

from mostrador.accounts.models import User
from mostrador.notifications.queries.deliveries import UNDELIVERED
from mostrador.notifications.rules import about
from mostrador.tickets.models import Ticket
from mostrador.tickets.queries.drafts import desk_reply_key
from mostrador.tickets.queries.fields import with_parent

# Most tickets have none of these, and putting each question together costs more than its answer. Each condition here
# is as wide as that of the query it stands before, or wider.
_THERE_IS = """
SELECT array_remove(ARRAY[
    CASE WHEN EXISTS (SELECT FROM tickets_replydraft WHERE ticket_id = %(ticket)s) THEN 'drafts' END,
    CASE WHEN EXISTS (SELECT FROM tickets_pendingreply WHERE ticket_id = %(ticket)s) THEN 'pending' END,
    CASE WHEN EXISTS (SELECT FROM tickets_message
                      WHERE ticket_id = %(ticket)s AND channel = 'email' AND author_kind <> 'staff') THEN 'mail' END,
    CASE WHEN EXISTS (SELECT FROM tickets_ticketdraft WHERE token_hash = %(files)s) THEN 'files' END,
    CASE WHEN EXISTS (SELECT FROM tickets_presence WHERE ticket_id = %(ticket)s AND user_id <> %(reader)s)
        THEN 'presence' END,
    CASE WHEN EXISTS (SELECT FROM tickets_clock WHERE ticket_id = %(ticket)s) THEN 'clocks' END,
    CASE WHEN EXISTS (SELECT FROM tickets_ticket WHERE person_id = %(person)s AND id <> %(ticket)s) THEN 'others' END,
    CASE WHEN EXISTS (SELECT FROM notifications_outgoingmessage
                      WHERE about = %(about)s AND (state = ANY (%(undelivered)s) OR bounced_to <> '{}'))
        THEN 'undelivered' END,
    CASE WHEN EXISTS (SELECT FROM tickets_participant WHERE ticket_id = %(ticket)s) THEN 'copies' END,
    CASE WHEN EXISTS (SELECT FROM tickets_customfield
                      WHERE organisation_id = ANY (%(lineage)s) AND removed_at IS NULL
                            AND (topic_id IS NULL OR topic_id = ANY (%(topics)s::bigint[]))) THEN 'fields' END
], NULL)
"""


def what_there_is(ticket: Ticket, reader: User) -> frozenset[str]:
    """Return the names of what this ticket has, as its page shows it to this reader. One query.

    `drafts` and `pending` answers, messages that came by `mail`, `files` of the reader's unsent answer, somebody else's
    `presence`, `clocks`, `others` of the same person, `undelivered` e-mails, people in `copies`, `fields` of its own to
    fill in.
    """
    values: dict[str, Any] = {
        "ticket": ticket.pk,
        "person": ticket.person_id,
        "reader": reader.pk,
        "files": desk_reply_key(ticket, reader),
        "about": about(ticket),
        "undelivered": [state.value for state in UNDELIVERED],
        "lineage": ticket.organisation.lineage,
        "topics": with_parent(ticket.topic),
    }
    with connection.cursor() as cursor:
        cursor.execute(_THERE_IS, values)
        (names,) = cursor.fetchone() or ((),)
    return frozenset(names)
